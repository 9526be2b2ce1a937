"""Sales that a revoked till was part paid for and did not end: a person hears of each, and can end it here.

Nobody else ever would: the till sells no more, and nothing else writes about an order that waits at a door.
"""

from typing import Final

from sqlalchemy import Connection, text

from boxoffice.core.books import Books
from boxoffice.core.errors import OperationFailed
from boxoffice.core.giving_back import given_up
from boxoffice.core.ids import OrderId
from boxoffice.core.money import Currency, Money
from boxoffice.core.orders import OPEN
from boxoffice.core.rows import OrderRow
from boxoffice.core.tenders import Taken, names_where, tender_of
from sync.ledger.hub import Hub
from sync.store.chain import new_id
from sync.store.ledger import load_books, lock_orders
from sync.store.tills import Device

_LEFT: Final = text("""
    SELECT o.id, o.order_number, o.event_id, o.currency, o.total_amount, p.id AS payment_id, p.tender, p.amount
    FROM orders o JOIN payments p ON p.order_id = o.id AND p.status = 'captured' AND p.amount > 0
                    AND p.tender = ANY(:money)
    WHERE o.placed_by = :device AND o.status = 'processing' AND NOT EXISTS (
        SELECT FROM exceptions x WHERE x.kind = 'left_part_paid' AND x.order_id = o.id)
    ORDER BY o.order_number, p.id
""")
_IS_LEFT: Final = text("""
    SELECT d.status = 'revoked' FROM orders o JOIN devices d ON d.id = o.placed_by
    WHERE o.id = :order AND o.channel <> 'web'
""")
_DRAWERS: Final = text("""
    SELECT payload ->> 'tender_id' AS tender, payload ->> 'drawer' AS drawer FROM facts
    WHERE payload ->> 'order_id' = :order AND kind = 'payment_captured' AND is_applied
""")
_WHY: Final = "left at a till that was revoked"
END_ORDER: Final = "end_order"
_MONEY: Final = names_where(lambda row: row.is_money)
_ENDED: Final = text("""
    SELECT x.subject_id, o.event_id FROM exceptions x JOIN orders o ON o.id = x.order_id
    WHERE x.kind = 'left_part_paid' AND x.status = 'open' AND o.placed_by = :device AND o.status <> 'processing'
""")


class OrderNotLeft(OperationFailed):
    """An order that is not the hub's to end."""

    def __init__(self, why: str) -> None:
        super().__init__(why, "Nothing was changed.", "")


def tell_of_left(hub: Hub, connection: Connection, device: Device) -> None:
    """Puts each payment of a sale that was left before a person, once."""
    for row in connection.execute(_LEFT, {"device": device.id, "money": list(_MONEY)}).all():
        currency = Currency(row.currency)
        amount, total = Money(row.amount, currency), Money(row.total_amount, currency)
        is_at_provider = not tender_of(row.tender).is_cash
        what = (
            "End the order here" if is_at_provider else f"It lies in the drawer of {device.name}: give it back by hand"
        )
        hub.raise_exception(
            connection,
            "left_part_paid",
            f"{amount} of {total} was taken at {device.name}, which was revoked before the sale was finished. {what}.",
            event_id=row.event_id,
            order_id=row.id,
            subject_id=row.payment_id,
            remedies=(END_ORDER, "seen"),
        )


def why_not_ended(books: Books, order_id: str) -> str | None:
    """Returns why an order can't be ended by anybody now; None if it can.

    A payment on a reader bars nothing: whoever ends the order has it ended at its provider first.
    """
    order = books.orders[order_id]
    if order.status not in OPEN:
        return f"Order {order.order_number} is {order.status.value}."
    mine = [each for each in books.payments.values() if each.order_id == order_id and each.is_live]
    return _may_come_in(order) if any(tender_of(each.tender).taken is not Taken.READER for each in mine) else None


def _may_come_in(order: OrderRow) -> str:
    return f"A payment of order {order.order_number} may still come in."


def is_left(connection: Connection, order_id: str) -> bool:
    """Returns whether the till at which an order was placed sells no more."""
    return bool(connection.execute(_IS_LEFT, {"order": order_id}).scalar_one_or_none())


def end_left(
    hub: Hub, connection: Connection, books: Books, order_id: str, by: str, *, decided: str | None = None
) -> None:
    """Ends an order that its till has left, and gives back what was paid of it; the caller has locked it.

    What lies in the till's drawer counts as handed back by whoever ends it. `decided` is the payment whose word the
    caller ends itself.

    Raises:
        OrderNotLeft: if it is not such an order.
    """
    order = books.orders.get(order_id)
    if order is None or not is_left(connection, order_id):
        raise OrderNotLeft("It waits at its till, which ends it.")
    why_not = why_not_ended(books, order_id)
    if why_not is not None:
        raise OrderNotLeft(why_not)
    if any(each.is_live for each in books.payments.values() if each.order_id == order_id):
        raise OrderNotLeft(_may_come_in(order))
    drawers = {row.tender: row.drawer for row in connection.execute(_DRAWERS, {"order": order_id})}
    ends = given_up(
        books, OrderId(order_id), _WHY, new_id=new_id, drawer_of=lambda payment: drawers.get(payment.id), by=by
    )
    event_id = books.orders[order_id].event_id
    hub.write(connection, ends, event_id, books)
    for payment in sorted(set(books.payments) - {decided}):
        hub.settle_exceptions(connection, ("left_part_paid",), payment, event_id)


def end_order(hub: Hub, order_id: str, by: str) -> None:
    """Does the same in a transaction of its own. Raises as `end_left`."""

    def end(connection: Connection) -> None:
        lock_orders(connection, [order_id])
        end_left(hub, connection, load_books(connection, [order_id]), order_id, by)

    hub.database.run(end)


def settle_left(hub: Hub, connection: Connection, device: Device) -> None:
    """Ends the word about sales that the till has ended itself after all."""
    for payment_id, event_id in connection.execute(_ENDED, {"device": device.id}).all():
        hub.settle_exceptions(connection, ("left_part_paid",), payment_id, event_id)

"""Facts about an order that the hub writes: written, and handed to the till that made the order, if one did.

The state of a finished order follows its money: whoever writes that a refund succeeded, or failed, moves it along. A
refund may fail days after it had succeeded. What it gave back is here again then, and the order says so; tickets that
were voided with it stay void, and what it named can be given back once more.
"""

from collections.abc import Iterable, Sequence
from typing import Any, Final

from sqlalchemy import Connection, Row, text

from boxoffice.core.books import Books
from boxoffice.core.facts import Fact, FactKind
from boxoffice.core.ids import OrderId
from boxoffice.core.orders import PAID_FOR, OrderState, can_move, state_by_money
from boxoffice.core.payloads import OrderStateChanged, Payload
from boxoffice.core.sales import changed
from sync.services.hub import Hub
from sync.store import feed
from sync.store.ledger import lock_orders

_MOVES_MONEY: Final = frozenset({FactKind.REFUND_SUCCEEDED, FactKind.REFUND_FAILED})
"""What changes how much of an order's price is given back."""
_TILL: Final = text("""
    SELECT d.id FROM orders o JOIN devices d ON d.id = o.placed_by WHERE o.id = :order AND d.kind = 'till'
""")
_BY_MONEY: Final = """
    SELECT o.id, o.event_id, o.status, o.total_amount, sum(l.amount)::bigint AS given_back
    FROM orders o JOIN facts f ON f.payload ->> 'order_id' = o.id JOIN ledger_postings l ON l.fact_id = f.id
    WHERE l.account = 'refunds' AND f.is_applied
"""
_ONE: Final = text(f"{_BY_MONEY} AND o.id = :order GROUP BY o.id")
_ALL: Final = text(f"{_BY_MONEY} GROUP BY o.id ORDER BY o.id")


def write_for_order(
    hub: Hub,
    connection: Connection,
    event_id: str,
    order_id: str,
    payloads: Sequence[Payload],
    books: Books | None = None,
) -> None:
    """Writes facts about an order that the caller has locked, and its move with the money. Raises as `Hub.write`."""
    facts = hub.write(connection, payloads, event_id, books)
    _hand_on(connection, event_id, order_id, facts)
    follow_money(hub, connection, facts)


def follow_money(hub: Hub, connection: Connection, facts: Iterable[Fact]) -> None:
    """Moves the orders whose money these facts have moved, and which the caller has locked, to where they are now."""
    orders = {fact.payload.get("order_id") for fact in facts if fact.kind in _MOVES_MONEY}
    for order_id in sorted(each for each in orders if isinstance(each, str)):
        _follow(hub, connection, order_id)


def follow_all_money(hub: Hub) -> Sequence[str]:
    """Does the same for all orders; returns those that a hub of an earlier version has left where they were."""
    with hub.database.reading() as connection:
        behind = [row.id for row in connection.execute(_ALL) if _move(row) is not None]

    def follow(connection: Connection, order_id: str) -> None:
        lock_orders(connection, [order_id])
        _follow(hub, connection, order_id)

    for order_id in behind:
        hub.database.run(lambda connection, order_id=order_id: follow(connection, order_id))  # type: ignore[misc]  # bound in the loop on purpose
    return behind


def _follow(hub: Hub, connection: Connection, order_id: str) -> None:
    row = connection.execute(_ONE, {"order": order_id}).one_or_none()
    move = None if row is None else _move(row)
    if row is not None and move is not None:
        _hand_on(connection, row.event_id, order_id, hub.write(connection, [move], row.event_id))


def _move(row: Row[Any]) -> OrderStateChanged | None:
    start, to = OrderState(row.status), state_by_money(row.total_amount, row.given_back)
    if start is to or start not in PAID_FOR:
        return None
    why = "refunded" if can_move(start, to) else "a refund came back"
    return changed(OrderId(row.id), start, to, why)


def _hand_on(connection: Connection, event_id: str, order_id: str, facts: Iterable[Fact]) -> None:
    till = connection.execute(_TILL, {"order": order_id}).scalar_one_or_none()
    for fact in facts:
        if till is not None and "order_id" in fact.payload:
            feed.add(connection, "fact", event_id, till, fact.id)

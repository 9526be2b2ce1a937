"""Money that goes back when a till asks: by card and PayPal as always, and cash out of the drawer of that till."""

from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import Connection, func, select

from boxoffice.core.books import Books
from boxoffice.core.door_refunds import Plan, Wish, asked_for, out_of, plan
from boxoffice.core.errors import BadInput, FieldError
from boxoffice.core.ids import part_id
from boxoffice.core.money import Currency, Money
from boxoffice.core.payloads.payload import Payload
from boxoffice.core.refunds import tickets_to_void, units_back
from boxoffice.core.wire.after_sale import RefundAsk
from sync.ledger.hub import Hub
from sync.orders.access import NoSuchOrder
from sync.payments.giving_back import (
    NewOrderRefund,
    known_as_sold,
    over_lease,
    parts_in,
    problems_of,
    products_of,
    voidings_of,
)
from sync.payments.over_capacity import count_what_fits
from sync.store import lives
from sync.store import tables as t
from sync.store.ledger import load_books, lock_orders
from sync.store.tills import Device


@dataclass(frozen=True, slots=True)
class DoorRefunds:
    """The use case of a refund that a till asks for: all of it stands when it returns, or nothing."""

    hub: Hub

    def give_back(self, device: Device, order_id: str, ask: RefundAsk) -> None:
        """Writes the refund down; the providers' part is sent as a job, cash is out of the till's drawer.

        Asked again with the same id, nothing happens: however often a till has to ask, it is one refund.

        Raises:
            BadInput: if it is more than what is left, or a thing is gone, or it comes to another sum than was shown.
            NoSuchOrder: if there is no such order.
        """
        self.hub.database.run(lambda connection: self._give_back(connection, device, order_id, ask))

    def _give_back(self, connection: Connection, device: Device, order_id: str, ask: RefundAsk) -> None:
        lock_orders(connection, [order_id])
        books = load_books(connection, [order_id])
        if order_id not in books.orders:
            raise NoSuchOrder
        if ask.refund_id in books.refunds:
            return
        lives.must_be_healed(connection)
        planned = plan(books, order_id, parts_in(connection, books, order_id), Wish(ask.parts, ask.amount))
        if problems := [*_wrong(books, order_id, planned, ask), *_taken(connection, ask.refund_id)]:
            raise BadInput(problems)
        event_id = books.orders[order_id].event_id
        products, over = products_of(connection, event_id), over_lease(connection, order_id)
        units = known_as_sold(units_back(books, order_id, planned.parts, products), over)
        written: list[Payload] = []
        for i, share in enumerate(planned.shares):
            refund_id = ask.refund_id if i == 0 else part_id(ask.refund_id, i)
            asked = asked_for(share, refund_id, ask.why, planned.parts if i == 0 else ()).model_copy(
                update={
                    "units": units if i == 0 else {},
                    "by": device.name,
                    "asked_by": ask.staff_id,
                    "approved_by": ask.approved_by,
                }
            )
            written.append(asked)
            if share.is_cash:
                rounding = books.cash_paid(share.payment.id).rounding_of_refund(share.amount)
                written.append(out_of(asked, device.name, rounding))
            elif share.payment.card_id is not None:
                written.append(out_of(asked, None, card_id=share.payment.card_id))
        written += voidings_of(books, tickets_to_void(books, planned.parts), products, "refunded", over)
        self.hub.write(connection, written, event_id)
        count_what_fits(self.hub, connection, event_id)


def _wrong(books: Books, order_id: str, planned: Plan, ask: RefundAsk) -> Iterator[FieldError]:
    if planned.total != ask.total:
        currency = Currency(books.orders[order_id].currency)
        yield FieldError("total", f"it has changed meanwhile, and comes to {Money(planned.total, currency)} now")
    for share in planned.shares:
        if not share.is_cash:
            yield from problems_of(books, NewOrderRefund(ask.refund_id, order_id, share.payment.id, share.amount))


def _taken(connection: Connection, refund_id: str) -> Iterator[FieldError]:
    r = t.refunds.c
    if connection.execute(select(func.count()).where(r.id == refund_id)).scalar_one():
        yield FieldError("refund_id", "is another order's")

"""Tickets that nobody paid for end with no refund: an organizer says so, or somebody at a till."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection

from boxoffice.core.books import Books
from boxoffice.core.errors import BadInput, FieldError
from boxoffice.core.refunds import can_void
from boxoffice.core.rows import TicketStatus
from boxoffice.core.wire.after_sale import VoidAsk
from sync.ledger.hub import Hub
from sync.orders.access import NoSuchOrder
from sync.payments.giving_back import over_lease, products_of, voidings_of
from sync.payments.over_capacity import count_what_fits
from sync.store.ledger import load_books, lock_orders
from sync.store.tills import Device


def void_tickets(
    hub: Hub,
    connection: Connection,
    books: Books,
    order_id: str,
    tickets: Sequence[str],
    why: str,
    *,
    by: str = "",
    asked_by: str | None = None,
    approved_by: str | None = None,
) -> None:
    """Voids tickets of an order that the caller has locked; their places are free again."""
    event_id = books.orders[order_id].event_id
    products, over = products_of(connection, event_id), over_lease(connection, order_id)
    ends = voidings_of(books, tickets, products, why, over, by)
    who = {"asked_by": asked_by, "approved_by": approved_by}
    hub.write(connection, [each.model_copy(update=who) for each in ends], event_id)
    count_what_fits(hub, connection, event_id)


@dataclass(frozen=True, slots=True)
class DoorVoids:
    """The use case of a void that a till asks for, of an order that others have sold."""

    hub: Hub

    def void(self, device: Device, order_id: str, ask: VoidAsk) -> None:
        """Ends the tickets; asked again, nothing happens, as they have ended.

        Raises:
            BadInput: if one is no ticket of the order, or all of it was paid with money.
            NoSuchOrder: if there is no such order.
        """
        self.hub.database.run(lambda connection: self._void(connection, device, order_id, ask))

    def _void(self, connection: Connection, device: Device, order_id: str, ask: VoidAsk) -> None:
        lock_orders(connection, [order_id])
        books = load_books(connection, [order_id])
        if order_id not in books.orders:
            raise NoSuchOrder
        mine = [books.tickets.get(each) for each in dict.fromkeys(ask.tickets)]
        if any(each is None or each.order_id != order_id for each in mine):
            raise BadInput([FieldError("tickets", "are not those of the order")])
        valid = sorted(each.id for each in mine if each is not None and each.status is TicketStatus.VALID)
        if not valid:
            return
        if not can_void(books, order_id):
            raise BadInput([FieldError("order", "all of this order was paid with money: refund it instead")])
        why = ask.why or f"voided at {device.name}"
        void_tickets(
            self.hub,
            connection,
            books,
            order_id,
            valid,
            why,
            asked_by=ask.staff_id,
            approved_by=ask.approved_by,
        )

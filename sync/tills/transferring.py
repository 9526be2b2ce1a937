"""An order goes to another person, asked for at a till: for a new name and address, and its tickets have new codes."""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Final
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, select

from boxoffice.core.books import Books
from boxoffice.core.email_addresses import read_email
from boxoffice.core.errors import BadInput, FieldError
from boxoffice.core.event_file import catalogue_from
from boxoffice.core.ids import EventId, TicketId, part_id
from boxoffice.core.orders import HELD, Channel
from boxoffice.core.payloads.tickets import TicketReissued
from boxoffice.core.reading import read_name
from boxoffice.core.reissues import check_entries, reissue
from boxoffice.core.rows import TicketStatus
from boxoffice.core.wire.after_sale import TransferAsk
from sync.ledger.hub import Hub
from sync.orders.access import NoSuchOrder, renew
from sync.payments.giving_back import tickets_in
from sync.store import tables as t
from sync.store.contacts import EMAIL, NAME, PHONE, set_contact
from sync.store.ledger import load_books, lock_orders
from sync.store.mails import queue_mail
from sync.store.tills import Device

_k: Final = t.metadata.tables["scans"].c


@dataclass(frozen=True, slots=True)
class Transfers:
    """The use case of a transfer: name, codes, links and mail change together, or nothing does."""

    hub: Hub

    def transfer(self, device: Device, order_id: str, ask: TransferAsk) -> None:
        """Gives every ticket of the order that still works a new code, and mails them to whom they are for now.

        Raises:
            BadInput: if it is no name or no address, or nothing of the order still works.
            HasEntered: if somebody has come in on one of them.
            NoSuchOrder: if there is no such order.
        """
        self.hub.database.run(lambda connection: self._transfer(connection, device, order_id, ask))

    def _transfer(self, connection: Connection, device: Device, order_id: str, ask: TransferAsk) -> None:
        name, email = read_name(ask.name), read_email(ask.email)
        lock_orders(connection, [order_id])
        books = load_books(connection, [order_id])
        if order_id not in books.orders:
            raise NoSuchOrder
        if part_id(ask.transfer_id, 0) in books.tickets:
            return
        written = self._reissued(connection, books, order_id, ask)
        who = {"by": device.name, "asked_by": ask.staff_id, "approved_by": ask.approved_by}
        told = [each.model_copy(update=who) for each in written]
        self.hub.write(connection, told, books.orders[order_id].event_id)
        set_contact(connection, {NAME: name, EMAIL: email, PHONE: None}, t.orders.c.id == order_id)
        if books.orders[order_id].channel is Channel.WEB:
            renew(connection, order_id, f"transfer at {device.name}")
        queue_mail(connection, order_id, email)

    def _reissued(self, connection: Connection, books: Books, order_id: str, ask: TransferAsk) -> list[TicketReissued]:
        order = books.orders[order_id]
        valid = [
            each
            for each in tickets_in(connection, order_id)
            if books.tickets[each.ticket_id].status is TicketStatus.VALID
        ]
        if order.status not in HELD or not valid:
            raise BadInput([FieldError("order_id", "has no ticket that still works")])
        row = connection.execute(select(t.events).where(t.events.c.id == order.event_id)).one()
        local = datetime.now(UTC).astimezone(ZoneInfo(row.timezone))
        today = catalogue_from(row.file, row.revision).doors.day_of(local)
        issuer = self.hub.issuer(connection, order.event_id)
        written = []
        for i, ticket in enumerate(valid):
            mine = (_k.ticket_id == ticket.ticket_id, _k.outcome == "admitted", ~_k.is_undone, _k.direction == "in")
            entered = {date.fromisoformat(day) for day in connection.scalars(select(_k.day).where(*mine))}
            check_entries([date.fromisoformat(day) for day in ticket.days], entered, today)
            new = TicketId(part_id(ask.transfer_id, i))
            written.append(reissue(ticket, order_id, new, EventId(order.event_id), issuer))
        return written

"""Gives an order to another person: its name changes, its codes end, and new ones take their place, all at once."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection

from boxoffice.core.email_addresses import read_email
from boxoffice.core.errors import OperationFailed
from boxoffice.core.ids import OrderId, TicketId
from boxoffice.core.payloads.tickets import TicketPart, TicketReissued
from boxoffice.core.reading import read_name
from boxoffice.core.reissues import check_entries, reissue, tickets_now
from boxoffice.core.rights import Right
from boxoffice.core.rows import TicketStatus
from boxoffice.core.scans import Direction
from boxoffice.core.wire.after_sale import TransferAsk
from boxoffice.till.store import people
from boxoffice.till.store.orders import is_own
from boxoffice.till.usecases.asking import TRANSFER, Asking
from boxoffice.till.usecases.context import TillContext
from boxoffice.till.usecases.gate_reader import GateReader
from boxoffice.till.usecases.refunding import finished


@dataclass(frozen=True, slots=True)
class Transferring:
    """The use case of a transfer. Who has a copy of an old code does not come in by it: this gate knows at once, and
    the others as they hear of it."""

    context: TillContext
    asking: Asking
    gate: GateReader

    def transfer(self, order_id: OrderId, name: str, email: str) -> None:
        """Gives every ticket of the order that still works a new code, for somebody else.

        Another till's order, or one from the web, goes through the hub, which mails the new tickets; it waits for the
        hub where there is no network, and the old codes work until then.

        Raises:
            BadInput: if it is no name, or no address.
            HasEntered: if somebody has come in on one of them.
            OperationFailed: if nothing of it still works.
            HubRefused: if the hub will not.
            NotAllowed: if it is not theirs to do who act.
        """
        self.context.operator.must(Right.REFUND)
        whose = read_name(name)
        with self.context.store.reading() as connection:
            is_ours = is_own(connection, order_id)
        if is_ours:
            self._own(order_id, whose, read_email(email) if email.strip() else "")
        else:
            self._elsewhere(order_id, whose, read_email(email))

    def _elsewhere(self, order_id: OrderId, name: str, email: str) -> None:
        transfer_id, acting = self.context.new_id(), self.context.operator.acting
        ask = TransferAsk(
            transfer_id=transfer_id,
            name=name,
            email=email,
            staff_id=acting.staff_id,
            approved_by=acting.approver_id,
        )
        self.asking.ask(order_id, TRANSFER, transfer_id, ask)

    def _own(self, order_id: OrderId, name: str, email: str) -> None:
        context = self.context
        with context.store.transaction() as connection:
            books, _, facts = finished(connection, order_id)
            valid = [each for each in tickets_now(facts) if books.tickets[each.ticket_id].status is TicketStatus.VALID]
            if not valid:
                raise OperationFailed("No ticket of this order still works.", "Nothing was changed.", "")
            self._check(connection, valid)
            context.write(connection, [self._reissue(order_id, each) for each in valid])
            people.hand_on(connection, context.new_id(), order_id, name)
            if email:
                people.add_wish(connection, context.new_id(), context.new_id(), order_id, email)

    def _check(self, connection: Connection, tickets: Sequence[TicketPart]) -> None:
        ids = [each.ticket_id for each in tickets]
        passages = self.gate.books(connection, lambda books: books.passages(ids))
        today = self.context.event.catalogue.doors.day_of(self.context.local_now())
        for ticket in tickets:
            passed = passages.get(ticket.ticket_id, ())
            entered = {date.fromisoformat(each.day) for each in passed if each.direction is Direction.IN}
            check_entries([date.fromisoformat(day) for day in ticket.days], entered, today)

    def _reissue(self, order_id: OrderId, old: TicketPart) -> TicketReissued:
        event = self.context.event
        return reissue(old, order_id, TicketId(self.context.new_id()), event.catalogue.id, event.issuer)

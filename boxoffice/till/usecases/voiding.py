"""Ends tickets that no money paid for, such as complimentary ones: this till's own at once, others' through the hub."""

from collections.abc import Sequence
from dataclasses import dataclass

from boxoffice.core.door_refunds import voided
from boxoffice.core.errors import BadInput, FieldError, OperationFailed
from boxoffice.core.ids import OrderId
from boxoffice.core.payloads.payload import PartKey
from boxoffice.core.refunds import can_void, still_there
from boxoffice.core.rights import Right
from boxoffice.core.wire.after_sale import VoidAsk
from boxoffice.till.store.orders import is_own
from boxoffice.till.usecases.asking import VOID, Asking
from boxoffice.till.usecases.context import TillContext
from boxoffice.till.usecases.gateway.after_sale import RefundStep
from boxoffice.till.usecases.refunding import choice_elsewhere, finished


@dataclass(frozen=True, slots=True)
class Voiding:
    """The use case of a void with no refund."""

    context: TillContext
    asking: Asking

    def void(self, order_id: OrderId, things: Sequence[PartKey], why: str) -> RefundStep:
        """Ends the tickets among these things; what of it can be sold again, the hub says.

        Raises:
            BadInput: if one of them is gone, or is no ticket.
            OperationFailed: if money paid for all of it: that is refunded.
            NotAllowed: if it is not theirs to void who act.
        """
        self.context.operator.must(Right.VOID)
        with self.context.store.reading() as connection:
            is_ours = is_own(connection, order_id)
        return self._own(order_id, things, why) if is_ours else self._elsewhere(order_id, things, why)

    def _own(self, order_id: OrderId, things: Sequence[PartKey], why: str) -> RefundStep:
        with self.context.store.transaction() as connection:
            books, everything, _ = finished(connection, order_id)
            if not can_void(books, order_id):
                raise _Paid(books.placed[order_id].order_number)
            wanted = set(things)
            parts = [part for part in still_there(books, order_id, everything) if part.key in wanted]
            if len(parts) != len(wanted) or not all(part.ticket_id for part in parts):
                raise BadInput([FieldError("parts", "something of it was given back before, or is void")])
            self.context.write(connection, voided(books, order_id, parts, why or "voided at the till"))
        return RefundStep.GIVEN

    def _elsewhere(self, order_id: OrderId, things: Sequence[PartKey], why: str) -> RefundStep:
        choice, acting = choice_elsewhere(self.asking, order_id), self.context.operator.acting
        tickets = tuple(
            each.ticket_id for each in choice.things if each.key in things and each.ticket_id and each.is_there
        )
        if not choice.can_void:
            raise _Paid(choice.number)
        if len(tickets) != len(set(things)):
            raise BadInput([FieldError("parts", "something of it was given back before, or is void")])
        ask = VoidAsk(tickets=tickets, why=why, staff_id=acting.staff_id, approved_by=acting.approver_id)
        look = self.asking.ask(order_id, VOID, self.context.new_id(), ask)
        return RefundStep.QUEUED if look is None else RefundStep.ASKED


class _Paid(OperationFailed):
    def __init__(self, number: str) -> None:
        super().__init__(
            f"All of order {number} was paid with money.",
            "Nothing was changed.",
            "Refund it: its tickets end with that.",
        )

"""A ticket goes to another person: the old code ends, a new one takes its place in the order, and nothing is paid."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date

from boxoffice.core.errors import OperationFailed
from boxoffice.core.fact_kinds import FactKind
from boxoffice.core.facts import Fact
from boxoffice.core.ids import EventId, ProductId, TicketId
from boxoffice.core.payloads.tickets import TicketPart, TicketReissued, TicketsIssued
from boxoffice.core.rows import Projections, TicketRow, TicketStatus, Voided
from boxoffice.core.tickets import Issuer, TicketClaims, encode_token


class HasEntered(OperationFailed):
    """Somebody has come in on a ticket, who would come in twice by a second code."""

    def __init__(self) -> None:
        super().__init__(
            "Somebody has come in on this ticket.",
            "Nothing was changed: the code stays as it is.",
            "A ticket for more days can be transferred on its next day.",
        )


def check_entries(days: Collection[date], entered: Collection[date], today: date) -> None:
    """Does nothing if a ticket may go to another person: nobody has come in on it today, and it is good on a later day.

    Args:
        days: the ticket's; none means any day.
        entered: the days on which it let somebody in.
        today: the event's day.

    Raises:
        HasEntered: if a second code would let a second person in on what was used.
    """
    if entered and (today in entered or not any(day >= today for day in days)):
        raise HasEntered


def reissue(old: TicketPart, order_id: str, ticket_id: TicketId, event_id: EventId, issuer: Issuer) -> TicketReissued:
    """Returns that a new ticket takes the place of an old one, signed by its issuer."""
    days = tuple(date.fromisoformat(day) for day in old.days)
    claims = TicketClaims(event_id, ticket_id, ProductId(old.product_id), days)
    new = old.model_copy(update={"ticket_id": ticket_id, "token": encode_token(claims, issuer)})
    return TicketReissued(order_id=order_id, ticket_id=old.ticket_id, ticket=new)


def reissued(before: Projections, fact: Fact, p: TicketReissued) -> Iterator[TicketRow | Voided]:
    """Ends the old ticket, and makes the new one."""
    old = before.tickets[p.ticket_id]
    if (old.order_id, old.product_id) != (p.order_id, p.ticket.product_id):
        raise ValueError(f"ticket {p.ticket_id} is another one")
    if old.status is not TicketStatus.VALID:
        raise ValueError(f"ticket {p.ticket_id} is {old.status.value}: nothing takes its place")
    if p.ticket.ticket_id in before.tickets:
        raise ValueError(f"ticket {p.ticket.ticket_id} was issued before")
    yield replace(old, status=TicketStatus.VOIDED)
    yield Voided(old.id, fact.occurred_at)
    yield TicketRow(p.ticket.ticket_id, p.order_id, p.ticket.product_id, TicketStatus.VALID)


def tickets_now(facts: Iterable[Fact]) -> tuple[TicketPart, ...]:
    """Returns the tickets of an order by its facts, in the order in which they were issued: of each the newest code."""
    issued: list[TicketPart] = []
    instead: dict[str, TicketPart] = {}
    for fact in facts:
        if fact.kind is FactKind.TICKETS_ISSUED:
            issued += TicketsIssued.model_validate(fact.payload).tickets
        elif fact.kind is FactKind.TICKET_REISSUED:
            told = TicketReissued.model_validate(fact.payload)
            instead[told.ticket_id] = told.ticket
    return tuple(_newest(each, instead) for each in issued)


def newest_of(tickets: Sequence[TicketPart], again: Iterable[TicketReissued]) -> tuple[TicketPart, ...]:
    """Returns tickets as `tickets_now` does, of what was told already."""
    instead = {each.ticket_id: each.ticket for each in again}
    return tuple(_newest(each, instead) for each in tickets)


def _newest(ticket: TicketPart, instead: Mapping[str, TicketPart]) -> TicketPart:
    while ticket.ticket_id in instead:
        ticket = instead[ticket.ticket_id]
    return ticket

"""What tills took back of their orders: tickets that ended there, and goods whose money went back."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from boxoffice.core.books import Books
from boxoffice.core.fact_kinds import FactKind
from boxoffice.core.facts import Fact
from boxoffice.core.payloads.payload import PartKey
from boxoffice.core.rows import TicketStatus


@dataclass(frozen=True, slots=True)
class CameBack:
    """One thing that can be sold again."""

    order_id: str
    product_id: str
    option: str | None = None


def came_back(before: Books, after: Books, facts: Sequence[Fact]) -> Iterator[CameBack]:
    """Yields what these facts of a till brought back, each thing once; the books are those without and with them."""
    gone = {each.id for each in before.tickets.values() if each.status is not TicketStatus.VALID}
    named = {(order_id, key) for order_id, every in before.asked.items() for each in every for key in each.parts}
    for fact in facts:
        if fact.kind is FactKind.TICKET_VOIDED and fact.payload["ticket_id"] not in gone:
            ticket = after.tickets[fact.payload["ticket_id"]]
            gone.add(ticket.id)
            yield CameBack(ticket.order_id, ticket.product_id)
        elif fact.kind is FactKind.REFUND_REQUESTED:
            yield from _goods(after, fact, named)


def _goods(books: Books, fact: Fact, named: set[tuple[str, PartKey]]) -> Iterator[CameBack]:
    """Yields what is no ticket: those come back as they end."""
    order_id = fact.payload["order_id"]
    lines = books.placed[order_id].lines
    for line, number in fact.payload.get("parts", ()):
        key = (order_id, (line, number))
        if key not in named and 0 <= line < len(lines) and lines[line].kind != "ticket":
            named.add(key)
            yield CameBack(order_id, lines[line].product_id, lines[line].option)

"""What can be given back of an order: everything in it by itself, with what it is worth, and never the same twice."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from boxoffice.core.books import Books
from boxoffice.core.catalogue import Product, ProductKind
from boxoffice.core.money import allocate
from boxoffice.core.payloads.orders import OrderPlaced
from boxoffice.core.payloads.payload import PartKey
from boxoffice.core.payloads.tickets import TicketPart
from boxoffice.core.payments import PaymentStatus
from boxoffice.core.rows import TicketStatus
from boxoffice.core.tenders import tender_of


@dataclass(frozen=True, slots=True)
class Part:
    """One thing of an order. `worth` is what the customer paid for it, in minor units; a ticket has its id.

    What a gift card (`is_card`) is worth is on the card, and goes back by way of that.
    """

    key: PartKey
    product_id: str
    worth: int
    ticket_id: str | None = None
    is_card: bool = False


def parts_of(placed: OrderPlaced, tickets: Sequence[TicketPart]) -> tuple[Part, ...]:
    """Returns everything in a finished order; what all of it is worth adds up to the order's total, to the cent."""
    parts: list[Part] = []
    for i, line in enumerate(placed.lines):
        mine = [ticket.ticket_id for ticket in tickets if ticket.line == i]
        for number, worth in enumerate(allocate(line.total, [1] * line.quantity)):
            ticket_id = mine[number] if number < len(mine) else None
            parts.append(Part((i, number), line.product_id, worth, ticket_id, line.kind == ProductKind.GIFT_CARD.value))
    return tuple(parts)


def still_there(books: Books, order_id: str, parts: Iterable[Part]) -> tuple[Part, ...]:
    """Returns the parts of an order that can be given back.

    What a refund named that failed is there again, though its ticket is void. A ticket that was voided for another
    reason is not: what it was worth can go back as an amount.
    """
    gone, named = books.given_back(order_id), _named(books, order_id)
    there = (part for part in parts if part.key not in gone and (part.key in named or not _is_void(books, part)))
    return tuple(part for part in there if not part.is_card)


def tickets_to_void(books: Books, parts: Iterable[Part]) -> list[str]:
    """Returns the tickets that stop working when these parts are given back."""
    return [part.ticket_id for part in parts if part.ticket_id is not None and not _is_void(books, part)]


def units_back(books: Books, order_id: str, parts: Iterable[Part], products: Mapping[str, Product]) -> dict[str, int]:
    """Returns the units, by pool, that can be sold again when these parts of an order are given back.

    Those of tickets come back as the tickets are voided; those of what a failed refund named have come back with it.
    """
    named, lines = _named(books, order_id), books.placed[order_id].lines
    units: Counter[str] = Counter()
    for part in parts:
        product = products.get(part.product_id)
        if product is not None and part.ticket_id is None and part.key not in named:
            units.update({str(pool): count for pool, count in product.takes(lines[part.key[0]].option).items()})
    return dict(units)


def can_void(books: Books, order_id: str) -> bool:
    """Returns whether tickets of an order can be voided with no refund: what paid something of it is no money."""
    mine = [
        each for each in books.payments.values() if each.order_id == order_id and each.status is PaymentStatus.CAPTURED
    ]
    has_valid = any(each.status is TicketStatus.VALID and each.order_id == order_id for each in books.tickets.values())
    return has_valid and any(not tender_of(each.tender).is_money for each in mine)


def _is_void(books: Books, part: Part) -> bool:
    return part.ticket_id is not None and books.tickets[part.ticket_id].status is not TicketStatus.VALID


def _named(books: Books, order_id: str) -> set[PartKey]:
    """Returns the things that any refund of the order was to give back, whatever became of it."""
    return {key for asked in books.asked.get(order_id, ()) for key in asked.parts}

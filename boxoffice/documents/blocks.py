"""What goes on a roll, as blocks laid out once: PDF, ESC/POS and HTML all print these."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import Enum

from boxoffice.core.training import NO_VALUE, TRAINING
from boxoffice.documents.model import Receipt, Ticket


class Style(Enum):
    TITLE = "title"
    PLAIN = "plain"
    SMALL = "small"
    STRONG = "strong"
    TOTAL = "total"
    INVERSE = "inverse"
    """White on black, all across: the one thing that must not be missed."""


@dataclass(frozen=True, slots=True)
class Centered:
    text: str
    style: Style = Style.PLAIN


@dataclass(frozen=True, slots=True)
class Pair:
    """A label on the left and, on the same line, something on the right."""

    left: str
    right: str = ""
    style: Style = Style.PLAIN


@dataclass(frozen=True, slots=True)
class Rule:
    """A dashed line across."""


@dataclass(frozen=True, slots=True)
class Code:
    """A QR code."""

    text: str


Block = Centered | Pair | Rule | Code


def with_training(blocks: tuple[Block, ...], say: Callable[[str], str]) -> tuple[Block, ...]:
    """Returns the blocks between two bands that say that they are of a training: half of it says so, too."""
    word = say(TRAINING)
    band = (Centered(word, Style.INVERSE), Centered(word, Style.TITLE), Centered(say(NO_VALUE), Style.STRONG))
    return (*band, *blocks, *band)


def receipt_blocks(receipt: Receipt) -> tuple[Block, ...]:
    """Returns the receipt from top to bottom."""
    blocks = tuple(_blocks(receipt))
    return with_training(blocks, receipt.say) if receipt.is_training else blocks


def _blocks(receipt: Receipt) -> Iterator[Block]:
    yield from (Centered(line.upper(), Style.TITLE) for line in receipt.event_name)
    if receipt.copy:
        yield Centered(receipt.say("COPY {n}").format(n=receipt.copy), Style.STRONG)
    yield Centered(", ".join(receipt.venue))
    yield Centered(receipt.sold_at)
    yield Rule()
    yield Pair(receipt.say("Order"), receipt.order_number, Style.STRONG)
    yield Pair(receipt.sold_by)
    yield Rule()
    yield from _lines(receipt)
    yield Rule()
    yield from (Pair(label, text) for label, text in receipt.sums)
    yield Pair(receipt.say("TOTAL"), receipt.total_text, Style.TOTAL)
    yield from (Pair(label, text, Style.SMALL) for label, text in receipt.included)
    yield Rule()
    yield from _tenders(receipt)
    if receipt.tickets_url:
        yield Rule()
        yield Code(receipt.tickets_url)
        yield Centered(receipt.say("Scan for your tickets and"))
        yield Centered(receipt.say("a copy of this receipt"))
    yield Rule()
    yield from (Centered(line) for line in receipt.closing.splitlines() if line)
    yield Centered(receipt.say("Questions or a refund? Show this receipt"), Style.SMALL)
    yield Centered(receipt.say("at the box office. Thank you."), Style.SMALL)


def _lines(receipt: Receipt) -> Iterator[Block]:
    for line in receipt.lines:
        many = line.quantity != 1
        yield Pair(f"{line.quantity} × {line.name}" if many else line.name, line.amount_text)
        if many:
            yield Pair(f"   {line.quantity} × {line.unit_text}", style=Style.SMALL)
        if line.detail:
            yield Pair(f"   {line.detail}", style=Style.SMALL)


def _tenders(receipt: Receipt) -> Iterator[Block]:
    for tender in receipt.tenders:
        yield Pair(tender.label, tender.amount_text)
        yield from (Pair(f"   {detail}", style=Style.SMALL) for detail in tender.details)
    if receipt.change_text:
        yield Pair(receipt.say("Change"), receipt.change_text, Style.STRONG)
    yield from (Pair(label, text) for label, text in receipt.ends)


def ticket_blocks(ticket: Ticket) -> tuple[Block, ...]:
    """Returns a ticket for a roll, from top to bottom."""
    blocks = _ticket_blocks(ticket)
    return with_training(blocks, ticket.say) if ticket.is_training else blocks


def _ticket_blocks(ticket: Ticket) -> tuple[Block, ...]:
    return (
        *(Centered(line.upper(), Style.TITLE) for line in ticket.event_name),
        Centered(ticket.event_dates),
        Centered(", ".join(ticket.venue)),
        Rule(),
        Centered(ticket.product_name, Style.TOTAL),
        *([Centered(" · ".join(ticket.days), Style.STRONG)] if ticket.days else []),
        *([Centered(ticket.guest)] if ticket.guest else []),
        Code(ticket.token),
        Pair(" ".join((ticket.say("Order"), ticket.order_number)), ticket.count),
        *(Centered(line, Style.SMALL) for line in ticket.small_print),
    )

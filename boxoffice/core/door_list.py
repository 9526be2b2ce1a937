"""The list for a door when all else fails: who may come today, by family name, and how its ticks are read again."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from boxoffice.core.folding import fold
from boxoffice.core.ticket_codes import END, code_of

LIST_CODE: Final = "DOORLIST"
"""With this the code begins that stands on each page: scanned at a gate, it leads to where ticks are entered."""
_TICK: Final = re.compile(r"([0-9A-Za-z]{4}(?:-?[0-9A-Za-z]{4})?)(?:\s*[xX*×]\s*(\d{1,3}))?(?=[\s,;]|$)")
_OTHER: Final = re.compile(r"[^\s,;]+")
NO_NAME: Final = "#"
"""The heading of those whose buyer gave no name: they are found by their order's number."""


@dataclass(frozen=True, slots=True)
class DueTicket:
    """A ticket that opens a door today; `in_at` is when it did, as clocks there showed it, or nothing."""

    ticket_id: str
    order_id: str
    order_number: str
    name: str
    product: str
    in_at: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class DoorRow:
    """One line: who, the end of the first ticket's code, and a box for each person, with whether it came in before."""

    heading: str
    name: str
    code: str
    product: str
    boxes: tuple[bool, ...]
    in_at: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Tick:
    """What was ticked: a code, or the last letters of one, and for how many people; None for what can't be read."""

    text: str
    code: str
    people: int


def door_rows(tickets: Iterable[DueTicket]) -> tuple[DoorRow, ...]:
    """Returns the lines: one for each product of an order, by family name without regard to accents."""
    apart: dict[tuple[str, str], list[DueTicket]] = {}
    for ticket in sorted(tickets, key=lambda each: each.ticket_id):
        apart.setdefault((ticket.order_id, ticket.product), []).append(ticket)
    return tuple(sorted((_row(mine) for mine in apart.values()), key=_place))


def ticks_in(text: str) -> Iterator[Tick]:
    """Yields what was ticked, as people type it: `4KX9`, `7GA1 x3`, one after the other; of rubbish `code` is empty."""
    at = 0
    while (found := _OTHER.search(text, at)) is not None:
        tick = _TICK.match(text, found.start())
        if tick is None:
            yield Tick(found.group(), "", 0)
            at = found.end()
        else:
            yield Tick(tick.group(), tick.group(1), int(tick.group(2) or 1))
            at = tick.end()


def _row(tickets: Sequence[DueTicket]) -> DoorRow:
    first = tickets[0]
    *given, family = first.name.split() or [""]
    name = f"{family}, {' '.join(given)}" if given else family
    came = [each.in_at for each in tickets if each.in_at]
    heading = fold(family)[:1].upper() if family else ""
    return DoorRow(
        heading if heading.isalpha() else NO_NAME,
        name or first.order_number,
        code_of(first.ticket_id)[-END:],
        first.product,
        tuple(bool(each.in_at) for each in tickets),
        min(came, default=""),
        first.note,
    )


def _place(row: DoorRow) -> tuple[bool, str, str, str]:
    return row.heading == NO_NAME, fold(row.name), row.product, row.code

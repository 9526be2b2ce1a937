"""Tickets on ticket stock and wristbands: where each line and the code stand, in dots, whoever prints or draws it."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache
from typing import Final, assert_never

from PIL import ImageFont

from boxoffice.core.training import TRAINING
from boxoffice.documents.model import Ticket
from boxoffice.documents.qr import QUIET_MODULES, qr_matrix
from boxoffice.documents.stocks import Density, Stock
from boxoffice.resources import resource_path


@dataclass(frozen=True, slots=True)
class Words:
    """One line of text, `tall` dots high, in the middle of a box or at its left."""

    text: str
    left: int
    top: int
    width: int
    tall: int
    is_centred: bool = True


@dataclass(frozen=True, slots=True)
class CodeAt:
    """A QR code, each of its modules so many dots wide; without the white around it."""

    text: str
    left: int
    top: int
    module: int
    ecc: str


@dataclass(frozen=True, slots=True)
class Label:
    """One ticket as it is read; `is_turned` if it leaves the printer on its side, its left end first."""

    width: int
    height: int
    words: tuple[Words, ...]
    code: CodeAt
    is_turned: bool = False


_STOCK_MM: Final = (50.8, 139.7)
"""Two inches by five and a half."""
_BAND_MM: Final = (254.0, 25.4)
"""Ten inches by one, as it is read."""
_SIDE_MM: Final = 3.0
_BAND_END_MM: Final = 12.0
"""Where a band is glued together nothing is printed."""
_LEAST_SHARE: Final = 0.7
_GAP_SHARE: Final = 0.18


def label_of(ticket: Ticket, stock: Stock, density: Density) -> Label:
    """Returns a ticket laid out for a stock.

    Raises:
        ValueError: for the receipts' roll, which has a layout of its own.
    """
    match stock:
        case Stock.TICKET:
            return _on_stock(ticket, density)
        case Stock.WRISTBAND:
            return _on_band(ticket, density)
        case Stock.ROLL:
            raise ValueError("a roll has no labels")
        case _:
            assert_never(stock)


@dataclass(slots=True)
class _Column:
    """Lines below each other in a box."""

    left: int
    width: int
    top: int
    is_centred: bool = True

    def write(self, text: str, tall: int, most: int) -> Iterator[Words]:
        """Yields a text in at most so many lines, smaller where it needs to be."""
        for line, size in _lines(text, tall, self.width, most):
            yield Words(line, self.left, self.top, self.width, size, self.is_centred)
            self.top += round(size * (1 + _GAP_SHARE))


def _on_stock(ticket: Ticket, density: Density) -> Label:
    width, height = (round(mm * density) for mm in _STOCK_MM)
    side = round(_SIDE_MM * density)
    column = _Column(side, width - 2 * side, side)
    words: list[Words] = []
    if ticket.is_training:
        words += column.write(ticket.say(TRAINING), 5 * density, 1)
    for name in ticket.event_name:
        words += column.write(name, 5 * density, 2)
    words += column.write(ticket.event_dates, 3 * density, 1)
    words += column.write(", ".join(ticket.venue), 3 * density, 2)
    column.top += 2 * density
    words += column.write(ticket.product_name, 6 * density, 2)
    for text, tall in ((" · ".join(ticket.days), 4 * density), (ticket.guest or "", round(3.5 * density))):
        words += column.write(text, tall, 1)
    code = _code(ticket.token, "M", column.width, 6)
    size = qr_matrix(code.text, ecc=code.ecc).size * code.module
    quiet = QUIET_MODULES * code.module
    placed = CodeAt(code.text, (width - size) // 2, column.top + quiet, code.module, code.ecc)
    column.top += size + 2 * quiet
    words += column.write(ticket.code, 4 * density, 1)
    words += column.write(f"{ticket.say('Order')} {ticket.order_number} · {ticket.count}", 3 * density, 1)
    for line in ticket.small_print:
        words += column.write(line, 3 * density, 3)
    down = max(0, height - side - column.top) // 2
    moved = tuple(replace(each, top=each.top + down) for each in words)
    return Label(width, height, moved, replace(placed, top=placed.top + down))


def _on_band(ticket: Ticket, density: Density) -> Label:
    width, height = (round(mm * density) for mm in _BAND_MM)
    end, side = round(_BAND_END_MM * density), round(1.5 * density)
    code = _code(ticket.token, "L", height - 2 * side, 4)
    size = qr_matrix(code.text, ecc=code.ecc).size * code.module
    placed = CodeAt(code.text, end, (height - size) // 2, code.module, code.ecc)
    left = end + size + QUIET_MODULES * code.module + 2 * density
    column = _Column(left, width - left - end, side, is_centred=False)
    words: list[Words] = []
    if ticket.is_training:
        words += column.write(ticket.say(TRAINING), round(3.5 * density), 1)
    words += column.write(" · ".join(ticket.event_name), round(3.5 * density), 1)
    words += column.write(ticket.product_name, round(5.5 * density), 1)
    words += column.write(" · ".join((*ticket.days, *([ticket.guest] if ticket.guest else []))), 4 * density, 1)
    order = f"{ticket.say('Order')} {ticket.order_number} · {ticket.count}"
    words += column.write(" · ".join(part for part in (ticket.code, order) if part), 3 * density, 1)
    return Label(width, height, tuple(words), placed, is_turned=True)


def _code(text: str, ecc: str, room: int, largest: int) -> CodeAt:
    """Returns a code with modules as large as there is room for; which place it has is decided later."""
    side = qr_matrix(text, ecc=ecc).size
    return CodeAt(text, 0, 0, max(1, min(largest, room // side)), ecc)


def _lines(text: str, tall: int, width: int, most: int) -> Iterator[tuple[str, int]]:
    """Yields a text as lines within a width: smaller first, then broken at blanks, then cut."""
    if not text:
        return
    size = tall
    while size > tall * _LEAST_SHARE and wide(text, size) > width:
        size -= 1
    rest = text
    for n in range(most):
        line = rest if wide(rest, size) <= width else _head(rest, size, width, is_last=n == most - 1)
        yield line, size
        rest = rest[len(line) :].strip() if not line.endswith("…") else ""
        if not rest:
            return


def _head(text: str, size: int, width: int, *, is_last: bool) -> str:
    """Returns as much of a text as there is room for."""
    if not is_last:
        ends = [i for i, letter in enumerate(text) if letter == " " and wide(text[:i], size) <= width]
        if ends:
            return text[: ends[-1]]
    end = next(i for i in range(len(text), 0, -1) if i == 1 or wide(f"{text[:i].rstrip()}…", size) <= width)
    return f"{text[:end].rstrip()}…"


def wide(text: str, tall: int) -> float:
    """Returns how wide a line is in our own face, which is wider than the face that such printers have."""
    return face(tall).getlength(text)


@cache
def face(tall: int) -> ImageFont.FreeTypeFont:
    """Returns the face whose lines are so high."""
    return ImageFont.truetype(str(resource_path("fonts", "OpenSans-SemiBold.ttf")), max(6, round(tall * 0.74)))

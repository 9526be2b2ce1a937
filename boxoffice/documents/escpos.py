"""Receipts and tickets as ESC/POS bytes for a roll of 80 or 58 mm.

What the printer's code page has is sent as text, other Latin letters as the plain ones that they are made of. A line in
a script that no code page of the printer has is drawn and sent as a raster, as the codes are: nobody's name is question
marks.
"""

import textwrap
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final, assert_never

from boxoffice.documents.blocks import Block, Centered, Code, Pair, Rule, Style, receipt_blocks, ticket_blocks
from boxoffice.documents.model import Receipt, Ticket
from boxoffice.documents.qr import QUIET_MODULES, QrMatrix, qr_matrix
from boxoffice.documents.rasters import Bitmap, line_bitmap
from boxoffice.documents.rolls import DOTS_A_LETTER, ROLL_80, Letters, Roll
from boxoffice.documents.slips import Slip

# Epson ESC/POS command reference: ESC @, ESC t, ESC a, ESC E, ESC d, GS !, GS B, GS v 0, GS V.
_INIT: Final = b"\x1b@\x1bt"
_PAGES: Final = {Letters.CP858: b"\x13", Letters.CP1252: b"\x10", Letters.PICTURE: b"\x13"}
_CENTER, _LEFT = b"\x1ba\x01", b"\x1ba\x00"
_CUT: Final = b"\x1dVB\x20"
_TEAR: Final = b"\x1bd\x05"
"""Feeds as far as the edge that paper is torn off at."""
_INVERSE, _UPRIGHT = b"\x1dB\x01", b"\x1dB\x00"
_LINE_DOTS: Final = 30
_SCALE: Final = 7
_LIGHT, _BOLD = b"\x1bE\x00\x1d!\x00", b"\x1bE\x01\x1d!\x00"
_LARGE: Final = b"\x1bE\x01\x1d!\x11"
_MODES: Final = {
    Style.TITLE: (_LARGE, 2),
    Style.PLAIN: (_LIGHT, 1),
    Style.INVERSE: (_BOLD, 1),
    Style.SMALL: (_LIGHT, 1),
    Style.STRONG: (_BOLD, 1),
    Style.TOTAL: (_LARGE, 2),
}
"""How each style is asked for, and how many times as large its letters are."""
_PLAIN_LETTERS: Final = str.maketrans(
    dict.fromkeys("−·–—‐‑‒―", "-")
    | dict.fromkeys("‘’‚‛ʻʼ′", "'")
    | dict.fromkeys("“”„‟″«»", '"')
    | dict.fromkeys("•●∙⋅", "*")
    | {"×": "x", "…": "...", "ł": "l", "Ł": "L", "đ": "d", "Đ": "D", "œ": "oe", "Œ": "OE", "ı": "i", "ħ": "h", "Ħ": "H"}
    | {
        "ŧ": "t",
        "Ŧ": "T",
        "ŋ": "n",
        "Ŋ": "N",
        "ə": "e",
        "Ə": "E",
        "ẞ": "SS",
        "ſ": "s",
        "™": "TM",
        "№": "No",
        "\xa0": " ",
    }
)


def receipt_escpos(receipt: Receipt, roll: Roll = ROLL_80) -> bytes:
    """Returns what to send to the printer, cut included. No byte of any name can act as a command."""
    return _slip(receipt_blocks(receipt), roll)


def tickets_escpos(tickets: Sequence[Ticket], roll: Roll = ROLL_80) -> bytes:
    """Returns one slip a ticket, each cut off by itself."""
    return b"".join(_slip(ticket_blocks(ticket), roll) for ticket in tickets)


def slip_escpos(slip: Slip, roll: Roll = ROLL_80) -> bytes:
    """Returns what is no order's, such as a Z report."""
    return _slip(slip.printed, roll)


def printable_text(text: str, letters: Letters = Letters.CP858) -> str | None:
    """Returns the text in letters that the printer has, or None if it must be drawn."""
    if letters is Letters.PICTURE:
        return None if text.strip() else ""
    found = [_printable(letter, letters.value) for letter in unicodedata.normalize("NFC", text)]
    if None in found:
        return None
    whole = "".join(letter or "" for letter in found)
    bare = whole.lstrip(" ")
    return whole[: len(whole) - len(bare)] + " ".join(bare.split())


def _printable(letter: str, page: str) -> str | None:
    """Returns what stands for a letter on the roll: nothing for what can't be seen, None for what must be drawn."""
    plain = letter.translate(_PLAIN_LETTERS)
    if page != Letters.CP858.value and letter.isprintable() and _is_in_page(letter, page):
        return letter  # such as quotes that are curved; in the oldest page they are others' letters
    if not plain.isprintable():
        return " " if unicodedata.category(letter) == "Zs" else ""
    if _is_in_page(plain, page):
        return plain
    category = unicodedata.category(letter)
    if category in ("Mn", "Me", "So", "Sk"):  # marks on Latin letters, emoji: the line is drawn for other letters only
        return ""
    apart = unicodedata.normalize("NFKD", letter)
    bare = "".join(each for each in apart if unicodedata.category(each) != "Mn").translate(_PLAIN_LETTERS)
    return bare if bare and _is_in_page(bare, page) else None


def _is_in_page(text: str, page: str) -> bool:
    try:
        text.encode(page)
    except UnicodeEncodeError:
        return False
    return True


def _slip(blocks: Sequence[Block], roll: Roll) -> bytes:
    body = b"".join(part for block in blocks for part in _print(block, roll))
    return _INIT + _PAGES[roll.letters] + body + (_CUT if roll.is_cut else _TEAR)


def _print(block: Block, roll: Roll) -> Iterator[bytes]:
    match block:
        case Centered():
            mode, scale = _MODES[block.style]
            line = _Line(roll, scale)
            yield _CENTER + mode
            yield from line.inverse(block.text) if block.style is Style.INVERSE else line.centered(block.text)
        case Pair():
            mode, scale = _MODES[block.style]
            yield _LEFT + mode
            yield from _Line(roll, scale).pair(block.left, block.right)
        case Rule():
            yield _LEFT + _LIGHT + b"-" * roll.columns + b"\n"
        case Code():
            yield _CENTER + _code(qr_matrix(block.text), roll)
        case _:
            assert_never(block)


@dataclass(frozen=True, slots=True)
class _Line:
    """Lines of one size on a roll."""

    roll: Roll
    scale: int

    @property
    def columns(self) -> int:
        return self.roll.columns // self.scale

    def centered(self, text: str) -> Iterator[bytes]:
        plain = self._plain(text)
        if plain is None:
            yield self._drawn(text)
            return
        yield from (self._sent(line) for line in _wrap(plain, self.columns))

    def inverse(self, text: str) -> Iterator[bytes]:
        """Yields the text white on black, as wide as the roll."""
        plain = self._plain(text)
        if plain is None:
            yield from self.centered(text)
            return
        lines = (self._sent(line.center(self.columns)) for line in _wrap(plain, self.columns - 2))
        yield _INVERSE + b"".join(lines) + _UPRIGHT

    def pair(self, left: str, right: str) -> Iterator[bytes]:
        """Yields both sides on one line; a side that must be drawn is a raster of its own, before what is beside it."""
        plain, beside = self._plain(left), self._plain(right)
        if plain is not None and beside is not None:
            yield from (self._sent(line) for line in _columns(plain, beside, self.columns))
            return
        drawn = self._bitmap(left if plain is None else plain)
        if beside is None:
            yield from map(_raster, _beside(drawn, self._bitmap(right), self.roll.dots))
            return
        yield _raster(drawn)
        if beside:
            yield self._sent(beside.rjust(self.columns)[: self.columns])

    def _plain(self, text: str) -> str | None:
        return printable_text(text, self.roll.letters)

    def _drawn(self, text: str) -> bytes:
        return _raster(self._bitmap(text))

    def _bitmap(self, text: str) -> Bitmap:
        return line_bitmap(text, _LINE_DOTS * self.scale, self.roll.dots)

    def _sent(self, text: str) -> bytes:
        page = Letters.CP858 if self.roll.letters is Letters.PICTURE else self.roll.letters
        return text.encode(page.value) + b"\n"


def _beside(left: Bitmap, right: Bitmap, dots: int) -> Iterator[Bitmap]:
    """Yields both as one picture as wide as the roll, or one below the other where they are too wide."""
    if not left.rows or not right.rows or left.width + right.width + DOTS_A_LETTER > dots:
        yield from (left, right)
        return
    gap = (False,) * (dots - left.width - right.width)
    yield Bitmap(tuple((*a, *gap, *b) for a, b in zip(left.rows, right.rows, strict=True)))


def _wrap(text: str, columns: int) -> Sequence[str]:
    return textwrap.wrap(text, columns) or [""]


def _columns(left: str, right: str, columns: int) -> Iterator[str]:
    """Yields the left part wrapped, with the right part flush on its first line (or on one of its own)."""
    indent = left[: len(left) - len(left.lstrip())]
    room = columns - len(right) - 1 if right else columns
    if room < columns // 3:
        yield from _columns(left, "", columns)
        yield right.rjust(columns)[:columns]
        return
    first, *rest = _wrap(left, room - len(indent))
    yield f"{indent}{first}".ljust(columns - len(right)) + right
    yield from (indent + line for line in rest)


def _code(matrix: QrMatrix, roll: Roll) -> bytes:
    """Returns the code as large as fits, up to 7 dots a module, with its quiet zone on all sides."""
    scale = min(_SCALE, roll.dots // (matrix.size + 2 * QUIET_MODULES))
    side, quiet = (False,) * QUIET_MODULES, ((False,) * (matrix.size + 2 * QUIET_MODULES),) * QUIET_MODULES
    modules = (*quiet, *((*side, *row, *side) for row in matrix.rows), *quiet)
    rows = (tuple(black for black in row for _ in range(scale)) for row in modules)
    return _raster(Bitmap(tuple(row for row in rows for _ in range(scale))))


def _raster(bitmap: Bitmap) -> bytes:
    """Returns a picture in black and white (GS v 0); nothing for one without a row."""
    if not bitmap.rows:
        return b""
    row_bytes = -(-bitmap.width // 8)
    out = bytearray(b"\x1dv0\x00" + row_bytes.to_bytes(2, "little") + len(bitmap.rows).to_bytes(2, "little"))
    packed: dict[tuple[bool, ...], bytes] = {}  # a code's rows come many times each
    for row in bitmap.rows:
        if row not in packed:
            bits = "".join("1" if black else "0" for black in row).ljust(row_bytes * 8, "0")
            packed[row] = int(bits, 2).to_bytes(row_bytes)
        out += packed[row]
    return bytes(out)

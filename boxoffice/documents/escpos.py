"""Receipts and tickets as ESC/POS bytes for an 80 mm printer of 576 dots.

What code page 858 has is sent as text, other Latin letters as the plain ones that they are made of. A line in a script
that no code page of the printer has is drawn and sent as a raster, as the codes are: nobody's name is question marks.
"""

import textwrap
import unicodedata
from collections.abc import Iterator, Sequence
from typing import Final, assert_never

from boxoffice.documents.blocks import Block, Centered, Code, Pair, Rule, Style, receipt_blocks, ticket_blocks
from boxoffice.documents.model import Receipt, Ticket
from boxoffice.documents.qr import QUIET_MODULES, QrMatrix, qr_matrix
from boxoffice.documents.rasters import Bitmap, line_bitmap
from boxoffice.documents.slips import Slip

# Epson ESC/POS command reference: ESC @, ESC t, ESC a, ESC E, GS !, GS B, GS v 0, GS V.
_INIT: Final = b"\x1b@\x1bt\x13"
_CENTER, _LEFT = b"\x1ba\x01", b"\x1ba\x00"
_CUT: Final = b"\x1dVB\x20"
_INVERSE, _UPRIGHT = b"\x1dB\x01", b"\x1dB\x00"
_COLUMNS: Final = 48
_DOTS: Final = 576
_LINE_DOTS: Final = 30
_SCALE: Final = 7
_MODES: Final = {
    Style.TITLE: (b"\x1bE\x01\x1d!\x11", 24),
    Style.PLAIN: (b"\x1bE\x00\x1d!\x00", _COLUMNS),
    Style.INVERSE: (b"\x1bE\x01\x1d!\x00", _COLUMNS),
    Style.SMALL: (b"\x1bE\x00\x1d!\x00", _COLUMNS),
    Style.STRONG: (b"\x1bE\x01\x1d!\x00", _COLUMNS),
    Style.TOTAL: (b"\x1bE\x01\x1d!\x11", 24),
}
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


def receipt_escpos(receipt: Receipt) -> bytes:
    """Returns what to send to the printer, cut included. No byte of any name can act as a command."""
    return _slip(receipt_blocks(receipt))


def tickets_escpos(tickets: Sequence[Ticket]) -> bytes:
    """Returns one slip a ticket, each cut off by itself."""
    return b"".join(_slip(ticket_blocks(ticket)) for ticket in tickets)


def slip_escpos(slip: Slip) -> bytes:
    """Returns what is no order's, such as a Z report."""
    return _slip(slip.blocks)


def printable_text(text: str) -> str | None:
    """Returns the text in letters that the printer has, or None if it must be drawn."""
    letters = [_printable(letter) for letter in unicodedata.normalize("NFC", text)]
    if None in letters:
        return None
    whole = "".join(letter or "" for letter in letters)
    bare = whole.lstrip(" ")
    return whole[: len(whole) - len(bare)] + " ".join(bare.split())


def _printable(letter: str) -> str | None:
    """Returns what stands for a letter on the roll: nothing for what can't be seen, None for what must be drawn."""
    plain = letter.translate(_PLAIN_LETTERS)
    if not plain.isprintable():
        return " " if unicodedata.category(letter) == "Zs" else ""
    if _is_in_page(plain):
        return plain
    category = unicodedata.category(letter)
    if category in ("Mn", "Me", "So", "Sk"):  # marks on Latin letters, emoji: the line is drawn for other letters only
        return ""
    apart = unicodedata.normalize("NFKD", letter)
    bare = "".join(each for each in apart if unicodedata.category(each) != "Mn").translate(_PLAIN_LETTERS)
    return bare if bare and _is_in_page(bare) else None


def _is_in_page(text: str) -> bool:
    try:
        text.encode("cp858")
    except UnicodeEncodeError:
        return False
    return True


def _slip(blocks: Sequence[Block]) -> bytes:
    return _INIT + b"".join(part for block in blocks for part in _print(block)) + _CUT


def _print(block: Block) -> Iterator[bytes]:
    match block:
        case Centered():
            mode, columns = _MODES[block.style]
            yield _CENTER + mode
            if block.style is Style.INVERSE:
                yield from _inverse(block.text, columns)
            else:
                yield from _centered(block.text, columns)
        case Pair():
            mode, columns = _MODES[block.style]
            yield _LEFT + mode
            yield from _pair(block.left, block.right, columns)
        case Rule():
            yield _LEFT + _MODES[Style.PLAIN][0] + b"-" * _COLUMNS + b"\n"
        case Code():
            yield _CENTER + _code(qr_matrix(block.text))
        case _:
            assert_never(block)


def _centered(text: str, columns: int) -> Iterator[bytes]:
    plain = printable_text(text)
    if plain is None:
        yield _raster(line_bitmap(text, _LINE_DOTS * _COLUMNS // columns, _DOTS))
        return
    yield from (_encoded(line) + b"\n" for line in _wrap(plain, columns))


def _inverse(text: str, columns: int) -> Iterator[bytes]:
    """Yields the text white on black, as wide as the roll."""
    plain = printable_text(text)
    if plain is None:
        yield from _centered(text, columns)
        return
    lines = (_encoded(line.center(columns)) + b"\n" for line in _wrap(plain, columns - 2))
    yield _INVERSE + b"".join(lines) + _UPRIGHT


def _pair(left: str, right: str, columns: int) -> Iterator[bytes]:
    """Yields both sides on one line; a side that must be drawn is a raster of its own, before what is beside it."""
    plain, beside = printable_text(left), printable_text(right)
    if plain is not None and beside is not None:
        yield from (_encoded(line) + b"\n" for line in _columns(plain, beside, columns))
        return
    high = _LINE_DOTS * _COLUMNS // columns
    yield _raster(line_bitmap(left if plain is None else plain, high, _DOTS))
    if beside is None:
        yield _raster(line_bitmap(right, high, _DOTS))
    elif beside:
        yield _encoded(beside.rjust(columns)[:columns]) + b"\n"


def _encoded(text: str) -> bytes:
    return text.encode("cp858")


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


def _code(matrix: QrMatrix) -> bytes:
    """Returns the code as large as fits, up to 7 dots a module, with its quiet zone on all sides."""
    scale = min(_SCALE, _DOTS // (matrix.size + 2 * QUIET_MODULES))
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

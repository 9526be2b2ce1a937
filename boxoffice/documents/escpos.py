"""Receipts and tickets as ESC/POS bytes for an 80 mm printer of 576 dots: text in code page 858, codes as rasters."""

from collections.abc import Iterator, Sequence
from typing import Final

from boxoffice.documents.blocks import Block, Centered, Code, Pair, Rule, Style, receipt_blocks, ticket_blocks
from boxoffice.documents.model import Receipt, Ticket
from boxoffice.documents.qr import QrMatrix, qr_matrix

# Epson ESC/POS command reference: ESC @, ESC t, ESC a, ESC E, GS !, GS v 0, GS V.
_INIT: Final = b"\x1b@\x1bt\x13"
_CENTER, _LEFT = b"\x1ba\x01", b"\x1ba\x00"
_CUT: Final = b"\x1dVB\x20"
_COLUMNS: Final = 48
_DOTS: Final = 576
_SCALE: Final = 7
_MODES: Final = {
    Style.TITLE: (b"\x1bE\x01\x1d!\x11", 24),
    Style.PLAIN: (b"\x1bE\x00\x1d!\x00", _COLUMNS),
    Style.SMALL: (b"\x1bE\x00\x1d!\x00", _COLUMNS),
    Style.STRONG: (b"\x1bE\x01\x1d!\x00", _COLUMNS),
    Style.TOTAL: (b"\x1bE\x01\x1d!\x11", 24),
}
_PLAIN_LETTERS: Final = str.maketrans({"−": "-", "×": "x", "·": "-", "–": "-", "—": "-", "’": "'", "“": '"', "”": '"'})


def receipt_escpos(receipt: Receipt) -> bytes:
    """Returns what to send to the printer, cut included. No byte of any name can act as a command."""
    return _slip(receipt_blocks(receipt))


def tickets_escpos(tickets: Sequence[Ticket]) -> bytes:
    """Returns one slip a ticket, each cut off by itself."""
    return b"".join(_slip(ticket_blocks(ticket)) for ticket in tickets)


def _slip(blocks: Sequence[Block]) -> bytes:
    return _INIT + b"".join(part for block in blocks for part in _print(block)) + _CUT


def _encoded(text: str) -> bytes:
    bare = "".join(letter for letter in text.translate(_PLAIN_LETTERS) if letter.isprintable())
    return bare.encode("cp858", "replace")


def _print(block: Block) -> Iterator[bytes]:
    match block:
        case Centered():
            mode, columns = _MODES[block.style]
            yield _CENTER + mode
            yield from (_encoded(line) + b"\n" for line in _wrap(block.text, columns))
        case Pair():
            mode, columns = _MODES[block.style]
            yield _LEFT + mode
            yield from (_encoded(line) + b"\n" for line in _columns(block.left, block.right, columns))
        case Rule():
            yield _LEFT + _MODES[Style.PLAIN][0] + b"-" * _COLUMNS + b"\n"
        case Code():
            yield _CENTER + _raster(qr_matrix(block.text)) + b"\n"


def _wrap(text: str, columns: int) -> Sequence[str]:
    import textwrap

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


def _raster(matrix: QrMatrix) -> bytes:
    """Returns the code as a raster image (GS v 0), as large as fits 576 dots up to 7 dots a module."""
    scale = min(_SCALE, _DOTS // matrix.size)
    row_bytes = -(-matrix.size * scale // 8)
    out = bytearray(b"\x1dv0\x00" + row_bytes.to_bytes(2, "little") + (matrix.size * scale).to_bytes(2, "little"))
    for row in matrix.rows:
        bits = "".join("1" * scale if black else "0" * scale for black in row).ljust(row_bytes * 8, "0")
        out += int(bits, 2).to_bytes(row_bytes) * scale
    return bytes(out)

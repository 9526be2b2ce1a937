"""A receipt for an 80 mm roll as PDF: 72 mm printable, pure black, as long as it needs to be."""

from collections.abc import Sequence
from typing import Final, assert_never

from reportlab.lib.units import mm

from boxoffice.documents.blocks import Block, Centered, Code, Pair, Rule, Style, receipt_blocks
from boxoffice.documents.drawing import BLACK, Page
from boxoffice.documents.fonts import BOLD, HEAD, TEXT, register, width, wrapped
from boxoffice.documents.model import Receipt
from boxoffice.documents.qr import qr_matrix

_WIDE: Final = 80 * mm
_LEFT: Final = 4 * mm
_PRINTABLE: Final = 72 * mm
_CODE: Final = 31 * mm
_FACES: Final = {
    Style.TITLE: (HEAD, 22.0, 21.0),
    Style.PLAIN: (TEXT, 9.5, 13.5),
    Style.SMALL: (TEXT, 8.5, 12.0),
    Style.STRONG: (BOLD, 9.5, 13.5),
    Style.TOTAL: (BOLD, 15.0, 20.0),
}


def roll_pdf(receipt: Receipt) -> bytes:
    """Returns one page of 80 mm width with the whole receipt."""
    register()
    blocks = receipt_blocks(receipt)
    page = Page(
        _WIDE, 12 * mm + _height(blocks), " ".join((receipt.say("Receipt"), receipt.order_number)), receipt.language
    )
    y = 5 * mm
    for block in blocks:
        _draw(page, block, y)
        y += _block_height(block)
    return page.finish()


def _height(blocks: Sequence[Block]) -> float:
    return sum(_block_height(block) for block in blocks)


def _left_lines(block: Pair) -> list[str]:
    face, size, _ = _FACES[block.style]
    indent = block.left[: len(block.left) - len(block.left.lstrip())]
    room = _PRINTABLE - (width(block.right, face, size) + 8 if block.right else 0) - width(indent, face, size)
    return [indent + line for line in wrapped(block.left, face, size, max(room, 40))] or [""]


def _block_height(block: Block) -> float:
    match block:
        case Pair():
            return _FACES[block.style][2] * len(_left_lines(block))
        case Centered():
            face, size, step = _FACES[block.style]
            return step * max(1, len(wrapped(block.text, face, size, _PRINTABLE)))
        case Rule():
            return 10
        case Code():
            return float(_CODE + 24)


def _draw(page: Page, block: Block, y: float) -> None:
    match block:
        case Pair():
            face, size, step = _FACES[block.style]
            for i, line in enumerate(_left_lines(block)):
                page.text(_LEFT, y + step * (i + 0.75), line, face, size, BLACK)
            page.text(_LEFT + _PRINTABLE, y + step * 0.75, block.right, face, size, BLACK, "right", limit=_PRINTABLE)
        case Centered():
            face, size, step = _FACES[block.style]
            for i, line in enumerate(wrapped(block.text, face, size, _PRINTABLE)):
                page.text(_WIDE / 2, y + step * (i + 0.75), line, face, size, BLACK, "center")
        case Rule():
            page.rule(_LEFT, y + 4, _PRINTABLE, BLACK, 0.8, (3, 2))
        case Code():
            page.qr((_WIDE - _CODE) / 2, y + 12, _CODE, qr_matrix(block.text))
        case _:
            assert_never(block)

"""Receipts and slips for an 80 mm roll as PDF: 72 mm printable, pure black, as long as they need to be."""

from collections.abc import Sequence
from typing import Final, assert_never

from reportlab.lib.units import mm

from boxoffice.documents.blocks import Block, Centered, Code, Pair, Rule, Style, receipt_blocks
from boxoffice.documents.drawing import BLACK, WHITE, Page
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
    Style.INVERSE: (BOLD, 10.5, 21.0),
}


def roll_pdf(receipt: Receipt) -> bytes:
    """Returns one page of 80 mm width with the whole receipt."""
    title = " ".join((receipt.say("Receipt"), receipt.order_number))
    return blocks_pdf(receipt_blocks(receipt), title, receipt.language)


def blocks_pdf(blocks: Sequence[Block], title: str, language: str) -> bytes:
    """Returns one page of 80 mm width with all blocks below each other."""
    register()
    page = Page(_WIDE, 12 * mm + sum(block_height(block) for block in blocks), title, language)
    y = 5 * mm
    for block in blocks:
        draw_block(page, block, y)
        y += block_height(block)
    return page.finish()


def _left_lines(block: Pair, wide: float) -> list[str]:
    face, size, _ = _FACES[block.style]
    indent = block.left[: len(block.left) - len(block.left.lstrip())]
    room = wide - (width(block.right, face, size) + 8 if block.right else 0) - width(indent, face, size)
    return [indent + line for line in wrapped(block.left, face, size, max(room, 40))] or [""]


def block_height(block: Block, wide: float = _PRINTABLE) -> float:
    """Returns how much of a column of this width the block takes."""
    match block:
        case Pair():
            return _FACES[block.style][2] * len(_left_lines(block, wide))
        case Centered():
            face, size, step = _FACES[block.style]
            return step * max(1, len(wrapped(block.text, face, size, wide)))
        case Rule():
            return 10
        case Code():
            return float(_CODE + 24)


def draw_block(page: Page, block: Block, y: float, left: float = _LEFT, wide: float = _PRINTABLE) -> None:
    """Draws the block at `y` of a column."""
    match block:
        case Pair():
            face, size, step = _FACES[block.style]
            for i, line in enumerate(_left_lines(block, wide)):
                page.text(left, y + step * (i + 0.75), line, face, size, BLACK)
            page.text(left + wide, y + step * 0.75, block.right, face, size, BLACK, "right", limit=wide)
        case Centered():
            face, size, step = _FACES[block.style]
            lines, is_inverse = wrapped(block.text, face, size, wide), block.style is Style.INVERSE
            if is_inverse:
                page.box(left, y + 2, wide, step * max(1, len(lines)) - 3, BLACK)
            for i, line in enumerate(lines):
                page.text(
                    left + wide / 2, y + step * (i + 0.7), line, face, size, WHITE if is_inverse else BLACK, "center"
                )
        case Rule():
            page.rule(left, y + 4, wide, BLACK, 0.8, (3, 2))
        case Code():
            page.qr(left + (wide - _CODE) / 2, y + 12, _CODE, qr_matrix(block.text))
        case _:
            assert_never(block)

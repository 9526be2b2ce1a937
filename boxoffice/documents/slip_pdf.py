"""Slips as PDF: on a roll as they are, on Letter and A4 in two columns, a section never parted."""

from collections.abc import Iterator, Sequence
from typing import Final

from boxoffice.documents.blocks import Block, Rule
from boxoffice.documents.drawing import Page, stamp_of
from boxoffice.documents.fonts import register
from boxoffice.documents.model import Paper
from boxoffice.documents.roll import block_height, blocks_pdf, draw_block
from boxoffice.documents.slips import Slip

_SIZES: Final = {Paper.LETTER: (612.0, 792.0), Paper.A4: (595.276, 841.89)}
_MARGIN: Final = 48.0
_GAP: Final = 28.0


def slip_pdf(slip: Slip, paper: Paper = Paper.LETTER) -> bytes:
    """Returns the slip as a PDF on the paper; a roll is one page, as long as it needs to be."""
    if paper is Paper.ROLL_80MM:
        return blocks_pdf(slip.printed, slip.title, slip.language)
    register()
    wide, high = _SIZES[paper]
    stamp = stamp_of(slip.language, is_training=slip.is_training)
    page, column = Page(wide, high, slip.title, slip.language, stamp), (wide - 2 * _MARGIN - _GAP) / 2
    x, y = _MARGIN, _MARGIN
    for section in _sections(slip.printed):
        needs = sum(block_height(block, column) for block in section)
        if y > _MARGIN and y + needs > high - _MARGIN:
            if x > _MARGIN:
                page.next_page()
            x, y = (_MARGIN if x > _MARGIN else _MARGIN + column + _GAP), _MARGIN
        for block in section:
            step = block_height(block, column)
            if y + step > high - _MARGIN:  # a section that is longer than a column
                if x > _MARGIN:
                    page.next_page()
                x, y = (_MARGIN if x > _MARGIN else _MARGIN + column + _GAP), _MARGIN
            draw_block(page, block, y, x, column)
            y += step
    return page.finish()


def _sections(blocks: Sequence[Block]) -> Iterator[list[Block]]:
    """Yields what stands between rules, each with the rule below it."""
    section: list[Block] = []
    for block in blocks:
        section.append(block)
        if isinstance(block, Rule):
            yield section
            section = []
    if section:
        yield section

"""Badges of staff as PDF: one a page, as large as a bank card, with the code that signs in."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from reportlab.lib.units import mm

from boxoffice.documents.drawing import CORAL, CREAM, INK, INK_2, Page
from boxoffice.documents.fonts import HEAD, SEMIBOLD, TEXT
from boxoffice.documents.qr import QUIET_MODULES, qr_matrix

_WIDE: Final = 85.6 * mm
_HIGH: Final = 54 * mm
_QR: Final = 31 * mm


@dataclass(frozen=True, slots=True)
class Badge:
    """Whose badge it is, and what its code holds."""

    name: str
    role: str
    text: str = field(repr=False)


def badges_pdf(badges: Sequence[Badge]) -> bytes:
    """Returns a PDF with a page for each badge, in order.

    Raises:
        ValueError: if there are none.
    """
    if not badges:
        raise ValueError("there are no badges to print")
    page = Page(_WIDE, _HIGH, "Badges")
    for i, badge in enumerate(badges):
        if i:
            page.next_page()
        _draw(page, badge)
    return page.finish()


def _draw(page: Page, badge: Badge) -> None:
    left, band = 4 * mm, 12 * mm
    page.box(0, 0, _WIDE, band, INK)
    page.box(0, band, _WIDE, 1.2 * mm, CORAL)
    page.text(left, 8.4 * mm, "BOX OFFICE", HEAD, 16, CREAM)
    matrix = qr_matrix(badge.text)
    quiet = _QR / matrix.size * QUIET_MODULES
    x = _WIDE - _QR - quiet
    page.qr(x, band + 1.2 * mm + (_HIGH - band - 1.2 * mm - _QR) / 2, _QR, matrix)
    room = x - quiet - left
    page.lines(left, 29 * mm, badge.name.upper(), HEAD, 26, INK, limit=room, most=2)
    page.text(left, 41 * mm, badge.role.capitalize(), SEMIBOLD, 11, INK, limit=room)
    page.text(left, 48 * mm, "Works like a PIN. Say at once if it is lost.", TEXT, 6.5, INK_2, limit=room)

"""Tickets as PDF: one page each, 4 by 6 inches, with a code that scans at arm's length."""

from collections.abc import Sequence
from typing import Final

from reportlab.lib.units import mm

from boxoffice.documents.drawing import BLACK, CORAL, CREAM, INK, INK_2, INK_3, Page, stamp_of
from boxoffice.documents.fonts import BOLD, HEAD, NOTHING, TEXT, width, wrapped
from boxoffice.documents.model import Ticket
from boxoffice.documents.qr import QUIET_MODULES, qr_matrix

_WIDE: Final = 288.0
_HIGH: Final = 432.0
_MARGIN: Final = 15.0
_QR_MM: Final = 56.0
_BAND: Final = 77.0
_TEAR: Final = 354.0


def tickets_pdf(tickets: Sequence[Ticket]) -> bytes:
    """Returns a PDF with a page for each ticket, in order.

    Raises:
        ValueError: if there are none.
    """
    if not tickets:
        raise ValueError("there are no tickets to print")
    title = tickets[0].say("Tickets of order")
    stamp = stamp_of(tickets[0].language, is_training=any(ticket.is_training for ticket in tickets))
    page = Page(_WIDE, _HIGH, f"{title} {tickets[0].order_number}", tickets[0].language, stamp)
    for i, ticket in enumerate(tickets):
        if i:
            page.next_page()
        _band(page, ticket)
        _code(page, ticket)
        _stub(page, ticket)
    return page.finish()


def _band(page: Page, ticket: Ticket) -> None:
    page.box(0, 0, _WIDE, _BAND, INK)
    page.box(0, _BAND, _WIDE, 6, CORAL)
    for i, line in enumerate(ticket.event_name[:2]):
        page.text(_MARGIN, 36 + 26 * i, line.upper(), HEAD, 30, CREAM, limit=150)
    facts = ((ticket.event_dates, BOLD), *((line, TEXT) for line in ticket.venue[:2]))
    for i, (line, face) in enumerate(facts):
        page.text(_WIDE - _MARGIN, 22 + 12 * i, line, face, 9, CREAM, "right", limit=110)


def _code(page: Page, ticket: Ticket) -> None:
    matrix = qr_matrix(ticket.token)
    side = _QR_MM * mm
    quiet = side / matrix.size * QUIET_MODULES
    page.qr((_WIDE - side) / 2, _BAND + 6 + max(quiet, 14), side, matrix)
    page.text(_WIDE / 2, _BAND + 6 + max(quiet, 14) + side + 16, ticket.code, BOLD, 11, BLACK, "center")
    name, room = ticket.product_name.upper(), _WIDE - 2 * _MARGIN
    page.lines(_WIDE / 2, 308, name, HEAD, 32, INK, "center", limit=room, most=2)
    _chips(page, ticket.days)


def _chips(page: Page, days: Sequence[str]) -> None:
    size, pad, gap, high = 10.5, 9.0, 6.0, 19.0
    widths = [width(day, BOLD, size) + 2 * pad for day in days]
    shrink = min(1.0, (_WIDE - 2 * _MARGIN) / (sum(widths) + gap * len(days))) if days else 1.0
    x = (_WIDE - shrink * (sum(widths) + gap * (len(days) - 1))) / 2
    for day, wide in zip(days, widths, strict=True):
        page.frame(x, 320, wide * shrink, high, INK, 4, 1)
        page.text(x + wide * shrink / 2, 333.5, day, BOLD, size * shrink, INK, "center")
        x += (wide + gap) * shrink


def _stub(page: Page, ticket: Ticket) -> None:
    page.rule(0, _TEAR, _WIDE, INK_3, 0.75, (3, 2))
    number, room = f"{ticket.order_number} · {ticket.count}", _WIDE - 2 * _MARGIN
    taken = min(width(number, BOLD, 11.5), room * 0.55)
    page.text(_MARGIN, _TEAR + 17, ticket.say(ticket.holds) if ticket.guest else ticket.say("Admit"), TEXT, 9.5, INK_3)
    guest = ticket.guest if ticket.guest and width(ticket.guest, BOLD, 1) else ticket.say("One person")
    page.lines(_MARGIN, _TEAR + 32, guest, BOLD, 11.5, INK, limit=room - taken - 10, most=2, rise=0.5)
    page.text(_WIDE - _MARGIN, _TEAR + 17, ticket.say(ticket.kind), TEXT, 9.5, INK_3, "right")
    page.text(_WIDE - _MARGIN, _TEAR + 32, number, BOLD, 11.5, BLACK, "right", limit=taken + NOTHING)
    lines = [line for part in ticket.small_print for line in wrapped(part, TEXT, 8.5, _WIDE - 2 * _MARGIN)]
    for i, line in enumerate(lines[:3]):
        page.text(_MARGIN, _TEAR + 49 + 12 * i, line, TEXT, 8.5, INK_2)

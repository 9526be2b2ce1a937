"""Receipts on Letter and A4: as many pages as they need, with the head repeated and nothing cut off."""

from collections.abc import Iterable
from typing import Final

from boxoffice.documents.drawing import CORAL, CORAL_800, INK, INK_2, INK_3, LINE, OK, OK_TINT, WELL, Page, stamp_of
from boxoffice.documents.fonts import BOLD, HEAD, SEMIBOLD, TEXT, register, width, wrapped
from boxoffice.documents.model import Paper, Receipt, ReceiptLine
from boxoffice.documents.qr import qr_matrix
from boxoffice.documents.roll import roll_pdf

_SIZES: Final = {Paper.LETTER: (612.0, 792.0), Paper.A4: (595.276, 841.89)}
_MARGIN: Final = 48.0
_ROW: Final = 34.0
_FOOT: Final = 64.0
_TOTALS, _WIDEST = 214.0, 340.0
"""How wide the totals and what is told below them are, at least and at most: the tickets' code is beside them."""
_ROW_AMOUNT, _NOTE_AMOUNT = 104.0, 74.0
"""What of that is for the amounts."""


def receipt_pdf(receipt: Receipt, paper: Paper = Paper.LETTER) -> bytes:
    """Returns the receipt as a PDF on the paper; a roll is one page, as long as it needs to be."""
    if paper is Paper.ROLL_80MM:
        return roll_pdf(receipt)
    return _Sheet(receipt, paper).draw()


def _wide_enough(rows: Iterable[tuple[str, str]], size: float, amount: float, least: float, most: float) -> float:
    """Returns how wide rows must be so that no label is drawn smaller, as far as there is room."""
    return min(most, max([least, *(width(label, TEXT, size) + amount for label, _ in rows)]))


class _Sheet:
    """Draws one receipt from top to bottom; `_y` is where the next thing goes."""

    def __init__(self, receipt: Receipt, paper: Paper) -> None:
        register()
        self._receipt = receipt
        wide, self._high = _SIZES[paper]
        title = " ".join((receipt.say("Receipt"), receipt.order_number))
        stamp = stamp_of(receipt.language, is_training=receipt.is_training)
        self._page = Page(wide, self._high, title, receipt.language, stamp)
        self._left, self._right = _MARGIN, wide - _MARGIN
        self._y = 0.0

    def draw(self) -> bytes:
        self._head()
        self._people()
        self._columns()
        for line in self._receipt.lines:
            self._line(line)
        self._totals()
        self._foot()
        return self._page.finish()

    def _head(self) -> None:
        page, receipt = self._page, self._receipt
        half = (self._right - self._left) / 2 - 12
        for i, line in enumerate(receipt.event_name[:2]):
            page.text(self._left, 80 + 36 * i, line.upper(), HEAD, 38, INK, limit=half)
        y = 80 + 36 * len(receipt.event_name[:2])
        for line in (", ".join(receipt.venue), receipt.event_dates):
            page.text(self._left, y, line, TEXT, 11.5, INK_2, limit=half)
            y += 16
        page.text(
            self._right,
            72,
            (receipt.say("RECEIPT (COPY {n})") if receipt.copy else receipt.say("RECEIPT")).format(n=receipt.copy),
            HEAD,
            28,
            CORAL_800,
            "right",
        )
        wide = page.text(self._right, 92, receipt.order_number, BOLD, 11.5, INK, "right")
        page.text(self._right - wide - 4, 92, receipt.say("Order"), TEXT, 11.5, INK_2, "right")
        page.text(self._right, 108, receipt.sold_at, TEXT, 11.5, INK_2, "right", limit=half)
        page.text(self._right, 124, receipt.sold_by, TEXT, 11.5, INK_2, "right", limit=half)
        page.box(self._left, y, self._right - self._left, 4, CORAL, 2)
        self._y = y + 32

    def _people(self) -> None:
        page, receipt, top = self._page, self._receipt, self._y
        x = self._left
        if receipt.customer_name or receipt.customer_email:
            page.text(x, top, receipt.say("For"), TEXT, 10.5, INK_3)
            name = receipt.customer_name or receipt.customer_email or ""
            page.lines(x, top + 16, name, BOLD, 11.5, limit=150, most=2, rise=0.5)
            if receipt.customer_name and receipt.customer_email:
                page.text(x, top + 32, receipt.customer_email, TEXT, 11.5, INK_2, limit=150)
            x += 162
        page.text(x, top, receipt.say("Paid by"), TEXT, 10.5, INK_3)
        y = top + 16
        limit = self._right - x - 130
        for tender in receipt.tenders:
            page.text(x, y, f"{tender.label}  {tender.amount_text}", BOLD, 11.5, limit=limit)
            y += 15
            for detail in (part for text in tender.details for part in wrapped(text, TEXT, 10.5, limit)):
                page.text(x, y, detail, TEXT, 10.5, INK_2)
                y += 14
        wide = width(receipt.status_text, BOLD, 11.5) + 24
        page.box(self._right - wide, top - 12, wide, 28, OK_TINT, 5)
        page.text(self._right - wide / 2, top + 6, receipt.status_text, BOLD, 11.5, OK, "center")
        self._y = max(y, top + 44) + 20

    def _columns(self) -> None:
        page, y, say = self._page, self._y, self._receipt.say
        for x, title in ((self._at(1), say("Qty")), (self._at(2), say("Price")), (self._at(3), say("Amount"))):
            page.text(x, y, title, SEMIBOLD, 9.5, INK_3, "right")
        page.text(self._left + 8, y, say("Item"), SEMIBOLD, 9.5, INK_3)
        page.rule(self._left, y + 10, self._right - self._left, LINE)
        self._y = y + 10

    def _at(self, column: int) -> float:
        return self._right - 8 - {1: 178, 2: 90, 3: 0}[column]

    def _line(self, line: ReceiptLine) -> None:
        names = wrapped(line.name, BOLD, 11, self._at(1) - self._left - 48) or [""]
        details = wrapped(line.detail, TEXT, 10, self._at(1) - self._left - 48)
        high = max(_ROW, 14.0 * (len(names) + len(details)) + 14)
        self._room(high)
        page, y = self._page, self._y + 19 - (0 if details else -3)
        for name in names:
            page.text(self._left + 8, y, name, BOLD, 11)
            y += 14
        for detail in details:
            page.text(self._left + 8, y, detail, TEXT, 10, INK_2)
            y += 14
        middle = self._y + high / 2 + 4
        cells = (str(line.quantity), line.unit_text, line.amount_text)
        for column, cell in enumerate(cells, 1):
            page.text(self._at(column), middle, cell, TEXT, 11, INK, "right", limit=82)
        self._y += high
        page.rule(self._left, self._y, self._right - self._left, LINE)

    def _room(self, high: float) -> None:
        if self._y + high <= self._high - _MARGIN - _FOOT:
            return
        self._foot()
        self._page.next_page()
        self._page.text(self._left, 64, " ".join(self._receipt.event_name).upper(), HEAD, 22, INK, limit=300)
        number = self._receipt.say("Order {number}, continued").format(number=self._receipt.order_number)
        self._page.text(self._right, 64, number, TEXT, 10.5, INK_2, "right")
        self._y = 92
        self._columns()

    def _totals(self) -> None:
        receipt = self._receipt
        rows, included, ends = receipt.sums, receipt.included, receipt.ends
        notes = len(included) + len(ends) + (1 if receipt.change_text else 0)
        self._room(max(24 + 17 * len(rows) + 56 + 15 * notes, 136 if receipt.tickets_url else 0))
        wide = _wide_enough(rows, 11.5, _ROW_AMOUNT, _TOTALS, _WIDEST)
        page, x, y = self._page, self._right - wide, self._y + 28
        if receipt.tickets_url:
            self._code(receipt.tickets_url, x - 16)
        for label, text in rows:
            page.text(x, y, label, TEXT, 11.5, limit=wide - _ROW_AMOUNT)
            page.text(self._right - 8, y, text, TEXT, 11.5, INK, "right", limit=96)
            y += 17
        page.box(x - 8, y - 10, self._right - x + 8, 44, WELL, 6)
        page.text(x, y + 18, receipt.say("Total"), BOLD, 14)
        page.text(self._right - 8, y + 20, receipt.total_text, BOLD, 21, INK, "right", limit=140)
        self._y = y + 44
        change = ((receipt.say("Change"), receipt.change_text),) if receipt.change_text else ()
        below = (*included, *change, *ends)
        wide = _wide_enough(below, 10.5, _NOTE_AMOUNT, wide, _WIDEST)
        for label, text in below:
            page.text(self._right - wide, self._y + 12, label, TEXT, 10.5, INK_2, limit=wide - _NOTE_AMOUNT)
            page.text(self._right - 8, self._y + 12, text, TEXT, 10.5, INK_2, "right", limit=66)
            self._y += 15

    def _code(self, address: str, right: float) -> None:
        """Draws the code that leads to the tickets, with what it is for: beside it up to `right`, or else below it."""
        page, receipt = self._page, self._receipt
        said = (receipt.say("Scan for your tickets."), receipt.say("Each ticket lets in one person."))
        page.qr(self._left + 10, self._y + 20, 76, qr_matrix(address))
        is_beside = right - self._left - 104 >= max(width(each, TEXT, 10.5) for each in said)
        x, y = (self._left + 104, self._y + 54) if is_beside else (self._left + 10, self._y + 112)
        for i, each in enumerate(said):
            page.text(x, y + 15 * i, each, TEXT, 10.5, INK_2, limit=180 if is_beside else 150)

    def _foot(self) -> None:
        y = self._high - _MARGIN - 28
        if self._receipt.closing:
            own, wide = " ".join(self._receipt.closing.split()), self._right - self._left
            self._page.lines(self._left, y - 26, own, TEXT, 10, INK_2, limit=wide, most=2, rise=0.5)
        self._page.rule(self._left, y - 16, self._right - self._left, LINE)
        say = self._receipt.say
        question = say("Need to change something?")
        wide = self._page.text(self._left, y, question, BOLD, 10, INK_2)
        answer = say("Reply to the e-mail this came with, or bring this page to the box office.")
        self._page.text(self._left + wide + 4, y, answer, TEXT, 10, INK_2)
        self._page.text(self._left, y + 14, say("Refunds go back the way you paid."), TEXT, 10, INK_2)

"""Sheets for people who check: headings, sentences and tables that flow over Letter pages, each page numbered."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, assert_never

from boxoffice.documents.drawing import INK, INK_2, INK_3, LINE, WELL, Page
from boxoffice.documents.fonts import BOLD, HEAD, SEMIBOLD, TEXT, cut, register, width, wrapped
from boxoffice.documents.languages import language

_WIDE, _HIGH = 612.0, 792.0
_MARGIN: Final = 48.0
_ROOM: Final = _WIDE - 2 * _MARGIN
_END: Final = _HIGH - 56.0
_SIZE: Final = 9.5
_STEP: Final = 13.0
_GAP: Final = 10.0
_MOST_LINES: Final = 6


@dataclass(frozen=True, slots=True)
class Heading:
    text: str


@dataclass(frozen=True, slots=True)
class Paragraph:
    text: str
    is_quiet: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of equal length: the first column is words, the others are amounts on the right.

    `widths` are the columns' shares of the page, where that is not so; `sums` says how many of the last rows are sums.
    """

    rows: Sequence[Sequence[str]]
    head: Sequence[str] = ()
    sums: int = 0
    widths: Sequence[float] = ()
    is_words: bool = False
    """Whether all columns are words, on the left."""


Part = Heading | Paragraph | Table


@dataclass(frozen=True, slots=True)
class Sheet:
    """`stamp` is a word in capitals that stands across every page; `under` is the line below the title."""

    title: str
    under: str
    parts: Sequence[Part]
    language: str = "en"
    stamp: str = ""


def sheet_pdf(sheet: Sheet) -> bytes:
    """Returns the sheet as PDF. The same sheet gives the same bytes."""
    register()
    return _Writer(sheet).write()


class _Writer:
    """A page, and how far it is written."""

    def __init__(self, sheet: Sheet) -> None:
        self._sheet = sheet
        self._page = Page(_WIDE, _HIGH, sheet.title, sheet.language, sheet.stamp)
        self._y, self._number = _MARGIN, 1

    def write(self) -> bytes:
        self._page.text(_MARGIN, self._y + 26, self._sheet.title.upper(), HEAD, 30, INK, limit=_ROOM)
        self._page.text(_MARGIN, self._y + 44, self._sheet.under, TEXT, 10.5, INK_2, limit=_ROOM)
        self._y += 62
        for part in self._sheet.parts:
            match part:
                case Heading():
                    self._heading(part.text)
                case Paragraph():
                    self._paragraph(part)
                case Table():
                    self._table(part)
                case _:
                    assert_never(part)
        self._foot()
        return self._page.finish()

    def _heading(self, text: str) -> None:
        self._need(52)
        self._page.text(_MARGIN, self._y + 20, text.upper(), HEAD, 17, INK, limit=_ROOM)
        self._y += 30

    def _paragraph(self, part: Paragraph) -> None:
        color = INK_3 if part.is_quiet else INK
        for text in part.text.split("\n"):
            for line in wrapped(text, TEXT, _SIZE, _ROOM) if text else [""]:
                self._need(_STEP)
                self._page.text(_MARGIN, self._y + 10, line, TEXT, _SIZE, color)
                self._y += _STEP
        self._y += 6

    def _table(self, table: Table) -> None:
        columns = len(table.head or (table.rows[0] if table.rows else ()))
        if not columns:
            return
        first = 0.46 if columns > 2 else 0.6
        shares = table.widths or (first, *((1 - first) / max(1, columns - 1) for _ in range(columns - 1)))
        wide = [_ROOM * share for share in shares]
        if table.head:
            self._head(table, wide)
        last = len(table.rows) - table.sums
        for number, row in enumerate(table.rows):
            self._row(table, row, wide, is_sum=number >= last)
        self._y += 8

    def _head(self, table: Table, wide: Sequence[float]) -> None:
        self._need(3 * _STEP)
        for place, text in enumerate(table.head):
            self._cell(table, place, [text], wide, SEMIBOLD)
        self._y += _STEP + 4
        self._page.rule(_MARGIN, self._y, _ROOM, INK_3, 1)

    def _row(self, table: Table, row: Sequence[str], wide: Sequence[float], *, is_sum: bool) -> None:
        face = BOLD if is_sum else TEXT
        cells = [
            _lines(text, face, wide[place] - _GAP) if table.is_words or place == 0 else [text]
            for place, text in enumerate(row)
        ]
        high = _STEP * max(map(len, cells)) + 5
        if self._y + high > _END:
            self._next()
            if table.head:
                self._head(table, wide)
        if is_sum:
            self._page.box(_MARGIN, self._y, _ROOM, high, WELL)
        for place, lines in enumerate(cells):
            self._cell(table, place, lines, wide, face)
        self._y += high
        self._page.rule(_MARGIN, self._y, _ROOM, LINE, 0.6)

    def _cell(self, table: Table, place: int, lines: Sequence[str], wide: Sequence[float], face: str) -> None:
        x, room = _MARGIN + sum(wide[:place]), wide[place] - _GAP
        for number, line in enumerate(lines):
            y = self._y + 12 + number * _STEP
            if table.is_words or place == 0:
                self._page.text(x + 4, y, line, face, _SIZE, INK, limit=room)
            else:
                self._page.text(x + wide[place] - 4, y, line, face, _SIZE, INK, "right", limit=room)

    def _need(self, high: float) -> None:
        if self._y + high > _END:
            self._next()

    def _next(self) -> None:
        self._foot()
        self._page.next_page()
        self._y, self._number = _MARGIN, self._number + 1

    def _foot(self) -> None:
        words = language(self._sheet.language).say("Page {number}").format(number=self._number)
        self._page.text(_MARGIN, _HIGH - 30, self._sheet.title, TEXT, 8.5, INK_3, limit=_ROOM - 80)
        self._page.text(_WIDE - _MARGIN, _HIGH - 30, words, TEXT, 8.5, INK_3, "right")


def _lines(text: str, face: str, room: float) -> list[str]:
    lines = wrapped(text, face, _SIZE, room) or [""]
    if len(lines) > _MOST_LINES:
        lines = [*lines[: _MOST_LINES - 1], cut(" ".join(lines[_MOST_LINES - 1 :]), face, _SIZE, room)]
    return [line if width(line, face, _SIZE) <= room else cut(line, face, _SIZE, room) for line in lines]

"""Tables on paper, Letter: each under its heading, its columns' names again on every page, sums below a line."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Final

from boxoffice.documents.drawing import BLACK, Page
from boxoffice.documents.fonts import BOLD, HEAD, SEMIBOLD, TEXT, width, wrapped
from boxoffice.documents.languages import language

_WIDE: Final = 612.0
_HIGH: Final = 792.0
_MARGIN: Final = 42.0
_BOTTOM: Final = _HIGH - 54
_ROW: Final = 17.0
_HEADING: Final = 34.0
_SIZE: Final = 9.5
_GAP: Final = 11.0
_NAMES_STEP: Final = 12.0
_LEAST_FIRST: Final = 110.0


@dataclass(frozen=True, slots=True)
class PaperTable:
    """All cells are texts as they are read; those of all columns but the first stand to the right."""

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    total: tuple[str, ...] | None = None


def tables_pdf(title: str, lines: Sequence[str], tables: Sequence[PaperTable], foot: str, spoken: str = "en") -> bytes:
    """Returns the tables as a PDF; `lines` stand under the title, and `foot` on each page."""
    page = Page(_WIDE, _HIGH, title, spoken)
    page.lines(_MARGIN, 66, title.upper(), HEAD, 34, BLACK, limit=_WIDE - 2 * _MARGIN, most=1)
    y = 84.0
    for line in lines:
        page.text(_MARGIN, y, line, TEXT, 10.5, BLACK, limit=_WIDE - 2 * _MARGIN)
        y += 15
    draft = _Paper(page, foot, spoken, y + 6)
    for table in tables:
        draft.table(table)
    draft.end()
    return page.finish()


class _Paper:
    """Where the next row stands."""

    def __init__(self, page: Page, foot: str, spoken: str, y: float) -> None:
        self._page, self._foot, self._spoken, self._y, self._number = page, foot, spoken, y, 1

    def table(self, table: PaperTable) -> None:
        rights = _rights(table)
        if self._y + _HEADING + 4 * _ROW > _BOTTOM:
            self._next()
        self._y += _HEADING
        self._page.text(_MARGIN, self._y - 8, table.title, HEAD, 18, BLACK)
        self._names(table, rights)
        for row in table.rows:
            self._room(table, rights)
            self._row(row, rights, TEXT)
        if table.total is not None:
            self._room(table, rights)
            self._page.rule(_MARGIN, self._y, _WIDE - 2 * _MARGIN, BLACK, 1.2)
            self._row(table.total, rights, BOLD)

    def end(self) -> None:
        number = language(self._spoken).say("Page {number}").format(number=self._number)
        self._page.text(_MARGIN, _HIGH - 30, self._foot, TEXT, 8.5, BLACK, limit=_WIDE - 2 * _MARGIN - 60)
        self._page.text(_WIDE - _MARGIN, _HIGH - 30, number, SEMIBOLD, 8.5, BLACK, "right")

    def _room(self, table: PaperTable, rights: Sequence[float]) -> None:
        if self._y + _ROW > _BOTTOM:
            self._next()
            self._names(table, rights)

    def _next(self) -> None:
        self.end()
        self._page.next_page()
        self._number += 1
        self._y = _MARGIN

    def _names(self, table: PaperTable, rights: Sequence[float]) -> None:
        """Writes the columns' names, in as many lines as the longest takes; all end on the same line."""
        names = [
            wrapped(name, SEMIBOLD, _SIZE, right - left - 2)
            for name, left, right in zip(table.columns, (_MARGIN, *rights), rights, strict=False)
        ]
        most = max(map(len, names))
        for i in range(most):
            cells = [each[i - most] if most - i <= len(each) else "" for each in names]
            self._cells(cells, rights, SEMIBOLD, self._y + 12)
            self._y += _NAMES_STEP
        self._y += _ROW - _NAMES_STEP
        self._page.rule(_MARGIN, self._y, _WIDE - 2 * _MARGIN, BLACK, 1.2)

    def _row(self, cells: Sequence[str], rights: Sequence[float], face: str) -> None:
        self._cells(cells, rights, face, self._y + 12)
        self._y += _ROW
        self._page.rule(_MARGIN, self._y, _WIDE - 2 * _MARGIN, BLACK, 0.3)

    def _cells(self, cells: Sequence[str], rights: Sequence[float], face: str, line: float) -> None:
        self._page.text(_MARGIN, line, cells[0], face, _SIZE, BLACK, limit=rights[0] - _MARGIN - 2)
        for i, cell in enumerate(cells[1:], 1):
            self._page.text(rights[i], line, cell, face, _SIZE, BLACK, "right", limit=rights[i] - rights[i - 1] - 2)


def _rights(table: PaperTable) -> list[float]:
    """Returns where each column ends: the first has what the others leave.

    Where they leave it too little, the columns' names take more lines.
    """
    whole = _WIDE - 2 * _MARGIN
    room = whole - _LEAST_FIRST
    wanted = _wanted(table, [width(name, SEMIBOLD, _SIZE) for name in table.columns])
    if sum(wanted) > room:
        wanted = _wanted(
            table, [max(width(word, SEMIBOLD, _SIZE) for word in name.split() or [""]) for name in table.columns]
        )
    scale = min(1.0, room / sum(wanted)) if wanted else 1.0
    start = _MARGIN + whole - sum(wanted) * scale
    return list(accumulate((each * scale for each in wanted), initial=start))


def _wanted(table: PaperTable, names: Sequence[float]) -> list[float]:
    """Returns how wide all columns but the first are to be, with names of these widths."""
    lines = [*table.rows[:300], *([table.total] if table.total is not None else [])]
    cells = [
        [width(line[i], BOLD if line is table.total else SEMIBOLD, _SIZE) for line in lines]
        for i in range(len(table.columns))
    ]
    return [max([name, *of]) + _GAP for name, of in zip(names[1:], cells[1:], strict=True)]

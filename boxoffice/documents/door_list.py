"""The door list as PDF, Letter: black only, a box beside each name, to be ticked by hand and entered later."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from boxoffice.core.door_list import LIST_CODE, DoorRow
from boxoffice.documents.drawing import BLACK, Page, stamp_of
from boxoffice.documents.fonts import BOLD, HEAD, SEMIBOLD, TEXT, wrapped
from boxoffice.documents.languages import Language, language, later
from boxoffice.documents.qr import qr_matrix

_WIDE: Final = 612.0
_HIGH: Final = 792.0
_MARGIN: Final = 42.0
_TOP: Final = 142.0
_BOTTOM: Final = 688.0
_ROW: Final = 18.4
_HEADING: Final = 22.0
_BOX: Final = 12.75
"""17 pixels of the design."""
_NAME, _CODE, _PRODUCT, _NOTE = _MARGIN + 30, _MARGIN + 200, _MARGIN + 242, _MARGIN + 352
_LINE: Final = 0.6
_FOOT: Final = (
    later("One box is one person. × was in before printing. Not on the list? Write name, code and time on the back."),
    later("Later: Check-in, Door list. Type the ends of the codes that were ticked, such as 7GA1 x3 for three."),
    later("Names are private. Shred this after the event."),
)
_COLUMNS: Final = (
    (_MARGIN + 6, later("In")),
    (_NAME, later("Name")),
    (_PRODUCT, later("Ticket")),
    (_NOTE, later("Note")),
)


@dataclass(frozen=True, slots=True)
class DoorList:
    """What stands on it; times are by a clock at the event. `zone` is named where there are several."""

    event_name: str
    venue: str
    day: date
    printed_at: datetime
    rows: tuple[DoorRow, ...]
    zone: str = ""
    language: str = "en"
    is_training: bool = False

    @property
    def people(self) -> int:
        return sum(len(row.boxes) for row in self.rows)


def door_list_pdf(doors: DoorList) -> bytes:
    """Returns the list as PDF, with a page at least."""
    speaks = language(doors.language)
    pages = list(_pages(doors.rows)) or [()]
    stamp = stamp_of(doors.language, is_training=doors.is_training)
    page = Page(_WIDE, _HIGH, f"{speaks.say('Door list')} {doors.event_name}", doors.language, stamp)
    for i, rows in enumerate(pages, 1):
        if i > 1:
            page.next_page()
        _head(page, doors, speaks, i, len(pages), sum(len(row.boxes) for row in rows))
        _rows(page, rows, speaks)
        _foot(page, speaks)
    return page.finish()


def _pages(rows: Sequence[DoorRow]) -> Iterator[tuple[DoorRow, ...]]:
    """Yields what stands on each page. A heading never stands at its foot alone."""
    page: list[DoorRow] = []
    y, heading = _TOP, ""
    for row in rows:
        needs = _ROW + (_HEADING if row.heading != heading else 0)
        if page and y + needs > _BOTTOM:
            yield tuple(page)
            page, y, needs = [], _TOP, _ROW + _HEADING
        page.append(row)
        y, heading = y + needs, row.heading
    if page:
        yield tuple(page)


def _head(page: Page, doors: DoorList, speaks: Language, number: int, pages: int, people: int) -> None:
    right, code = _WIDE - _MARGIN, 48.0
    page.text(_MARGIN, 66, speaks.say("Door list").upper(), HEAD, 40, BLACK)
    wide = page.text(_MARGIN, 91, doors.event_name, BOLD, 11.5, BLACK, limit=250)
    page.text(_MARGIN + wide + 5, 91, f"· {speaks.days([doors.day])}", TEXT, 11.5, BLACK, limit=130)
    place = f"{doors.venue}, {doors.zone}" if doors.zone else doors.venue
    what = speaks.say("Tick who comes in. Enter the ticks later.")
    page.text(_MARGIN, 107, f"{place}. {what}", TEXT, 11, BLACK, limit=380)
    page.qr(right - code, 40, code, qr_matrix(f"{LIST_CODE}:{doors.day.isoformat()}:{number}"))
    x = right - code - 12
    page.text(
        x, 55, speaks.say("Page {number} of {pages}").format(number=number, pages=pages), BOLD, 15, BLACK, "right"
    )
    printed = speaks.say("printed {time}").format(time=speaks.time(doors.printed_at))
    page.text(x, 71, printed, TEXT, 10, BLACK, "right")
    count = speaks.say("{all} people, {here} on this page").format(all=doors.people, here=people)
    page.text(x, 86, count, TEXT, 10, BLACK, "right", limit=200)
    for at, word in _COLUMNS:
        page.text(at, 133, speaks.say(word), SEMIBOLD, 9.5, BLACK)
    page.text(_CODE, 133, speaks.say("Code ends"), SEMIBOLD, 9.5, BLACK, "center")
    page.rule(_MARGIN, _TOP, _WIDE - 2 * _MARGIN, BLACK, 1.5)


def _rows(page: Page, rows: Sequence[DoorRow], speaks: Language) -> None:
    y, heading = _TOP, ""
    for row in rows:
        if row.heading != heading:
            heading = row.heading
            page.text(_MARGIN + 6, y + 16, heading, HEAD, 13, BLACK)
            y += _HEADING
            page.rule(_MARGIN, y, _WIDE - 2 * _MARGIN, BLACK, 0.9)
        _row(page, y, row, speaks)
        y += _ROW
        page.rule(_MARGIN, y, _WIDE - 2 * _MARGIN, BLACK, 0.3)


def _row(page: Page, y: float, row: DoorRow, speaks: Language) -> None:
    line = y + 12.8
    _box(page, _MARGIN + 3, y, is_in=row.boxes[0])
    page.text(_NAME, line, row.name, SEMIBOLD, 10.5, BLACK, limit=_CODE - _NAME - 24)
    page.text(_CODE, line, row.code, BOLD, 10.5, BLACK, "center")
    page.text(_PRODUCT, line, row.product, TEXT, 10.5, BLACK, limit=_NOTE - _PRODUCT - 6)
    words, more = row.note, row.boxes[1:]
    if row.in_at:
        words = speaks.say("In at {time}").format(time=row.in_at)
    if more:
        count = speaks.say("{people} more").format(people=len(more))
        words = f"{words}, {count}" if words else count
    fits = max(0, min(len(more), int((_WIDE - _MARGIN - _NOTE - 60) // (_BOX + 3))))
    room = _WIDE - _MARGIN - _NOTE - fits * (_BOX + 3)
    wide = page.text(_NOTE, line, words, TEXT, 9, BLACK, limit=room - 4) if words else 0.0
    for i in range(fits):
        _box(page, _NOTE + wide + 6 + i * (_BOX + 3), y, is_in=more[i])


def _box(page: Page, x: float, y: float, *, is_in: bool) -> None:
    top = y + (_ROW - _BOX) / 2
    page.frame(x, top, _BOX, _BOX, BLACK, 2, _LINE * 1.6)
    if is_in:
        page.text(x + _BOX / 2, top + _BOX - 3.4, "×", BOLD, 12, BLACK, "center")


def _foot(page: Page, speaks: Language) -> None:
    page.rule(_MARGIN, _BOTTOM + 12, _WIDE - 2 * _MARGIN, BLACK, 1.5)
    parts = tuple(speaks.say(part) for part in _FOOT)
    wide = (_WIDE - 2 * _MARGIN) / 3 - 12
    for i, part in enumerate(parts):
        for j, each in enumerate(wrapped(part, TEXT, 8.5, wide)[:4]):
            page.text(_MARGIN + i * (wide + 18), _BOTTOM + 28 + 11.5 * j, each, TEXT, 8.5, BLACK)

"""The languages that customers are spoken to: texts from gettext catalogues, days as people there write them.

English needs no library. Babel is loaded for other languages only, so that the till goes without it.
"""

import gettext
import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from datetime import time as clock_time
from functools import cache

from boxoffice.core.languages import LANGUAGES, later
from boxoffice.resources import resource_path

__all__ = ["Language", "language", "later"]


class _Translations(gettext.GNUTranslations):
    """A catalogue in which nothing stays nothing: gettext answers an empty text with the catalogue's own head."""

    def gettext(self, message: str) -> str:
        return super().gettext(message) if message else ""


@dataclass(frozen=True)
class Language:
    """`code` is that of a page's `lang`."""

    code: str
    texts: gettext.NullTranslations

    def say(self, text: str) -> str:
        return self.texts.gettext(text)

    def days(self, days: Sequence[date]) -> str:
        """Returns the days of an event: `May 15–17, 2026`, or `March 27–28, April 3, 2026` if some lie between."""
        *before, last_run = _runs(days)
        if before:
            return ", ".join([*(self._run(each, last_run[-1].year) for each in before), self.days(last_run)])
        first, last = last_run[0], last_run[-1]
        if self.code != "en":
            return self._formatted("yMMMMd", first) if first == last else self._interval(first, last)
        if first == last:
            return f"{first:%B} {first.day}, {first.year}"
        if (first.year, first.month) == (last.year, last.month):
            return f"{first:%B} {first.day}–{last.day}, {last.year}"
        return f"{first:%B} {first.day} – {last:%B} {last.day}, {last.year}"

    def _run(self, days: Sequence[date], year: int) -> str:
        """Returns days in a row, with their year if it is another one."""
        first, last = days[0], days[-1]
        if last.year != year or first.year != last.year:
            return self.days(days)
        if self.code != "en":
            return self._formatted("MMMMd", first) if first == last else self._interval(first, last, "MMMMd")
        if first == last:
            return f"{first:%B} {first.day}"
        end = f"{last.day}" if first.month == last.month else f" {last:%B} {last.day}"
        return f"{first:%B} {first.day}–{end}" if first.month == last.month else f"{first:%B} {first.day} –{end}"

    def day(self, day: date) -> str:
        """Returns a day: `Fri, May 15`."""
        return f"{day:%a}, {day:%b} {day.day}" if self.code == "en" else self._formatted("MMMEd", day)

    def short_day(self, day: date) -> str:
        """Returns a day for where there is little room: `Fri 15`."""
        return f"{day:%a} {day.day}" if self.code == "en" else self._formatted("Ed", day)

    def time(self, at: datetime | clock_time) -> str:
        """Returns a time as people there say it: `9:05 PM`."""
        if self.code == "en":
            return f"{at.hour % 12 or 12}:{at:%M} {at:%p}"
        return self._formatted("Hm", at if isinstance(at, datetime) else datetime.combine(date.min, at))

    def instant(self, at: datetime) -> str:
        """Returns a day and a time: `May 15, 2026, 9:05 PM`."""
        return f"{self.days([at.date()])}, {self.time(at)}"

    def hours(self, starts: clock_time, ends: clock_time | None) -> str:
        """Returns `5:00 PM`, or `5:00 PM – 1:00 AM` where the end is known."""
        return self.time(starts) if ends is None else f"{self.time(starts)} – {self.time(ends)}"

    def _formatted(self, skeleton: str, at: date) -> str:
        from babel.dates import format_skeleton  # noqa: PLC0415  # 13 ms of a till's start

        return format_skeleton(skeleton, at, locale=self.code)

    def _interval(self, first: date, last: date, skeleton: str = "yMMMMd") -> str:
        from babel.dates import format_interval  # noqa: PLC0415  # 13 ms of a till's start

        return format_interval(first, last, skeleton=skeleton, locale=self.code)


def _runs(days: Sequence[date]) -> list[list[date]]:
    """Returns the days in order, parted where one is missing."""
    runs: list[list[date]] = []
    for day in sorted(set(days)):
        if runs and (day - runs[-1][-1]).days == 1:
            runs[-1].append(day)
        else:
            runs.append([day])
    return runs


class _Shared(gettext.NullTranslations):
    """What a program's own catalogue has not may stand in the one of all: that is read when it is first asked."""

    def __init__(self, code: str) -> None:
        super().__init__()
        self._code = code

    def gettext(self, message: str) -> str:
        return language(self._code).say(message)


@cache
def language(code: str, domain: str = "") -> Language:
    """Returns a language; English for one that we do not speak.

    A `domain` has texts of its own, such as the till's, before those that all programs share.
    """
    path = resource_path("translations", domain, f"{code}.po")
    if code == "en" or code not in LANGUAGES or not path.is_file():
        return Language("en", gettext.NullTranslations())
    from babel.messages.mofile import write_mo  # noqa: PLC0415  # 13 ms of a till's start
    from babel.messages.pofile import read_po  # noqa: PLC0415  # 13 ms of a till's start

    with path.open("rb") as file:
        catalogue = read_po(file, locale=code)
    compiled = io.BytesIO()
    write_mo(compiled, catalogue)
    compiled.seek(0)
    texts = _Translations(compiled)
    if domain:
        texts.add_fallback(_Shared(code))
    return Language(code, texts)

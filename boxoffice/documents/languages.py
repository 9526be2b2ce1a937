"""The languages that customers are spoken to: texts from gettext catalogues, days as people there write them.

English needs no library. Babel is loaded for other languages only, so that the till goes without it.
"""

import gettext
import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache

from boxoffice.core.languages import LANGUAGES, later
from boxoffice.resources import resource_path

__all__ = ["Language", "language", "later"]


@dataclass(frozen=True)
class Language:
    """`code` is that of a page's `lang`."""

    code: str
    texts: gettext.NullTranslations

    def say(self, text: str) -> str:
        return self.texts.gettext(text)

    def days(self, days: Sequence[date]) -> str:
        """Returns the days of an event: `May 15–17, 2026`."""
        first, last = min(days), max(days)
        if self.code != "en":
            return self._formatted("yMMMMd", first) if first == last else self._interval(first, last)
        if first == last:
            return f"{first:%B} {first.day}, {first.year}"
        if (first.year, first.month) == (last.year, last.month):
            return f"{first:%B} {first.day}–{last.day}, {last.year}"
        return f"{first:%B} {first.day} – {last:%B} {last.day}, {last.year}"

    def day(self, day: date) -> str:
        """Returns a day: `Fri, May 15`."""
        return f"{day:%a}, {day:%b} {day.day}" if self.code == "en" else self._formatted("MMMEd", day)

    def short_day(self, day: date) -> str:
        """Returns a day for where there is little room: `Fri 15`."""
        return f"{day:%a} {day.day}" if self.code == "en" else self._formatted("Ed", day)

    def time(self, at: datetime) -> str:
        """Returns a time as people there say it: `9:05 PM`."""
        return f"{at.hour % 12 or 12}:{at:%M} {at:%p}" if self.code == "en" else self._formatted("Hm", at)

    def instant(self, at: datetime) -> str:
        """Returns a day and a time: `May 15, 2026, 9:05 PM`."""
        return f"{self.days([at.date()])}, {self.time(at)}"

    def _formatted(self, skeleton: str, at: date) -> str:
        from babel.dates import format_skeleton

        return format_skeleton(skeleton, at, locale=self.code)

    def _interval(self, first: date, last: date) -> str:
        from babel.dates import format_interval

        return format_interval(first, last, skeleton="yMMMMd", locale=self.code)


@cache
def language(code: str) -> Language:
    """Returns a language; English for one that we do not speak."""
    path = resource_path("translations", f"{code}.po")
    if code == "en" or code not in LANGUAGES or not path.is_file():
        return Language("en", gettext.NullTranslations())
    from babel.messages.mofile import write_mo
    from babel.messages.pofile import read_po

    with path.open("rb") as file:
        catalogue = read_po(file, locale=code)
    compiled = io.BytesIO()
    write_mo(compiled, catalogue)
    compiled.seek(0)
    return Language(code, gettext.GNUTranslations(compiled))

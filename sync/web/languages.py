"""The languages of the shop: chosen by the visitor, texts from gettext catalogues, days as people there write them."""

import gettext
import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import Final

from babel.dates import format_interval, format_skeleton
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from starlette.requests import Request

from boxoffice.documents.papers import dates_text
from boxoffice.resources import resource_path

LANGUAGES: Final = {"en": "English", "es": "Español"}
COOKIE: Final = "boxoffice_language"


@dataclass(frozen=True)
class Language:
    """`code` is that of the page's `lang`."""

    code: str
    texts: gettext.NullTranslations

    def say(self, text: str) -> str:
        return self.texts.gettext(text)

    def days(self, days: Sequence[date]) -> str:
        """Returns the days of an event: `May 15–17, 2026`."""
        first, last = min(days), max(days)
        if self.code == "en" or first == last:
            return dates_text(days) if self.code == "en" else self._long(first)
        return format_interval(first, last, skeleton="yMMMMd", locale=self.code)

    def day(self, day: date) -> str:
        """Returns a short day: `Fri, May 15`."""
        return format_skeleton("MMMEd", day, locale=self.code)

    def time(self, at: datetime) -> str:
        return format_skeleton("jm" if self.code == "en" else "Hm", at, locale=self.code)

    def _long(self, day: date) -> str:
        return format_skeleton("yMMMMd", day, locale=self.code)


@cache
def language(code: str) -> Language:
    """Returns a language of the shop; English for one that it does not speak."""
    path = resource_path("translations", f"{code}.po")
    if code not in LANGUAGES or not path.is_file():
        return Language("en", gettext.NullTranslations())
    with path.open("rb") as file:
        catalogue = read_po(file, locale=code)
    compiled = io.BytesIO()
    write_mo(compiled, catalogue)
    compiled.seek(0)
    return Language(code, gettext.GNUTranslations(compiled))


def language_of(request: Request) -> Language:
    """Returns what the visitor chose, or what the browser asks for first."""
    chosen = request.query_params.get("lang") or request.cookies.get(COOKIE)
    if chosen in LANGUAGES:
        return language(chosen)
    for part in request.headers.get("accept-language", "").split(","):
        code = part.split(";")[0].split("-")[0].strip().lower()
        if code in LANGUAGES:
            return language(code)
    return language("en")

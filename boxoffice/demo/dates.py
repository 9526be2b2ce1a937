"""Moves the sample event to days that are still to come, by whole weeks, so that a demo has something on sale."""

import re
from datetime import date, timedelta
from functools import partial
from typing import Final

from babel.dates import format_date

from boxoffice.core.catalogue import Catalogue
from boxoffice.core.moved_events import moved

_WRITTEN: Final = {"en": "MMMM d", "es": "d 'de' MMMM"}
"""How texts of the event write a day, by language."""


def still_to_come(catalogue: Catalogue, today: date) -> Catalogue:
    """Returns the event with its first day today or later, each day on the same day of the week, and its texts with it.

    One that has not begun stays as it is.
    """
    weeks = max(0, -((min(catalogue.days) - today).days // 7))
    return _moved(catalogue, timedelta(weeks=weeks)) if weeks else catalogue


def _moved(catalogue: Catalogue, by: timedelta) -> Catalogue:
    names = {
        language: {_written(day, language): _written(day + by, language) for day in catalogue.days}
        for language in _WRITTEN
    }
    return moved(catalogue, by, partial(_said, names))


def _said(names: dict[str, dict[str, str]], language: str, text: str) -> str:
    known = names.get(language)
    if not known:
        return text
    days = "|".join(re.escape(name) for name in sorted(known, key=len, reverse=True))
    return re.sub(rf"\b(?:{days})\b", lambda found: known[found.group()], text)


def _written(day: date, language: str) -> str:
    return format_date(day, _WRITTEN[language], locale=language)

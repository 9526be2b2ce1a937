"""Shop, mails and papers speak all their languages: no text is untranslated, and none in vain."""

from collections.abc import Iterator
from datetime import date, time
from pathlib import Path

import pytest
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

import boxoffice.core
import boxoffice.documents
import boxoffice.till.usecases
import sync
from boxoffice.core.languages import LANGUAGES
from boxoffice.documents.languages import language
from boxoffice.resources import resource_path

_METHODS = [("**.html", "jinja2.ext:babel_extract"), ("**.py", "python")]
_WORDS = {"_": None, "gettext": None, "ngettext": (1, 2), "say": None, "later": None}
_DAYS = [date(2026, 5, 15), date(2026, 5, 16), date(2026, 5, 17)]


def texts() -> Iterator[str | tuple[str, ...]]:
    for folder in (
        resource_path("templates"),
        *(Path(each.__path__[0]) for each in (boxoffice.core, boxoffice.documents, boxoffice.till.usecases, sync)),
    ):
        for found in extract_from_dir(str(folder), _METHODS, {}, keywords=_WORDS):
            yield found[2]


@pytest.mark.parametrize("code", sorted(set(LANGUAGES) - {"en"}))
def test_every_text_is_translated_and_every_translation_is_used(code: str) -> None:
    with resource_path("translations", f"{code}.po").open("rb") as file:
        known = {message.id: message for message in read_po(file, locale=code) if message.id}

    assert set(texts()) == set(known)
    assert [message.id for message in known.values() if not message.string or message.fuzzy] == []
    assert [message.id for message in known.values() if list(message.check())] == []


def test_the_days_of_an_event_are_written_as_people_write_them() -> None:
    assert language("en").days(_DAYS) == "May 15–17, 2026"
    assert language("es").days(_DAYS) == "15–17 de mayo de 2026"


def test_days_with_others_between_them_are_told_apart() -> None:
    days = [date(2026, 4, 3), date(2026, 3, 27), date(2026, 3, 28)]

    assert language("en").days(days) == "March 27–28, April 3, 2026"
    assert language("es").days(days) == "27–28 de marzo, 3 de abril de 2026"
    assert language("en").days([date(2025, 12, 31), date(2026, 1, 2)]) == "December 31, 2025, January 2, 2026"


def test_times_of_a_day_are_as_people_there_say_them() -> None:
    assert language("en").hours(time(17), time(1)) == "5:00 PM – 1:00 AM"
    assert language("es").hours(time(17), None) == "17:00"


def test_a_language_that_nobody_translated_is_english() -> None:
    assert language("../../etc/passwd").code == "en"

"""The till speaks all its languages: every word that a person reads is marked, said, and said in vain nowhere."""

import ast
import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

from boxoffice.core.errors import OperationFailed
from boxoffice.core.ids import StaffId
from boxoffice.core.languages import LANGUAGES
from boxoffice.core.money import Currency, Money
from boxoffice.core.staff import Acting, Person, StaffRole
from boxoffice.documents.languages import language
from boxoffice.resources import resource_path
from boxoffice.till.ui import failures, words
from boxoffice.till.ui.speech import DOMAIN, count, number, say, speak, told
from boxoffice.till.usecases.gateway.team import Colleague, Team
from tests.gui.fake_till import FakeTill
from tests.unit.ui.failing import said_below
from tests.unit.ui.flows import Keyboard
from tests.unit.ui.till_texts import NO_WORDS, marked, modules, of_tables, unmarked

OTHERS = sorted(set(LANGUAGES) - {"en"})
_FIELD = re.compile(r"\{(\w+)\}")


@pytest.fixture
def spanish() -> Iterator[None]:
    speak("es")
    yield
    speak("en")


def texts() -> set[str | tuple[str, str]]:
    found = {text for tree in modules().values() for text in marked(tree)} | set(of_tables())
    return found - {""}


def test_no_word_that_a_person_reads_is_unmarked() -> None:
    found = {path: list(unmarked(tree)) for path, tree in modules().items() if Path(path).name not in NO_WORDS}

    assert {path: places for path, places in found.items() if places} == {}


@pytest.mark.parametrize(
    "text",
    [
        'def f():\n    return Text(theme, "Still due", 14)',
        'def f():\n    return f"{money(due)} is due"',
        'def f():\n    return ButtonView("Take up", Do.PARKED, name="x")',
        'WORDS = {State.OPEN: "not yet"}',
        'def f():\n    return ButtonView(money(due), sub="exact")',
    ],
)
def test_a_planted_word_is_found(text: str) -> None:
    assert list(unmarked(ast.parse(text)))


@pytest.mark.parametrize("code", OTHERS)
def test_every_text_is_translated_and_every_translation_is_used(code: str) -> None:
    with resource_path("translations", DOMAIN, f"{code}.po").open("rb") as file:
        known = {message.id: message for message in read_po(file, locale=code) if message.id}
    shared = language(code)

    assert known.keys() == texts()
    assert {
        text for text in known if isinstance(text, str) and shared.say(text) not in (text, known[text].string)
    } == set()
    assert [message.id for message in known.values() if message.fuzzy or not all(_all(message.string))] == []
    assert [message.id for message in known.values() if _fields(message.id) != _fields(message.string)] == []


def _all(text: object) -> tuple[str, ...]:
    return (text,) if isinstance(text, str) else tuple(text)  # type: ignore[arg-type]  # of Babel's, untyped


def _fields(text: object) -> set[str]:
    return {field for each in _all(text) for field in _FIELD.findall(each)}


def test_whatever_fails_below_the_screens_can_be_told() -> None:
    known = {_FIELD.sub("{}", sentence) for sentence in failures.SENTENCES}
    shared = language("es")

    lacking = {text for text in said_below() if text not in known and shared.say(text) == text}

    assert lacking == set()


@pytest.mark.usefixtures("spanish")
def test_what_failed_is_told_with_what_stands_in_it() -> None:
    error = OperationFailed("“/tmp/recibo.pdf” can't be written.", "The sale is saved.", "Check its paper and cable.")

    assert words.explain(error) == (
        "No se puede escribir “/tmp/recibo.pdf”.",
        "La venta está guardada. Revisar el papel y el cable.",
    )
    assert told("Visa ending 4242") == "Visa terminada en 4242"
    assert told("Artist") == "Artista"
    assert told("The moon is full.") == "The moon is full."


@pytest.mark.usefixtures("spanish")
def test_counts_amounts_and_times_are_as_people_there_write_them() -> None:
    evening = datetime(2026, 5, 15, 21, 14, 2, tzinfo=UTC)

    assert (count(1, "item"), count(1400, "item")) == ("1 artículo", "1,400 artículos")
    assert number(1400) == "1,400"
    assert words.money(Money(123456, Currency("USD"))) == "$1,234.56"
    assert words.clock(evening) == "9:14\xa0p.m."
    assert words.day(evening.date()) == "vie, 15 de may"
    assert words.days(date(2026, 5, 15), date(2026, 5, 17)) == "15–17 de may de 2026"
    assert words.ago(timedelta(minutes=22)) == "hace 22 min"


def test_whoever_signs_in_is_spoken_to_in_their_language_and_the_till_goes_back_to_its_own() -> None:
    session = Keyboard(FakeTill()).flow.session
    luis = Person(StaffId("0192f0c1-0000-7000-8000-00000000000a"), "Luis T.", StaffRole.SELLER, "es")

    session.hear_team(Team((Colleague(luis),), Acting(luis, is_staffed=True)))
    spoken = say("Cash")
    session.hear_team(Team((Colleague(luis),), Acting(is_staffed=True)))

    assert (spoken, say("Cash")) == ("Efectivo", "Cash")


def test_a_language_that_nobody_speaks_here_is_english() -> None:
    speak("xx")

    assert say("Cash") == "Cash"

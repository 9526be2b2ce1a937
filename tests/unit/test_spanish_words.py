"""In Spanish a thing has one name, and people are spoken to in one way, at the till, in the shop and in the office."""

import re
from collections.abc import Iterator
from typing import Final

import pytest
from babel.messages.pofile import read_po

from boxoffice.resources import resource_path

_FILES: Final = (("es.po",), ("till", "es.po"))
_ANOTHER_NAME: Final = re.compile(r"\bentradas?\b", re.IGNORECASE)
"""A ticket is `boleto`; `entrada` is where people come in, and that they do."""
_COMING_IN: Final = re.compile(r"\b(gate|in|admit|admissions?|entries|door|steward)\b", re.IGNORECASE)
_FORMAL: Final = re.compile(
    r"\bustedes\b|\busted\b|\b(Abra|Acerque|Añada|Anule|Compruebe|Confirme|Corrija|Diga|Elija|Escanee|Escriba|Espere|"
    r"Guarde|Haga|Imprima|Indique|Intente|Introduzca|Mire|Pida|Ponga|Pregunte|Pruebe|Pulse|Quite|Revise|Seleccione|"
    r"Toque|Vuelva)(lo|la|los|las)?\b"
)


def spanish() -> Iterator[tuple[str, str]]:
    """Yields each text in English, and what stands for it."""
    for path in _FILES:
        with resource_path("translations", *path).open("rb") as file:
            for message in read_po(file, locale="es"):
                if message.id:
                    yield _all_of(message.id), _all_of(message.string)


def _by_message(path: tuple[str, ...]) -> dict[tuple[str, str], str]:
    """Returns what stands for each text, by its context and the text."""
    with resource_path("translations", *path).open("rb") as file:
        found = [message for message in read_po(file, locale="es") if message.id]
    return {(message.context or "", _all_of(message.id)): _all_of(message.string) for message in found}


def _all_of(words: object) -> str:
    """Returns a text, or its forms for one and for several."""
    return words if isinstance(words, str) else " ".join(words) if isinstance(words, list | tuple) else ""


def test_the_till_and_the_hub_say_one_thing_in_one_way() -> None:
    hub, till = map(_by_message, _FILES)

    both = hub.keys() & till.keys()

    assert both
    assert {each: (hub[each], till[each]) for each in both if hub[each] != till[each]} == {}


def test_a_ticket_is_called_by_one_word() -> None:
    assert [
        words for english, words in spanish() if _ANOTHER_NAME.search(words) and not _COMING_IN.search(english)
    ] == []


def test_people_are_spoken_to_as_friends() -> None:
    assert [words for _, words in spanish() if _FORMAL.search(words)] == []


@pytest.mark.parametrize("words", ["Elija uno", "¿Está usted ahí?", "Escríbalo y espere. Intente otra vez."])
def test_a_formal_word_is_found(words: str) -> None:
    assert _FORMAL.search(words)

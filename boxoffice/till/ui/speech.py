"""What the till says, in the language of whoever stands at it.

One person at a time stands at a till, so there is one language at a time, as Qt has one for its own texts. English is
what the texts are written in, and reads no catalogue.
"""

from dataclasses import dataclass
from typing import Final

from boxoffice.core.languages import LANGUAGES, later
from boxoffice.documents.languages import Language, language
from boxoffice.documents.retelling import Sentences
from boxoffice.till.ui.failures import SENTENCES

__all__ = ["LANGUAGES", "code", "count", "later", "number", "plural", "say", "speak", "speaks", "told"]

DOMAIN: Final = "till"
_KNOWN: Final = Sentences(SENTENCES, frozenset({"what", "why"}))


@dataclass
class _Spoken:
    language: Language


_spoken: Final = _Spoken(language("en", DOMAIN))


def speak(code_: str) -> None:
    """Says all that is said from now on in this language; English for one that the till does not speak."""
    _spoken.language = language(code_, DOMAIN)


def speaks() -> Language:
    return _spoken.language


def code() -> str:
    return _spoken.language.code


def say(text: str, /, **parts: object) -> str:
    """Returns a text in the language of now, with what stands in its fields."""
    said = _spoken.language.say(text)
    return said.format(**parts) if parts else said


def told(text: str) -> str:
    """Returns what was said in English below the screens, such as why something failed, in the language of now."""
    return _KNOWN.told(text, _spoken.language)


def number(units: int) -> str:
    """Returns `1,400` as the language writes it."""
    return f"{units:,}"


def plural(one: str, many: str) -> tuple[str, str]:
    """Returns both; it marks words that are counted where they are shown."""
    return one, many


def count(units: int, one: str, many: str = "") -> str:
    """Returns `1 item` or `3 items`."""
    words = _spoken.language.texts.ngettext(one, many or one + "s", units)
    return f"{number(units)} {words}"

"""What an order is found by, whoever sold it: the words that are kept of it, and what a person's query asks of them.

Both sides are folded alike (`folding.fold`). A number, a telephone and a card are kept in a writing of their own,
behind a letter that nobody types: `4242` finds a card by its end and a telephone by its last digits.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from boxoffice.core.folding import fold
from boxoffice.core.reading import plain_digits

_NUMBER: Final = "\ue000"
_PHONE: Final = "\ue001"
_CARD: Final = "\ue002"
_ABOUT: Final = "\ue003"
"""Letters for private use: no text that was read has them."""
_ALIKE: Final = str.maketrans("oil", "011")
"""Order numbers have neither of these letters, and people read the digits so."""
_WORD: Final = re.compile(r"[^\W_]+")
_DIGITS_ONLY: Final = re.compile(r"[0-9 ()+./\-]+")
LEAST_DIGITS: Final = 3
_MOST_DIGITS: Final = 9
"""Of a telephone number, from its end: what is before is the country's, or a 0, and people leave it out."""
_LAST_FOUR: Final = 4


@dataclass(frozen=True, slots=True)
class OrderText:
    """What people know of an order. `cards` are last four digits, `about` are words of our own, such as its channel."""

    number: str
    name: str | None = None
    email: str | None = None
    phone: str | None = None
    cards: str | None = None
    note: str | None = None
    items: str | None = None
    about: str = ""


@dataclass(frozen=True, slots=True)
class Wanted:
    """A query: all of its `chunks`, or any of `whole`; and all that it must be `about`.

    A chunk is found by any of its ways, each of which wants beginnings of words, all of them.
    """

    chunks: tuple[tuple[tuple[str, ...], ...], ...] = ()
    whole: tuple[str, ...] = ()
    about: tuple[str, ...] = ()


def kept_words(text: OrderText) -> str:
    """Returns what is kept of an order, each word behind a blank."""
    return " ".join(_kept(text))


def _kept(text: OrderText) -> Iterator[str]:
    yield from _words(text.name, text.email, text.note, text.items, text.number)
    number = _number(text.number)
    yield f"{_NUMBER}{number}"
    if "-" in text.number:
        yield f"{_NUMBER}{_number(text.number.partition('-')[2])}"
    if digits := _digits(text.phone or ""):
        yield _phone(digits)
    for card in (text.cards or "").split():
        yield f"{_CARD}{card}"
    for word in text.about.split():
        yield f"{_ABOUT}{word}"


def wanted(query: str, about: Iterable[str] = ()) -> Wanted:
    """Returns what a query asks for; words that are none, such as a dash alone, ask for nothing."""
    flat = plain_digits(fold(query))
    chunks = tuple(ways for chunk in re.split(r"[\s,;]+", flat) if (ways := tuple(_ways(chunk))))
    digits = _digits(flat) if _DIGITS_ONLY.fullmatch(flat) else ""
    whole = [_phone(digits)] if len(digits) >= LEAST_DIGITS else []
    whole += [f"{_CARD}{digits}"] if len(digits) == _LAST_FOUR else []
    return Wanted(chunks, tuple(whole), tuple(f"{_ABOUT}{word}" for word in about))


def _ways(chunk: str) -> Iterator[tuple[str, ...]]:
    words = tuple(_WORD.findall(chunk))
    if not words:
        return
    yield words
    number = _number(chunk)
    if number.isalnum() and number.isascii():
        yield (f"{_NUMBER}{number}",)


def _words(*texts: str | None) -> Iterator[str]:
    for text in texts:
        yield from _WORD.findall(fold(text)) if text else ()


def _number(text: str) -> str:
    return fold(text).replace("-", "").translate(_ALIKE)


def _digits(text: str) -> str:
    return "".join(letter for letter in plain_digits(text) if letter in "0123456789")


def _phone(digits: str) -> str:
    return f"{_PHONE}{digits[::-1][:_MOST_DIGITS]}"

"""Text as people search for it: without accents, capitals and marks, on both sides, and its words in any order."""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from typing import Final

from boxoffice.core.reading import read_line

# Letters that Unicode does not take apart, though keyboards without them write them so.
_LETTERS: Final = str.maketrans(
    {"ł": "l", "ø": "o", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ı": "i", "ħ": "h", "ŧ": "t", "ŋ": "n"}
    | {"ß": "ss", "ĸ": "k", "ə": "e", "ƒ": "f", "ɓ": "b", "ɗ": "d", "ƙ": "k", "ơ": "o", "ư": "u", "ѐ": "е", "ʻ": ""}
    | dict.fromkeys("'’‘ʼ`´ʹ′\"“”„«»", "")
)
_SHORT: Final = 3
_BETWEEN: Final = re.compile(r"[\s\-‐‑‒–—,;]+")
_LIKE_FIGURES: Final = str.maketrans("OIL", "011")


def fold(text: str) -> str:
    """Returns the text as it is compared: `Łukasz Nguyễn` as `lukasz nguyen`, in whatever form it was typed."""
    if text.isascii() and text.isprintable():  # nothing in it comes apart
        return " ".join(text.lower().translate(_LETTERS).split())
    # Twice: what is written in capitals, or wide, comes apart into letters that come apart again.
    flat = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", read_line(text)).casefold())
    bare = "".join(letter for letter in flat if unicodedata.category(letter) not in ("Mn", "Me", "Cf"))
    return " ".join(bare.translate(_LETTERS).split())


def searchable(texts: Iterable[str | None]) -> str:
    """Returns what is kept of a thing to be found by: the words of its texts, folded, each behind a blank."""
    return "".join(f" {word}" for text in texts if text for word in _split(text))


def order_is_found_by(number: str, name: str | None, email: str | None, phone: str | None) -> str:
    """Returns what an order is found by: its number also without the dash, and the telephone number's digits."""
    digits = "".join(letter for letter in phone or "" if letter.isdecimal())
    return searchable((number, number.replace("-", ""), name, email, digits))


def words_of(query: str) -> tuple[str, ...]:
    """Returns what must all be in what is kept, in any order: parts of words, but the beginnings of very short ones."""
    return tuple(f" {word}" if word.isascii() and len(word) < _SHORT else word for word in _split(query))


def is_found(query: str, kept: str) -> bool:
    """Returns whether all words of the query are in what is kept."""
    return all(word in kept for word in words_of(query))


def _split(text: str) -> Iterator[str]:
    return (word for word in _BETWEEN.split(fold(text)) if word)


def number_key(text: str) -> str:
    """Returns an order's number as it is compared: without dashes and blanks, and with letters like figures as those.

    Numbers are written in Crockford's base 32, which has neither an O nor an I nor an L; the codes before them may.
    """
    return re.sub(r"[\s\-‐‑‒–—]+", "", read_line(text)).upper().translate(_LIKE_FIGURES)

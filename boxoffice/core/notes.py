"""A note by which somebody finds an order again, such as “red hat, four people”: short, and never a card's number."""

import re
from typing import Final

from boxoffice.core.errors import BadInput, FieldError
from boxoffice.core.reading import plain_digits, read_line

MOST: Final = 120
"""Letters of a note."""
_LEAST_CARD: Final = 13
_MOST_CARD: Final = 19
"""Digits of a card's number (ISO/IEC 7812)."""
_RUN: Final = re.compile(r"\d(?:[ .\-_/]*\d)+")


def read_note_of_order(text: str) -> str:
    """Returns the note on one line; empty for none.

    Raises:
        BadInput: if it is too long, or a card's number seems to stand in it.
    """
    note = read_line(text)
    if len(note) > MOST:
        raise BadInput([FieldError("note", f"must be {MOST} letters at most")])
    if has_card_number(note):
        raise BadInput([FieldError("note", "looks like a card number, which is kept nowhere: leave it out")])
    return note


def has_card_number(text: str) -> bool:
    """Returns whether digits of the text, however they are grouped, could be a card's number (Luhn)."""
    for run in _RUN.findall(plain_digits(text)):
        digits = [int(each) for each in run if each.isdigit()]
        for length in range(_LEAST_CARD, min(_MOST_CARD, len(digits)) + 1):
            if any(_is_luhn(digits[start : start + length]) for start in range(len(digits) - length + 1)):
                return True
    return False


def _is_luhn(digits: list[int]) -> bool:
    doubled = [each if i % 2 == 0 else each * 2 - 9 * (each > 4) for i, each in enumerate(reversed(digits))]
    return sum(doubled) % 10 == 0 and len(set(digits)) > 1

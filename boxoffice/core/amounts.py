"""Reads amounts as people type them, with a point or a comma before the cents. What can be read in two ways is refused.

`parse_money` reads what programs write.
"""

import re
import unicodedata
from typing import Final

from boxoffice.core.errors import BadInput, FieldError
from boxoffice.core.money import Currency, Money

_COMMA_GROUPS: Final = frozenset({"en"})
"""Languages whose readers all write thousands as `1,234`. In Spanish it depends on the country."""
_MARKS: Final = re.compile(r"[.,]")
_GROUPED: Final = re.compile(r"[0-9]{1,3}(?:([.,])[0-9]{3}(?:\1[0-9]{3})*)?")
_MOST_DIGITS: Final = 12
_APOSTROPHES: Final = re.compile(r"(?<=[0-9])['’](?=[0-9]{3}(?![0-9]))")
"""Between thousands, as in Switzerland; they are never before cents."""


class Twofold(BadInput):
    """The amount can be read in two ways, such as `1,234`."""

    def __init__(self, text: str) -> None:
        super().__init__(
            [FieldError("amount", f"“{text}” can be read in two ways: type it without marks for thousands")]
        )


def read_amount(text: str, currency: Currency, language: str) -> Money:
    """Returns the amount that a person typed: `12`, `12.5`, `12,50`, `$1,234.50`, `1.234,50`; never negative.

    Raises:
        Twofold: if readers of this language may mean two things by it.
        BadInput: if it is not an amount, or has more decimals than the currency.
    """
    bare = "".join(unicodedata.normalize("NFKC", text).split())
    for name in (f"{currency.code[:2]}{currency.symbol}", currency.symbol, currency.code):
        bare = bare.removeprefix(name).removesuffix(name)
    bare = _APOSTROPHES.sub("", bare)
    whole, cents = _parted(text, bare, currency, language)
    digits = re.sub(_MARKS, "", whole)
    if not (digits or cents) or len(digits) > _MOST_DIGITS or len(cents) > currency.exponent:
        raise _not_one(text)
    return Money(int((digits or "0") + cents.ljust(currency.exponent, "0")), currency)


def _parted(text: str, bare: str, currency: Currency, language: str) -> tuple[str, str]:
    """Returns the whole units, perhaps with marks for thousands, and the cents."""
    if not re.fullmatch(r"[0-9.,]*[0-9][0-9.,]*", bare):
        raise _not_one(text)
    marks = _MARKS.findall(bare)
    if not marks:
        return bare, ""
    whole, cents = bare[: bare.rindex(marks[-1])], bare[bare.rindex(marks[-1]) + 1 :]
    is_last_alone = marks.count(marks[-1]) == 1
    could_be_cents = is_last_alone and len(cents) <= currency.exponent and _is_whole(whole, marks[-1])
    could_be_thousands = len(set(marks)) == 1 and marks[0] != bare[0] and _GROUPED.fullmatch(bare) is not None
    if could_be_cents and could_be_thousands:
        if language not in _COMMA_GROUPS:
            raise Twofold(text)
        could_be_cents = marks[-1] == "."
    elif could_be_thousands and len(marks) == 1 and currency.exponent and not _is_plain(marks[0], language):
        raise Twofold(text)
    if could_be_cents:
        return whole, cents
    if could_be_thousands:
        return bare, ""
    raise _not_one(text)


def _is_whole(whole: str, cents_mark: str) -> bool:
    """Returns whether these are whole units, with the other mark for thousands or none."""
    grouped = _GROUPED.fullmatch(whole)
    return whole == "" or whole.isdecimal() or (grouped is not None and grouped[1] != cents_mark)


def _is_plain(mark: str, language: str) -> bool:
    """Returns whether one such mark before three digits means thousands to every reader of this language."""
    return mark == "," and language in _COMMA_GROUPS


def _not_one(text: str) -> BadInput:
    return BadInput([FieldError("amount", f"“{text}” is not an amount")])

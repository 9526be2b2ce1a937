"""Text as people write it: every entrance reads names, notes, telephone numbers and codes here, and nowhere else.

What comes out is in Unicode's composed form, has no letter that can't be seen, and can't turn the text around it.
"""

import re
import unicodedata
from collections.abc import Iterator
from typing import Final

from boxoffice.core.errors import BadInput, FieldError

MOST_NAME: Final = 80
MOST_PHONE: Final = 32
MOST_CODE: Final = 40
MOST_SEARCH: Final = 100
_MOST_MARKS: Final = 4
"""Marks on one letter. No language piles up more; what does is meant to run over the lines around it."""

_JOINERS: Final = "\u200c\u200d"
# Blocks of scripts whose spelling needs the joiners (Unicode 15, chapters 9, 12 and 13; UAX 31, 2.3).
_JOINING: Final = ((0x0600, 0x08FF), (0x0900, 0x0DFF), (0x0F00, 0x109F), (0x1780, 0x18AF), (0xA840, 0xA87F))
# What draws nothing though it is no format character: fillers, and marks for machines.
_INVISIBLE: Final = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0")
_BREAKS: Final = frozenset("\t\n\v\f\r\x1c\x1d\x1e\x1f\x85\u2028\u2029")
_EMOJI_STYLE: Final = "\ufe0f"
_SKIN: Final = range(0x1F3FB, 0x1F400)
_IDEOGRAPH_VARIANTS: Final = range(0xE0100, 0xE01F0)
_MONGOLIAN_VARIANTS: Final = frozenset("\u180b\u180c\u180d\u180f")
_VARIANTS: Final = range(0xFE00, 0xFE10)

_LINE_ENDS: Final = re.compile("\r\n|[\r\v\f\x1c-\x1e\x85\u2028\u2029]")
_PHONE: Final = re.compile(r"(?:[0-9+()./ #*,-]|x|ext|extn|extension|anexo|int)*", re.IGNORECASE)
_PHONE_LABEL: Final = re.compile(r"^(?:tel[eé]fono|tel|phone|cel|m[oó]vil|[☎✆📞📱])[.:]*\s*", re.IGNORECASE)
_QUOTES: Final = "\"'`´*"
_SENTENCE_ENDS: Final = ".,;:"


def read_line(text: str) -> str:
    """Returns the text as one line: composed, without what can't be seen, its blanks single, and none at its ends."""
    bare = "".join(_seen(unicodedata.normalize("NFC", _blanked(text))))
    return " ".join(unicodedata.normalize("NFC", bare).split())


def read_note(text: str) -> str:
    """Returns a text of several lines, each read as one; more than one empty line in a row are one."""
    lines = [read_line(line) for line in _LINE_ENDS.sub("\n", text).split("\n")]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip("\n")


def read_name(text: str, place: str = "name", *, most: int = MOST_NAME) -> str:
    """Returns a name, or another text of one line that must be there.

    Raises:
        BadInput: if nothing is left of it that can be seen, or more than `most` letters.
    """
    name = read_line(text)
    if not any(unicodedata.category(letter)[0] in "LN" for letter in name):
        raise BadInput([FieldError(place, "is empty" if not name else "has no letter in it")])
    if len(name) > most:
        raise BadInput([FieldError(place, f"must be {most} letters at most")])
    return name


def read_phone(text: str, place: str = "phone") -> str:
    """Returns a telephone number as it was written, in plain digits; empty for none.

    Raises:
        BadInput: if it does not look like one.
    """
    flat = read_line(unicodedata.normalize("NFKC", text))
    plain = plain_digits(flat)
    number = _PHONE_LABEL.sub("", plain)
    if number and (not _PHONE.fullmatch(number) or not any(letter.isdecimal() for letter in number)):
        raise BadInput([FieldError(place, "does not look like a telephone number")])
    if len(number) > MOST_PHONE:
        raise BadInput([FieldError(place, f"must be {MOST_PHONE} letters at most")])
    return number


def read_code(text: str) -> str:
    """Returns a code (of a promo, a pairing) as it is kept: capitals of plain letters, whatever it was copied with."""
    flat = read_line(unicodedata.normalize("NFKC", text))
    code = "".join(plain_digits(flat).split()).upper()
    first, last = 0, len(code)
    while first < last and _surrounds(code[first]):
        first += 1
    while last > first and (_surrounds(code[last - 1]) or code[last - 1] in _SENTENCE_ENDS):
        last -= 1
    return unicodedata.normalize("NFC", code[first:last] or code)


def plain_digits(text: str) -> str:
    """Returns the text with digits of any script, and dashes of any length, as keyboards have them."""
    return "".join(_as_typed(letter) for letter in text)


def _surrounds(letter: str) -> bool:
    """Returns whether codes are put between two of these in a text, and copied with them."""
    return letter in _QUOTES or unicodedata.category(letter) in ("Ps", "Pe", "Pi", "Pf")


def _blanked(text: str) -> str:
    """Returns the text with every kind of break as a blank."""
    return "".join(" " if letter in _BREAKS else letter for letter in text)


def _seen(text: str) -> Iterator[str]:
    """Yields the letters that stay."""
    before, marks = "", 0
    for i, letter in enumerate(text):
        if not _stays(letter, before, text[i + 1 : i + 2]):
            continue
        marks = marks + 1 if unicodedata.category(letter) in ("Mn", "Me") else 0
        if marks and (not before or before.isspace() or marks > _MOST_MARKS):
            continue
        yield letter
        before = letter


def _stays(letter: str, before: str, after: str) -> bool:
    code, category = ord(letter), unicodedata.category(letter)
    if letter in _JOINERS:
        return _joins(letter, before, after)
    if code in _VARIANTS:
        return (letter == _EMOJI_STYLE and _is_picture(before)) or _is_ideograph(before)
    if code in _IDEOGRAPH_VARIANTS:
        return _is_ideograph(before)
    if letter in _MONGOLIAN_VARIANTS:
        return bool(before) and 0x1820 <= ord(before) <= 0x18AA
    return category not in ("Cc", "Cf", "Cs", "Co") and letter not in _INVISIBLE and not _is_no_letter(code)


def _joins(letter: str, before: str, after: str) -> bool:
    """Returns whether a joiner means something where it stands: in scripts that need it, and in emoji."""
    if not before or not after:
        return False
    if any(first <= ord(before) <= last for first, last in _JOINING):
        return True
    is_in_picture = _is_picture(before) or before == _EMOJI_STYLE
    return letter == "\u200d" and is_in_picture and _is_picture(after)


def _is_picture(letter: str) -> bool:
    return bool(letter) and (unicodedata.category(letter) == "So" or ord(letter) in _SKIN or letter in "\u2640\u2642")


def _is_ideograph(letter: str) -> bool:
    return bool(letter) and unicodedata.name(letter, "").startswith("CJK")


def _is_no_letter(code: int) -> bool:
    """Returns whether Unicode has set the code point aside for never being a letter."""
    return 0xFDD0 <= code <= 0xFDEF or code & 0xFFFE == 0xFFFE


def _as_typed(letter: str) -> str:
    """Returns a digit of any script, or a dash of any length, as keyboards have it."""
    digit = unicodedata.decimal(letter, None)
    if digit is not None:
        return str(digit)
    return "-" if unicodedata.category(letter) == "Pd" or letter == "\N{MINUS SIGN}" else letter

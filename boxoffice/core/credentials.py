"""What people sign in with: PINs that are not the first ones tried, and the text of a badge."""

import re
from collections.abc import Callable
from hashlib import sha256
from itertools import pairwise
from typing import Final

from boxoffice.core.errors import BadInput, FieldError
from boxoffice.core.languages import later
from boxoffice.core.reading import read_line

SHORTEST_PIN: Final = 4
LONGEST_PIN: Final = 6
BADGE: Final = "BOXSTAFF"
"""What the text of every badge begins with."""
_BADGE: Final = re.compile(rf"{BADGE}[.\-]?([0-9A-Z]{{26}})")
_COLUMNS: Final = frozenset({"2580", "0852", "1470", "0741", "3690", "0963", "159357", "147258", "258369", "147369"})
"""What lies in a line on a keypad."""
_ALPHABET: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


def read_pin(text: str) -> str:
    """Returns a PIN as it is kept by nobody: its digits.

    Raises:
        BadInput: if it is no PIN, or among those that are tried first.
    """
    pin = read_line(text).replace(" ", "")
    if not (pin.isascii() and pin.isdecimal() and SHORTEST_PIN <= len(pin) <= LONGEST_PIN):
        raise BadInput([FieldError("pin", later("must have 4 to 6 digits"))])
    if is_weak(pin):
        raise BadInput([FieldError("pin", later("is too easy to guess: no rows, repeats or years"))])
    return pin


def is_weak(pin: str) -> bool:
    """Returns whether a PIN is one of those that people choose most, and others try first."""
    digits = [int(each) for each in pin]
    steps = {(after - before) % 10 for before, after in pairwise(digits)}
    is_year = len(pin) == SHORTEST_PIN and pin[:2] in ("19", "20")
    is_date = len(pin) == LONGEST_PIN and pin[-4:-2] in ("19", "20")
    halves = pin[: len(pin) // 2] == pin[(len(pin) + 1) // 2 :]
    return len(steps) == 1 or len(set(pin)) <= 2 or is_year or is_date or halves or pin == pin[::-1] or pin in _COLUMNS


def new_pin(below: Callable[[int], int], is_taken: Callable[[str], bool]) -> str:
    """Returns a PIN that nobody else has. `below` draws a number below another, as `secrets.randbelow` does."""
    while True:
        pin = f"{below(10**SHORTEST_PIN):0{SHORTEST_PIN}d}"
        if not is_weak(pin) and not is_taken(pin):
            return pin


def badge_text(secret: bytes) -> str:
    """Returns what the QR of a badge holds, of 16 secret bytes: capitals and digits, as every scanner types them."""
    value = int.from_bytes(secret[:16])
    letters = ""
    for _ in range(26):
        value, digit = divmod(value, 32)
        letters = _ALPHABET[digit] + letters
    return f"{BADGE}-{letters}"


def read_badge(text: str) -> str | None:
    """Returns the text of a badge in what a scanner has read; None if it is none."""
    found = _BADGE.fullmatch(text.strip().upper())
    return None if found is None else f"{BADGE}-{found[1]}"


def badge_hash(text: str) -> str:
    """Returns what a badge is known by: its text is too long to be guessed from it."""
    return sha256(f"boxoffice badge {text}".encode()).hexdigest()

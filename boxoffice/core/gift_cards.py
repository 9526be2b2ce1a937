"""Gift cards' codes: too long to be guessed, read as people type them, and never kept: only what tells one again."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from boxoffice.core.charging import step_of
from boxoffice.core.ids import base32
from boxoffice.core.money import Currency, Money

PREFIX: Final = "GC"
_DIGITS: Final = 16
"""Crockford's base 32: 15 that are secret, and one that finds a slip of the finger. The last four are shown, so that
60 bits are left for whoever has only what is kept of a card."""
_SECRET_BITS: Final = 5 * (_DIGITS - 1)
_ALPHABET: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_SAME: Final = str.maketrans("OIL", "011")
_CODE: Final = re.compile(rf"(?:{PREFIX})?([{_ALPHABET}]{{{_DIGITS}}})")
_CHECK: Final = 31
"""A prime below 32: with a weight for each place, one wrong digit or two that changed places give another rest."""

SUGGESTED: Final = (25, 50, 75, 100)
LEAST: Final = 5
MOST: Final = 500
"""What a card may hold when it is sold, in whole units of its currency."""
MOST_OF_ORDER: Final = 10
"""How many cards one order of the web may buy."""
SMALL_REST: Final = 5
"""What is left of a card is paid out in cash, to whoever asks for it, from so many units down (C.R.S. 6-1-722)."""


@dataclass(frozen=True, slots=True)
class CardCode:
    """A card's code as it was read: 16 digits. It is a secret: whoever has it can spend the card."""

    digits: str

    @property
    def shown(self) -> str:
        """Returns it as it stands on the card."""
        groups = [self.digits[i : i + 4] for i in range(0, _DIGITS, 4)]
        return "-".join((PREFIX, *groups))

    @property
    def last4(self) -> str:
        return self.digits[-4:]

    @property
    def hash(self) -> str:
        """Returns what is kept of it: it tells the code again, and does not give it away."""
        return sha256(f"boxoffice gift card {self.digits}".encode()).hexdigest()

    def __repr__(self) -> str:
        return f"CardCode({masked(self.last4)})"


def masked(last4: str) -> str:
    """Returns how a card is called where anybody may read it."""
    return f"…{last4}"


def code_of(card_id: str, key: Ed25519PrivateKey) -> CardCode:
    """Returns the code of a card that the device with this key has sold: the same each time, so it is kept nowhere."""
    secret = sha256(b"boxoffice gift card code " + key.sign(f"gift card {card_id}".encode())).digest()
    value = int.from_bytes(secret) >> (256 - _SECRET_BITS)
    digits = base32(value, _DIGITS - 1)
    return CardCode(digits + _check_digit(digits))


def read_card_code(typed: str) -> CardCode | None:
    """Returns the code that somebody typed or scanned; None if it is none: letters are missing, or one is wrong."""
    plain = re.sub(r"[\s\-–—_.]", "", typed.upper())
    found = _CODE.fullmatch(plain.translate(_SAME))
    if found is None:
        return None
    digits = found[1]
    return CardCode(digits) if _check_digit(digits[:-1]) == digits[-1] else None


def read_scanned(readings: Sequence[str]) -> CardCode | None:
    """Returns the card's code among what a scan may say."""
    return next((code for code in map(read_card_code, readings) if code is not None), None)


def looks_like_a_card(text: str) -> bool:
    """Returns whether a text is meant to be a card's code, right or not."""
    return text.strip().upper().startswith(f"{PREFIX}-")


def _check_digit(digits: str) -> str:
    return _ALPHABET[sum((i + 1) * _ALPHABET.index(digit) for i, digit in enumerate(digits)) % _CHECK]


def suggested(currency: Currency) -> tuple[Money, ...]:
    """Returns the amounts to choose from."""
    return tuple(whole(units, currency) for units in SUGGESTED)


def whole(units: int, currency: Currency) -> Money:
    """Returns so many whole units of a currency."""
    return Money(units * 10**currency.exponent, currency)


def problem_of(amount: Money) -> str:
    """Returns why no card can be sold with this amount on it; empty if it can."""
    least, most = whole(LEAST, amount.currency), whole(MOST, amount.currency)
    if not least.minor <= amount.minor <= most.minor:
        return f"must be from {least} to {most}"
    step = step_of(amount.currency)
    return f"must be a multiple of {step}" if amount.minor % step.minor else ""


def is_small_rest(balance: Money) -> bool:
    """Returns whether what is left is so little that its holder may have it in cash."""
    return 0 < balance.minor <= whole(SMALL_REST, balance.currency).minor

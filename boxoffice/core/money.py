"""Money as an integer of minor units with its currency; sums across currencies are a type error."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final, Self

from boxoffice.core.currencies import CURRENCIES
from boxoffice.core.errors import BadInput, FieldError

MINUS: Final = "\N{MINUS SIGN}"

_SYMBOLS: Final = {"USD": "$", "EUR": "€", "GBP": "£", "JPY": "¥", "MXN": "MX$", "CAD": "CA$"}


class CurrencyMismatch(TypeError):
    """Two currencies met in one sum: always a mistake of the program, never of a person."""


@dataclass(frozen=True, slots=True)
class Currency:
    """An ISO 4217 currency, by its code in upper case.

    Raises:
        BadInput: if the code is not an active ISO 4217 code.
    """

    code: str

    def __post_init__(self) -> None:
        if self.code not in CURRENCIES:
            raise BadInput([FieldError("currency", f"“{self.code}” is not an ISO 4217 currency code")])

    @property
    def exponent(self) -> int:
        """Digits after the decimal point: 2 for USD, 0 for JPY, 3 for KWD (ISO 4217)."""
        return CURRENCIES[self.code].decimals

    @property
    def symbol(self) -> str:
        return _SYMBOLS.get(self.code, f"{self.code}\N{NO-BREAK SPACE}")


@dataclass(frozen=True, slots=True)
class Money:
    """An exact amount: `minor` is cents for USD, yen for JPY."""

    minor: int
    currency: Currency

    def _same(self, other: Self) -> None:
        if self.currency is not other.currency and self.currency != other.currency:  # all of an event share one
            raise CurrencyMismatch(f"{self.currency.code} and {other.currency.code}")

    def __add__(self, other: Self) -> "Money":
        self._same(other)
        return Money(self.minor + other.minor, self.currency)

    def __sub__(self, other: Self) -> "Money":
        self._same(other)
        return Money(self.minor - other.minor, self.currency)

    def __neg__(self) -> "Money":
        return Money(-self.minor, self.currency)

    def __mul__(self, times: int) -> "Money":
        return Money(self.minor * times, self.currency)

    def __lt__(self, other: Self) -> bool:
        self._same(other)
        return self.minor < other.minor

    def __le__(self, other: Self) -> bool:
        self._same(other)
        return self.minor <= other.minor

    def __str__(self) -> str:
        return format_money(self)


def total_of(amounts: Iterable[Money], currency: Currency) -> Money:
    """Returns the sum; zero in `currency` if there are none."""
    total = Money(0, currency)
    minor = 0
    for amount in amounts:
        if amount.currency is not currency:
            amount._same(total)
        minor += amount.minor
    return Money(minor, currency)


def format_money(money: Money) -> str:
    """Returns what people read: `$1,234.00`, `−$5.00`, `¥1,200`."""
    sign = MINUS if money.minor < 0 else ""
    exponent = money.currency.exponent
    whole, part = divmod(abs(money.minor), 10**exponent)
    cents = f".{part:0{exponent}d}" if exponent else ""
    return f"{sign}{money.currency.symbol}{whole:,}{cents}"


def parse_money(text: str, currency: Currency) -> Money:
    """Returns the amount that a person typed (`12`, `12.5`, `$1,234.50`), never negative.

    Raises:
        BadInput: if it is not a plain amount, or has more decimals than the currency.
    """
    bare = text.strip().removeprefix(currency.symbol).strip()
    match = re.fullmatch(r"(\d{1,3}(?:,\d{3})+|\d{1,12})?(?:\.(\d*))?", bare)
    if not match or not any(match.groups()):
        raise BadInput([FieldError("amount", f"“{text}” is not an amount")])
    whole, part = (match.group(1) or "0").replace(",", ""), match.group(2) or ""
    if len(part) > currency.exponent:
        raise BadInput([FieldError("amount", f"{currency.code} has {currency.exponent} decimals, not {len(part)}")])
    return Money(int(whole + part.ljust(currency.exponent, "0")), currency)


def allocate(minor: int, weights: Sequence[int]) -> tuple[int, ...]:
    """Splits `minor` in proportion to `weights` (none negative) so that the parts add up to it exactly.

    Largest remainder first, ties to the earlier part: the usual apportionment by Hamilton's method.
    """
    whole = sum(weights)
    if whole == 0:
        return (minor, *([0] * (len(weights) - 1))) if weights else ()
    sign, size = (-1, -minor) if minor < 0 else (1, minor)
    parts = [size * weight // whole for weight in weights]
    by_remainder = sorted(range(len(weights)), key=lambda i: (-(size * weights[i] % whole), i))
    for i in by_remainder[: size - sum(parts)]:
        parts[i] += 1
    return tuple(sign * part for part in parts)

"""Bills and coins of each currency, and counts of a drawer by them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from boxoffice.core.errors import BadInput, FieldError
from boxoffice.core.money import Currency, Money

# By currency, in minor units, largest first.
_PIECES: Final[Mapping[str, tuple[int, ...]]] = {
    "USD": (10_000, 5_000, 2_000, 1_000, 500, 100, 25, 10, 5, 1),
    "CAD": (10_000, 5_000, 2_000, 1_000, 500, 200, 100, 25, 10, 5),
    "EUR": (10_000, 5_000, 2_000, 1_000, 500, 200, 100, 50, 20, 10, 5, 2, 1),
    "GBP": (5_000, 2_000, 1_000, 500, 200, 100, 50, 20, 10, 5, 2, 1),
    "MXN": (50_000, 20_000, 10_000, 5_000, 2_000, 1_000, 500, 200, 100, 50),
    "JPY": (10_000, 5_000, 1_000, 500, 100, 50, 10, 5, 1),
}
MOST_PIECES: Final = 20_000
"""Of one piece in one drawer: more is a slip of the fingers."""
MOST_IN_DRAWER: Final = 10_000_000
"""Whole units of any currency in one drawer or one move."""


def pieces_of(currency: Currency) -> tuple[int, ...]:
    """Returns the bills and coins in minor units, largest first; none for currencies that are not listed."""
    return _PIECES.get(currency.code, ())


@dataclass(frozen=True, slots=True)
class Count:
    """What somebody counted: so many of each piece (by its minor units), and `other` that was not told apart.

    Raises:
        BadInput: for a count that makes no sense: less than nothing, more than fits, pieces that there are not.
    """

    currency: Currency
    pieces: Mapping[int, int] = field(default_factory=dict)
    other: int = 0

    def __post_init__(self) -> None:
        if problems := list(self._problems()):
            raise BadInput(problems)

    @property
    def total(self) -> Money:
        return Money(sum(piece * times for piece, times in self.pieces.items()) + self.other, self.currency)

    def _problems(self) -> Iterator[FieldError]:
        known = pieces_of(self.currency)
        for piece, times in self.pieces.items():
            name = str(Money(piece, self.currency))
            if piece not in known:
                yield FieldError(name, f"is no bill or coin of {self.currency.code}")
            elif not 0 <= times <= MOST_PIECES:
                yield FieldError(name, f"{times:,} of them can't be right: count them again")
        yield from amount_problems("counted", self.total)


def amount_problems(place: str, amount: Money) -> Iterator[FieldError]:
    """Yields why an amount can't be cash in a drawer, or moved at once."""
    if amount.minor < 0:
        yield FieldError(place, "can't be less than nothing")
    if amount.minor > MOST_IN_DRAWER * 10**amount.currency.exponent:
        yield FieldError(place, f"{amount} can't be right: count it again")

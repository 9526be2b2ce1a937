"""Bills and coins: which sums a customer is likely to hand over, and which to give back."""

from typing import Final

from boxoffice.core.denominations import pieces_of
from boxoffice.core.money import Money

_BIG_ENOUGH: Final = 20
"""A piece smaller than a twentieth of the sum is not what people round up to."""

_MOST: Final = 3


def likely_sums(due: Money) -> tuple[Money, ...]:
    """Returns up to three round sums above what is due, smallest first."""
    pieces = [each for each in pieces_of(due.currency) if each >= max(_smallest_bill(due), 0)]
    useful = [each for each in pieces if each * _BIG_ENOUGH > due.minor] or pieces[:_MOST]
    sums = sorted({(due.minor // each + 1) * each for each in useful})
    return tuple(Money(minor, due.currency) for minor in sums[:_MOST])


def _smallest_bill(due: Money) -> int:
    return 5 * 10**due.currency.exponent if due.currency.exponent else 1_000


def give_back(change: Money) -> tuple[tuple[int, Money], ...]:
    """Returns how many of which piece make up the change, largest first; nothing for unlisted currencies."""
    parts, rest = [], change.minor
    for each in pieces_of(change.currency):
        times, rest = divmod(rest, each)
        if times:
            parts.append((times, Money(each, change.currency)))
    return tuple(parts) if rest == 0 else ()

"""Rounds amounts to what can be paid, and shares them out: what every price, discount and tax goes through."""

from collections.abc import Sequence
from fractions import Fraction

from boxoffice.core.money import allocate


def round_half_up(value: Fraction) -> int:
    return int((2 * value + 1) // 2)


def in_steps(value: Fraction, step: int) -> int:
    return step * round_half_up(value / step)


def shared(minor: int, weights: Sequence[int], step: int) -> tuple[int, ...]:
    """Splits as `allocate`, into multiples of `step` if the whole is one."""
    if minor % step:
        return allocate(minor, weights)
    return tuple(step * part for part in allocate(minor // step, weights))

"""Pools: no sequence of moves creates, loses or doubles a unit."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from boxoffice.core.ids import PoolId
from boxoffice.core.inventory import LeaseCount, NotEnoughLeft, PoolCount, PoolMove, apply

FRIDAY = PoolId("friday")


@given(st.integers(0, 40), st.lists(st.tuples(st.sampled_from(PoolMove), st.integers(0, 9)), max_size=60))
def test_any_sequence_of_moves_keeps_the_equation(capacity: int, steps: list[tuple[PoolMove, int]]) -> None:
    count = PoolCount(capacity, capacity)
    for step, units in steps:
        with suppress(NotEnoughLeft):
            count = apply(count, step, units, FRIDAY)

        assert count.available + count.leased + count.held + count.sold == capacity
        assert min(count.available, count.leased, count.held, count.sold) >= 0


@pytest.mark.parametrize("parts", [(5, 6, 0, 0, 0), (5, 6, -1, 0, 0), (-1, -1, 0, 0, 0)])
def test_a_pool_out_of_balance_can_not_be_made(parts: tuple[int, int, int, int, int]) -> None:
    with pytest.raises(ValueError, match="out of balance"):
        PoolCount(*parts)


def test_negative_units_are_a_bug() -> None:
    with pytest.raises(ValueError, match="negative"):
        apply(PoolCount(1, 1), PoolMove.HOLD, -1, FRIDAY)


def test_a_lease_sells_no_more_than_was_granted() -> None:
    assert LeaseCount(granted=10, sold=3, held=2, returned=1).left == 4
    with pytest.raises(ValueError, match="out of balance"):
        LeaseCount(granted=1, sold=2)


def test_what_is_left_is_told_when_it_is_too_little() -> None:
    with pytest.raises(NotEnoughLeft, match="3 of friday") as caught:
        apply(PoolCount(3, 3), PoolMove.HOLD, 4, FRIDAY)

    assert caught.value.shortages == {FRIDAY: 3}

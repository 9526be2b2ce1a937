"""The order table: its own moves work, every other raises and changes nothing."""

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from boxoffice.core.ids import OrderId
from boxoffice.core.orders import (
    MOVES,
    MOVES_BACK,
    PAID_FOR,
    IllegalMove,
    OrderState,
    can_move,
    can_move_back,
    check_move,
    state_by_money,
)

CUSTOMERS_TABLE = {
    ("pending", "processing"),
    ("pending", "failed"),
    ("processing", "completed"),
    ("processing", "failed"),
    ("completed", "refunded"),
    ("completed", "partially_refunded"),
    ("failed", "pending"),
    ("partially_refunded", "refunded"),
}


def test_the_table_is_the_customers_own() -> None:
    assert {(start.value, to.value) for start, ends in MOVES.items() for to in ends} == CUSTOMERS_TABLE


@pytest.mark.parametrize(("start", "to"), list(product(OrderState, OrderState)))
def test_a_move_outside_the_table_raises(start: OrderState, to: OrderState) -> None:
    if can_move(start, to) or can_move_back(start, to):
        check_move(OrderId("o"), start, to)
    else:
        with pytest.raises(IllegalMove, match=f"from {start.value} to {to.value}"):
            check_move(OrderId("o"), start, to)


def test_only_finished_orders_move_back_and_never_along_the_customers_table() -> None:
    back = {(start, to) for start, ends in MOVES_BACK.items() for to in ends}

    assert all({start, to} <= PAID_FOR for start, to in back)
    assert not any(can_move(start, to) for start, to in back)


@given(total=st.integers(1, 10**9), before=st.integers(0, 10**9), after=st.integers(0, 10**9))
def test_whatever_comes_and_goes_an_order_can_be_where_its_money_is(total: int, before: int, after: int) -> None:
    start, to = state_by_money(total, before), state_by_money(total, after)

    assert start is to or can_move(start, to) != can_move_back(start, to)

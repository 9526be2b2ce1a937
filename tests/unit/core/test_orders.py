"""The order table: its own moves work, every other raises and changes nothing."""

from itertools import product

import pytest

from boxoffice.core.ids import OrderId
from boxoffice.core.orders import MOVES, IllegalMove, OrderState, can_move, check_move

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
    if can_move(start, to):
        check_move(OrderId("o"), start, to)
    else:
        with pytest.raises(IllegalMove, match=f"from {start.value} to {to.value}"):
            check_move(OrderId("o"), start, to)

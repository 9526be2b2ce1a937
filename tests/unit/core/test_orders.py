"""The order table: its own moves work, every other raises and changes nothing."""

from itertools import product

import pytest

from boxoffice.core.ids import OrderId
from boxoffice.core.orders import MOVES, IllegalMove, OrderProgress, OrderState, can_move, move
from tests.unit.core.builders import NOW

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
def test_a_move_outside_the_table_raises_and_changes_nothing(start: OrderState, to: OrderState) -> None:
    order = OrderProgress(OrderId("o"), start)

    if can_move(start, to):
        after = move(order, to, NOW, None, "why")
        assert (after.state, after.history[-1].start, after.history[-1].why) == (to, start, "why")
    else:
        with pytest.raises(IllegalMove, match=f"from {start.value} to {to.value}"):
            move(order, to, NOW, None, "why")
    assert order == OrderProgress(OrderId("o"), start)

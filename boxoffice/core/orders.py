"""Order states, and the only moves between them. Nothing else in the product decides this."""

from collections.abc import Mapping
from enum import Enum
from typing import Final

from boxoffice.core.errors import BoxofficeError
from boxoffice.core.ids import OrderId


class OrderState(Enum):
    PENDING = "pending"
    PROCESSING = "processing"
    COMPLETED = "completed"
    FAILED = "failed"
    REFUNDED = "refunded"
    PARTIALLY_REFUNDED = "partially_refunded"


class Channel(Enum):
    DOOR = "door"
    WEB = "web"


MOVES: Final[Mapping[OrderState, frozenset[OrderState]]] = {
    OrderState.PENDING: frozenset({OrderState.PROCESSING, OrderState.FAILED}),
    OrderState.PROCESSING: frozenset({OrderState.COMPLETED, OrderState.FAILED}),
    OrderState.COMPLETED: frozenset({OrderState.REFUNDED, OrderState.PARTIALLY_REFUNDED}),
    OrderState.FAILED: frozenset({OrderState.PENDING}),
    OrderState.REFUNDED: frozenset(),
    OrderState.PARTIALLY_REFUNDED: frozenset({OrderState.REFUNDED}),
}


class IllegalMove(BoxofficeError):
    """The order table has no such move; the order is unchanged."""

    def __init__(self, order_id: OrderId, start: OrderState, to: OrderState) -> None:
        self.order_id, self.start, self.to = order_id, start, to
        super().__init__(f"order {order_id} can't go from {start.value} to {to.value}")


def can_move(start: OrderState, to: OrderState) -> bool:
    return to in MOVES[start]


def check_move(order_id: OrderId, start: OrderState, to: OrderState) -> None:
    """Lets only moves of the table pass.

    Raises:
        IllegalMove: if the table has no such move.
    """
    if not can_move(start, to):
        raise IllegalMove(order_id, start, to)

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
    """Where something is sold. At a kiosk customers serve themselves: it is a till, and nobody stands behind it."""

    DOOR = "door"
    WEB = "web"
    KIOSK = "kiosk"

    @property
    def is_at_a_till(self) -> bool:
        """Whether a till sells there, from its own lease."""
        return self in AT_TILLS


AT_TILLS: Final = frozenset({Channel.DOOR, Channel.KIOSK})

MOVES: Final[Mapping[OrderState, frozenset[OrderState]]] = {
    OrderState.PENDING: frozenset({OrderState.PROCESSING, OrderState.FAILED}),
    OrderState.PROCESSING: frozenset({OrderState.COMPLETED, OrderState.FAILED}),
    OrderState.COMPLETED: frozenset({OrderState.REFUNDED, OrderState.PARTIALLY_REFUNDED}),
    OrderState.FAILED: frozenset({OrderState.PENDING}),
    OrderState.REFUNDED: frozenset(),
    OrderState.PARTIALLY_REFUNDED: frozenset({OrderState.REFUNDED}),
}


OPEN: Final = frozenset({OrderState.PENDING, OrderState.PROCESSING})
"""The states of an order that has not ended: its units are held."""
MOVES_BACK: Final[Mapping[OrderState, frozenset[OrderState]]] = {
    OrderState.REFUNDED: frozenset({OrderState.PARTIALLY_REFUNDED, OrderState.COMPLETED}),
    OrderState.PARTIALLY_REFUNDED: frozenset({OrderState.COMPLETED}),
}
"""The moves that undo a refund's, when one that had succeeded fails after all: the hub makes them, by the money."""
PAID_FOR: Final = frozenset({OrderState.COMPLETED, *MOVES_BACK})
"""The states of an order that is finished; which of them it is, the money says."""
HELD: Final = PAID_FOR - {OrderState.REFUNDED}
"""Those in which its customer has something of it."""


class IllegalMove(BoxofficeError):
    """The order table has no such move; the order is unchanged."""

    def __init__(self, order_id: OrderId, start: OrderState, to: OrderState) -> None:
        self.order_id, self.start, self.to = order_id, start, to
        super().__init__(f"order {order_id} can't go from {start.value} to {to.value}")


def can_move(start: OrderState, to: OrderState) -> bool:
    return to in MOVES[start]


def can_move_back(start: OrderState, to: OrderState) -> bool:
    """Returns whether a move undoes what a refund has moved; whether one has failed is for `verify` to judge."""
    return to in MOVES_BACK.get(start, frozenset())


def state_by_money(total: int, given_back: int) -> OrderState:
    """Returns the state of a finished order by what of its price is given back now, in minor units."""
    if given_back <= 0:
        return OrderState.COMPLETED
    return OrderState.REFUNDED if given_back >= total else OrderState.PARTIALLY_REFUNDED


def check_move(order_id: OrderId, start: OrderState, to: OrderState) -> None:
    """Lets only moves of the tables pass, along or back.

    Raises:
        IllegalMove: if neither table has such a move.
    """
    if not can_move(start, to) and not can_move_back(start, to):
        raise IllegalMove(order_id, start, to)

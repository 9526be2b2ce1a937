"""What this till has asked the hub to do about orders: kept before it is asked, and until the hub has answered."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import Final

from sqlalchemy import Connection

from boxoffice.core.facts import instant_text
from boxoffice.core.ids import OrderId

_COLUMNS: Final = "id, order_id, kind, body, state, why"
_ADD: Final = "INSERT INTO hub_requests (id, order_id, kind, body, state, asked_at) VALUES (?, ?, ?, ?, 'waiting', ?)"
_WAITING: Final = f"SELECT {_COLUMNS} FROM hub_requests WHERE state = 'waiting' ORDER BY asked_at, id"  # noqa: S608  # of constants
_OF_ORDER: Final = f"SELECT {_COLUMNS} FROM hub_requests WHERE order_id = ? ORDER BY asked_at, id"  # noqa: S608  # of constants
_END: Final = "UPDATE hub_requests SET state = ?, why = ? WHERE id = ? AND state = 'waiting'"


class AskedState(Enum):
    """`WAITING`: the hub has not answered; `DONE`: it has done it; `REFUSED`: it has not, and will not."""

    WAITING = "waiting"
    DONE = "done"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Asked:
    """`body` is the message as JSON; `why` says what the hub had against it."""

    id: str
    order_id: OrderId
    kind: str
    body: str
    state: AskedState
    why: str = ""


def add(connection: Connection, id_: str, order_id: str, kind: str, body: str, at: datetime) -> None:
    connection.exec_driver_sql(_ADD, (id_, order_id, kind, body, instant_text(at)))


def waiting(connection: Connection) -> Sequence[Asked]:
    """Returns what the hub has not answered, the oldest first."""
    return [_asked(*row) for row in connection.exec_driver_sql(_WAITING)]


def of_order(connection: Connection, order_id: str) -> Sequence[Asked]:
    """Returns what was asked about an order, the oldest first."""
    return [_asked(*row) for row in connection.exec_driver_sql(_OF_ORDER, (order_id,))]


def end(connection: Connection, id_: str, state: AskedState, why: str = "") -> None:
    """Notes how it ended, once."""
    connection.exec_driver_sql(_END, (state.value, why, id_))


def _asked(id_: str, order_id: str, kind: str, body: str, state: str, why: str) -> Asked:
    return Asked(id_, OrderId(order_id), kind, body, AskedState(state), why)

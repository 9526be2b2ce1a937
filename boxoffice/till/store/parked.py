"""Carts that wait for their customer, as this till has them, and what of them the hub does not know yet."""

from collections.abc import Iterable, Sequence
from enum import Enum
from typing import Final

from sqlalchemy import Connection

from boxoffice.core.wire.parked import ParkedCart

_PUT: Final = """
    INSERT INTO parked_carts (id, event_id, state, body, at) VALUES (?, ?, ?, ?, ?)
    ON CONFLICT (id) DO UPDATE SET state = excluded.state
"""
_ADD: Final = "INSERT OR IGNORE INTO parked_carts (id, event_id, state, body, at) VALUES (?, ?, ?, ?, ?)"
_READ: Final = "SELECT id, body FROM parked_carts WHERE event_id = ? AND state IN ({}) ORDER BY at, id"
_MOVE: Final = "UPDATE parked_carts SET state = ? WHERE id = ? AND state IN ('new', 'kept')"
_FORGET: Final = "DELETE FROM parked_carts WHERE id = ? AND state = ?"
_KNOWN: Final = "UPDATE parked_carts SET state = 'kept' WHERE id = ? AND state = 'new'"


class ParkedState(Enum):
    """`NEW` ones the hub does not know; `KEPT` it does. Of `GONE` and `HANDED` ones it has not heard so yet."""

    NEW = "new"
    KEPT = "kept"
    GONE = "gone"
    HANDED = "handed"


WAITING: Final = (ParkedState.NEW, ParkedState.KEPT)


def put(connection: Connection, cart: ParkedCart, state: ParkedState) -> None:
    connection.exec_driver_sql(_PUT, _row(cart, state))


def add(connection: Connection, cart: ParkedCart) -> None:
    """Keeps a cart that the hub says is this till's; one of which this till knows more is as it is."""
    connection.exec_driver_sql(_ADD, _row(cart, ParkedState.KEPT))


def _row(cart: ParkedCart, state: ParkedState) -> tuple[str, ...]:
    return cart.id, cart.event_id, state.value, cart.model_dump_json(), cart.parked_at


def read(connection: Connection, event_id: str, states: Sequence[ParkedState]) -> tuple[ParkedCart, ...]:
    """Returns the carts of an event in these states, those that wait longest first."""
    query = _READ.format(", ".join("?" * len(states)))
    rows = connection.exec_driver_sql(query, (event_id, *(state.value for state in states)))
    return tuple(ParkedCart.model_validate_json(row[1]) for row in rows)


def let_go(connection: Connection, cart_id: str, state: ParkedState) -> bool:
    """Returns whether this till had the cart until now; from now on it has not."""
    return connection.exec_driver_sql(_MOVE, (state.value, cart_id)).rowcount == 1


def note_known(connection: Connection, new: Iterable[str]) -> None:
    """Notes which carts the hub knows."""
    for cart_id in new:
        connection.exec_driver_sql(_KNOWN, (cart_id,))


def forget(connection: Connection, ids: Iterable[str], state: ParkedState) -> None:
    """Drops what the hub has heard of."""
    for cart_id in ids:
        connection.exec_driver_sql(_FORGET, (cart_id, state.value))

"""What somebody noted to find an order again: kept beside the facts, so that it can be erased."""

from collections.abc import Iterable, Sequence
from typing import Final

from sqlalchemy import Connection

_PUT: Final = """
    INSERT INTO order_notes (order_id, note) VALUES (?, ?)
    ON CONFLICT (order_id) DO UPDATE SET note = excluded.note, is_sent = 0
"""
_UNSENT: Final = "SELECT order_id, note FROM order_notes WHERE is_sent = 0 ORDER BY order_id"
_SENT: Final = "UPDATE order_notes SET is_sent = 1 WHERE order_id = ? AND note = ?"


def put(connection: Connection, order_id: str, note: str) -> None:
    """Keeps a note in the place of the one before; an empty one is kept too, until the hub has heard of it."""
    connection.exec_driver_sql(_PUT, (order_id, note))


def of_order(connection: Connection, order_id: str) -> str:
    found = connection.exec_driver_sql("SELECT note FROM order_notes WHERE order_id = ?", (order_id,)).scalar()
    return found or ""


def unsent(connection: Connection) -> Sequence[tuple[str, str]]:
    """Returns orders with notes that the hub does not have."""
    return [(row[0], row[1]) for row in connection.exec_driver_sql(_UNSENT)]


def note_sent(connection: Connection, sent: Iterable[tuple[str, str]]) -> None:
    """Notes what the hub has; what was changed meanwhile is sent again."""
    for each in sent:
        connection.exec_driver_sql(_SENT, each)

"""What the till remembers about itself: small values by name, never a secret."""

from typing import Final

from sqlalchemy import Connection

_PUT: Final = "INSERT INTO settings (name, value) VALUES (?, ?) ON CONFLICT DO UPDATE SET value = excluded.value"
_COUNT: Final = """
    INSERT INTO settings (name, value) VALUES (?, '1')
    ON CONFLICT DO UPDATE SET value = CAST(CAST(value AS INTEGER) + 1 AS TEXT) RETURNING value
"""


def get(connection: Connection, name: str) -> str | None:
    found = connection.exec_driver_sql("SELECT value FROM settings WHERE name = ?", (name,)).scalar()
    return None if found is None else str(found)


def get_all(connection: Connection) -> dict[str, str]:
    rows = connection.exec_driver_sql("SELECT name, value FROM settings")
    return {row[0]: row[1] for row in rows}


def put(connection: Connection, name: str, value: str) -> None:
    connection.exec_driver_sql(_PUT, (name, value))


def drop(connection: Connection, name: str) -> None:
    connection.exec_driver_sql("DELETE FROM settings WHERE name = ?", (name,))


def count_up(connection: Connection, name: str) -> int:
    """Returns the next number of a counter that starts at 1."""
    return int(connection.exec_driver_sql(_COUNT, (name,)).scalar_one())

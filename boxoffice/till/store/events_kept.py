"""The events that the till has, as the hub sent them."""

from typing import Final

from sqlalchemy import Connection

from boxoffice.core.wire.pairing import EventBody

_BODY: Final = "SELECT body FROM events WHERE id = ?"
_KEEP: Final = """
    INSERT INTO events (id, revision, body) VALUES (?, ?, ?)
    ON CONFLICT DO UPDATE SET revision = excluded.revision, body = excluded.body
"""


def read(connection: Connection, event_id: str | None) -> EventBody | None:
    """Returns an event as it was last sent; None if it never was."""
    body = connection.exec_driver_sql(_BODY, (event_id,)).scalar()
    return None if body is None else EventBody.model_validate_json(body)


def keep(connection: Connection, event_id: str, body: EventBody) -> None:
    connection.exec_driver_sql(_KEEP, (event_id, body.revision, body.model_dump_json()))

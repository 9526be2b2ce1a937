"""Calls for help from kiosks: told to every till of the event, until somebody has come.

A call is no fact: nothing of money or places follows from it. One that nobody ended is over after a while.
"""

from typing import Final

from sqlalchemy import Connection, text

from boxoffice.core.errors import OperationFailed
from boxoffice.core.facts import instant_text
from boxoffice.core.wire.help import HelpAnswer, HelpCall, HelpRequest
from sync.ledger.hub import Hub
from sync.store import feed
from sync.store.tills import Device

_LASTS: Final = "30 minutes"
_PUT: Final = text("""
    INSERT INTO help_calls AS h (device_id, id, event_id, doing)
    SELECT :device, :id, e.id, :doing FROM events e WHERE e.id = :event
    ON CONFLICT (device_id) DO UPDATE
    SET id = excluded.id, event_id = excluded.event_id, doing = excluded.doing,
        called_at = CASE WHEN h.id = excluded.id THEN h.called_at ELSE now() END,
        answered_by = CASE WHEN h.id = excluded.id THEN h.answered_by END
    WHERE (h.id, h.doing) <> (excluded.id, excluded.doing)
""")
_END: Final = text("DELETE FROM help_calls WHERE device_id = :device AND id = :id")
_ANSWER: Final = text("""
    UPDATE help_calls SET answered_by = :by WHERE id = :id AND answered_by IS NULL RETURNING event_id
""")
_IS_THERE: Final = text("SELECT event_id FROM help_calls WHERE id = :id")
_OPEN: Final = text(f"""
    SELECT h.id, d.name, h.doing, h.called_at, coalesce(h.answered_by, '') AS answered_by
    FROM help_calls h JOIN devices d ON d.id = h.device_id
    WHERE (CAST(:event AS text) IS NULL OR h.event_id = :event) AND h.called_at > now() - interval '{_LASTS}'
    ORDER BY h.called_at, h.id
""")  # noqa: S608  # of a constant


class NobodyCalls(OperationFailed):
    """The call is over."""

    def __init__(self) -> None:
        super().__init__("Nobody calls for help there any more.", "Nothing was changed.", "")


def open_calls(connection: Connection, event_id: str | None = None) -> tuple[HelpCall, ...]:
    """Returns the calls of an event, or of all, that are not over; oldest first."""
    rows = connection.execute(_OPEN, {"event": event_id})
    return tuple(
        HelpCall(
            id=row.id,
            till=row.name,
            doing=row.doing,
            called_at=instant_text(row.called_at),
            answered_by=row.answered_by,
        )
        for row in rows
    )


def call_for_help(hub: Hub, device: Device, request: HelpRequest) -> HelpAnswer:
    """Takes a call, or ends it, and wakes all tills; said again, nothing changes."""

    def note(connection: Connection) -> HelpAnswer:
        values = {"device": device.id, "id": request.id}
        changed = connection.execute(
            _END if request.is_over else _PUT,
            values if request.is_over else values | {"event": request.event_id, "doing": request.doing},
        )
        if changed.rowcount:
            feed.wake(connection, "feed", request.event_id, None)
        return HelpAnswer(calls=open_calls(connection, request.event_id))

    return hub.database.run(note)


def answer_call(hub: Hub, device: Device, call_id: str) -> HelpAnswer:
    """Notes that somebody comes from a till; the first who says so is named.

    Raises:
        NobodyCalls: if the call is over.
    """

    def note(connection: Connection) -> HelpAnswer:
        event_id = connection.execute(_ANSWER, {"id": call_id, "by": device.name}).scalar_one_or_none()
        if event_id is not None:
            feed.wake(connection, "feed", event_id, None)
        else:
            event_id = connection.execute(_IS_THERE, {"id": call_id}).scalar_one_or_none()
        if event_id is None:
            raise NobodyCalls
        return HelpAnswer(calls=open_calls(connection, event_id))

    return hub.database.run(note)

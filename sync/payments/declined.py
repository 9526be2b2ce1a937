"""Tries to pay that were refused: each counts, however many there are for one order, and whatever becomes of it."""

from sqlalchemy import Connection
from sqlalchemy.dialects.postgresql import insert

from sync.store import tables as t


def note_decline(connection: Connection, tender_id: str, attempt: str, code: str) -> None:
    """Notes a try, once; `attempt` is what the provider calls it."""
    row = insert(t.declines).values(attempt=attempt, tender_id=tender_id, code=code[:100])
    connection.execute(row.on_conflict_do_nothing())

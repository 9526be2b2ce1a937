"""Events in Postgres: a revision replaces what is said of one, and makes its pools larger or smaller."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Connection, false, func, insert, select, text, update

from boxoffice.core.effect_kinds import Capacity
from boxoffice.core.ids import PoolId
from boxoffice.core.inventory import NotEnoughLeft
from boxoffice.core.rows import EventRow
from sync.store import tables as t

_SIZE: Final = text("""
    INSERT INTO pools AS p (event_id, id, name, capacity, available)
    VALUES (:event, :pool, :name, :units, :units)
    ON CONFLICT (event_id, id) DO UPDATE
    SET name = excluded.name, capacity = excluded.capacity, available = p.available + excluded.capacity - p.capacity
    WHERE p.available + excluded.capacity - p.capacity >= 0
    RETURNING p.id
""")


is_archived: Final = func.coalesce(t.events.c.file["event"]["archived"].as_boolean(), false())
"""Of a row of events: whether it is over, and sold nowhere."""


@dataclass(frozen=True, slots=True)
class EventKey:
    """The key that certifies who issues an event's tickets: its public half, and its own, sealed."""

    public: str
    sealed: bytes


@dataclass(frozen=True, slots=True)
class StoredEvent:
    """An event as it was loaded last."""

    revision: int
    currency: str
    file: Mapping[str, Any]


def hold_event(connection: Connection, event_id: str) -> StoredEvent | None:
    """Returns an event as it is, if it is there; nobody else loads or revises it until the transaction ends."""
    connection.execute(text("SELECT pg_advisory_xact_lock(hashtext(:event))"), {"event": f"event {event_id}"})
    row = connection.execute(select(t.events).where(t.events.c.id == event_id)).one_or_none()
    return None if row is None else StoredEvent(row.revision, row.currency, row.file)


def write_events(connection: Connection, rows: Iterable[EventRow], new_key: Callable[[str], EventKey]) -> None:
    """Writes events as they are revised; a new one gets a key of its own."""
    e = t.events
    for row in rows:
        values = {
            "revision": row.revision,
            "name": row.name,
            "timezone": row.timezone,
            "currency": row.currency,
            "file": dict(row.file),
        }
        if not connection.execute(update(e).where(e.c.id == row.id).values(**values, revised_at=func.now())).rowcount:
            key = new_key(row.id)
            connection.execute(insert(e).values(**values, id=row.id, public_key=key.public, sealed_key=key.sealed))


def size_pools(connection: Connection, wanted: Iterable[Capacity]) -> None:
    """Makes new pools and resizes old ones, which never takes away what is leased, held or sold.

    Raises:
        NotEnoughLeft: if one can't become so small; the transaction must then be given up.
    """
    for each in sorted(wanted, key=lambda each: each.pool_id):
        values = {"event": each.event_id, "pool": each.pool_id, "name": each.name, "units": each.units}
        if connection.execute(_SIZE, values).first() is None:
            raise NotEnoughLeft({PoolId(each.pool_id): 0})


def event_of_order(connection: Connection, order_id: str) -> str | None:
    """Returns the event of an order; None if there is no such one."""
    o = t.orders.c
    return connection.execute(select(o.event_id).where(o.id == order_id)).scalar_one_or_none()

"""Drafts of events, the revisions that were made of them, and which of those each till has taken."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, delete, func, select, text, update
from sqlalchemy.dialects.postgresql import insert

from boxoffice.core.fact_kinds import FactKind
from sync.store import tables as t

_d: Final = t.event_drafts.c
_TAKEN: Final = text("""
    INSERT INTO event_takings AS k (device_id, event_id, revision, taken_at) VALUES (:device, :event, :revision, now())
    ON CONFLICT (device_id, event_id) DO UPDATE SET revision = excluded.revision, taken_at = now()
    WHERE k.revision < excluded.revision
""")
_TILLS: Final = text("""
    SELECT d.id, d.name, d.last_seen_at, k.revision, k.taken_at FROM devices d
    LEFT JOIN event_takings k ON k.device_id = d.id AND k.event_id = :event
    WHERE d.kind = 'till' AND d.status = 'active' ORDER BY d.created_at
""")


@dataclass(frozen=True, slots=True)
class Draft:
    """An event as it shall become; `base` is the revision that it began from, 0 where there is none yet."""

    event_id: str
    file: Mapping[str, Any]
    base: int
    version: int
    copied_from: str | None
    created_by: str
    created_at: datetime
    changed_by: str
    changed_at: datetime


@dataclass(frozen=True, slots=True)
class Revision:
    """One revision of an event, by whom, where that was said."""

    number: int
    at: datetime
    by: str
    file: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class TillTaking:
    """A till, and the newest revision of an event that it has fetched, if any."""

    id: str
    name: str
    last_seen_at: datetime | None
    revision: int | None
    taken_at: datetime | None


def read(connection: Connection, event_id: str) -> Draft | None:
    row = connection.execute(select(t.event_drafts).where(_d.event_id == event_id)).one_or_none()
    return None if row is None else Draft(**row._mapping)  # SQLAlchemy's own name for it


def read_all(connection: Connection) -> list[Draft]:
    rows = connection.execute(select(t.event_drafts).order_by(_d.created_at.desc(), _d.event_id))
    return [Draft(**row._mapping) for row in rows]  # as above


def begin(
    connection: Connection, event_id: str, file: Mapping[str, Any], base: int, by: str, copied_from: str | None = None
) -> bool:
    """Keeps a new draft; returns whether there was none."""
    row = {"event_id": event_id, "file": dict(file), "base": base, "created_by": by, "changed_by": by}
    new = insert(t.event_drafts).values({**row, "copied_from": copied_from}).on_conflict_do_nothing()
    return bool(connection.execute(new).rowcount)


def change(connection: Connection, event_id: str, version: int, file: Mapping[str, Any], base: int, by: str) -> bool:
    """Keeps a draft as it is now, if it is still of this version; returns whether it was."""
    values = {"file": dict(file), "base": base, "changed_by": by, "version": version + 1}
    mine = (_d.event_id == event_id, _d.version == version)
    return bool(
        connection.execute(update(t.event_drafts).where(*mine).values({**values, "changed_at": func.now()})).rowcount
    )


def drop(connection: Connection, event_id: str, version: int) -> bool:
    """Throws a draft away, if it is still of this version; returns whether it was."""
    mine = (_d.event_id == event_id, _d.version == version)
    return bool(connection.execute(delete(t.event_drafts).where(*mine)).rowcount)


def revisions(connection: Connection, event_id: str, most: int) -> list[Revision]:
    """Returns an event's revisions, the newest first."""
    f = t.facts.c
    query = select(f.payload, f.occurred_at).where(
        f.kind == FactKind.CATALOGUE_REVISED.value, f.event_id == event_id, f.is_applied
    )
    rows = connection.execute(query.order_by(f.position.desc()).limit(most))
    return [Revision(p["revision"], at, p.get("by", ""), p["event"]) for p, at in rows]


def revision(connection: Connection, event_id: str, number: int) -> Revision | None:
    f = t.facts.c
    query = select(f.payload, f.occurred_at).where(
        f.kind == FactKind.CATALOGUE_REVISED.value,
        f.event_id == event_id,
        f.is_applied,
        f.payload["revision"].as_integer() == number,
    )
    row = connection.execute(query.order_by(f.position.desc()).limit(1)).one_or_none()
    return None if row is None else Revision(number, row[1], row[0].get("by", ""), row[0]["event"])


def note_taken(connection: Connection, device_id: str, event_id: str, number: int) -> None:
    """Notes that a till has fetched this revision."""
    connection.execute(_TAKEN, {"device": device_id, "event": event_id, "revision": number})


def tills(connection: Connection, event_id: str) -> Sequence[TillTaking]:
    """Returns the tills that may sell, each with the revision that it has."""
    return [TillTaking(*row) for row in connection.execute(_TILLS, {"event": event_id})]

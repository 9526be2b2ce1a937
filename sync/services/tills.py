"""The tills as organizers see them: by name, with what each was heard to have, and what it holds."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal

from sqlalchemy import Connection, select, text

from sync.store import tables as t

TillStatus = Literal["active", "suspect", "revoked"]
_d: Final = t.devices.c
_TILLS: Final = text("""
    SELECT d.id, d.name, d.status, d.last_seen_at, coalesce(sum(c.seq), 0) AS facts, d.unsent_facts AS unsent,
           coalesce(d.last_seen_at > d.revoked_at, false) AS was_heard_since
    FROM devices d LEFT JOIN chains c ON c.device_id = d.id WHERE d.kind = 'till'
    GROUP BY d.id ORDER BY d.created_at
""")
_LEASED: Final = text("""
    SELECT d.name, coalesce(sum(l.granted - l.sold - l.returned), 0) AS leased
    FROM devices d LEFT JOIN device_leases l ON l.device_id = d.id
    WHERE d.id = :device AND d.kind = 'till' AND d.status <> 'revoked' GROUP BY d.id
""")


@dataclass(frozen=True, slots=True)
class Till:
    """One till; `is_revoked` says whether it was shut out."""

    id: str
    name: str
    status: TillStatus

    @property
    def is_revoked(self) -> bool:
        return self.status == "revoked"


@dataclass(frozen=True, slots=True)
class TillSeen(Till):
    """A till with what it has sent, what it said it has not, and whether it was heard of since it was shut out."""

    last_seen_at: datetime | None
    facts: int
    unsent: int | None
    was_heard_since: bool


@dataclass(frozen=True, slots=True)
class Leased:
    """How many units of all pools a till that is not shut out has on lease."""

    till: str
    units: int


def all_tills(connection: Connection) -> Sequence[TillSeen]:
    """Returns every till, in the order in which they were paired."""
    return [
        TillSeen(row.id, row.name, row.status, row.last_seen_at, int(row.facts), row.unsent, row.was_heard_since)
        for row in connection.execute(_TILLS)
    ]


def find_till(connection: Connection, device_id: str) -> Till | None:
    """Returns a till, or None if there is no such one."""
    row = connection.execute(select(_d.id, _d.name, _d.status).where(_d.id == device_id, _d.kind == "till")).first()
    return None if row is None else Till(row.id, row.name, row.status)


def leased_by(connection: Connection, device_id: str) -> Leased | None:
    """Returns what a till has on lease; None if there is no such till, or it is shut out."""
    row = connection.execute(_LEASED, {"device": device_id}).one_or_none()
    return None if row is None else Leased(row.name, int(row.leased))


def till_names(connection: Connection, device_ids: Iterable[str]) -> dict[str, str]:
    """Returns the names of those of the devices that are tills, by id."""
    query = select(_d.id, _d.name).where(_d.id.in_(list(device_ids)), _d.kind == "till")
    return {row.id: row.name for row in connection.execute(query)}

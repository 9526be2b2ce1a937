"""Tills as the hub knows them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import Final

from sqlalchemy import Connection, func, select, text, update

from boxoffice.core.writers import Role, Writer
from sync.store import tables as t
from sync.store.rows import value_of

_TILLS: Final = text("""
    SELECT d.id, d.name, d.status, d.last_seen_at, coalesce(sum(c.seq), 0) AS facts, d.unsent_facts AS unsent,
           coalesce(d.last_seen_at > d.revoked_at, false) AS was_heard_since, d.app_version AS version,
           extract(epoch FROM now() - d.last_seen_at)::float8 AS silent_s,
           coalesce((SELECT sum(l.granted - l.sold - l.returned) FROM device_leases l WHERE l.device_id = d.id), 0)
               AS places
    FROM devices d LEFT JOIN chains c ON c.device_id = d.id WHERE d.kind = 'till'
    GROUP BY d.id ORDER BY d.created_at
""")


class TillStatus(Enum):
    """`SUSPECT` was copied; `REVOKED` was shut out by an organizer."""

    ACTIVE = "active"
    SUSPECT = "suspect"
    REVOKED = "revoked"


@dataclass(frozen=True, slots=True)
class Device:
    """A till that calls, or whose facts have come."""

    id: str
    name: str
    status: TillStatus
    public_key: str
    code: str
    app_version: str = ""

    @property
    def is_revoked(self) -> bool:
        return self.status is TillStatus.REVOKED

    @property
    def writer(self) -> Writer:
        return Writer(self.id, Role.TILL, self.name, self.code)


@dataclass(frozen=True, slots=True)
class ListedTill:
    """`facts` is how many it has sent, `unsent` how many it had not, as far as it said so.

    `was_heard_since` says of one that is revoked whether it was heard of after that. It was silent for `silent_s`, on
    the database's clock, and has so many `places` to sell from without asking.
    """

    id: str
    name: str
    status: TillStatus
    last_seen_at: datetime | None
    facts: int
    unsent: int | None
    was_heard_since: bool
    version: str = ""
    silent_s: float | None = None
    places: int = 0


def till_of_id(connection: Connection, device_id: str) -> Device | None:
    """Returns a till, also one that was revoked."""
    mine = (t.devices.c.id == device_id, t.devices.c.kind == "till")
    row = connection.execute(select(t.devices).where(*mine)).one_or_none()
    return None if row is None else value_of(Device, row)


def note_version(connection: Connection, device_id: str, said: str) -> None:
    """Keeps which version of the software a till says to be, if it is another one than before."""
    d = t.devices.c
    version = said[:80].replace("\0", "").strip()
    if version:
        changed = update(t.devices).where(d.id == device_id, d.app_version != version)
        connection.execute(changed.values(app_version=version))


def note_told_all(connection: Connection, device_id: str) -> None:
    """Keeps that a till has nothing more that the hub does not have."""
    connection.execute(update(t.devices).where(t.devices.c.id == device_id).values(told_all_at=func.now()))


def tills(connection: Connection) -> Sequence[ListedTill]:
    """Returns all tills, the oldest first."""
    return [value_of(ListedTill, row) for row in connection.execute(_TILLS)]

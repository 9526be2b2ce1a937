"""One till as organizers ask for it: by its name, and what it holds."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from sqlalchemy import Connection, select, text

from sync.ledger.hub import Hub
from sync.store import tables as t
from sync.store.tills import Device, TillStatus, note_version

_d: Final = t.devices.c
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
        return self.status is TillStatus.REVOKED


@dataclass(frozen=True, slots=True)
class Leased:
    """How many units of all pools a till that is not shut out has on lease."""

    till: str
    units: int


def find_till(connection: Connection, device_id: str) -> Till | None:
    """Returns a till, or None if there is no such one."""
    row = connection.execute(select(_d.id, _d.name, _d.status).where(_d.id == device_id, _d.kind == "till")).first()
    return None if row is None else Till(row.id, row.name, TillStatus(row.status))


def leased_by(connection: Connection, device_id: str) -> Leased | None:
    """Returns what a till has on lease; None if there is no such till, or it is shut out."""
    row = connection.execute(_LEASED, {"device": device_id}).one_or_none()
    return None if row is None else Leased(row.name, int(row.leased))


def hear_version(hub: Hub, till: Device, said: str) -> None:
    """Keeps which version of the software a till says to have, if it is another one than before."""
    if said and said != till.app_version:
        with hub.database.transaction() as connection:
            note_version(connection, till.id, said)


def till_names(connection: Connection, device_ids: Iterable[str]) -> dict[str, str]:
    """Returns the names of those of the devices that are tills, by id."""
    query = select(_d.id, _d.name).where(_d.id.in_(list(device_ids)), _d.kind == "till")
    return {row.id: row.name for row in connection.execute(query)}

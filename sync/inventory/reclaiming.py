"""Takes back all that a till has on lease, without it, if it is lost, broken or revoked: a fact with a name on it.

What it has of gift cards, too.

If the till comes back with sales made of these units, its money is taken all the same; what goes over capacity becomes
an exception.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from sqlalchemy import Connection, select

from boxoffice.core.errors import BadInput, FieldError
from boxoffice.core.payloads.leases import LeaseReclaimed
from boxoffice.core.payloads.stored_value import ValueReclaimed
from sync.ledger.hub import Hub
from sync.ledger.intake import lock_device
from sync.store import pools, stored_values
from sync.store import tables as t


@dataclass(frozen=True, slots=True)
class Reclaimed:
    """Units of a pool that everyone can have again; of the till's lease, this `generation` has ended."""

    event_id: str
    pool_id: str
    units: int
    generation: int


def reclaim(hub: Hub, device_id: str, by: str, why: str = "") -> Sequence[Reclaimed]:
    """Moves all that the till has on lease back to available, in one transaction; returns what that was."""
    return hub.database.run(lambda connection: reclaim_within(hub, connection, device_id, by, why))


def reclaim_within(hub: Hub, connection: Connection, device_id: str, by: str, why: str = "") -> Sequence[Reclaimed]:
    """As `reclaim`, as a part of what the caller does."""
    lock_device(connection, device_id)
    taken = [Reclaimed(*each) for each in pools.on_lease(connection, device_id)]
    by_event = {event: list(mine) for event, mine in groupby(taken, lambda each: each.event_id)}
    for event, mine in by_event.items():  # before the first is written: nobody then waits for a pool with the chain
        pools.lock(connection, event, [each.pool_id for each in mine])
    for event, mine in by_event.items():
        told = [
            LeaseReclaimed(
                pool_id=each.pool_id,
                from_device=device_id,
                units=each.units,
                generation=each.generation,
                why=why,
                by=by,
            )
            for each in mine
        ]
        hub.write(connection, told, event)
    for event, lease in stored_values.held_by(connection, device_id):
        gone = ValueReclaimed(grant_id=lease.id, card_id=lease.card_id, from_device=device_id, why=why, by=by)
        hub.write(connection, [gone], event)
    return taken


def till_named(connection: Connection, name: str) -> str:
    """Returns the id of the till of this name, or with this id.

    Raises:
        BadInput: if there is none.
    """
    d = t.devices.c
    mine = select(d.id).where((d.name == name) | (d.id == name), d.kind == "till")
    found: str | None = connection.execute(mine).scalar_one_or_none()
    if found is None:
        tills = sorted(connection.scalars(select(d.name).where(d.kind == "till")))
        known = f"known are {', '.join(tills)}" if tills else "none is paired"
        raise BadInput([FieldError("till", f"there is no till “{name}”; {known}")])
    return found

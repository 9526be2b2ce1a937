"""Moves of units between a pool's counters: single conditional statements, so that nobody can oversell."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from sqlalchemy import Connection, text

from boxoffice.core.ids import PoolId
from boxoffice.core.inventory import NotEnoughLeft

_GRANT: Final = text("""
    WITH share AS (
        SELECT event_id, id, LEAST(available, CAST(:wanted AS int)) AS units
        FROM pools WHERE event_id = :event AND id = :pool FOR UPDATE
    )
    UPDATE pools p SET available = p.available - share.units, leased = p.leased + share.units
    FROM share WHERE p.event_id = share.event_id AND p.id = share.id AND share.units > 0
    RETURNING share.units
""")

_ADD_LEASE: Final = text("""
    INSERT INTO device_leases AS l (device_id, event_id, pool_id, granted) VALUES (:device, :event, :pool, :units)
    ON CONFLICT (device_id, event_id, pool_id) DO UPDATE SET granted = l.granted + excluded.granted
""")

# Both or neither: the second statement runs only if the first one found enough.
_SPEND_LEASE: Final = {
    "sold": text("""
        UPDATE device_leases SET sold = sold + :units
        WHERE device_id = :device AND event_id = :event AND pool_id = :pool AND granted - sold - returned >= :units
    """),
    "returned": text("""
        UPDATE device_leases SET returned = returned + :units
        WHERE device_id = :device AND event_id = :event AND pool_id = :pool AND granted - sold - returned >= :units
    """),
}
_LEAVE_LEASED: Final = {
    "sold": text(
        "UPDATE pools SET leased = leased - :units, sold = sold + :units WHERE event_id = :event AND id = :pool"
    ),
    "returned": text("""
        UPDATE pools SET leased = leased - :units, available = available + :units
        WHERE event_id = :event AND id = :pool
    """),
}

_LOCK: Final = text("""
    SELECT id, available FROM pools WHERE event_id = :event AND id = ANY(:pools) ORDER BY id FOR UPDATE
""")

_LEFT: Final = text("""
    SELECT id, capacity, available + leased AS "left", available FROM pools WHERE event_id = :event ORDER BY id
""")


# Locked in one fixed order, so that nobody deadlocks.
_WANTED: Final = """
    WITH wanted AS (
        SELECT * FROM unnest(CAST(:pools AS text[]), CAST(:units AS int[])) AS w (id, units)
    ), locked AS (
        SELECT p.id FROM pools p JOIN wanted w ON w.id = p.id WHERE p.event_id = :event ORDER BY p.id FOR UPDATE OF p
    )
"""

_HOLD: Final = text(f"""{_WANTED}
    UPDATE pools p SET available = p.available - w.units, held = p.held + w.units
    FROM locked JOIN wanted w ON w.id = locked.id
    WHERE p.event_id = :event AND p.id = locked.id AND p.available >= w.units
    RETURNING p.id
""")  # noqa: S608  # joined of two constants

_SELL: Final = text("""
    UPDATE pools SET available = available - :units, sold = sold + :units
    WHERE event_id = :event AND id = :pool AND available >= :units
""")

_TAKE_BACK: Final = text("""
    UPDATE pools SET sold = sold - :units, available = available + :units WHERE event_id = :event AND id = :pool
""")

_END_HOLD: Final = {
    "sold": text(f"""{_WANTED}
        UPDATE pools p SET held = p.held - w.units, sold = p.sold + w.units
        FROM locked JOIN wanted w ON w.id = locked.id WHERE p.event_id = :event AND p.id = locked.id
    """),  # noqa: S608  # as above
    "available": text(f"""{_WANTED}
        UPDATE pools p SET held = p.held - w.units, available = p.available + w.units
        FROM locked JOIN wanted w ON w.id = locked.id WHERE p.event_id = :event AND p.id = locked.id
    """),  # noqa: S608  # as above
}


@dataclass(frozen=True, slots=True)
class Left:
    """`left` is what nobody has sold or holds; `available` is the part of it that is not with the tills."""

    pool_id: str
    capacity: int
    left: int
    available: int


def grant(connection: Connection, device: str, event: str, wanted: Mapping[str, int]) -> dict[str, int]:
    """Moves up to `wanted` units of each pool from available to the device's lease; returns what it got."""
    got: dict[str, int] = {}
    for pool, units in sorted(wanted.items()):
        granted = connection.execute(_GRANT, {"event": event, "pool": pool, "wanted": units}).scalar()
        if granted:
            got[pool] = int(granted)
            _add_lease(connection, device, event, pool, got[pool])
    return got


def lock(connection: Connection, event: str, pools: Iterable[str]) -> dict[str, int]:
    """Keeps the pools as they are, in one fixed order so that nobody deadlocks; returns what is available of each."""
    rows = connection.execute(_LOCK, {"event": event, "pools": sorted(pools)})
    return {row.id: row.available for row in rows}


def spend(connection: Connection, device: str, event: str, units: Mapping[str, int], how: str) -> list[str]:
    """Moves leased units to sold, or back to available (`how` is sold or returned); returns pools that lacked them."""
    short = []
    for pool, count in sorted(units.items()):
        values = {"device": device, "event": event, "pool": pool, "units": count}
        if count <= 0:
            continue
        if connection.execute(_SPEND_LEASE[how], values).rowcount:
            connection.execute(_LEAVE_LEASED[how], values)
        else:
            short.append(pool)
    return short


def left(connection: Connection, event: str) -> Sequence[Left]:
    """Returns how many units nobody has sold or holds, of each pool."""
    return [Left(*row) for row in connection.execute(_LEFT, {"event": event})]


def hold(connection: Connection, event: str, units: Mapping[str, int]) -> None:
    """Moves available units to held, of all pools or of none.

    Raises:
        NotEnoughLeft: naming every pool that has too little; the transaction must then be given up.
    """
    wanted = {pool: count for pool, count in units.items() if count > 0}
    if not wanted:
        return
    values = {"event": event, "pools": list(wanted), "units": list(wanted.values())}
    got = set(connection.scalars(_HOLD, values))
    if short := wanted.keys() - got:
        available = lock(connection, event, wanted)
        raise NotEnoughLeft({PoolId(pool): available.get(pool, 0) for pool in sorted(short)})


def sell(connection: Connection, event: str, pool: str, units: int) -> bool:
    """Moves available units to sold; returns whether there were so many."""
    return connection.execute(_SELL, {"event": event, "pool": pool, "units": units}).rowcount == 1


def take_back(connection: Connection, event: str, units: Mapping[str, int]) -> None:
    """Moves sold units back to available: their tickets were voided, or the goods given back."""
    for pool, count in sorted(units.items()):
        connection.execute(_TAKE_BACK, {"event": event, "pool": pool, "units": count})


def end_hold(connection: Connection, event: str, units: Mapping[str, int], how: Literal["sold", "available"]) -> None:
    """Moves held units to sold, or back to available."""
    held = {pool: count for pool, count in units.items() if count > 0}
    if held:
        values = {"event": event, "pools": list(held), "units": list(held.values())}
        connection.execute(_END_HOLD[how], values)


def _add_lease(connection: Connection, device: str, event: str, pool: str, units: int) -> None:
    connection.execute(_ADD_LEASE, {"device": device, "event": event, "pool": pool, "units": units})

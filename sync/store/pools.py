"""Moves of units between a pool's counters: single conditional statements, so that nobody can oversell."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Literal

from sqlalchemy import Connection, text

from boxoffice.core.ids import PoolId
from boxoffice.core.inventory import NotEnoughLeft
from boxoffice.core.leasing import Demand

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
        UPDATE device_leases SET sold = sold + :units, last_sold_at = now()
        WHERE device_id = :device AND event_id = :event AND pool_id = :pool AND granted - sold - returned >= :units
    """),
    "returned": text("""
        UPDATE device_leases SET returned = returned + :units
        WHERE device_id = :device AND event_id = :event AND pool_id = :pool AND granted - sold - returned >= :units
    """),
}
_RECLAIM: Final = text("""
    WITH mine AS (
        SELECT device_id, event_id, pool_id, granted - sold - returned AS units FROM device_leases
        WHERE device_id = :device AND granted - sold - returned > 0 FOR UPDATE
    )
    UPDATE device_leases l SET returned = l.returned + mine.units, reclaimed = l.reclaimed + mine.units
    FROM mine WHERE (l.device_id, l.event_id, l.pool_id) = (mine.device_id, mine.event_id, mine.pool_id)
    RETURNING l.event_id, l.pool_id, mine.units
""")
_WAS_RECLAIMED: Final = text("""
    SELECT 1 FROM device_leases WHERE device_id = :device AND event_id = :event AND pool_id = :pool AND reclaimed > 0
""")
_DEMAND: Final = text("""
    WITH active AS (
        SELECT count(*) AS tills FROM devices
        WHERE kind = 'till' AND status = 'active' AND last_seen_at > now() - CAST(:seen AS interval)
    )
    SELECT p.id AS pool, p.capacity, p.available, p.available + p.leased AS unsold, active.tills,
           coalesce(l.granted - l.sold - l.returned, 0) AS mine, coalesce(l.sold - l.counted_sold, 0) AS sold_lately
    FROM pools p CROSS JOIN active
    LEFT JOIN device_leases l ON l.event_id = p.event_id AND l.pool_id = p.id AND l.device_id = :device
    WHERE p.event_id = :event AND p.id = ANY(:pools) ORDER BY p.id
""")
# A till's rate is what it has sold since its last look, ten to twenty minutes ago.
_COUNT: Final = text("""
    UPDATE device_leases SET counted_sold = sold, counted_at = now()
    WHERE device_id = :device AND event_id = :event AND pool_id = ANY(:pools)
      AND (counted_at IS NULL OR counted_at < now() - interval '10 minutes')
""")
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
    SELECT p.id, p.capacity, p.available + p.leased AS "left", p.available, p.leased, p.held,
           p.available + p.leased - coalesce(l.granted - l.sold - l.returned, 0) AS elsewhere
    FROM pools p LEFT JOIN device_leases l ON l.event_id = p.event_id AND l.pool_id = p.id AND l.device_id = :device
    WHERE p.event_id = :event ORDER BY p.id
""")
_FREE_AT: Final = text("""
    SELECT units.pool, min(h.expires_at) AS free_at
    FROM holds h JOIN orders o ON o.id = h.order_id
    JOIN facts f ON f.kind = 'order_placed' AND f.payload ->> 'order_id' = o.id
    CROSS JOIN LATERAL jsonb_object_keys(f.payload -> 'units') AS units (pool)
    WHERE o.event_id = :event AND o.status IN ('pending', 'processing') AND h.expires_at > now()
    GROUP BY units.pool
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
    """`left` is what nobody has sold or holds: `available`, and what is `leased` to tills. `held` are being paid for.

    `elsewhere` is the part of `left` that is not on the lease of the device that asks.
    """

    pool_id: str
    capacity: int
    left: int
    available: int
    leased: int
    held: int
    elsewhere: int


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


def left(connection: Connection, event: str, device: str = "") -> Sequence[Left]:
    """Returns how many units nobody has sold or holds, of each pool, as a device sees it."""
    return [Left(*row) for row in connection.execute(_LEFT, {"event": event, "device": device})]


@dataclass(frozen=True, slots=True)
class Wanted:
    """A pool as it stands for a till that wants units of it: `mine` is what it has on lease and has not sold."""

    available: int
    mine: int
    demand: Demand


def demand(
    connection: Connection, device: str, event: str, wanted: Iterable[str], seen: timedelta
) -> dict[str, Wanted]:
    """Returns the pools as they stand for a till that is locked; tills that were `seen` so lately are active."""
    values = {"device": device, "event": event, "pools": sorted(wanted)}
    rows = connection.execute(_DEMAND, values | {"seen": seen}).all()
    connection.execute(_COUNT, values)
    return {
        row.pool: Wanted(row.available, row.mine, Demand(row.capacity, row.unsold, row.tills, max(0, row.sold_lately)))
        for row in rows
    }


def reclaim(connection: Connection, device: str) -> list[tuple[str, str, int]]:
    """Moves all that a device has on lease back to available; returns event, pool and units of each. Lock it first."""
    taken = sorted((row.event_id, row.pool_id, row.units) for row in connection.execute(_RECLAIM, {"device": device}))
    for event, pool, units in taken:
        connection.execute(_LEAVE_LEASED["returned"], {"event": event, "pool": pool, "units": units})
    return taken


def was_reclaimed(connection: Connection, device: str, event: str, pool: str) -> bool:
    """Returns whether units of the pool were taken back from the device without its knowledge."""
    values = {"device": device, "event": event, "pool": pool}
    return connection.execute(_WAS_RECLAIMED, values).first() is not None


def free_at(connection: Connection, event: str) -> dict[PoolId, datetime]:
    """Returns when the first of the units that are held may be free again, by pool; from web orders alone."""
    return {PoolId(row.pool): row.free_at for row in connection.execute(_FREE_AT, {"event": event})}


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

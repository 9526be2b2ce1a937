"""How pools and leases stand: what is left, for whom, and who asks for how much."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import Connection, text

from boxoffice.core.closed_sets import listed
from boxoffice.core.ids import PoolId
from boxoffice.core.leasing import Demand
from boxoffice.core.orders import OPEN

ACTIVE: Final = timedelta(minutes=15)
"""A till that was heard of within this time shares what is left."""
_ON_LEASE: Final = text("""
    SELECT event_id, pool_id, granted - sold - returned AS units, generation FROM device_leases
    WHERE device_id = :device AND granted - sold - returned > 0 ORDER BY event_id, pool_id FOR UPDATE
""")
_WAS_RECLAIMED: Final = text("""
    SELECT 1 FROM device_leases WHERE device_id = :device AND event_id = :event AND pool_id = :pool AND reclaimed > 0
      AND (CAST(:generation AS int) IS NULL OR generation > :generation)
""")
_DEMAND: Final = text("""
    WITH active AS (
        SELECT count(*) AS tills FROM devices
        WHERE kind = 'till' AND status = 'active' AND last_seen_at > now() - CAST(:seen AS interval)
    )
    SELECT p.id AS pool, p.capacity, p.available + p.leased AS unsold, active.tills,
           GREATEST(p.available - coalesce((
               SELECT sum(c.units) FROM pool_claims c WHERE (c.event_id, c.pool_id) = (p.event_id, p.id)
               AND c.ends_at > now() AND (CAST(:claim AS bigint) IS NULL OR c.id < :claim)
           ), 0) - coalesce((
               SELECT u.uses FROM promo_uses u WHERE u.event_id = p.event_id AND p.id = 'code:' || u.code
           ), 0), 0)::int AS available,
           coalesce(l.granted - l.sold - l.returned, 0) AS mine, coalesce(l.sold - l.counted_sold, 0) AS sold_lately,
           coalesce(l.generation, 0) AS generation
    FROM pools p CROSS JOIN active
    LEFT JOIN device_leases l ON l.event_id = p.event_id AND l.pool_id = p.id AND l.device_id = :device
    WHERE p.event_id = :event AND (p.id = ANY(:pools) OR cardinality(CAST(:pools AS text[])) = 0) ORDER BY p.id
""")
# A till's rate is what it has sold since its last look, ten to twenty minutes ago.
_COUNT: Final = text("""
    UPDATE device_leases SET counted_sold = sold, counted_at = now()
    WHERE device_id = :device AND event_id = :event AND pool_id = ANY(:pools)
      AND (counted_at IS NULL OR counted_at < now() - interval '10 minutes')
""")
_LOCK: Final = text("""
    SELECT id, available FROM pools WHERE event_id = :event AND id = ANY(:pools) ORDER BY id FOR UPDATE
""")

_LEFT: Final = text("""
    SELECT p.id, p.capacity, p.available + p.leased AS "left", p.available, p.leased, p.held,
           p.available + p.leased - coalesce(l.granted - l.sold - l.returned, 0) AS elsewhere,
           coalesce((
               SELECT sum(c.units) FROM pool_claims c WHERE (c.event_id, c.pool_id) = (p.event_id, p.id)
               AND c.ends_at > now() AND (CAST(:claim AS bigint) IS NULL OR c.id < :claim)
           ), 0)::int AS promised
    FROM pools p LEFT JOIN device_leases l ON l.event_id = p.event_id AND l.pool_id = p.id AND l.device_id = :device
    WHERE p.event_id = :event ORDER BY p.id
""")
_FREE_AT: Final = text(f"""
    SELECT units.pool, min(h.expires_at) AS free_at
    FROM holds h JOIN orders o ON o.id = h.order_id
    JOIN facts f ON f.kind = 'order_placed' AND f.payload ->> 'order_id' = o.id
    CROSS JOIN LATERAL jsonb_object_keys(f.payload -> 'units') AS units (pool)
    WHERE o.event_id = :event AND o.status IN ({listed(OPEN)}) AND h.expires_at > now()
    GROUP BY units.pool
""")  # noqa: S608  # of the words of a closed set
_ANSWERED: Final = text("""
    UPDATE lease_recalls SET answered_at = now()
    WHERE device_id = :device AND event_id = :event AND pool_id = :pool AND answered_at IS NULL
""")


@dataclass(frozen=True, slots=True)
class Left:
    """`left` is what nobody has sold or holds: `available`, and what is `leased` to tills. `held` are being paid for.

    `elsewhere` is the part of `left` that is not on the lease of the device that asks. `promised` is what others wait
    for who came before: what comes free is theirs first.
    """

    pool_id: str
    capacity: int
    left: int
    available: int
    leased: int
    held: int
    elsewhere: int
    promised: int = 0

    @property
    def free(self) -> int:
        """Returns what can be had now."""
        return max(0, self.available - self.promised)


def lock(connection: Connection, event: str, pools: Iterable[str]) -> dict[str, int]:
    """Keeps the pools as they are, in one fixed order so that nobody deadlocks; returns what is available of each."""
    rows = connection.execute(_LOCK, {"event": event, "pools": sorted(pools)})
    return {row.id: row.available for row in rows}


def left(connection: Connection, event: str, device: str = "", claim: int | None = None) -> Sequence[Left]:
    """Returns how many units nobody has sold or holds, of each pool, as a device sees it, or whoever has the claim."""
    return [Left(*row) for row in connection.execute(_LEFT, {"event": event, "device": device, "claim": claim})]


@dataclass(frozen=True, slots=True)
class Wanted:
    """A pool as it stands for a till that wants units of it: `mine` is what it has on lease and has not sold.

    `available` is without what others wait for who came before. `generation` is that of its lease.
    """

    available: int
    mine: int
    demand: Demand
    generation: int


def demand(
    connection: Connection, device: str, event: str, wanted: Iterable[str] = (), claim: int | None = None
) -> dict[str, Wanted]:
    """Returns the pools as they stand for a till: those that it wants, or all of the event."""
    values = {"device": device, "event": event, "pools": sorted(wanted), "claim": claim, "seen": ACTIVE}
    return {
        row.pool: Wanted(
            row.available,
            row.mine,
            Demand(row.capacity, row.unsold, row.tills, max(0, row.sold_lately)),
            row.generation,
        )
        for row in connection.execute(_DEMAND, values)
    }


def note_rate(connection: Connection, device: str, event: str, pools: Iterable[str]) -> None:
    """Begins to count anew what the till sells, if that was ten minutes ago. Lock the device first."""
    connection.execute(_COUNT, {"device": device, "event": event, "pools": sorted(pools)})


def on_lease(connection: Connection, device: str) -> list[tuple[str, str, int, int]]:
    """Returns what a device has on lease and has not sold: event, pool, units, generation. Lock the device first."""
    rows = connection.execute(_ON_LEASE, {"device": device})
    return [(row.event_id, row.pool_id, row.units, row.generation) for row in rows]


def was_reclaimed(connection: Connection, device: str, event: str, pool: str, generation: int | None) -> bool:
    """Returns whether units of the pool were taken back from the device without its knowledge.

    If it says which generation it speaks of: whether that has ended.
    """
    values = {"device": device, "event": event, "pool": pool, "generation": generation}
    return connection.execute(_WAS_RECLAIMED, values).first() is not None


def note_answered(connection: Connection, device: str, event: str, pool: str) -> None:
    """Notes that a till that was asked for units of a pool gave back what it could."""
    connection.execute(_ANSWERED, {"device": device, "event": event, "pool": pool})


def free_at(connection: Connection, event: str) -> dict[PoolId, datetime]:
    """Returns when the first of the units that are held may be free again, by pool; from web orders alone."""
    return {PoolId(row.pool): row.free_at for row in connection.execute(_FREE_AT, {"event": event})}

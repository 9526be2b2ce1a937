"""What each till holds of each pool, as the hub knows it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Connection, text

from boxoffice.core.closed_sets import listed
from boxoffice.core.orders import OPEN

# Orders of a till that are neither paid nor given up hold what they took of its lease.
_HELD: Final = f"""
    SELECT o.placed_by AS device_id, o.event_id, units.pool AS pool_id, sum(units.n::int) AS held
    FROM orders o JOIN facts f ON f.kind = 'order_placed' AND f.payload ->> 'order_id' = o.id
    CROSS JOIN LATERAL jsonb_each_text(f.payload -> 'units') AS units (pool, n)
    WHERE o.channel <> 'web' AND o.status IN ({listed(OPEN)}) GROUP BY 1, 2, 3
"""  # noqa: S608  # of the words of a closed set
_PLACES: Final = text(f"""
    WITH held AS ({_HELD})
    SELECT d.id AS device, d.name AS till, d.status, p.event_id AS event, p.id AS pool, p.name,
           l.granted, l.returned, l.sold, l.granted - l.sold - l.returned AS unsold, l.reclaimed,
           LEAST(coalesce(h.held, 0), l.granted - l.sold - l.returned) AS held,
           r.asked_at IS NOT NULL AS is_asked
    FROM device_leases l JOIN devices d ON d.id = l.device_id
    JOIN pools p ON (p.event_id, p.id) = (l.event_id, l.pool_id)
    LEFT JOIN held h ON (h.device_id, h.event_id, h.pool_id) = (l.device_id, l.event_id, l.pool_id)
    LEFT JOIN lease_recalls r ON (r.device_id, r.event_id, r.pool_id) = (l.device_id, l.event_id, l.pool_id)
         AND r.answered_at IS NULL AND r.ends_at > now()
    WHERE l.granted > 0 ORDER BY d.created_at, p.event_id, p.name
""")  # noqa: S608  # joined of two constants
_BACK: Final = text("""
    SELECT d.name AS till, p.name, p.available, l.granted - l.sold - l.returned AS units
    FROM devices d LEFT JOIN device_leases l ON l.device_id = d.id AND l.granted - l.sold - l.returned > 0
    LEFT JOIN pools p ON (p.event_id, p.id) = (l.event_id, l.pool_id)
    WHERE d.id = :device AND d.kind = 'till' ORDER BY p.event_id, p.name
""")


@dataclass(frozen=True, slots=True)
class Back:
    """What would come back of a pool if a till's units were taken: it has `units`, and `free` are available now."""

    name: str
    free: int
    units: int


@dataclass(frozen=True, slots=True)
class TillPlaces:
    """One till with its rows: pool, granted, given back, sold, held by sales under way, and left to sell.

    What was granted is the sum of what follows.
    """

    id: str
    name: str
    is_revoked: bool
    is_asked: bool
    unsold: int
    rows: tuple[tuple[str, int, int, int, int, int], ...]


def places_of_tills(connection: Connection) -> Sequence[TillPlaces]:
    """Returns what the tills hold that hold anything, or that sold of what they held."""
    by_till: dict[str, list[Any]] = {}
    for row in connection.execute(_PLACES):
        by_till.setdefault(row.device, []).append(row)
    return [
        TillPlaces(
            id=device,
            name=rows[0].till,
            is_revoked=rows[0].status == "revoked",
            is_asked=any(row.is_asked for row in rows),
            unsold=sum(row.unsold for row in rows),
            rows=tuple(
                (row.name, row.granted, row.returned, row.sold, row.held, row.unsold - row.held) for row in rows
            ),
        )
        for device, rows in by_till.items()
        if any(row.unsold for row in rows) or rows[0].status != "revoked"
    ]


def held_by(connection: Connection, device_id: str) -> tuple[str, list[Back]] | None:
    """Returns the till's name and what it holds, or None if there is no such till."""
    rows = connection.execute(_BACK, {"device": device_id}).all()
    if not rows:
        return None
    return rows[0].till, [Back(row.name, row.available, row.units) for row in rows if row.units]

"""What the hub said last is left of each pool, and where: here the till adds only what it moved itself since."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import Connection

from boxoffice.core.facts import instant
from boxoffice.core.ids import PoolId
from boxoffice.core.wire.leases import PoolLeft

_NOTE: Final = """
    INSERT INTO pools_seen (event_id, pool_id, capacity, "left", elsewhere, held, retry_at, share, stock)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
    ON CONFLICT DO UPDATE SET capacity = excluded.capacity, "left" = excluded."left", elsewhere = excluded.elsewhere,
        held = excluded.held, retry_at = excluded.retry_at, share = excluded.share, stock = excluded.stock
"""
_READ: Final = """
    SELECT s.pool_id, coalesce(s.elsewhere, s."left" - coalesce(l.granted - l.sold - l.returned, 0)), s.held,
           s.retry_at, s.share, s.stock
    FROM pools_seen s LEFT JOIN leases l ON l.event_id = s.event_id AND l.pool_id = s.pool_id WHERE s.event_id = ?
"""
_GAVE: Final = "UPDATE pools_seen SET elsewhere = elsewhere + ? WHERE event_id = ? AND pool_id = ?"


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """`units` may be had elsewhere; `held` are being paid for, the first of them until `retry_at`.

    `share` is what this till should hold to sell from, and `stock` what it may hold if its network is bad; None where
    nobody has said.
    """

    units: int
    held: int = 0
    retry_at: datetime | None = None
    share: int | None = None
    stock: int | None = None


def note(connection: Connection, event_id: str, pools: Sequence[PoolLeft]) -> None:
    """Keeps what the hub says."""
    for p in pools:
        values = (event_id, p.pool_id, p.capacity, p.left, p.elsewhere, p.held, p.retry_at, p.share, p.stock)
        connection.exec_driver_sql(_NOTE, values)


def gave(connection: Connection, event_id: str, pool_id: str, units: int) -> None:
    """Counts units that this till has just given back as elsewhere."""
    connection.exec_driver_sql(_GAVE, (units, event_id, pool_id))


def read(connection: Connection, event_id: str) -> Mapping[PoolId, Elsewhere]:
    """Returns what is elsewhere, by pool."""
    rows = connection.exec_driver_sql(_READ, (event_id,))
    return {
        PoolId(row[0]): Elsewhere(
            max(0, row[1]), row[2], None if row[3] is None else instant(row[3]), share=row[4], stock=row[5]
        )
        for row in rows
    }

"""The till's leases: conditional statements, so that no way through the code sells what is not there."""

from collections.abc import Mapping
from typing import Final

from sqlalchemy import Connection

from boxoffice.core.ids import PoolId
from boxoffice.core.inventory import LeaseCount, NotEnoughLeft

_HOLD: Final = """
    UPDATE leases SET held = held + :units
    WHERE event_id = :event AND pool_id = :pool AND granted - sold - held - returned >= :units
"""
_RELEASE: Final = "UPDATE leases SET held = held - :units WHERE event_id = :event AND pool_id = :pool"
_SELL: Final = (
    "UPDATE leases SET held = held - :units, sold = sold + :units WHERE event_id = :event AND pool_id = :pool"
)
_RECLAIM: Final = """
    UPDATE leases SET returned = returned + min(:units, granted - sold - held - returned)
    WHERE event_id = :event AND pool_id = :pool
"""
_OTHERS: Final = """
    SELECT event_id, pool_id, granted - sold - held - returned FROM leases
    WHERE event_id <> ? AND granted - sold - held - returned > 0 ORDER BY event_id, pool_id
"""
_GRANT: Final = """
    INSERT INTO leases (event_id, pool_id, granted) VALUES (:event, :pool, :units)
    ON CONFLICT DO UPDATE SET granted = granted + excluded.granted
"""


def hold(connection: Connection, event_id: str, units: Mapping[str, int]) -> None:
    """Keeps units for an order whose payment is under way.

    Raises:
        NotEnoughLeft: naming every pool that has too little; the transaction must then be given up.
    """
    short = [pool for pool, each in units.items() if not _run(connection, _HOLD, event_id, pool, each)]
    if short:
        counts = counts_of(connection, event_id)
        raise NotEnoughLeft({PoolId(pool): counts.get(PoolId(pool), LeaseCount()).left for pool in short})


def release(connection: Connection, event_id: str, units: Mapping[str, int]) -> None:
    """Lets held units go: the order came to nothing."""
    for pool, each in units.items():
        _run(connection, _RELEASE, event_id, pool, each)


def sell(connection: Connection, event_id: str, units: Mapping[str, int]) -> None:
    """Sells held units."""
    for pool, each in units.items():
        _run(connection, _SELL, event_id, pool, each)


def reclaim(connection: Connection, event_id: str, pool_id: str, units: int) -> None:
    """Loses what the hub took back: as much of it as is neither sold nor held here."""
    _run(connection, _RECLAIM, event_id, pool_id, units)


def of_other_events(connection: Connection, event_id: str) -> list[tuple[str, PoolId, int]]:
    """Returns what this till could still sell of other events: event, pool and units of each."""
    rows = connection.exec_driver_sql(_OTHERS, (event_id,))
    return [(row[0], PoolId(row[1]), row[2]) for row in rows]


def grant(connection: Connection, event_id: str, pool_id: str, units: int) -> None:
    """Adds units that the hub gave."""
    _run(connection, _GRANT, event_id, pool_id, units)


def counts_of(connection: Connection, event_id: str) -> dict[PoolId, LeaseCount]:
    """Returns the leases of an event by pool."""
    rows = connection.exec_driver_sql(
        "SELECT pool_id, granted, sold, held, returned FROM leases WHERE event_id = ?", (event_id,)
    )
    return {PoolId(row[0]): LeaseCount(row[1], row[2], row[3], row[4]) for row in rows}


def _run(connection: Connection, statement: str, event_id: str, pool: str, units: int) -> bool:
    values = {"event": event_id, "pool": pool, "units": units}
    return connection.exec_driver_sql(statement, values).rowcount > 0

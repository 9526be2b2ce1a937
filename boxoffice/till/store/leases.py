"""The till's leases: conditional statements, so that no way through the code sells what is not there."""

from collections.abc import Sequence
from typing import Final

from sqlalchemy import Connection

from boxoffice.core.ids import PoolId
from boxoffice.core.inventory import POOL_MOVES, LeaseCount, NotEnoughLeft, PoolMove, UnitMove

_LEFT: Final = "granted - sold - held - returned - frozen"
_OTHERS: Final = f"""
    SELECT event_id, pool_id, {_LEFT} FROM leases WHERE event_id <> ? AND {_LEFT} > 0 ORDER BY event_id, pool_id
"""  # noqa: S608  # of constants
_FREEZE: Final = f"UPDATE leases SET frozen = frozen + {_LEFT} WHERE {_LEFT} > 0"  # noqa: S608  # of constants


def _statement(move: PoolMove, start: str | None, end: str) -> str:
    """Moves units of one pool if there are enough; of what the hub took back, as much as is still there."""
    if start is None:
        return """
            INSERT INTO leases (event_id, pool_id, granted) VALUES (:event, :pool, :units)
            ON CONFLICT DO UPDATE SET granted = granted + excluded.granted
        """
    units = f"min(:units, {_LEFT})" if move is PoolMove.RECLAIM else ":units"
    changes = [f"{name} = {name} {sign} {units}" for name, sign in ((start, "-"), (end, "+")) if name != "left"]
    there = _LEFT if start == "left" else start
    return f"UPDATE leases SET {', '.join(changes)} WHERE event_id = :event AND pool_id = :pool AND {there} >= {units}"  # noqa: S608  # of constants


_MOVES: Final = {move: _statement(move, *way.lease) for move, way in POOL_MOVES.items() if way.lease is not None}


def make(connection: Connection, moves: Sequence[UnitMove]) -> None:
    """Makes the moves in their order.

    Raises:
        NotEnoughLeft: naming every pool that has too little; the transaction must then be given up.
    """
    short = [move for move in moves if not _run(connection, move)]
    if short:
        counts = {event: counts_of(connection, event) for event in {move.event_id for move in short}}
        pools = {PoolId(move.pool_id): counts[move.event_id] for move in short}
        raise NotEnoughLeft({pool: mine.get(pool, LeaseCount()).left for pool, mine in pools.items()})


def of_other_events(connection: Connection, event_id: str) -> list[tuple[str, PoolId, int]]:
    """Returns what this till could still sell of other events: event, pool and units of each."""
    rows = connection.exec_driver_sql(_OTHERS, (event_id,))
    return [(row[0], PoolId(row[1]), row[2]) for row in rows]


def freeze(connection: Connection) -> None:
    """Takes all that is left off sale: lost facts may have sold it, so it is neither sold nor given back."""
    connection.exec_driver_sql(_FREEZE)


def counts_of(connection: Connection, event_id: str) -> dict[PoolId, LeaseCount]:
    """Returns the leases of an event by pool; what is frozen counts as held."""
    rows = connection.exec_driver_sql(
        "SELECT pool_id, granted, sold, held + frozen, returned FROM leases WHERE event_id = ?", (event_id,)
    )
    return {PoolId(row[0]): LeaseCount(row[1], row[2], row[3], row[4]) for row in rows}


def _run(connection: Connection, move: UnitMove) -> bool:
    statement = _MOVES.get(move.move)
    if statement is None:
        return True
    values = {"event": move.event_id, "pool": move.pool_id, "units": move.units}
    is_there = connection.exec_driver_sql(statement, values).rowcount > 0
    return is_there or move.move is PoolMove.RECLAIM

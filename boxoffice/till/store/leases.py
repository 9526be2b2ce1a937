"""The till's leases: conditional statements, so that no way through the code sells what is not there."""

from collections.abc import Mapping, Sequence
from typing import Final

from sqlalchemy import Connection

from boxoffice.core.ids import PoolId
from boxoffice.core.inventory import POOL_MOVES, LeaseCount, NotEnoughLeft, PoolMove, UnitMove
from boxoffice.till.store import value_leases

_LEFT: Final = "granted - sold - held - returned - frozen"
_OTHERS: Final = f"""
    SELECT event_id, pool_id, {_LEFT} FROM leases WHERE event_id <> ? AND {_LEFT} > 0 ORDER BY event_id, pool_id
"""  # noqa: S608  # of constants
_FREEZE: Final = f"UPDATE leases SET frozen = frozen + {_LEFT} WHERE {_LEFT} > 0"  # noqa: S608  # of constants


_GENERATIONS: Final = "SELECT pool_id, generation FROM leases WHERE event_id = ?"
_END_BEFORE: Final = """
    INSERT INTO leases (event_id, pool_id, generation) VALUES (:event, :pool, :generation)
    ON CONFLICT DO UPDATE SET returned = granted - sold - held, frozen = 0, generation = excluded.generation
    WHERE generation < excluded.generation
"""
_IS_CURRENT: Final = "(:generation IS NULL OR generation = :generation)"
_HAS_ENDED: Final = "generation > :generation"


def _statement(move: PoolMove, start: str | None, end: str, which: str = _IS_CURRENT) -> str:
    """Moves units of one pool if there are enough; of what the hub took back, as much as is still there."""
    if start is None:
        also = "" if end == "left" else f", {end} = {end} + excluded.granted"
        return f"""
            INSERT INTO leases (event_id, pool_id, granted, generation)
            VALUES (:event, :pool, :units, coalesce(:generation, 0))
            ON CONFLICT DO UPDATE SET granted = granted + excluded.granted {also} WHERE {which}
        """  # noqa: S608  # of constants
    units = f"min(:units, {_LEFT})" if move is PoolMove.RECLAIM else ":units"
    changes = [f"{name} = {name} {sign} {units}" for name, sign in ((start, "-"), (end, "+")) if name != "left"]
    there = _LEFT if start == "left" else start
    return f"""
        UPDATE leases SET {", ".join(changes)}
        WHERE event_id = :event AND pool_id = :pool AND {there} >= {units} AND {which}
    """  # noqa: S608  # of constants


_MOVES: Final = {move: _statement(move, *way.lease) for move, way in POOL_MOVES.items() if way.lease is not None}
_ENDED: Final = {
    move: _statement(move, *way.closed, _HAS_ENDED) for move, way in POOL_MOVES.items() if way.closed is not None
}
_IS_THERE: Final = f"SELECT 1 FROM leases WHERE event_id = :event AND pool_id = :pool AND {_HAS_ENDED}"  # noqa: S608  # of constants


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


def generations_of(connection: Connection, event_id: str) -> dict[str, int]:
    """Returns which generation this till's leases of an event are in, by pool."""
    return {row[0]: row[1] for row in connection.exec_driver_sql(_GENERATIONS, (event_id,))}


def freeze(connection: Connection) -> None:
    """Takes all that is left off sale: lost facts may have sold it, so it is neither sold nor given back."""
    connection.exec_driver_sql(_FREEZE)
    value_leases.freeze(connection)


def counts_of(connection: Connection, event_id: str) -> dict[PoolId, LeaseCount]:
    """Returns the leases of an event by pool; what is frozen counts as held."""
    rows = connection.exec_driver_sql(
        "SELECT pool_id, granted, sold, held + frozen, returned, generation FROM leases WHERE event_id = ?", (event_id,)
    )
    return {PoolId(row[0]): LeaseCount(*row[1:]) for row in rows}


def _run(connection: Connection, move: UnitMove) -> bool:
    statement = _MOVES.get(move.move)
    if statement is None:
        return True
    values = {"event": move.event_id, "pool": move.pool_id, "units": move.units, "generation": move.generation}
    if move.generation is not None and move.move in (PoolMove.GRANT, PoolMove.RECLAIM):
        begun = move.generation + (move.move is PoolMove.RECLAIM)
        connection.exec_driver_sql(_END_BEFORE, values | {"generation": begun})
        if move.move is PoolMove.RECLAIM:
            return True
    if connection.exec_driver_sql(statement, values).rowcount > 0 or move.move is PoolMove.RECLAIM:
        return True
    return move.generation is not None and _run_ended(connection, move, values)


def _run_ended(connection: Connection, move: UnitMove, values: Mapping[str, object]) -> bool:
    """Makes a move that rests on a generation which has ended; returns whether it does."""
    if move.move in _ENDED:
        return connection.exec_driver_sql(_ENDED[move.move], dict(values)).rowcount > 0
    return connection.exec_driver_sql(_IS_THERE, dict(values)).first() is not None

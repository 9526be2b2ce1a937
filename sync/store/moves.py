"""Moves of units between pools and leases: single conditional statements, so that nobody can oversell."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import groupby
from typing import Final

from sqlalchemy import Connection, TextClause, text

from boxoffice.core.ids import PoolId
from boxoffice.core.inventory import CLAIMS, HAPPENED, POOL_MOVES, Lack, NotEnoughLeft, PoolMove, UnitMove
from sync.store import pools

# Locked in one fixed order, so that nobody deadlocks.
_WANTED: Final = """
    WITH wanted AS (
        SELECT * FROM unnest(CAST(:pools AS text[]), CAST(:units AS bigint[])) AS w (id, units)
    ), locked AS (
        SELECT p.id FROM pools p JOIN wanted w ON w.id = p.id WHERE p.event_id = :event ORDER BY p.id FOR UPDATE OF p
    )
"""


def _in_pools(start: str, end: str) -> TextClause:
    """Moves units from one counter to another, of each pool that has enough there."""
    return text(f"""{_WANTED}
        UPDATE pools p SET {start} = p.{start} - w.units, {end} = p.{end} + w.units
        FROM locked JOIN wanted w ON w.id = locked.id
        WHERE p.event_id = :event AND p.id = locked.id AND p.{start} >= w.units
        RETURNING p.id
    """)  # noqa: S608  # joined of constants


def _on_leases(move: PoolMove, start: str | None, end: str) -> TextClause:
    """Moves units that are left on a till's lease, of each pool that has enough there; or adds to what is granted.

    All that is left is of one generation: nothing moves that rests on another. A reclaim ends it.
    """
    if start is None:
        return text("""
            INSERT INTO device_leases AS l (device_id, event_id, pool_id, granted, generation)
            SELECT :till, :event, w.id, w.units, coalesce(CAST(:generation AS int), 0)
            FROM unnest(CAST(:pools AS text[]), CAST(:units AS bigint[])) AS w (id, units)
            ON CONFLICT (device_id, event_id, pool_id) DO UPDATE SET granted = l.granted + excluded.granted,
              generation = coalesce(CAST(:generation AS int), l.generation)
            WHERE CAST(:generation AS int) IS NULL OR l.generation = :generation
               OR (l.generation < :generation AND l.granted = l.sold + l.returned)
            RETURNING l.pool_id
        """)
    also, which = _ALSO.get(move, ""), "<=" if move is PoolMove.RECLAIM else "="
    return text(f"""
        UPDATE device_leases l SET {end} = l.{end} + w.units {also}
        FROM unnest(CAST(:pools AS text[]), CAST(:units AS bigint[])) AS w (id, units)
        WHERE l.device_id = :till AND l.event_id = :event AND l.pool_id = w.id
          AND l.granted - l.sold - l.returned >= w.units
          AND (CAST(:generation AS int) IS NULL OR l.generation {which} :generation)
        RETURNING l.pool_id
    """)  # noqa: S608  # joined of constants


_ALSO: Final = {
    PoolMove.SELL_LEASED: ", last_sold_at = now()",
    PoolMove.RECLAIM: (
        ", reclaimed = l.reclaimed + w.units, generation = coalesce(CAST(:generation AS int) + 1, l.generation)"
    ),
}
_BACK: Final = frozenset({PoolMove.RETURN, PoolMove.RECLAIM})
"""What answers a recall: the units are here, and what the till gets from then on nobody has asked for."""
_POOLS: Final = {move: _in_pools(*way.pool) for move, way in POOL_MOVES.items() if way.pool is not None}
_LEASES: Final = {move: _on_leases(move, *way.told) for move, way in POOL_MOVES.items() if way.told is not None}


def make(connection: Connection, moves: Sequence[UnitMove]) -> list[Lack]:
    """Makes the moves in their order; returns those that had happened without units for them.

    What comes back answers what its till was asked for.

    Raises:
        NotEnoughLeft: if one claims more than is left; the transaction must then be given up.
    """
    real = [move for move in moves if move.move in _POOLS]
    groups = [list(group) for _, group in groupby(real, _kind_of)]
    if len(groups) > 1 or any(move.till for move in real):
        touched: defaultdict[str, set[str]] = defaultdict(set)
        for move in real:
            touched[move.event_id].add(move.pool_id)
        for event, mine in sorted(touched.items()):
            pools.lock(connection, event, mine)
    lacks = [lack for group in groups for lack in _make_alike(connection, group)]
    for move in real:
        if move.move in _BACK and move.till is not None:
            pools.note_answered(connection, move.till, move.event_id, move.pool_id)
    return lacks


def _kind_of(move: UnitMove) -> tuple[object, ...]:
    return move.move, move.event_id, move.till, move.generation


def _make_alike(connection: Connection, group: Sequence[UnitMove]) -> Iterator[Lack]:
    """Makes moves of one kind, event, till and generation at once; where units lack for all of them, one by one."""
    totals: Counter[str] = Counter()
    for move in group:
        totals[move.pool_id] += move.units
    short = _run(connection, group[0], totals)
    if short and group[0].move in CLAIMS:
        there = pools.lock(connection, group[0].event_id, short)
        raise NotEnoughLeft({PoolId(pool): there.get(pool, 0) for pool in sorted(short)})
    if short and group[0].move not in HAPPENED:
        raise ValueError(f"{group[0].move.value}: the counters of {sorted(short)} do not know of these units")
    for move in (each for each in group if each.pool_id in short):
        units = {move.pool_id: move.units}
        if len(group) > 1 and not _run(connection, move, units):
            continue
        yield Lack(move, has_room=_sells_free(connection, move, units))


def _sells_free(connection: Connection, move: UnitMove, units: Mapping[str, int]) -> bool:
    """Returns whether what a till sold without units on its lease could be taken of what all can have."""
    if move.move is not PoolMove.SELL_LEASED:
        return False
    return not _run(connection, replace(move, move=PoolMove.SELL_FREE), units)


def _run(connection: Connection, like: UnitMove, units: Mapping[str, int]) -> set[str]:
    """Moves units of several pools as `like` says; returns the pools that have too few: of these nothing moved."""
    wanted: dict[str, object] = {"event": like.event_id, "till": like.till, "generation": like.generation}
    wanted |= {"pools": list(units), "units": list(units.values())}
    lease, there = _LEASES.get(like.move), set(units)
    if lease is not None:
        there = set(connection.scalars(lease, wanted))
        wanted |= {"pools": sorted(there), "units": [units[pool] for pool in sorted(there)]}
    moved = set(connection.scalars(_POOLS[like.move], wanted)) if there else set()
    if lease is not None and moved != there and like.move not in CLAIMS:
        raise ValueError(f"the lease of {like.till} and its pools {sorted(there - moved)} are out of step")
    return units.keys() - moved

"""Pools and leases: where each unit of a capacity is, and the only moves it can make."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import Enum
from typing import Final

from boxoffice.core.errors import BoxofficeError
from boxoffice.core.ids import PoolId


class NotEnoughLeft(BoxofficeError):
    """Fewer units are left than were asked for; nothing moved."""

    def __init__(self, shortages: Mapping[PoolId, int]) -> None:
        self.shortages = dict(shortages)
        """What is left, by pool, of each pool that has too little."""
        super().__init__("not enough left: " + ", ".join(f"{left} of {pool}" for pool, left in shortages.items()))


class PoolMove(Enum):
    HOLD = "hold"
    RELEASE = "release"
    SELL_HELD = "sell_held"
    SELL_FREE = "sell_free"
    GRANT = "grant"
    RETURN = "return"
    RECLAIM = "reclaim"
    HOLD_LEASED = "hold_leased"
    RELEASE_LEASED = "release_leased"
    SELL_LEASED = "sell_leased"
    VOID = "void"


@dataclass(frozen=True, slots=True)
class Way:
    """From where to where the units of a move go; None where nothing moves, or where they come from elsewhere.

    `pool` is among the hub's counters. `lease` is on the till's own lease, and `told` on the lease as the hub knows it:
    what a till holds, the hub does not hear of, so there it is still left. `closed` is the till's own again, for a move
    that rests on a generation which has ended: its units are nobody's to sell, whatever becomes of them.
    """

    pool: tuple[str, str] | None = None
    lease: tuple[str | None, str] | None = None
    told: tuple[str | None, str] | None = None
    closed: tuple[str | None, str] | None = None


POOL_MOVES: Final[Mapping[PoolMove, Way]] = {
    PoolMove.HOLD: Way(pool=("available", "held")),
    PoolMove.RELEASE: Way(pool=("held", "available")),
    PoolMove.SELL_HELD: Way(pool=("held", "sold")),
    PoolMove.SELL_FREE: Way(pool=("available", "sold")),
    PoolMove.GRANT: Way(
        pool=("available", "leased"), lease=(None, "left"), told=(None, "left"), closed=(None, "returned")
    ),
    PoolMove.RETURN: Way(pool=("leased", "available"), lease=("left", "returned"), told=("left", "returned")),
    PoolMove.RECLAIM: Way(pool=("leased", "available"), lease=("left", "returned"), told=("left", "returned")),
    PoolMove.HOLD_LEASED: Way(lease=("left", "held"), closed=("returned", "held")),
    PoolMove.RELEASE_LEASED: Way(lease=("held", "left"), closed=("held", "returned")),
    PoolMove.SELL_LEASED: Way(
        pool=("leased", "sold"), lease=("held", "sold"), told=("left", "sold"), closed=("held", "sold")
    ),
    PoolMove.VOID: Way(pool=("sold", "available")),
}


CLAIMS: Final = frozenset({PoolMove.HOLD, PoolMove.GRANT, PoolMove.HOLD_LEASED})
"""Moves that take what nobody was promised yet: without enough units they are refused."""
HAPPENED: Final = frozenset({PoolMove.SELL_LEASED, PoolMove.RETURN})
"""Moves that a till tells of after they have happened, with units or without. For all others the units are there."""


@dataclass(frozen=True, slots=True)
class UnitMove:
    """`units` of a pool make the move. `till` is the device on whose lease they are; `order` what it is for.

    `generation` is that of the lease which the move rests on (`LeaseCount`); None for whatever is there, as facts of
    earlier versions say it.
    """

    move: PoolMove
    event_id: str
    pool_id: str
    units: int
    till: str | None = None
    order_id: str | None = None
    generation: int | None = None


@dataclass(frozen=True, slots=True)
class Lack:
    """A move that has happened, and whose units are not there; `has_room` if they were taken of what all could have."""

    move: UnitMove
    has_room: bool


@dataclass(frozen=True, slots=True)
class PoolCount:
    """The hub's count of one pool: `capacity` is always the sum of the other four, and none is negative."""

    capacity: int
    available: int
    leased: int = 0
    held: int = 0
    sold: int = 0

    def __post_init__(self) -> None:
        parts = (self.available, self.leased, self.held, self.sold)
        if min(parts) < 0 or sum(parts) != self.capacity:
            raise ValueError(f"pool out of balance: {self}")


@dataclass(frozen=True, slots=True)
class LeaseCount:
    """A till's own count of one pool: it may sell what is granted and not sold, held or returned.

    All that is left is of one `generation`: a reclaim ends that and begins the next. What is sold or returned later of
    one that has ended is never counted against what was granted since.
    """

    granted: int = 0
    sold: int = 0
    held: int = 0
    returned: int = 0
    generation: int = 0

    def __post_init__(self) -> None:
        if min(self.granted, self.sold, self.held, self.returned, self.left) < 0:
            raise ValueError(f"lease out of balance: {self}")

    @property
    def left(self) -> int:
        """Units that this till may still sell."""
        return self.granted - self.sold - self.held - self.returned


def apply(count: PoolCount, step: PoolMove, units: int, pool: PoolId) -> PoolCount:
    """Returns the hub's count after `units` made the move.

    Raises:
        NotEnoughLeft: if fewer units are where the move starts; nothing moved.
    """
    _check(units)
    way = POOL_MOVES[step].pool
    if way is None:
        return count
    start, end = way
    there = getattr(count, start)
    if there < units:
        raise NotEnoughLeft({pool: there})
    return replace(count, **{start: there - units, end: getattr(count, end) + units})


def on_own_lease(lease: LeaseCount, move: UnitMove) -> LeaseCount:
    """Returns a till's own lease after a move. It may hear of grants and reclaims in any order.

    Raises:
        NotEnoughLeft: if fewer units are where it starts; nothing moved.
    """
    way, generation = POOL_MOVES[move.move], move.generation
    if generation is None:
        units = min(move.units, lease.left) if move.move is PoolMove.RECLAIM else move.units
        return _go(lease, way.lease, units, move)
    if move.move is PoolMove.RECLAIM:
        return _ended_before(lease, generation + 1)
    if move.move is PoolMove.GRANT:
        lease = _ended_before(lease, generation)
    if generation > lease.generation:
        raise NotEnoughLeft({PoolId(move.pool_id): 0})
    return _go(lease, way.lease if generation == lease.generation else way.closed, move.units, move)


def on_lease_as_told(lease: LeaseCount, move: UnitMove) -> LeaseCount:
    """Returns the lease that the hub knows of after a move: of a generation that has ended, nothing is left.

    Raises:
        NotEnoughLeft: if fewer units are where it starts; nothing moved.
    """
    way, generation = POOL_MOVES[move.move].told, move.generation
    if way is None or generation is None:
        return _go(lease, way, move.units, move)
    begins = move.move is PoolMove.GRANT and generation > lease.generation and not lease.left
    ends = move.move is PoolMove.RECLAIM and generation >= lease.generation
    if generation != lease.generation and not begins and not ends:
        raise NotEnoughLeft({PoolId(move.pool_id): 0})
    return replace(_go(lease, way, move.units, move), generation=generation + 1 if ends else generation)


def _ended_before(lease: LeaseCount, generation: int) -> LeaseCount:
    """Returns the lease with all that is left of earlier generations given up."""
    if generation <= lease.generation:
        return lease
    return replace(lease, returned=lease.returned + lease.left, generation=generation)


def _go(lease: LeaseCount, way: tuple[str | None, str] | None, units: int, move: UnitMove) -> LeaseCount:
    _check(units)
    if way is None:
        return lease
    start, end = way
    there = units if start is None else getattr(lease, start)
    if there < units:
        raise NotEnoughLeft({PoolId(move.pool_id): there})
    parts = {start or "granted": lease.granted + units if start is None else there - units}
    parts[end] = getattr(lease, end) + units
    parts.pop("left", None)  # it is what the others leave
    return replace(lease, **parts)


def _check(units: int) -> None:
    if units < 0:
        raise ValueError("units can't be negative")

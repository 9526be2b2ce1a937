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
    what a till holds, the hub does not hear of, so there it is still left.
    """

    pool: tuple[str, str] | None = None
    lease: tuple[str | None, str] | None = None
    told: tuple[str | None, str] | None = None


POOL_MOVES: Final[Mapping[PoolMove, Way]] = {
    PoolMove.HOLD: Way(pool=("available", "held")),
    PoolMove.RELEASE: Way(pool=("held", "available")),
    PoolMove.SELL_HELD: Way(pool=("held", "sold")),
    PoolMove.SELL_FREE: Way(pool=("available", "sold")),
    PoolMove.GRANT: Way(pool=("available", "leased"), lease=(None, "left"), told=(None, "left")),
    PoolMove.RETURN: Way(pool=("leased", "available"), lease=("left", "returned"), told=("left", "returned")),
    PoolMove.RECLAIM: Way(pool=("leased", "available"), lease=("left", "returned"), told=("left", "returned")),
    PoolMove.HOLD_LEASED: Way(lease=("left", "held")),
    PoolMove.RELEASE_LEASED: Way(lease=("held", "left")),
    PoolMove.SELL_LEASED: Way(pool=("leased", "sold"), lease=("held", "sold"), told=("left", "sold")),
    PoolMove.VOID: Way(pool=("sold", "available")),
}


CLAIMS: Final = frozenset({PoolMove.HOLD, PoolMove.GRANT, PoolMove.HOLD_LEASED})
"""Moves that take what nobody was promised yet: without enough units they are refused."""
HAPPENED: Final = frozenset({PoolMove.SELL_LEASED, PoolMove.RETURN})
"""Moves that a till tells of after they have happened, with units or without. For all others the units are there."""


@dataclass(frozen=True, slots=True)
class UnitMove:
    """`units` of a pool make the move. `till` is the device on whose lease they are; `order` what it is for."""

    move: PoolMove
    event_id: str
    pool_id: str
    units: int
    till: str | None = None
    order_id: str | None = None


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
    """A till's own count of one pool: it may sell what is granted and not sold, held or returned."""

    granted: int = 0
    sold: int = 0
    held: int = 0
    returned: int = 0

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


def apply_to_lease(lease: LeaseCount, way: tuple[str | None, str] | None, units: int, pool: PoolId) -> LeaseCount:
    """Returns a lease after `units` went a way: `lease` of the move for a till's own, `told` for what the hub knows.

    Raises:
        NotEnoughLeft: if fewer units are where it starts; nothing moved.
    """
    _check(units)
    if way is None:
        return lease
    start, end = way
    if start is None:
        return replace(lease, granted=lease.granted + units)
    there = getattr(lease, start)
    if there < units:
        raise NotEnoughLeft({pool: there})
    parts = {start: there - units, end: getattr(lease, end) + units}
    parts.pop("left", None)  # it is what the others leave
    return replace(lease, **parts)


def _check(units: int) -> None:
    if units < 0:
        raise ValueError("units can't be negative")

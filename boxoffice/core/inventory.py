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
    GRANT = "grant"
    RETURN = "return"
    RECLAIM = "reclaim"
    SELL_LEASED = "sell_leased"
    VOID = "void"


POOL_MOVES: Final[Mapping[PoolMove, tuple[str, str]]] = {
    PoolMove.HOLD: ("available", "held"),
    PoolMove.RELEASE: ("held", "available"),
    PoolMove.SELL_HELD: ("held", "sold"),
    PoolMove.GRANT: ("available", "leased"),
    PoolMove.RETURN: ("leased", "available"),
    PoolMove.RECLAIM: ("leased", "available"),
    PoolMove.SELL_LEASED: ("leased", "sold"),
    PoolMove.VOID: ("sold", "available"),
}


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


def apply(count: PoolCount, step: PoolMove, units: int, pool: PoolId) -> PoolCount:
    """Returns the count after `units` made the move.

    Raises:
        NotEnoughLeft: if fewer units are where the move starts; nothing moved.
    """
    if units < 0:
        raise ValueError("units can't be negative")
    start, end = POOL_MOVES[step]
    there = getattr(count, start)
    if there < units:
        raise NotEnoughLeft({pool: there})
    return replace(count, **{start: there - units, end: getattr(count, end) + units})


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

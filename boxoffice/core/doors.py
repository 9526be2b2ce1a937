"""Where people go in at an event: its zones with their gates, who may enter each, and how often."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from enum import Enum
from typing import Final

from boxoffice.core.ids import PoolId, ProductId


class Reentry(Enum):
    """How somebody who is inside, by what was scanned, comes in once more on the same day."""

    STAMP = "stamp"
    """After they were scanned out; or by the word of whoever stands there, who has seen a wrist stamp."""
    OUT = "out"
    """After they were scanned out, and in no other way."""
    NEVER = "never"
    """Each ticket opens the zone once a day."""


@dataclass(frozen=True, slots=True)
class Zone:
    """A part of the event that people enter by one of its `gates`, which are told apart by their names.

    A ticket opens it if its product is among `products`, or takes units of one of `pools`; where neither is said, every
    ticket does. `capacity` is how many may be inside at once, if anyone has said. `entries_a_day` bounds how often one
    ticket opens it on one day.
    """

    id: str
    name: str
    gates: tuple[str, ...]
    products: frozenset[ProductId] = frozenset()
    pools: frozenset[PoolId] = frozenset()
    capacity: int | None = None
    reentry: Reentry = Reentry.STAMP
    entries_a_day: int | None = None


FESTIVAL: Final = Zone("festival", "Festival", ("Door",))
"""What an event has where its file names no zone."""
DAY_STARTS: Final = time(6)
"""A night belongs to the day on which it began: who comes at one in the morning comes to the evening before."""


@dataclass(frozen=True, slots=True)
class Doors:
    """What an event file says about coming in. `looks` are what to look at, by product, such as a student card.

    `moves` says of an event that was moved which of its days went where: tickets that name the old day stay good.
    """

    zones: tuple[Zone, ...] = (FESTIVAL,)
    day_starts: time = DAY_STARTS
    looks: dict[ProductId, str] = field(default_factory=dict)
    moves: dict[date, date] = field(default_factory=dict)

    def days_now(self, days: Iterable[date]) -> tuple[date, ...]:
        """Returns when what was sold for these days is now."""
        return tuple(self.moves.get(day, day) for day in days)

    def zone(self, zone_id: str) -> Zone:
        """Returns the zone of this name, or the first one: a gate whose zone is gone goes on at that."""
        return next((zone for zone in self.zones if zone.id == zone_id), self.zones[0])

    def day_of(self, local: datetime) -> date:
        """Returns which day of the event it is, by a clock there."""
        return local.date() - timedelta(days=local.time() < self.day_starts)


NO_DOORS: Final = Doors()
"""One zone with one gate that every ticket opens."""

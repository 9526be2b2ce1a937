"""How many units of each pool this till keeps to sell with no network, and the ways to keep more or none."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from boxoffice.core.catalogue import code_of
from boxoffice.core.ids import PoolId
from boxoffice.core.inventory import LeaseCount
from boxoffice.core.leasing import refill, usual_share
from boxoffice.till.store import leases, pools_seen, settings
from boxoffice.till.store.pools_seen import Elsewhere
from boxoffice.till.usecases.context import TillContext

_STOCKED: Final = "stocked_event"
_CODE_IS_COMMON: Final = 10
"""Uses of a code that is good for fewer lie where they are asked for, and at no till before."""


@dataclass(frozen=True, slots=True)
class Shares:
    """What this till keeps of each pool of the event at hand; the hub has said how much that is, and says it anew."""

    context: TillContext

    @property
    def is_stocked(self) -> bool:
        """Whether more is kept here than is sold in the next minutes, as somebody expects a bad network."""
        with self.context.store.reading() as connection:
            stocked = settings.get(connection, _STOCKED)
        return self.context.has_event and stocked == self.context.event.catalogue.id

    def keep_stock(self, *, is_stocked: bool) -> None:
        """Notes that more is kept from now on, or no more."""
        event_id = str(self.context.event.catalogue.id) if is_stocked and self.context.has_event else ""
        with self.context.store.transaction() as connection:
            settings.put(connection, _STOCKED, event_id)

    def units(self, *, is_stocked: bool | None = None) -> Mapping[PoolId, int]:
        """Returns how many units of each pool this till should hold, or should if it were stocked."""
        seen = self._seen()
        stocked = self.is_stocked if is_stocked is None else is_stocked
        return {
            pool.id: share_of(seen.get(pool.id, Elsewhere(0)), pool.capacity, is_stocked=stocked)
            for pool in self.context.event.catalogue.counted
            if code_of(pool.id) is None or pool.capacity >= _CODE_IS_COMMON
        }

    def told(self) -> Mapping[PoolId, int]:
        """Returns the same for the pools alone of which the hub has said it."""
        seen = self._seen()
        return {pool: units for pool, units in self.units().items() if pool in seen and seen[pool].share is not None}

    def running_low(self) -> Mapping[PoolId, int]:
        """Returns how many more units to ask for of each pool that runs low here."""
        return self._lacking({pool: refill(left, share) for pool, left, share in self._here(self.units())})

    def up_to_stock(self) -> Mapping[PoolId, int]:
        """Returns how many more units to ask for, to have as many as may be kept for a bad network."""
        return self._lacking({pool: share - left for pool, left, share in self._here(self.units(is_stocked=True))})

    def _here(self, shares: Mapping[PoolId, int]) -> Iterator[tuple[PoolId, int, int]]:
        with self.context.store.reading() as connection:
            counts = leases.counts_of(connection, self.context.event.catalogue.id)
        for pool, share in shares.items():
            yield pool, counts.get(pool, LeaseCount()).left, share

    def _lacking(self, wanted: Mapping[PoolId, int]) -> Mapping[PoolId, int]:
        """Returns what of it can be had: of what is nowhere, nobody asks for any."""
        seen = self._seen()
        there = {pool: min(units, seen[pool].units) if pool in seen else units for pool, units in wanted.items()}
        return {pool: units for pool, units in there.items() if units > 0}

    def _seen(self) -> Mapping[PoolId, Elsewhere]:
        with self.context.store.reading() as connection:
            return pools_seen.read(connection, self.context.event.catalogue.id)


def share_of(seen: Elsewhere, capacity: int, *, is_stocked: bool) -> int:
    """Returns what a till should hold of a pool: what the hub has said, or as much as any may."""
    said = seen.stock if is_stocked else seen.share
    return usual_share(capacity) if said is None else said

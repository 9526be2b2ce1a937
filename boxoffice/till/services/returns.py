"""Gives units back to the hub that this till does not need: on closing, for another event, recalled, or idle.

What a sale under way holds stays. A till without the hub gives nothing back: it could not sell then.
"""

import threading
from collections.abc import Mapping, Sequence
from typing import Final

from sqlalchemy import Connection

from boxoffice.core.ids import EventId, PoolId
from boxoffice.core.inventory import LeaseCount
from boxoffice.core.leasing import usual_share
from boxoffice.core.payloads import LeaseReturned
from boxoffice.core.wire import Recall
from boxoffice.till.services.context import TillContext
from boxoffice.till.store import leases, pools_seen

IDLE_S: Final = 20 * 60.0
"""A till that sold nothing for so long keeps a quarter of its share, in case the network is gone when people come."""


class Returns:
    """What goes back. `recalls` are what the hub asks for now; `lock` keeps what was just granted for a sale."""

    def __init__(self, context: TillContext) -> None:
        self.recalls: Sequence[Recall] = ()
        self.lock = threading.RLock()
        self._context = context
        self._heeded: dict[PoolId, str] = {}
        self._resting: set[PoolId] = set()
        self._used_at = context.clock.monotonic()

    def note_use(self) -> None:
        """Notes that somebody sells here: the till takes its share again."""
        self._used_at = self._context.clock.monotonic()
        self._resting.clear()

    def is_resting(self, pool: PoolId) -> bool:
        """Returns whether units of the pool were given back, and nobody has sold here since."""
        return pool in self._resting

    def look(self) -> bool:
        """Gives back what is due; returns whether there was anything."""
        if not self._context.has_event:
            return False
        event_id = str(self._context.event.catalogue.id)
        back = [self._leave(event_id), self._heed(event_id), self._rest(event_id)]
        return any(back)

    def everything(self) -> bool:
        """Gives back all that no sale holds, of every event; returns whether there was anything."""
        return self._leave("")

    def _leave(self, event_id: str) -> bool:
        """Gives back what is left of all other events."""
        with self.lock, self._context.store.transaction() as connection:
            others = leases.of_other_events(connection, event_id)
            for event, pool, units in others:
                self._write(connection, event, pool, units)
        return bool(others)

    def _heed(self, event_id: str) -> bool:
        """Gives back what the hub asks for, each time once."""
        new = [recall for recall in self.recalls if self._heeded.get(PoolId(recall.pool_id)) != recall.asked_at]
        gave = self._give(event_id, {PoolId(recall.pool_id): recall.units for recall in new})
        self._heeded |= {PoolId(recall.pool_id): recall.asked_at for recall in new if recall.pool_id in gave}
        return bool(gave)

    def _rest(self, event_id: str) -> bool:
        if self._context.clock.monotonic() - self._used_at < IDLE_S:
            return False
        shares = {pool.id: usual_share(pool.capacity) for pool in self._context.event.catalogue.pools}
        counts = self._counts(event_id)
        spare = {pool: counts.get(pool, LeaseCount()).left - max(1, share // 4) for pool, share in shares.items()}
        return bool(self._give(event_id, {pool: units for pool, units in spare.items() if units > 0}))

    def _give(self, event_id: str, wanted: Mapping[PoolId, int]) -> Sequence[PoolId]:
        """Gives back up to what is wanted of each pool; returns the pools of which there was something."""
        if not wanted:
            return ()
        given = []
        with self.lock, self._context.store.transaction() as connection:
            counts = leases.counts_of(connection, event_id)
            for pool, units in wanted.items():
                left = min(units, counts.get(pool, LeaseCount()).left)
                if left > 0:
                    self._write(connection, event_id, pool, left)
                    given.append(pool)
        self._resting.update(given)
        return given

    def _counts(self, event_id: str) -> Mapping[PoolId, LeaseCount]:
        with self._context.store.reading() as connection:
            return leases.counts_of(connection, event_id)

    def _write(self, connection: Connection, event_id: str, pool: PoolId, units: int) -> None:
        returned = LeaseReturned(pool_id=pool, units=units)
        self._context.journal.write(connection, [returned], EventId(event_id))
        pools_seen.gave(connection, event_id, pool, units)

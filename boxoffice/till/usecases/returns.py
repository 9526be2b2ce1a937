"""Gives units back to the hub that this till does not need: on closing, for another event, recalled, idle, or too many.

What a sale under way holds stays, and what it wants goes to nobody but whom the hub asks for. A till without the hub
gives nothing back: it could not sell then.
"""

import threading
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final

from sqlalchemy import Connection

from boxoffice.core.ids import EventId, PoolId
from boxoffice.core.inventory import LeaseCount
from boxoffice.core.leasing import surplus
from boxoffice.core.payloads.leases import LeaseReturned
from boxoffice.core.payloads.stored_value import ValueReturned
from boxoffice.core.wire.leases import Recall
from boxoffice.core.wire.pushes import RecallAnswer
from boxoffice.till.store import leases, pools_seen, value_leases
from boxoffice.till.usecases.context import TillContext
from boxoffice.till.usecases.shares import Shares

IDLE_S: Final = 20 * 60.0
"""A till that sold nothing of a pool for so long keeps a quarter of its share, in case the network is gone later."""

_TELLS_AGAIN_S: Final = 30.0


@dataclass(frozen=True, slots=True)
class _Told:
    """What the hub was told to be left, when it had asked for units at that time."""

    asked_at: str
    left: int
    at_s: float


class Returns:
    """What goes back. `recalls` are what the hub asks for now; `lock` keeps what was just granted for a sale."""

    def __init__(self, context: TillContext, shares: Shares) -> None:
        self.recalls: Sequence[Recall] = ()
        self.lock = threading.RLock()
        self._context = context
        self._shares = shares
        self._heeded: dict[PoolId, str] = {}
        self._told: dict[PoolId, _Told] = {}
        self._answers: list[RecallAnswer] = []
        self._resting: set[PoolId] = set()
        self._used_at: dict[PoolId, float] = {}
        self._wanted: Counter[PoolId] = Counter()
        self._opened_at = context.clock.monotonic()

    def note_use(self, pools: Iterable[PoolId] | None = None) -> None:
        """Notes that somebody sells of these pools here, or may of all: the till takes its share of them again."""
        now = self._context.clock.monotonic()
        if pools is None:
            self._used_at.clear()
            self._resting.clear()
            self._opened_at = now
        else:
            used = list(pools)
            self._used_at.update(dict.fromkeys(used, now))
            self._resting.difference_update(used)

    def is_resting(self, pool: PoolId) -> bool:
        """Returns whether units of the pool were given back, and nobody has sold of it here since."""
        return pool in self._resting

    @contextmanager
    def kept_for_a_sale(self, units: Mapping[PoolId, int]) -> Iterator[None]:
        """Keeps what a sale wants while it is under way: what it counts on is no surplus, however small the share is.

        The hub gets what it asks for all the same: it knows who came first.
        """
        with self.lock:
            self._wanted.update(units)
        try:
            yield
        finally:
            with self.lock:
                self._wanted.subtract(units)

    def look(self) -> bool:
        """Gives back what is due; returns whether there is anything to tell the hub."""
        if not self._context.has_event:
            return False
        event_id = str(self._context.event.catalogue.id)
        back = [self._leave(event_id), self._heed(event_id), self._rest(event_id), self.trim(), self._cards_back()]
        return any(back)

    def take_answers(self) -> tuple[RecallAnswer, ...]:
        """Returns what to tell the hub of what it asked for, once."""
        with self.lock:
            answers, self._answers = tuple(self._answers), []
        return answers

    def everything(self) -> bool:
        """Gives back all that no sale holds, of every event, and of gift cards; returns whether there was anything."""
        back = [self._leave(""), self._context.has_event and self._cards_back(everything=True)]
        return any(back)

    def all_spare(self) -> int:
        """Gives back all that no sale holds of the event at hand, until something is sold here; returns how much."""
        event_id = str(self._context.event.catalogue.id)
        before = self._counts(event_id)
        given = self._give(event_id, {pool: count.left for pool, count in before.items() if count.left > 0})
        self._resting.update(pool.id for pool in self._context.event.catalogue.pools)
        return sum(given.values())

    def _cards_back(self, *, everything: bool = False) -> bool:
        """Gives back what is left of gift cards that the hub asks for, or of all; returns whether there was any."""
        with self.lock, self._context.store.transaction() as connection:
            leases = value_leases.all_left(connection) if everything else value_leases.recalled(connection)
            back = [ValueReturned(grant_id=each.id, card_id=each.card_id, amount=each.left) for each in leases]
            if back:
                self._context.write(connection, back)
        return bool(back)

    def _leave(self, event_id: str) -> bool:
        """Gives back what is left of all other events."""
        with self.lock, self._context.store.transaction() as connection:
            others = leases.of_other_events(connection, event_id)
            for event, pool, units in others:
                self._write(connection, event, pool, units)
        return bool(others)

    def _heed(self, event_id: str) -> bool:
        """Gives back what the hub asks for, each time once, and tells what is left: nobody waits for more than that."""
        open_ones = {PoolId(recall.pool_id): recall for recall in self.recalls}
        new = {pool: recall for pool, recall in open_ones.items() if self._heeded.get(pool) != recall.asked_at}
        given = self._give(event_id, {pool: recall.units for pool, recall in new.items()}, keeps_wanted=False)
        self._heeded |= {pool: open_ones[pool].asked_at for pool in given}
        self._tell(event_id, {pool: recall.asked_at for pool, recall in new.items()})
        return bool(given) or bool(self._answers)

    def _tell(self, event_id: str, new: Mapping[PoolId, str]) -> None:
        """Tells the hub what is left after what it asked for; and again, if soon after a sale is given up."""
        counts, now = self._counts(event_id), self._context.clock.monotonic()
        left = {pool: count.left for pool, count in counts.items()}
        told = {pool: each for pool, each in self._told.items() if now - each.at_s < _TELLS_AGAIN_S}
        to_tell = {pool: at for pool, at in new.items() if pool not in told or told[pool].asked_at != at}
        to_tell |= {
            pool: each.asked_at for pool, each in told.items() if pool not in to_tell and left.get(pool, 0) > each.left
        }
        with self.lock:
            self._answers += [
                RecallAnswer(event_id=event_id, pool_id=pool, asked_at=at, left=left.get(pool, 0))
                for pool, at in to_tell.items()
            ]
        self._told = told | {pool: _Told(at, left.get(pool, 0), now) for pool, at in to_tell.items()}

    def _rest(self, event_id: str) -> bool:
        """Gives back most of what nobody buys here."""
        if self._shares.is_stocked:
            return False
        now, counts = self._context.clock.monotonic(), self._counts(event_id)
        spare = {
            pool: counts.get(pool, LeaseCount()).left - max(1, share // 4)
            for pool, share in self._shares.units().items()
            if now - self._used_at.get(pool, self._opened_at) >= IDLE_S
        }
        return bool(self._give(event_id, {pool: units for pool, units in spare.items() if units > 0}))

    def trim(self, over: Callable[[int, int], int] = surplus) -> bool:
        """Gives back what is more than the share, which gets less as less is left for all; returns whether it was."""
        event_id = str(self._context.event.catalogue.id)
        counts, told = self._counts(event_id), self._shares.told()
        more = {pool: over(counts[pool].left, share) for pool, share in told.items() if pool in counts}
        return bool(self._give(event_id, {pool: units for pool, units in more.items() if units > 0}, is_resting=False))

    def _give(
        self, event_id: str, wanted: Mapping[PoolId, int], *, is_resting: bool = True, keeps_wanted: bool = True
    ) -> Mapping[PoolId, int]:
        """Gives back up to what is wanted of each pool; returns how much that was, of the pools that had any."""
        if not wanted:
            return {}
        given: dict[PoolId, int] = {}
        with self.lock, self._context.store.transaction() as connection:
            counts = leases.counts_of(connection, event_id)
            for pool, units in wanted.items():
                kept = self._wanted[pool] if keeps_wanted else 0
                left = min(units, counts.get(pool, LeaseCount()).left - kept)
                if left > 0:
                    self._write(connection, event_id, pool, left)
                    given[pool] = left
        if is_resting:
            self._resting.update(given)
        return given

    def _counts(self, event_id: str) -> Mapping[PoolId, LeaseCount]:
        with self._context.store.reading() as connection:
            return leases.counts_of(connection, event_id)

    def _write(self, connection: Connection, event_id: str, pool: PoolId, units: int) -> None:
        returned = LeaseReturned(pool_id=pool, units=units)
        self._context.journal.write(connection, [returned], EventId(event_id))
        pools_seen.gave(connection, event_id, pool, units)

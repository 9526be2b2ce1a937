"""Hub and till in memory: they carry out the same effects as the databases do, and are what those are held to."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from boxoffice.core import findings
from boxoffice.core.books import Books
from boxoffice.core.effect_kinds import Announcement, Capacity, Job
from boxoffice.core.effects import Effects, announcements_of, capacities_of, findings_of, jobs_of, moves_of
from boxoffice.core.facts import Fact
from boxoffice.core.findings import Finding, Over
from boxoffice.core.ids import PoolId
from boxoffice.core.inventory import (
    HAPPENED,
    Lack,
    LeaseCount,
    NotEnoughLeft,
    PoolCount,
    PoolMove,
    UnitMove,
    apply,
    on_lease_as_told,
    on_own_lease,
)

PoolKey = tuple[str, str]
"""Event and pool."""
LeaseKey = tuple[str, str, str]
"""Till, event and pool."""


@dataclass(slots=True)
class MemoryHub:
    """The hub's books, its pools, and the leases as it knows them; `feed` and `jobs` are the feed and the queue.

    `open` is what a person must look at because of the facts, and `over` what nobody has to look at any more.
    """

    pools: dict[PoolKey, PoolCount]
    books: Books = field(default_factory=Books)
    leases: dict[LeaseKey, LeaseCount] = field(default_factory=dict)
    feed: list[Announcement] = field(default_factory=list)
    jobs: list[Job] = field(default_factory=list)
    open: list[Finding] = field(default_factory=list)
    over: list[Finding] = field(default_factory=list)
    reclaimed: set[LeaseKey] = field(default_factory=set)

    def carry_out(self, facts: Sequence[Fact]) -> list[Lack]:
        """Does all that follows from facts, or nothing; returns what had happened without units for it.

        Raises:
            NotEnoughLeft: if a fact claims more than is left.
            Inconsistent: if a fact contradicts those before it.
        """
        books, effects = _taken(self.books, facts)
        pools, leases, lacks = dict(self.pools), dict(self.leases), list[Lack]()
        for capacity in capacities_of(effects):
            _resize(pools, capacity)
        for move in moves_of(effects):
            lacks += _move(pools, leases, move)
            if move.move is PoolMove.RECLAIM:
                self.reclaimed.add(_lease_key(move))
        self.books, self.pools, self.leases = books, pools, leases
        self.feed += announcements_of(effects)
        self.jobs += jobs_of(effects)
        for each in findings_of(effects):
            self._note(each)
        for lack in lacks:
            if not self.was_reclaimed(lack):
                self._note(findings.of_lack(lack, books))
        return lacks

    def was_reclaimed(self, lack: Lack) -> bool:
        """Returns whether a till gave back what it did not know yet to be gone."""
        key, generation = _lease_key(lack.move), lack.move.generation
        is_ended = generation is None or generation < self.leases[key].generation
        return lack.move.move is PoolMove.RETURN and key in self.reclaimed and is_ended

    def _note(self, told: Finding | Over) -> None:
        if isinstance(told, Over):
            ended = [each for each in self.open if each.kind in told.kinds and each.subject_id == told.subject_id]
            self.open = [each for each in self.open if each not in ended]
            self.over += ended
        elif not (told.stands_alone and any(_same(each, told) for each in self.open)):
            self.open.append(told)


@dataclass(slots=True)
class MemoryTill:
    """A till's books and its own leases, by event and pool."""

    books: Books = field(default_factory=Books)
    leases: dict[PoolKey, LeaseCount] = field(default_factory=dict)

    def carry_out(self, facts: Sequence[Fact]) -> None:
        """Does all that follows from facts, or nothing. Raises as the hub."""
        books, effects = _taken(self.books, facts)
        leases = dict(self.leases)
        for move in moves_of(effects):
            key = move.event_id, move.pool_id
            leases[key] = on_own_lease(leases.get(key, LeaseCount()), move)
        self.books, self.leases = books, {key: lease for key, lease in leases.items() if lease != LeaseCount()}


def _lease_key(move: UnitMove) -> LeaseKey:
    return move.till or "", move.event_id, move.pool_id


def _same(one: Finding, other: Finding) -> bool:
    return (one.kind, one.subject_id) == (other.kind, other.subject_id)


def _resize(pools: dict[PoolKey, PoolCount], wanted: Capacity) -> None:
    key = wanted.event_id, wanted.pool_id
    count = pools.get(key, PoolCount(0, 0))
    more = wanted.units - count.capacity
    if count.available + more < 0:
        raise NotEnoughLeft({PoolId(wanted.pool_id): count.available})
    pools[key] = replace(count, capacity=wanted.units, available=count.available + more)


def _taken(books: Books, facts: Iterable[Fact]) -> tuple[Books, list[Effects]]:
    after = books.copy()
    return after, [after.take(fact) for fact in facts]


def _move(pools: dict[PoolKey, PoolCount], leases: dict[LeaseKey, LeaseCount], move: UnitMove) -> Iterable[Lack]:
    try:
        _go(pools, leases, move)
    except NotEnoughLeft:
        if move.move not in HAPPENED:
            raise
        is_sold = move.move is PoolMove.SELL_LEASED
        yield Lack(move, has_room=is_sold and _sells_free(pools, leases, move))


def _sells_free(pools: dict[PoolKey, PoolCount], leases: dict[LeaseKey, LeaseCount], move: UnitMove) -> bool:
    try:
        _go(pools, leases, replace(move, move=PoolMove.SELL_FREE))
    except NotEnoughLeft:
        return False
    return True


def _go(pools: dict[PoolKey, PoolCount], leases: dict[LeaseKey, LeaseCount], move: UnitMove) -> None:
    key, place = (move.event_id, move.pool_id), _lease_key(move)
    count = apply(pools.get(key, PoolCount(0, 0)), move.move, move.units, PoolId(move.pool_id))
    lease = on_lease_as_told(leases.get(place, LeaseCount()), move)
    if lease != LeaseCount():
        leases[place] = lease
    pools[key] = count

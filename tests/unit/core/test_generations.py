"""Hub and till count a lease alike, in whatever order they hear of its grants, reclaims, sales and returns."""

from collections import Counter
from contextlib import suppress
from dataclasses import replace

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from boxoffice.core.generations import resting_on, takes_from_lease
from boxoffice.core.ids import PoolId
from boxoffice.core.inventory import (
    LeaseCount,
    NotEnoughLeft,
    PoolCount,
    PoolMove,
    UnitMove,
    apply,
    on_lease_as_told,
    on_own_lease,
)
from boxoffice.core.payloads.leases import LeaseReturned
from boxoffice.core.payloads.orders import OrderStateChanged

HALL, TILL = PoolId("hall"), "till-1"


def move(how: PoolMove, units: int, generation: int | None) -> UnitMove:
    return UnitMove(how, "fest", HALL, units, TILL, None, generation)


class Lease(RuleBasedStateMachine):
    """One till and the hub. What each tells the other takes its time; answers overtake the feed, and come twice."""

    @initialize(capacity=st.integers(1, 30))
    def open(self, capacity: int) -> None:
        self.pool = PoolCount(capacity, capacity)
        self.at_hub, self.at_till = LeaseCount(), LeaseCount()
        self.to_hub: list[UnitMove] = []
        self.feed: list[tuple[int, UnitMove]] = []
        self.answers: list[tuple[int, UnitMove]] = []
        self.heard: set[int] = set()
        self.facts = self.beyond = self.unleased = self.web = 0
        self.holds: list[UnitMove] = []
        self.rest: Counter[int] = Counter()
        """Of each generation, what was granted and neither sold nor given back: counted by what people did."""

    def _at_hub(self, made: UnitMove) -> None:
        self.pool, self.at_hub = (
            apply(self.pool, made.move, made.units, HALL),
            on_lease_as_told(self.at_hub, made),
        )

    def _tell(self, made: UnitMove) -> tuple[int, UnitMove]:
        self._at_hub(made)
        self.facts += 1
        self.feed.append((self.facts, made))
        return self.feed[-1]

    @rule(units=st.integers(1, 9))
    def grant(self, units: int) -> None:
        units = min(units, self.pool.available)
        if units:
            told = self._tell(move(PoolMove.GRANT, units, self.at_hub.generation))
            self.answers += [told, told]
            self.rest[self.at_hub.generation] += units

    @rule()
    def reclaim(self) -> None:
        if self.at_hub.left:
            self._tell(move(PoolMove.RECLAIM, self.at_hub.left, self.at_hub.generation))

    @rule(units=st.integers(1, 9))
    def buy_on_the_web(self, units: int) -> None:
        with suppress(NotEnoughLeft):
            self.pool = apply(self.pool, PoolMove.SELL_FREE, units, HALL)
            self.web += units

    @rule(units=st.integers(1, 9))
    def begin_a_sale(self, units: int) -> None:
        held = move(PoolMove.HOLD_LEASED, units, self.at_till.generation)
        with suppress(NotEnoughLeft):
            self.at_till = on_own_lease(self.at_till, held)
            self.holds.append(held)

    @rule(i=st.integers(0, 9), is_paid=st.booleans())
    def end_a_sale(self, i: int, is_paid: bool) -> None:
        if self.holds:
            held = self.holds.pop(i % len(self.holds))
            ended = replace(held, move=PoolMove.SELL_LEASED if is_paid else PoolMove.RELEASE_LEASED)
            self.at_till = on_own_lease(self.at_till, ended)
            if is_paid:
                self.to_hub.append(ended)
                self.rest[held.generation or 0] -= held.units

    @rule(units=st.integers(1, 9))
    def give_back(self, units: int) -> None:
        units = min(units, self.at_till.left)
        if units:
            back = move(PoolMove.RETURN, units, self.at_till.generation)
            self.at_till = on_own_lease(self.at_till, back)
            self.to_hub.append(back)
            self.rest[self.at_till.generation] -= units

    @rule()
    def send(self) -> None:
        """The hub hears of the next thing that the till did; it has happened, so it is never refused."""
        if not self.to_hub:
            return
        made = self.to_hub.pop(0)
        try:
            self._at_hub(made)
        except NotEnoughLeft:
            assert made.generation is not None
            assert made.generation < self.at_hub.generation
            if made.move is PoolMove.SELL_LEASED:
                self._sell_late(made.units)

    def _sell_late(self, units: int) -> None:
        try:
            self.pool = apply(self.pool, PoolMove.SELL_FREE, units, HALL)
            self.unleased += units
        except NotEnoughLeft:
            self.beyond += units

    @rule()
    def hear(self) -> None:
        if self.feed:
            self._take(*self.feed.pop(0))

    @rule(i=st.integers(0, 99))
    def hear_an_answer(self, i: int) -> None:
        if self.answers:
            self._take(*self.answers.pop(i % len(self.answers)))

    def _take(self, fact: int, told: UnitMove) -> None:
        if fact not in self.heard:
            self.heard.add(fact)
            self.at_till = on_own_lease(self.at_till, told)

    @invariant()
    def the_till_never_has_more_than_was_granted_to_it_and_the_house_never_holds_more_than_it_can(self) -> None:
        if hasattr(self, "pool"):
            assert self.pool.leased == self.at_hub.left
            assert self.pool.sold == self.web + self.at_hub.sold + self.unleased
            assert self.at_till.granted == (
                self.at_till.sold + self.at_till.held + self.at_till.returned + self.at_till.left
            )

    def teardown(self) -> None:
        """Once all is heard and told, both say the same is left: what is left of the newest generation."""
        if not hasattr(self, "pool"):
            return
        while self.holds:
            self.end_a_sale(0, is_paid=len(self.holds) % 2 == 0)
        while self.to_hub:
            self.send()
        while self.feed:
            self.hear()
        newest = self.at_hub.generation
        assert (self.at_till.granted, self.at_till.left, self.at_till.generation) == (
            self.at_hub.granted,
            self.at_hub.left,
            newest,
        )
        assert self.at_till.left == self.rest[newest]
        assert self.at_till.sold == self.at_hub.sold + self.unleased + self.beyond


TestLease = Lease.TestCase
TestLease.settings = settings(max_examples=50, stateful_step_count=40)


def test_what_the_hub_granted_before_a_reclaim_is_not_sold_when_it_is_heard_of_after_it() -> None:
    lease = on_own_lease(LeaseCount(), move(PoolMove.GRANT, 5, 1))

    lease = on_own_lease(lease, move(PoolMove.GRANT, 3, 0))

    assert lease == LeaseCount(granted=8, returned=3, generation=1)


def test_what_was_reclaimed_can_not_be_sold_any_more_but_what_was_granted_since() -> None:
    lease = on_own_lease(LeaseCount(granted=5, held=2), move(PoolMove.RECLAIM, 5, 0))
    lease = on_own_lease(lease, move(PoolMove.GRANT, 1, 1))

    with pytest.raises(NotEnoughLeft):
        on_own_lease(lease, move(PoolMove.HOLD_LEASED, 2, 1))
    released = on_own_lease(lease, move(PoolMove.RELEASE_LEASED, 2, 0))

    assert (lease.left, released.left, released.returned) == (1, 1, 5)


def test_nothing_is_sold_of_a_generation_that_was_never_granted() -> None:
    with pytest.raises(NotEnoughLeft):
        on_own_lease(LeaseCount(granted=5), move(PoolMove.HOLD_LEASED, 1, 1))
    with pytest.raises(NotEnoughLeft):
        on_lease_as_told(LeaseCount(granted=5), move(PoolMove.SELL_LEASED, 1, 7))


def test_a_fact_of_before_rests_on_whatever_is_there() -> None:
    lease = LeaseCount(granted=8, returned=5, generation=1)

    assert on_lease_as_told(lease, move(PoolMove.SELL_LEASED, 2, None)).left == 1
    assert on_own_lease(lease, move(PoolMove.RECLAIM, 9, None)) == LeaseCount(granted=8, returned=8, generation=1)
    assert on_own_lease(lease, move(PoolMove.GRANT, 2, None)).left == 5


def test_what_a_till_gives_back_says_which_grants_it_is_of() -> None:
    back = resting_on(LeaseReturned(pool_id=HALL, units=2), {HALL: 3})

    assert back == LeaseReturned(pool_id=HALL, units=2, generation=3)
    assert resting_on(LeaseReturned(pool_id=HALL, units=2), {}) == LeaseReturned(pool_id=HALL, units=2, generation=0)


def test_what_takes_nothing_from_a_lease_is_written_as_it_is() -> None:
    moved = OrderStateChanged(order_id="o", start="pending", to="processing")

    assert resting_on(moved, {HALL: 3}) is moved
    assert not takes_from_lease(moved)


def test_a_restored_till_takes_its_sales_back_after_the_reclaim_that_the_hub_wrote_before_it_heard_of_them() -> None:
    lease = on_own_lease(LeaseCount(granted=5), move(PoolMove.RECLAIM, 5, 0))

    for how in (PoolMove.HOLD_LEASED, PoolMove.SELL_LEASED, PoolMove.RETURN):
        lease = on_own_lease(lease, move(how, 2, 0))

    assert lease == LeaseCount(granted=5, sold=2, returned=3, generation=1)

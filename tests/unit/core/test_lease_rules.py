"""Whoever asks gets one while a till that answers has one; never over capacity; nothing gets lost on the way."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from hypothesis import given
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from boxoffice.core.ids import PoolId
from boxoffice.core.inventory import LeaseCount, PoolCount, PoolMove, UnitMove, apply, on_own_lease
from boxoffice.core.leasing import (
    LARGEST_STOCK,
    Demand,
    Holder,
    ask_back,
    asks_at,
    most_for_a_sale,
    most_in_stock,
    most_on_lease,
    refill,
    surplus,
)

POOL = PoolId("hall")
ROUNDS = 2
"""So often a till that answers has to be asked before somebody has what it can give."""

HOLDERS = st.lists(
    st.builds(Holder, st.uuids().map(str), st.integers(1, 60), st.booleans(), st.integers(0, 60)), max_size=8
)


# Whom to ask


@given(st.integers(0, 200), HOLDERS)
def test_as_much_is_asked_for_as_is_lacking_if_it_is_there_and_no_till_is_asked_for_more_than_it_has(
    lacking: int, holders: Sequence[Holder]
) -> None:
    asked = ask_back(lacking, holders)

    coming = sum(min(asked.get(each.device, each.asked), each.free) for each in holders)
    assert coming >= min(lacking, sum(each.free for each in holders))
    assert all(0 < units <= next(h.free for h in holders if h.device == device) for device, units in asked.items())


@given(st.integers(0, 200), HOLDERS)
def test_a_till_that_sells_is_asked_only_when_all_idle_ones_are_and_for_no_more_than_is_lacking(
    lacking: int, holders: Sequence[Holder]
) -> None:
    asked = ask_back(lacking, holders)
    busy = [each for each in holders if not each.is_idle and each.device in asked]

    coming = sum(min(asked.get(each.device, each.asked), each.free) for each in holders)
    if busy:
        assert coming == min(lacking, sum(each.free for each in holders))
        assert all(asked.get(each.device, each.asked) >= each.free for each in holders if each.is_idle)


@given(st.integers(0, 200), HOLDERS)
def test_what_was_asked_for_is_not_asked_for_again(lacking: int, holders: Sequence[Holder]) -> None:
    asked = ask_back(lacking, holders)
    after = [Holder(h.device, h.free, h.is_idle, asked.get(h.device, h.asked)) for h in holders]

    assert ask_back(lacking, after) == {}


# How much a till keeps


@given(st.integers(0, 10_000), st.integers(1, 10_000))
def test_a_till_never_gives_back_what_it_would_ask_for_again_at_once(left: int, share: int) -> None:
    after = left - surplus(left, share)

    assert refill(after, share) == 0 or after == left
    assert after + refill(after, share) <= max(share, left)
    assert surplus(after, share) == 0


@given(st.integers(0, 1_000_000), st.integers(0, 1_000_000), st.integers(0, 1_000))
def test_what_is_kept_for_a_bad_network_is_bounded_too(capacity: int, unsold: int, tills: int) -> None:
    demand = Demand(capacity, unsold, tills)

    most = most_in_stock(demand)
    assert most_on_lease(demand) <= most <= max(LARGEST_STOCK, most_on_lease(demand))
    assert most * (max(1, tills) + 1) <= max(unsold, max(1, tills) + 1)


def test_all_shares_together_leave_the_web_its_own() -> None:
    assert 12 * most_on_lease(Demand(60, 60, 12)) <= 60 - most_on_lease(Demand(60, 60, 12))


# All of it together, in any order


@dataclass
class House:
    """A till as the rules see it."""

    lease: LeaseCount = field(default_factory=LeaseCount)
    sold_lately: int = 0
    is_there: bool = True
    is_idle: bool = True


class Evening(RuleBasedStateMachine):
    """A hub and its tills by the rules alone: in any order of sales, syncs, cuts and reclaims."""

    @initialize(capacity=st.integers(1, 120), tills=st.integers(1, 6))
    def open(self, capacity: int, tills: int) -> None:
        self.pool = PoolCount(capacity, capacity)
        self.tills = [House() for _ in range(tills)]
        self.web = self.at_doors = 0

    def _move(self, move: PoolMove, units: int, till: House | None = None) -> None:
        self.pool = apply(self.pool, move, units, POOL)
        if till is not None:
            till.lease = on_own_lease(till.lease, UnitMove(move, "", POOL, units))

    def _demand(self, till: House) -> Demand:
        active = sum(each.is_there for each in self.tills)
        return Demand(self.pool.capacity, self.pool.available + self.pool.leased, active, till.sold_lately)

    def _till(self, i: int) -> House:
        return self.tills[i % len(self.tills)]

    @rule(i=st.integers(0, 5))
    def sync(self, i: int) -> None:
        """Gives back what is too much, and refills, as a till does by itself."""
        till = self._till(i)
        if till.is_there:
            share = most_on_lease(self._demand(till))
            over = surplus(till.lease.left, share)
            self._move(PoolMove.RETURN, over, till)
            self._grant(till, refill(till.lease.left, share), most_on_lease(self._demand(till)))

    @rule(i=st.integers(0, 5))
    def stock_up(self, i: int) -> None:
        till = self._till(i)
        if till.is_there:
            self._grant(till, 10_000, most_in_stock(self._demand(till)))

    def _grant(self, till: House, wanted: int, most: int) -> None:
        units = min(wanted, max(0, most - till.lease.left), self.pool.available)
        self._move(PoolMove.GRANT, units, till)

    @rule(i=st.integers(0, 5), units=st.integers(1, 9))
    def sell(self, i: int, units: int) -> None:
        """Sells at a till: from its lease, or with what is lacking asked back from the others."""
        till = self._till(i)
        missing = max(0, units - till.lease.left)
        if missing and not (till.is_there and self._bring(missing, but=till)):
            return
        if missing:
            assert missing <= most_on_lease(self._demand(till)) + most_for_a_sale(self._demand(till))
            self._move(PoolMove.GRANT, missing, till)
        self._move(PoolMove.HOLD_LEASED, units, till)
        self._move(PoolMove.SELL_LEASED, units, till)
        till.is_idle, till.sold_lately = False, till.sold_lately + units
        self.at_doors += units

    @rule(units=st.integers(1, 9))
    def buy(self, units: int) -> None:
        if self._bring(units):
            self._move(PoolMove.SELL_FREE, units)
            self.web += units

    def _bring(self, units: int, but: House | None = None) -> bool:
        """Returns whether so much is available, after tills that answer were asked; and that nobody is starved."""
        there = [each for each in self.tills if each.is_there and each is not but]
        supply = self.pool.available + sum(each.lease.left for each in there)
        for _ in range(ROUNDS):
            holders = [Holder(str(k), each.lease.left, each.is_idle) for k, each in enumerate(there) if each.lease.left]
            for device, asked in ask_back(units - self.pool.available, holders).items():
                self._move(PoolMove.RETURN, min(asked, there[int(device)].lease.left), there[int(device)])
        assert (self.pool.available >= units) == (supply >= units)
        return self.pool.available >= units

    @rule(i=st.integers(0, 5))
    def go_away_or_come_back(self, i: int) -> None:
        self._till(i).is_there ^= True

    @rule(i=st.integers(0, 5))
    def rest(self, i: int) -> None:
        till = self._till(i)
        till.is_idle, till.sold_lately = True, 0

    @rule(i=st.integers(0, 5))
    def reclaim(self, i: int) -> None:
        till = self._till(i)
        self._move(PoolMove.RECLAIM, till.lease.left, till)

    @invariant()
    def nothing_is_over_capacity_and_nothing_is_lost(self) -> None:
        if not hasattr(self, "pool"):
            return
        assert self.pool.leased == sum(till.lease.left for till in self.tills)
        assert self.pool.sold == self.web + self.at_doors <= self.pool.capacity
        for till in self.tills:
            lease = till.lease
            assert lease.granted == lease.sold + lease.held + lease.returned + lease.left

    def teardown(self) -> None:
        """With all tills there again, the last unit can be bought by whoever asks."""
        if not hasattr(self, "pool"):
            return
        for till in self.tills:
            till.is_there = True
        while self.pool.sold < self.pool.capacity:
            self.buy(1)


TestEvening = Evening.TestCase


def test_a_till_asks_for_more_before_it_runs_dry() -> None:
    assert [(asks_at(share), refill(asks_at(share), share)) for share in (40, 6, 2, 1)] == [
        (20, 20),
        (3, 3),
        (1, 1),
        (0, 1),
    ]

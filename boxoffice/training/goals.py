"""What a drill asks for, one goal after the other, and what is made of what happened: done, wrong, or none of it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Final, Protocol

from boxoffice.core.scans import Outcome
from boxoffice.core.tenders import TenderKind
from boxoffice.training.activity import (
    Activity,
    HandedOver,
    Refunded,
    Reprinted,
    Scanned,
    Sold,
    Started,
    Unknown,
)


class Fault(Enum):
    """What was done wrong."""

    WRONG_THING = "wrong thing"
    WRONG_TENDER = "wrong tender"
    WRONG_CHANGE = "wrong change"
    CHARGED_TWICE = "charged twice"
    WRONG_REFUND = "wrong refund"
    SLOW_TO_LET_GO = "slow to let go"


COSTS: Final[Mapping[Fault, int]] = {
    Fault.WRONG_THING: 3,
    Fault.WRONG_TENDER: 3,
    Fault.WRONG_CHANGE: 2,
    Fault.CHARGED_TWICE: 6,
    Fault.WRONG_REFUND: 3,
    Fault.SLOW_TO_LET_GO: 2,
}
"""What each takes off ten points."""


class Take(Enum):
    """What an activity is to a goal. One that is `PASSED` was reached by what the next goal may be reached by, too."""

    DONE = "done"
    PASSED = "passed"
    NOTHING = "nothing"


@dataclass(frozen=True, slots=True)
class Taken:
    take: Take = Take.NOTHING
    faults: tuple[Fault, ...] = ()


_NOTHING: Final = Taken()
_DONE: Final = Taken(Take.DONE)


class Goal(Protocol):
    """One thing to do. `best` is how many presses it takes."""

    @property
    def best(self) -> int: ...

    def take(self, what: Activity, before: Sequence[Activity]) -> Taken:
        """Returns what this activity comes to, after those `before` it."""


@dataclass(frozen=True, slots=True)
class Sell:
    """Sells so many of each, paid so; of cash, `given` is what the customer hands over."""

    lines: Mapping[str, int]
    tenders: frozenset[TenderKind]
    best: int
    given: int | None = None

    def take(self, what: Activity, before: Sequence[Activity]) -> Taken:
        if not isinstance(what, Sold):
            return _NOTHING
        if what.lines != self.lines:
            return Taken(faults=(Fault.WRONG_THING,))
        if what.tenders != self.tenders:
            return Taken(faults=(Fault.WRONG_TENDER,))
        is_wrong = self.given is not None and what.tendered != self.given
        return Taken(Take.DONE, (Fault.WRONG_CHANGE,) if is_wrong else ())


@dataclass(frozen=True, slots=True)
class StartCard:
    """Asks for a card, for so many of each."""

    lines: Mapping[str, int]
    best: int

    def take(self, what: Activity, before: Sequence[Activity]) -> Taken:
        if isinstance(what, Started):
            return _DONE if what.lines == self.lines else Taken(faults=(Fault.WRONG_THING,))
        return Taken(faults=(Fault.WRONG_TENDER,)) if isinstance(what, Sold) else _NOTHING


@dataclass(frozen=True, slots=True)
class LetItAsk:
    """Leaves an unknown payment to the till, and turns to the next person; charging anew is what must not happen."""

    best: int
    patience_s: float = 20.0

    def take(self, what: Activity, before: Sequence[Activity]) -> Taken:
        if isinstance(what, Started):
            return Taken(faults=(Fault.CHARGED_TWICE,))
        unknown = next((each for each in before if isinstance(each, Unknown)), None)
        if not isinstance(what, Sold) or unknown is None or what.order_id == unknown.order_id:
            return _NOTHING
        waited = (what.at - unknown.at).total_seconds()
        return Taken(Take.PASSED, (Fault.SLOW_TO_LET_GO,) if waited > self.patience_s else ())


@dataclass(frozen=True, slots=True)
class ReprintLast:
    """Prints the receipt of the sale before once more."""

    best: int

    def take(self, what: Activity, before: Sequence[Activity]) -> Taken:
        sold = _last_sold(before)
        is_it = isinstance(what, Reprinted) and sold is not None and what.order_id == sold.order_id
        return _DONE if is_it else _NOTHING


@dataclass(frozen=True, slots=True)
class RefundLast:
    """Gives the sale before back, in cash as it was paid."""

    best: int

    def take(self, what: Activity, before: Sequence[Activity]) -> Taken:
        sold = _last_sold(before)
        if not isinstance(what, Refunded) or sold is None:
            return _NOTHING
        return _DONE if what.order_id == sold.order_id else Taken(faults=(Fault.WRONG_REFUND,))


@dataclass(frozen=True, slots=True)
class Scan:
    """Has a ticket looked at that somebody holds out; the till says whether they come in."""

    ticket_id: str
    outcome: Outcome
    best: int

    def take(self, what: Activity, before: Sequence[Activity]) -> Taken:
        is_it = isinstance(what, Scanned) and what.ticket_id == self.ticket_id and what.outcome is self.outcome
        return _DONE if is_it else _NOTHING


@dataclass(frozen=True, slots=True)
class HandOver:
    """Gives the drawer on to somebody else."""

    best: int

    def take(self, what: Activity, before: Sequence[Activity]) -> Taken:
        return _DONE if isinstance(what, HandedOver) and what.to is not None else _NOTHING


def _last_sold(before: Sequence[Activity]) -> Sold | None:
    return next((each for each in reversed(before) if isinstance(each, Sold)), None)


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a drill has come: how many goals are reached, and what was done wrong, in order."""

    done: int = 0
    faults: tuple[Fault, ...] = ()


def judge(goals: Sequence[Goal], what_happened: Iterable[Activity]) -> Progress:
    """Returns how far that has come; the same activities always come to the same."""
    at, faults, before = 0, list[Fault](), list[Activity]()
    for what in what_happened:
        while at < len(goals):
            taken = goals[at].take(what, before)
            faults += taken.faults
            if taken.take is not Take.NOTHING:
                at += 1
            if taken.take is not Take.PASSED:
                break
        before.append(what)
    return Progress(at, tuple(faults))


MOST: Final = 10
PASSES: Final = 6


@dataclass(frozen=True, slots=True)
class Score:
    """What a drill was worth, and what it was measured by."""

    points: int
    faults: tuple[Fault, ...]
    time_s: int
    goal_s: int
    presses: int
    best: int
    off_minor: int
    """What the drawer is off by, in minor units."""

    @property
    def is_passed(self) -> bool:
        return self.points >= PASSES

    @property
    def lost_to_time(self) -> int:
        """Returns a point for each half of its time that it took too long, three at most."""
        over = max(0, self.time_s - self.goal_s)
        return min(3, -(-2 * over // self.goal_s)) if over else 0

    @property
    def lost_to_presses(self) -> int:
        return 1 if 2 * self.presses > 3 * self.best else 0


def scored(
    faults: Sequence[Fault], *, time_s: float, goal_s: int, presses: int, best: int, off_minor: int = 0
) -> Score:
    """Returns the score: ten less what faults cost, and what was too slow."""
    bare = Score(0, tuple(faults), round(time_s), goal_s, presses, best, off_minor)
    lost = sum(COSTS[each] for each in faults) + bare.lost_to_time + bare.lost_to_presses
    return Score(max(0, MOST - lost), tuple(faults), round(time_s), goal_s, presses, best, off_minor)


def drawer_off(goals: Sequence[Goal], what_happened: Iterable[Activity]) -> int:
    """Returns by how much the drawer would be wrong: what was given back beyond what was right."""
    wanted = [each for each in goals if isinstance(each, Sell) and each.given is not None]
    off = 0
    for what in what_happened:
        goal: Sell | None = next((each for each in wanted if _is_for(each, what)), None)
        if goal is not None and isinstance(what, Sold) and what.tendered is not None:
            off += (goal.given or 0) - what.tendered
            wanted.remove(goal)
    return off


def _is_for(goal: Sell, what: Activity) -> bool:
    return isinstance(what, Sold) and what.lines == goal.lines and what.tenders == goal.tenders

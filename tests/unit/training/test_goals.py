"""A drill is judged by what happened: any way that gets there counts, and what was wrong is told however it came."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

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
from boxoffice.training.goals import (
    MOST,
    Fault,
    Goal,
    HandOver,
    LetItAsk,
    RefundLast,
    ReprintLast,
    Scan,
    Sell,
    StartCard,
    drawer_off,
    judge,
    scored,
)

CASH, CARD = frozenset({TenderKind.CASH}), frozenset({TenderKind.TERMINAL})
ONE, TWO = {"pass": 1}, {"social": 2}
START = datetime(2026, 5, 15, 18, 0, tzinfo=UTC)


def at(seconds: float) -> datetime:
    return START + timedelta(seconds=seconds)


def sold(
    order: str = "a",
    lines: dict[str, int] = ONE,
    tenders: frozenset[TenderKind] = CASH,
    tendered: int = 60,
    s: float = 1,
) -> Sold:
    return Sold(at(s), order, lines, tenders, 50, tendered, tendered - 50)


def faults(goals: Sequence[Goal], *what: Activity) -> tuple[int, tuple[Fault, ...]]:
    progress = judge(goals, what)
    return progress.done, progress.faults


@pytest.mark.parametrize(
    ("happened", "done", "wrong"),
    [
        (sold(), 1, ()),
        (sold(lines=TWO), 0, (Fault.WRONG_THING,)),
        (sold(lines={"pass": 2}), 0, (Fault.WRONG_THING,)),
        (sold(tenders=CARD), 0, (Fault.WRONG_TENDER,)),
        (sold(tendered=50), 1, (Fault.WRONG_CHANGE,)),
        (Started(at(1), "a", ONE), 0, ()),
    ],
)
def test_a_sale_is_what_they_asked_for_paid_as_they_wanted_with_the_right_change(
    happened: Activity, done: int, wrong: tuple[Fault, ...]
) -> None:
    assert faults([Sell(ONE, CASH, best=3, given=60)], happened) == (done, wrong)


def test_a_wrong_sale_leaves_the_goal_to_be_reached_and_costs_points_once() -> None:
    goals: list[Goal] = [Sell(ONE, CASH, best=3)]

    assert faults(goals, sold("a", TWO), sold("b")) == (1, (Fault.WRONG_THING,))


def test_charging_again_while_a_payment_is_unknown_is_the_worst_of_all() -> None:
    goals: list[Goal] = [StartCard(ONE, best=2), LetItAsk(best=1), Sell(TWO, CASH, best=3)]
    start, unknown = Started(at(1), "a", ONE), Unknown(at(3), "a")

    good = faults(goals, start, unknown, sold("b", TWO, s=9))
    again = faults(goals, start, unknown, Started(at(5), "c", ONE), sold("b", TWO, s=9))

    assert good == (3, ())
    assert again == (3, (Fault.CHARGED_TWICE,))


def test_the_next_person_waits_no_longer_than_it_takes_to_read_the_screen() -> None:
    goals: list[Goal] = [StartCard(ONE, best=2), LetItAsk(best=1), Sell(TWO, CASH, best=3)]

    slow = faults(goals, Started(at(1), "a", ONE), Unknown(at(3), "a"), sold("b", TWO, s=41))

    assert slow == (3, (Fault.SLOW_TO_LET_GO,))


def test_the_payment_itself_does_not_count_as_the_next_person() -> None:
    goals: list[Goal] = [StartCard(ONE, best=2), LetItAsk(best=1), Sell(TWO, CASH, best=3)]

    assert faults(goals, Started(at(1), "a", ONE), Unknown(at(3), "a"), sold("a", ONE, CARD, s=5))[0] == 1


def test_only_the_last_sale_is_reprinted_and_given_back() -> None:
    goals: list[Goal] = [Sell(ONE, CASH, best=3), ReprintLast(best=1), RefundLast(best=4)]

    other = faults(goals, sold("b"), Reprinted(at(2), "N1", "x"), Refunded(at(3), "x", TenderKind.CASH))
    right = faults(goals, sold("b"), Reprinted(at(2), "N2", "b"), Refunded(at(3), "b", TenderKind.CASH))
    wrong = faults(goals, sold("b"), Reprinted(at(2), "N2", "b"), Refunded(at(3), "x", TenderKind.CASH))

    assert other == (1, ())
    assert right == (3, ())
    assert wrong == (2, (Fault.WRONG_REFUND,))


def test_a_gate_and_a_hand_over_are_reached_by_what_the_till_wrote() -> None:
    goals: list[Goal] = [Scan("t1", Outcome.ADMITTED, best=2), Scan("t2", Outcome.WRONG_DAY, best=1), HandOver(best=4)]
    first, second = Scanned(at(1), "t1", Outcome.ADMITTED), Scanned(at(2), "t2", Outcome.WRONG_DAY)

    assert faults(goals, second) == (0, ())
    assert faults(goals, first, second, HandedOver(at(3), None)) == (2, ())
    assert faults(goals, first, second, HandedOver(at(3), "sam")) == (3, ())


MAIL_EVENTS = st.one_of(
    st.builds(
        sold,
        st.sampled_from("abc"),
        st.sampled_from([ONE, TWO]),
        st.sampled_from([CASH, CARD, CASH | CARD]),
        st.sampled_from([50, 60, 100]),
    ),
    st.builds(Started, st.just(at(1)), st.sampled_from("abc"), st.sampled_from([ONE, TWO])),
    st.builds(Unknown, st.just(at(1)), st.sampled_from("abc")),
    st.builds(Refunded, st.just(at(1)), st.sampled_from("abc"), st.just(TenderKind.CASH)),
    st.builds(Reprinted, st.just(at(1)), st.just("N"), st.sampled_from("abc")),
)
GOALS: list[Goal] = [
    Sell(ONE, CASH, best=3),
    ReprintLast(best=1),
    StartCard(ONE, best=2),
    LetItAsk(best=1),
    Sell(TWO, CASH, best=3, given=60),
    RefundLast(best=4),
]


@given(st.lists(MAIL_EVENTS, max_size=30))
def test_what_is_reached_stays_reached_and_what_was_wrong_stays_wrong(what: list[Activity]) -> None:
    steps = [judge(GOALS, what[:n]) for n in range(len(what) + 1)]

    assert [each.done for each in steps] == sorted(each.done for each in steps)
    assert all(b.faults[: len(a.faults)] == a.faults for a, b in pairwise(steps))
    assert steps[-1].done <= len(GOALS)


@given(
    st.lists(st.sampled_from(Fault), max_size=6),
    st.floats(0, 10_000),
    st.integers(0, 1000),
    st.integers(1, 30),
)
def test_a_score_is_between_none_and_ten_and_never_better_for_a_fault(
    wrong: list[Fault], time_s: float, presses: int, best: int
) -> None:
    clean = scored([], time_s=time_s, goal_s=60, presses=presses, best=best)
    score = scored(wrong, time_s=time_s, goal_s=60, presses=presses, best=best)

    assert 0 <= score.points <= clean.points <= MOST
    assert scored([], time_s=60, goal_s=60, presses=best, best=best).points == MOST
    assert not scored([Fault.CHARGED_TWICE], time_s=1, goal_s=60, presses=best, best=best).is_passed


def test_the_drawer_is_off_by_what_was_given_back_too_much() -> None:
    goals: list[Goal] = [Sell(ONE, CASH, best=3, given=60)]

    assert drawer_off(goals, [sold(tendered=60)]) == 0
    assert drawer_off(goals, [sold(tendered=100)]) == -40
    assert drawer_off(goals, [sold(lines=TWO, tendered=100)]) == 0

"""The hub's open problems at the till: what happened, whom it hits, what each remedy will do, and who may do it."""

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt

from boxoffice.core.wire.problems import ProblemMessage, ProblemRemedy
from tests.gui.conftest import Door
from tests.gui.fake_till import FakeTill

F11, DOWN = Qt.Key.Key_F11, Qt.Key.Key_Down
SEEN = ProblemRemedy(
    name="seen", label="Nothing to do", effect="Takes this from the list. Nothing else changes.", at_till=True
)
COUNTED = ProblemMessage(
    id="x1",
    kind="sold_without_lease",
    title="A till sold what it had no lease for",
    detail="Order 7K2-004 sold 1 of friday without a lease",
    safe="There was room: the places are counted as sold, and the tickets work.",
    affects="Ana Ruiz",
    raised_at="2026-05-15T23:10:00.000000Z",
    order_number="7K2-004",
    remedies=(SEEN,),
)
OVER = ProblemMessage(
    id="x2",
    kind="over_capacity",
    title="A till sold more than it had",
    detail="Order 7K2-005 sold 2 of friday without a lease",
    safe="The sale and its money are in the books. The tickets work.",
    affects="A customer at Door A who left no name",
    raised_at="2026-05-15T23:12:00.000000Z",
    order_number="7K2-005",
    remedies=(
        ProblemRemedy(name="raise_capacity", label="Raise the capacity", effect="All that was sold fits into 452."),
        ProblemRemedy(name="seen", label="Nothing to do", effect="Takes this from the list."),
    ),
)


@pytest.fixture
def told(door: Door, till: FakeTill) -> Door:
    till.tell_problems(OVER, COUNTED)
    door.press(F11)
    door.sees("2 at the hub")
    return door


def test_a_problem_says_what_happened_whom_it_hits_and_what_each_remedy_will_do(told: Door) -> None:
    told.sees("A till sold more than it had")
    told.sees("Order 7K2-005 sold 2 of friday without a lease")
    told.sees("Affects: A customer at Door A who left no name")
    told.sees("Raise the capacity: All that was sold fits into 452.")


def test_what_is_not_a_tills_to_decide_says_who_decides_it(told: Door) -> None:
    told.sees("An organizer decides this on the hub's page")

    assert {label.lower() for label in told.buttons()} == {"sell"}


def test_what_a_till_may_do_is_one_press_and_leaves_the_list(told: Door, till: FakeTill) -> None:
    told.press(DOWN)

    told.tap("Nothing to do")

    told.sees("Decided. The hub has written it down.")
    told.sees("1 at the hub")
    assert [each.id for each in till.hub.open] == ["x2"]


def test_what_is_decided_at_the_hub_leaves_the_list_by_itself(told: Door, till: FakeTill) -> None:
    till.tell_problems()

    told.sees("No problems\nEvery payment is known: paid, or not charged.")


def test_offline_what_is_known_is_shown_with_its_age_and_nothing_can_be_pressed(told: Door, till: FakeTill) -> None:
    told.press(DOWN)
    till.clock.forward(22 * 60)

    till.say(replace(till.status, is_online=False))

    told.sees("2 at the hub · as of")
    told.sees("22 min ago")
    told.sees("Not now: the hub does it, and this till is offline.")
    assert not told.buttons()["Nothing to do"].isEnabled()


def test_a_remedy_that_does_not_reach_the_hub_keeps_the_problem_and_says_so(told: Door, till: FakeTill) -> None:
    told.press(DOWN)
    till.hub.is_down = True

    told.tap("Nothing to do")

    told.sees("The hub can't be reached, so nothing was decided.")
    told.sees("2 at the hub")


def test_the_rail_counts_them(told: Door, till: FakeTill) -> None:
    assert till.status.hub_problems == 2


def test_a_problem_is_told_in_the_language_of_whoever_stands_there_with_no_network(door: Door, till: FakeTill) -> None:
    spanish = OVER.model_copy(update={"title": "Una caja vendió más de lo que tenía", "safe": "La venta cuenta."})
    till.tell_problems(OVER.model_copy(update={"spoken": {"es": spanish}}))
    door.press(F11)
    door.sees("A till sold more than it had")
    till.hub.is_down = True

    door.window.flow.session.speak("es")

    door.sees("Una caja vendió más de lo que tenía")
    door.sees("La venta cuenta.")

"""Presses, counted: what the door does all night takes as few as was promised, with a shift and staff as without."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from boxoffice.core.ids import StaffId
from boxoffice.core.staff import Person, StaffRole
from tests.gui.conftest import ENTER, Door, OpenDoor
from tests.gui.fake_till import FakeTill
from tests.gui.test_shifts import opened as open_a_shift

F3, F5, F6 = Qt.Key.Key_F3, Qt.Key.Key_F5, Qt.Key.Key_F6
CTRL_D = (Qt.Key.Key_D, Qt.KeyboardModifier.ControlModifier)
Press = Qt.Key | str | tuple[Qt.Key, Qt.KeyboardModifier]


class Counted:
    """A door whose presses are counted."""

    def __init__(self, door: Door) -> None:
        self.door, self.count = door, 0

    def press(self, key: Press, page: str = "") -> None:
        self.count += 1
        if isinstance(key, tuple):
            QTest.keyClick(self.door.window, *key)
        else:
            self.door.press(key)
        if page:
            self.door.at(page)


@pytest.fixture(params=["alone", "with a shift"])
def hands(request: pytest.FixtureRequest, open_door: OpenDoor, till: FakeTill) -> Counted:
    door = open_door()
    if request.param == "with a shift":
        open_a_shift(door)
    return Counted(door)


def sold(hands: Counted) -> None:
    hands.door.press("q", "s", F5, ENTER)
    hands.door.at("CompletePage")
    hands.door.press(ENTER)
    hands.door.at("SellPage")


def test_a_ticket_for_cash_is_three_presses(hands: Counted) -> None:
    hands.press("q")
    hands.press(F5)
    hands.press(ENTER, "CompletePage")

    assert hands.count == 3


def test_a_ticket_by_card_is_two_presses_and_the_tap(hands: Counted) -> None:
    hands.press("q")
    hands.press(F6, "ReaderPage")

    hands.door.sees("Sent to Reader 1")
    assert hands.count == 2


def test_the_last_sale_is_undone_by_two_presses(hands: Counted, till: FakeTill) -> None:
    sold(hands)

    hands.press("u", "RefundPage")
    hands.door.sees("stop working at once")
    hands.press(ENTER)

    hands.door.sees("in cash\nOut of this till's drawer.")
    assert hands.count == 2


def test_one_ticket_goes_back_by_four_presses_at_most(hands: Counted, till: FakeTill) -> None:
    sold(hands)

    hands.press(F3, "OrdersPage")
    hands.door.sees("1 × Full Festival Pass")
    hands.press("u", "RefundPage")
    hands.door.sees("Choose what goes back.")
    hands.press("2")
    hands.press(ENTER)

    hands.door.sees("Give back $25.00 in cash")
    assert hands.count <= 4


def test_a_drawer_is_handed_over_by_four_presses_at_most(open_door: OpenDoor, till: FakeTill) -> None:
    hands = Counted(open_door())
    till.people = (
        Person(StaffId("luis"), "Luis T.", StaffRole.SELLER),
        Person(StaffId("ana"), "Ana K.", StaffRole.SELLER),
    )
    open_a_shift(hands.door)

    hands.press(CTRL_D, "ShiftPage")
    hands.press("h", "HandOverDrawerPage")
    hands.press("q")
    hands.press(ENTER, "SellPage")

    assert hands.count <= 4
    assert till.shifts.now().held_by in ("Luis T.", "Ana K.")

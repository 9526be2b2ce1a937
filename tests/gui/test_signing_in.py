"""Who is there, by touch and by scanner, in a real window: the sale waits below, and a dialog lies over it."""

import json

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from boxoffice.core.credentials import badge_text
from boxoffice.core.staff import StaffRole
from boxoffice.till.ui.screens.sign_in import PersonButton
from boxoffice.till.ui.widgets.button import Button
from boxoffice.till.ui.widgets.person import Seller
from tests.gui.conftest import ENTER, Door, OpenDoor
from tests.gui.fake_till import FakeTill
from tests.gui.festival import usd

BADGE = badge_text(bytes(range(16)))
ESC, F12 = Qt.Key.Key_Escape, Qt.Key.Key_F12


@pytest.fixture
def staffed(till: FakeTill, open_door: OpenDoor) -> Door:
    till.hire("Ana", StaffRole.SUPERVISOR, pin="4071", badge=BADGE)
    till.hire("Luis", StaffRole.SELLER, pin="9021")
    return open_door(page="SignInPage")


def choose(door: Door, name: str) -> None:
    people = door.window.findChildren(PersonButton)
    door.tap_widget(next(each for each in people if each.view is not None and each.view.name == name))


def who(door: Door) -> str:
    seller = door.window.findChild(Seller)
    assert seller is not None
    return "" if seller.view is None else seller.view.name


def test_a_seller_signs_in_by_touch_and_another_takes_over_by_a_press_in_the_bar(staffed: Door) -> None:
    choose(staffed, "Luis")
    for digit in "9021":
        staffed.tap(digit)
    staffed.at("SellPage")
    assert who(staffed) == "Luis"
    staffed.press("Q")

    seller = staffed.window.findChild(Seller)
    assert seller is not None
    staffed.tap_widget(seller)
    staffed.at("SignInPage")
    staffed.scan(BADGE)
    staffed.at("SellPage")

    staffed.qtbot.waitUntil(lambda: who(staffed) == "Ana")
    staffed.sees("Full Festival Pass")
    assert not staffed.window.flow.session.sale.is_empty


def test_the_dialog_lies_over_the_page_takes_all_presses_and_gives_them_back(staffed: Door) -> None:
    staffed.press("W", "9021")
    staffed.at("SellPage")
    staffed.press("Q", Qt.Key.Key_F8, "P")
    staffed.at("GivenPage")
    staffed.press("A", ENTER)
    staffed.at("ApprovePage")
    staffed.sees("Luis wants to give away")
    card = staffed.window.screen_widget
    assert card.geometry() == staffed.window.rect()
    under = [each for each in staffed.window.findChildren(Button) if not card.isAncestorOf(each) and each.isVisible()]
    assert under
    assert all(staffed.window.childAt(each.mapTo(staffed.window, each.rect().center())) is not each for each in under)

    staffed.press(ESC)
    staffed.at("GivenPage")
    staffed.press(ENTER)
    staffed.at("ApprovePage")
    for digit in "4071":
        staffed.tap(digit)
    staffed.tap("Approve $150.00")
    staffed.at("CompletePage")

    assert who(staffed) == "Luis"


def test_without_staff_the_bar_and_the_keys_are_as_they_were(door: Door) -> None:
    assert who(door) == ""

    door.press(F12)

    door.at("TillPage")


def to_the_shift(staffed: Door, till: FakeTill) -> None:
    """Luis signs in, with a shift that is open, and looks at it."""
    staffed.press("W", "9021")
    staffed.at("SellPage")
    till.shifts.open(None, usd("300"), is_from_safe=False, why="")
    QTest.keyClick(staffed.window, Qt.Key.Key_D, Qt.KeyboardModifier.ControlModifier)
    staffed.at("ShiftPage")


def test_another_person_confirms_a_drop_by_their_own_pin_and_the_record_names_both(
    staffed: Door, till: FakeTill
) -> None:
    to_the_shift(staffed, till)
    staffed.press("m")
    staffed.at("MovePage")
    staffed.press("e", "100", ENTER)
    staffed.at("ApprovePage")
    staffed.sees("Ana, confirm this?")
    staffed.press("9021", ENTER)
    staffed.sees("That PIN does not match.")

    staffed.press("4071", ENTER)
    staffed.at("ShiftPage")

    assert till.shifts.now().moved[-1].who == "Luis, Ana"


def test_a_drop_is_done_alone_where_somebody_says_so(staffed: Door, till: FakeTill) -> None:
    to_the_shift(staffed, till)
    staffed.press("m")
    staffed.at("MovePage")
    staffed.press("e", "m", "100", ENTER)

    staffed.at("ShiftPage")
    assert till.shifts.now().moved[-1].who == "Luis"


def test_a_count_that_is_far_off_is_closed_with_the_approval_of_a_supervisor(staffed: Door, till: FakeTill) -> None:
    to_the_shift(staffed, till)
    staffed.press("c")
    staffed.at("CountPage")
    staffed.press("w", "200", ENTER)
    staffed.at("ApprovePage")
    staffed.sees("Luis, sign this?")
    staffed.press("4071", ENTER)
    staffed.sees("That PIN does not match.")
    staffed.press("9021", ENTER)
    staffed.at("ClosePage")
    staffed.press("d", ENTER)
    staffed.at("ApprovePage")
    staffed.press("4071", ENTER)

    staffed.at("ReportPage")
    staffed.sees("Seen by Ana")


def test_a_count_carries_the_name_of_whoever_signed_it_by_pin(staffed: Door, till: FakeTill) -> None:
    to_the_shift(staffed, till)
    staffed.press("c")
    staffed.at("CountPage")

    staffed.press("w", "300", ENTER)
    staffed.at("ApprovePage")
    staffed.press("9021", ENTER)
    staffed.at("ClosePage")

    with till.context.store.reading() as connection:
        query = "SELECT payload FROM facts WHERE kind = 'cash_counted'"
        counted = [json.loads(row[0]) for row in connection.exec_driver_sql(query)]
    assert [each["approved_by"] for each in counted] == ["luis"]


def test_where_several_could_the_second_person_is_picked_from_a_list_and_no_other_pin_will_do(
    staffed: Door, till: FakeTill
) -> None:
    till.hire("Bea", StaffRole.SELLER, pin="8350")
    till.hire("Sam", StaffRole.STEWARD, pin="6274")
    to_the_shift(staffed, till)
    staffed.press("m")
    staffed.at("MovePage")
    staffed.press("e", "100", ENTER)
    staffed.at("MovePage")
    staffed.sees("Choose who confirms it")
    staffed.press("n", "n", ENTER)
    staffed.at("ApprovePage")
    staffed.sees("Bea, confirm this?")
    staffed.press("4071", ENTER)
    staffed.sees("That PIN does not match.")

    staffed.press("8350", ENTER)
    staffed.at("ShiftPage")

    assert till.shifts.now().moved[-1].who == "Luis, Bea"

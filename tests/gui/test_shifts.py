"""A shift on real widgets: opened, worked, handed over, counted blind and closed, by keys and by touch."""

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from boxoffice.core.cash_rounding import CashRounding
from boxoffice.core.cash_rules import CashRules, FloatTemplate
from boxoffice.core.denominations import Count
from boxoffice.core.ids import StaffId
from boxoffice.core.staff import Person, StaffRole
from boxoffice.till.ui.widgets.bar import Bar
from boxoffice.till.usecases.gateway.standing import CatalogueChanged
from tests.gui.conftest import ENTER, ESC, Door, OpenDoor
from tests.gui.fake_till import FakeTill
from tests.gui.festival import usd
from tests.gui.shift_pages import z_report

F5, F9, F10 = Qt.Key.Key_F5, Qt.Key.Key_F9, Qt.Key.Key_F10
MAYA = Person(StaffId("maya"), "Maya R.", StaffRole.SELLER)
LUIS = Person(StaffId("luis"), "Luis T.", StaffRole.SELLER)


@pytest.fixture
def door(open_door: OpenDoor) -> Door:
    return open_door()


def with_rules(till: FakeTill, rules: CashRules) -> None:
    event = till.context.event
    catalogue = replace(event.catalogue, cash=rules)
    till.catalogue = catalogue
    till.context.sell_for(replace(event, catalogue=catalogue))
    till.say(CatalogueChanged(catalogue))


def to_shift(door: Door, name: str) -> None:
    QTest.keyClick(door.window, Qt.Key.Key_D, Qt.KeyboardModifier.ControlModifier)
    door.at(name)


def opened(door: Door, amount: str = "200") -> None:
    to_shift(door, "OpenPage")
    door.press("e", amount, ENTER)
    door.at("SellPage")


def test_a_shift_opens_as_it_was_left_in_two_presses(door: Door, till: FakeTill) -> None:
    opened(door)
    to_shift(door, "ShiftPage")
    door.press("c")
    door.at("CountPage")
    door.press("w", "200", ENTER)
    door.at("ClosePage")
    door.press(ENTER)
    door.at("ReportPage")
    door.press(ENTER)
    door.at("SellPage")

    to_shift(door, "OpenPage")
    door.sees("Open shift 2")
    door.sees("$200.00")
    door.press(ENTER)

    door.at("SellPage")
    assert till.shifts.now().float_amount == usd("200")


def test_a_cash_sale_is_three_keys_with_a_shift_as_without(door: Door, till: FakeTill) -> None:
    opened(door)

    door.press("q", F5, ENTER)

    door.at("CompletePage")
    assert till.context.drawer == "Door A"


def test_a_drop_is_a_letter_an_amount_and_enter(door: Door, till: FakeTill) -> None:
    opened(door)
    to_shift(door, "ShiftPage")
    door.press("m")
    door.at("MovePage")
    door.press("e", "500", ENTER)

    door.at("ShiftPage")
    door.sees("Drop to safe")
    door.sees("−$500.00")
    assert till.shifts.report().difference is None


def test_a_drawer_is_handed_over_in_three_presses_where_nobody_signs_in(door: Door, till: FakeTill) -> None:
    opened(door)
    to_shift(door, "ShiftPage")
    door.press("h")
    door.at("HandOverDrawerPage")
    door.press(ENTER)

    door.at("SellPage")
    assert till.shifts.now().is_open


def test_somebody_is_chosen_by_a_letter_and_may_count_first(door: Door, till: FakeTill) -> None:
    till.people = (MAYA, LUIS)
    opened(door)
    to_shift(door, "ShiftPage")
    door.press("h")
    door.at("HandOverDrawerPage")
    door.press("ws", ENTER)
    door.at("CountPage")
    door.press("w", "190", ENTER)
    door.at("ClosePage")
    door.sees("Short $10.00")
    door.press("d")
    door.press(ENTER)

    door.at("SellPage")
    assert till.shifts.now().held_by == "Luis T."


def test_nothing_that_gives_away_the_count_is_shown_before_it_is_signed(door: Door, till: FakeTill) -> None:
    opened(door)
    door.press("q", F5, ENTER)
    door.at("CompletePage")
    door.press(ENTER)
    to_shift(door, "ShiftPage")
    door.press("c")
    door.at("CountPage")

    assert "$350.00" not in door.text()
    door.press("w", "345", ENTER)
    door.at("ClosePage")
    door.sees("$350.00")
    door.sees("Short $5.00")
    assert not door.buttons()["Say what you know"].isEnabled()
    door.press("a")
    door.press(ENTER)
    door.at("ReportPage")
    door.sees("Z report 1")
    door.sees("Wrong change given")
    assert len(till.printer.slips) == 1


def test_bills_are_counted_by_keys_and_by_touch_and_kept_as_they_are_counted(door: Door, till: FakeTill) -> None:
    opened(door)
    to_shift(door, "ShiftPage")
    door.press("c")
    door.at("CountPage")
    door.press("1")
    for _ in range(2):
        door.press(Qt.Key.Key_Down)
    door.press("5")
    QTest.mouseClick(
        next(
            b
            for b in door.window.findChildren(type(door.buttons()["Sign $200.00"]))
            if b.accessibleName() == "One more of $20"
        ),
        Qt.MouseButton.LeftButton,
    )

    door.sees("$220.00")
    door.qtbot.waitUntil(lambda: dict(till.shifts.now().draft or {}).get("2000") == 6)
    door.press(ESC)
    door.at("ShiftPage")
    door.press("c")
    door.at("CountPage")
    door.sees("$220.00")


def test_a_float_that_is_less_than_what_was_left_wants_a_reason(door: Door, till: FakeTill) -> None:
    test_a_shift_opens_as_it_was_left_in_two_presses(door, till)
    till.shifts.count(Count(usd("1").currency, other=20_000))
    till.shifts.close(usd("0"), "")

    to_shift(door, "OpenPage")
    door.press("e", "195")
    door.sees("$5.00 less")
    assert not door.buttons()["Say what you know"].isEnabled()
    door.press("s")
    door.press(ENTER)

    door.at("SellPage")
    assert till.shifts.now().float_amount == usd("195")


def test_a_template_fills_the_drawer_up_from_the_safe(door: Door, till: FakeTill) -> None:
    with_rules(till, CashRules(floats=(FloatTemplate("Door", usd("200")), FloatTemplate("Merch", usd("150")))))
    to_shift(door, "OpenPage")
    door.press("s")
    door.sees("Open shift with $150.00")
    door.press(ENTER)

    door.at("SellPage")
    assert till.shifts.now().float_amount == usd("150")


def test_what_cash_is_rounded_to_stands_above_the_keys_and_exact_takes_it(door: Door, till: FakeTill) -> None:
    with_rules(till, CashRules(CashRounding(100)))
    door.press("x", "20.30", ENTER)
    door.at("SellPage")
    door.press(F5)
    door.at("CashPage")

    door.sees("$20.30, rounded to $1")
    door.sees("Rounded to $1")
    door.sees("−$0.30")
    door.sees("$20.00")
    door.press(ENTER)

    door.at("CompletePage")
    with till.context.store.reading() as connection:
        paid = connection.exec_driver_sql("SELECT amount, rounding, rounded_to FROM payments").one()
    assert tuple(paid) == (2030, -30, 100)


def test_a_z_report_goes_to_the_organizers_by_one_press_and_waits_where_there_is_no_network(
    door: Door, till: FakeTill
) -> None:
    z_report(door, till)
    till.hub.is_down = True

    door.press("m")
    door.sees("No network: it is mailed as soon as the hub has it.")
    assert till.hub.reports == []
    till.hub.is_down = False
    till._asking.send_waiting()

    assert len(till.hub.reports) == 1


def test_the_clock_is_whole_when_the_language_changes_while_the_till_runs(open_door: OpenDoor, till: FakeTill) -> None:
    door = open_door((1024, 768))
    z_report(door, till)
    bar = door.window.findChildren(Bar)[0]

    door.window.flow.session.speak("es")

    door.qtbot.waitUntil(lambda: "p. m." in bar._more.text() or "p.m." in bar._more.text())
    door.qtbot.waitUntil(lambda: bar._more.width() >= bar._more.sizeHint().width())


def test_what_the_drawer_should_hold_and_held_stand_side_by_side(door: Door, till: FakeTill) -> None:
    z_report(door, till)

    for words in ("Does the money agree?", "$250.00", "$245.00", "Still unknown"):
        door.sees(words)
    assert "Short $5.00" in door.tags()

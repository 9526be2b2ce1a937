"""The screens of a shift, and how to come to each."""

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from boxoffice.core.ids import StaffId
from boxoffice.core.staff import Person, StaffRole
from tests.gui.conftest import ENTER, Door
from tests.gui.fake_till import FakeTill

F5 = Qt.Key.Key_F5


def to_shift(door: Door, name: str) -> None:
    QTest.keyClick(door.window, Qt.Key.Key_D, Qt.KeyboardModifier.ControlModifier)
    door.at(name)


def open_shift(door: Door, till: FakeTill) -> None:
    to_shift(door, "OpenPage")
    door.press("e", "200")
    door.sees("$200.00")


def shift(door: Door, till: FakeTill) -> None:
    """A shift at work, with what was brought and taken away."""
    open_shift(door, till)
    door.press(ENTER)
    door.at("SellPage")
    door.press("q", F5, ENTER)
    door.at("CompletePage")
    door.press(ENTER)
    to_shift(door, "ShiftPage")
    door.press("m")
    door.at("MovePage")
    door.press("e", "100", ENTER)
    door.at("ShiftPage")
    door.sees("Drop to safe")


def cash_move(door: Door, till: FakeTill) -> None:
    shift(door, till)
    door.press("m")
    door.at("MovePage")
    door.press("120")


def count_pieces(door: Door, till: FakeTill) -> None:
    shift(door, till)
    door.press("c")
    door.at("CountPage")
    door.press("1")


def count_sum(door: Door, till: FakeTill) -> None:
    count_pieces(door, till)
    door.press("w", "245")


def compare(door: Door, till: FakeTill) -> None:
    """Five dollars are missing."""
    count_sum(door, till)
    door.press(ENTER)
    door.at("ClosePage")
    door.press("a")


def z_report(door: Door, till: FakeTill) -> None:
    compare(door, till)
    door.press(ENTER)
    door.at("ReportPage")
    door.sees("Z report 1")


def x_report(door: Door, till: FakeTill) -> None:
    shift(door, till)
    door.press("x")
    door.at("ReportPage")


def hand_drawer_over(door: Door, till: FakeTill) -> None:
    till.people = (
        Person(StaffId("maya"), "Maya R.", StaffRole.SELLER),
        Person(StaffId("luis"), "Luis T.", StaffRole.SUPERVISOR),
    )
    shift(door, till)
    door.press("h")
    door.at("HandOverDrawerPage")
    door.press("w")

"""The sell screen: keys, taps, search, options and donations."""

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication

from boxoffice.ui.widgets.tile import Tile
from tests.gui.conftest import ENTER, ESC, Door
from tests.gui.fake_till import FakeTill, usd

F1, F7 = Qt.Key.Key_F1, Qt.Key.Key_F7


def tile(door: Door, name: str) -> Tile:
    return next(each for each in door.window.findChildren(Tile) if each.view.name == name and each.isVisible())


def test_a_number_then_a_letter_adds_that_many(door: Door) -> None:
    door.press("3s")

    door.sees("$75.00")
    assert tile(door, "Social Dance").view.in_sale == 3


def test_digits_then_enter_set_the_chosen_line(door: Door) -> None:
    door.press("s", "5", ENTER)

    assert door.window.flow.session.sale.item_count == 5


def test_plus_and_minus_change_the_chosen_line(door: Door) -> None:
    door.press("s", "+", "+", "-")

    assert door.window.flow.session.sale.item_count == 2


def test_a_removed_line_can_be_put_back(door: Door) -> None:
    door.press("q", "s", Qt.Key.Key_Delete)
    door.sees("Social Dance removed.")

    door.tap("Undo")

    assert door.window.flow.session.sale.total == usd("175")


def test_clear_empties_the_sale_and_can_be_undone(door: Door) -> None:
    door.press("q", "s")
    door.tap("Clear")
    door.sees("No sale yet")

    door.tap("Undo")

    assert door.window.flow.session.sale.total == usd("175")


def test_a_sold_out_tile_stays_in_place_and_can_not_be_added(door: Door) -> None:
    assert tile(door, "Rueda class").view.stock == "Sold out"

    door.press("d")

    assert door.window.flow.session.sale.is_empty


def test_more_than_are_left_adds_what_is_left_and_says_so(door: Door) -> None:
    door.press("99", "a")

    door.sees("Only 12 left: Workshop.")
    assert door.window.flow.session.sale.item_count == 12


def test_a_size_is_chosen_by_number(door: Door) -> None:
    door.press("2z")
    door.at("OptionPage")

    door.press("3")

    door.at("SellPage")
    door.sees("Black, size L")
    assert door.window.flow.session.sale.total == usd("60")


def test_a_donation_takes_any_amount(door: Door) -> None:
    door.press("x")
    door.at("DonationPage")
    assert not door.buttons()["Type an amount"].isEnabled()

    door.press("12.50", ENTER)

    door.at("SellPage")
    assert door.window.flow.session.sale.total == usd("12.50")


def test_search_narrows_the_tiles_and_enter_adds_the_only_one(door: Door) -> None:
    door.press("/")
    door.type("satur")
    assert [each.view.name for each in door.window.findChildren(Tile) if each.isVisible()] == ["Saturday Day Pass"]

    door.press(ENTER)

    assert door.window.flow.session.sale.total == usd("120")


def test_letters_typed_into_the_search_add_nothing(door: Door) -> None:
    door.press("/")

    door.type("q")

    assert door.window.flow.session.sale.is_empty


def test_pay_buttons_are_off_while_there_is_nothing_to_pay(door: Door, till: FakeTill) -> None:
    assert not door.buttons()["Card"].isEnabled()

    door.press(Qt.Key.Key_F5)

    door.at("SellPage")


def test_a_held_enter_can_not_finish_two_steps(door: Door, till: FakeTill) -> None:
    door.press("q", Qt.Key.Key_F5)
    door.at("CashPage")

    held = QKeyEvent(QEvent.Type.KeyPress, ENTER, Qt.KeyboardModifier.NoModifier, "\r", True)
    QApplication.sendEvent(door.window, held)

    assert till.orders == {}
    door.at("CashPage")


def test_help_shows_the_keys_of_the_screen_and_escape_closes_it(door: Door) -> None:
    door.press(F1)
    door.sees("Keys for this screen")

    door.press(ESC)

    door.qtbot.waitUntil(lambda: "Keys for this screen" not in door.text())


def test_larger_text_by_key_makes_everything_larger(door: Door) -> None:
    before = door.theme.font(16).pixelSize()

    QTest.keyClick(door.window, Qt.Key.Key_Plus, Qt.KeyboardModifier.ControlModifier)

    assert door.theme.font(16).pixelSize() > before


def test_every_control_has_a_name_and_is_big_enough_to_touch(door: Door) -> None:
    door.press("q", "s")
    shown = [each for each in door.window.findChildren(QAbstractButton) if each.isVisible()]

    assert all(each.accessibleName() for each in shown)
    assert all(min(each.width(), each.height()) >= 48 for each in shown)

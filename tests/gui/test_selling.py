"""The sell screen: keys, taps, search, options and donations."""

from dataclasses import replace

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QFontMetrics, QImage, QKeyEvent, QPainter
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication

from boxoffice.till.ui import tokens
from boxoffice.till.ui.widgets.cart import CartLine
from boxoffice.till.ui.widgets.tile import Tile, broken
from boxoffice.till.usecases.gateway.standing import Ready
from tests.gui.conftest import ENTER, ESC, Door, OpenDoor
from tests.gui.fake_till import FakeTill
from tests.gui.festival import usd

F1, F7 = Qt.Key.Key_F1, Qt.Key.Key_F7


def tile(door: Door, name: str) -> Tile:
    return next(each for each in door.window.findChildren(Tile) if each.view.name == name and each.isVisible())


def test_what_is_added_to_the_last_sale_is_a_sale_of_its_own_by_two_presses(door: Door, till: FakeTill) -> None:
    door.press("q", Qt.Key.Key_F5, Qt.Key.Key_Return)
    door.at("CompletePage")
    door.press(Qt.Key.Key_Return)
    door.at("SellPage")
    first = till.last_sale()
    assert first is not None

    door.press("j", "s")
    door.sees(f"Added to order {first.number}")
    door.press(Qt.Key.Key_F5, Qt.Key.Key_Return)
    door.at("CompletePage")

    second = till.last_sale()
    assert second is not None
    assert (second.adds_to, len(second.lines)) == (first.number, 1)
    door.press(Qt.Key.Key_Return)
    door.at("SellPage")
    assert door.window.flow.session.sale.adds_to is None


def test_a_number_then_a_letter_adds_that_many(door: Door) -> None:
    door.press("3s")

    door.sees("$75.00")
    assert tile(door, "Social Dance").view.in_sale == 3


def test_lines_below_a_removed_one_move_up_as_they_are(door: Door) -> None:
    door.press("q", "w", "s", Qt.Key.Key_Up, Qt.Key.Key_Up)
    QApplication.processEvents()
    first, second, third = door.window.findChildren(CartLine)

    door.press(Qt.Key.Key_Delete)

    assert [each for each in door.window.findChildren(CartLine) if not each.isHidden()] == [second, third]
    assert first.isHidden()
    door.press(Qt.Key.Key_Down, "5", ENTER)
    assert [line.quantity for line in door.window.flow.session.sale.lines] == [1, 5]
    QTest.mouseClick(second, Qt.MouseButton.LeftButton)
    assert door.window.flow.session.sale.chosen == 0


def test_a_sale_leaves_no_widget_without_a_window(open_door: OpenDoor) -> None:
    before = set(QApplication.topLevelWidgets())
    door = open_door((1366, 768))
    door.at("SellPage")

    door.press("q", Qt.Key.Key_F5, ENTER)
    door.at("CompletePage")
    door.press(ENTER)
    door.at("SellPage")

    assert set(QApplication.topLevelWidgets()) - before == {door.window}


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


def test_a_key_that_something_lies_on_adds_and_removes_once(door: Door) -> None:
    door.press("q", "s")

    for key, text in ((Qt.Key.Key_Q, "q"), (Qt.Key.Key_Delete, ""), (Qt.Key.Key_5, "5")):
        held = QKeyEvent(QEvent.Type.KeyPress, key, Qt.KeyboardModifier.NoModifier, text, True)
        QApplication.sendEvent(door.window, held)
        door.window.flush_keys()

    assert [line.quantity for line in door.window.flow.session.sale.lines] == [1, 1]
    assert door.page.prefix == ""  # type: ignore[attr-defined]


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


@pytest.mark.parametrize("size", [(1024, 768), (1366, 768), (1920, 1080)])
@pytest.mark.parametrize("percent", [100, 150, 200])
@pytest.mark.parametrize(("here", "elsewhere"), [(40, 108), (0, 12), (1240, 3480), (0, 0), (3, 360)])
def test_a_tile_says_whole_what_is_left_and_never_smaller_than_the_smallest_text(
    open_door: OpenDoor, till: FakeTill, size: tuple[int, int], percent: int, here: int, elsewhere: int
) -> None:
    stock = tuple(replace(each, here=here, overall=here + elsewhere) for each in till.status.stock)
    till.state = Ready(till.catalogue, replace(till.status, is_online=False, stock=stock))
    door = open_door(size)
    door.theme.set_text(percent)

    shown = [each for each in door.window.findChildren(Tile) if each.isVisible() and each.view.stock_short]

    assert shown
    font = door.theme.font(tokens.SMALLEST_TEXT, 600)
    font.setPixelSize(door.theme.px(tokens.SMALLEST_TEXT))
    smallest = QFontMetrics(font)
    for each in shown:
        lines = each.stock_lines()
        assert "…" not in "".join(lines)
        assert all(smallest.horizontalAdvance(line) <= each.words_width for line in lines)


@pytest.mark.parametrize(
    "name", ["全日程フェスティバルパス（三日間）", "주말 전체 이용권", "Donaudampfschifffahrtsgesellschaftspass"]
)
def test_a_name_of_any_script_is_drawn_within_its_two_lines(door: Door, name: str) -> None:
    font = door.theme.font(15, 700)
    metrics = QFontMetrics(font)

    lines = broken(name, font, 90, 120, 2)

    assert metrics.horizontalAdvance(lines[0]) <= 90
    assert all(metrics.horizontalAdvance(line) <= 120 for line in lines)
    assert "".join(lines).replace(" ", "").startswith(name.replace(" ", "")[:8])


@pytest.mark.parametrize("letter", ["全", "김", "ế", "ד", "م", "ไ", "अ"])
@pytest.mark.parametrize("head", [False, True])
def test_no_letter_is_drawn_as_nothing(door: Door, letter: str, head: bool) -> None:
    image = QImage(60, 60, QImage.Format.Format_Grayscale8)
    image.fill(255)
    painter = QPainter(image)
    painter.setFont(door.theme.font(30, head=head))
    painter.drawText(10, 45, letter)
    painter.end()

    assert min(bytes(image.constBits())) < 100

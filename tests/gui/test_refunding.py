"""Money given back at the screen: the last sale by two presses, one thing of an order by four, and what it says."""

import pytest
from PySide6.QtCore import Qt

from boxoffice.till.ui.widgets.rows import Row
from tests.gui.conftest import ENTER, ESC, Door
from tests.gui.fake_till import FakeTill

F3, F5 = Qt.Key.Key_F3, Qt.Key.Key_F5


@pytest.fixture
def sold(door: Door) -> Door:
    """A full pass and two social dances were sold for cash."""
    door.press("q", "2", "s", F5, ENTER)
    door.at("CompletePage")
    door.press(ENTER)
    door.at("SellPage")
    return door


def test_the_last_sale_is_undone_by_two_presses(sold: Door, till: FakeTill) -> None:
    sold.press("u")
    sold.at("RefundPage")
    sold.sees("The drawer opens. 3 tickets stop working at once.")
    sold.press(ENTER)

    sold.sees("in cash\nOut of this till's drawer.")
    order = till.last_sale()
    assert order is not None
    assert [(each.given_back, each.is_back) for each in order.tenders] == [(order.total, True)]
    assert order.ticket_count == 0


def test_one_ticket_of_an_order_goes_back_by_four_presses(sold: Door, till: FakeTill) -> None:
    sold.press(F3)
    sold.at("OrdersPage")
    sold.sees("1 × Full Festival Pass")
    sold.press("u")
    sold.at("RefundPage")
    sold.sees("Choose what goes back.")
    sold.press("2", ENTER)

    sold.sees("Give back $25.00 in cash")
    sold.press(ENTER)
    sold.at("OrdersPage")
    sold.qtbot.waitUntil(lambda: "Part refunded" in sold.tags())
    order = till.last_sale()
    assert order is not None
    assert order.ticket_count == 2


def test_by_touch_it_is_as_many_taps(sold: Door) -> None:
    sold.tap("Refund")
    sold.at("RefundPage")
    sold.sees("stop working at once")
    row = next(each for each in sold.window.findChildren(Row) if "Full Festival Pass" in each.accessibleName())
    sold.tap_widget(row)
    sold.tap("Refund $50.00 in cash")

    sold.sees("Give back $50.00 in cash")


def test_another_amount_is_typed_and_never_more_than_is_left(sold: Door, till: FakeTill) -> None:
    sold.press("u")
    sold.at("RefundPage")
    sold.sees("stop working at once")

    sold.press("n", "1", "2", ".", "5")
    sold.sees("Tickets keep working.")
    assert sold.buttons()["Refund $12.50 in cash"].isEnabled()
    sold.press("0", "0", Qt.Key.Key_Backspace, Qt.Key.Key_Backspace, Qt.Key.Key_Backspace, "9", "9", "9")

    assert not sold.buttons()["Type an amount"].isEnabled()


def test_it_is_left_as_it_was_with_escape(sold: Door, till: FakeTill) -> None:
    sold.press("u")
    sold.at("RefundPage")
    sold.press(ESC)
    sold.at("SellPage")

    assert "refund" not in till.calls

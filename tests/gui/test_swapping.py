"""One ticket swapped for another at the screen: dearer, cheaper, and given up on the way."""

import pytest
from PySide6.QtCore import Qt

from tests.gui.conftest import ENTER, ESC, Door
from tests.gui.fake_till import FakeTill

F5 = Qt.Key.Key_F5


@pytest.fixture
def sold(door: Door) -> Door:
    """A Friday pass for $95.00 was sold for cash."""
    door.press("w", F5, ENTER)
    door.at("CompletePage")
    door.press(ENTER)
    door.at("SellPage")
    return door


def choose(door: Door, letter: str) -> None:
    door.press("i")
    door.at("SwapPage")
    door.sees("Friday Day Pass")
    door.press(letter)


def test_a_dearer_one_is_paid_in_cash_like_any_sale(sold: Door, till: FakeTill) -> None:
    choose(sold, "q")
    sold.sees("The old ticket stops when the new one is paid.")
    sold.sees("$55.00")

    sold.press(F5)
    sold.at("CashPage")
    sold.press(ENTER)
    sold.at("CompletePage")

    order = till.last_sale()
    assert order is not None
    assert [line.name for line in order.lines] == ["Full Festival Pass"]
    assert order.is_paid


def test_for_a_cheaper_one_it_says_what_to_give_back(sold: Door, till: FakeTill) -> None:
    choose(sold, "s")

    sold.press(ENTER)
    sold.at("CompletePage")

    sold.sees("Give back $70.00 in cash.")


def test_given_up_while_it_is_paid_the_old_ticket_stays(sold: Door, till: FakeTill) -> None:
    before = till.last_sale()
    choose(sold, "q")
    sold.press(F5)
    sold.at("CashPage")

    sold.press(ESC)

    sold.at("SellPage")
    assert before is not None
    assert till.order(before.id).ticket_count == 1

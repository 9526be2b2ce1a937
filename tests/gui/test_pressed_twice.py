"""Keys that come faster than the till can do what the first of them asks for: a sale is made once."""

import pytest
from PySide6.QtCore import Qt

from tests.gui.conftest import ENTER, Door, OpenDoor
from tests.gui.fake_till import FakeTill

F5, F6, F7 = Qt.Key.Key_F5, Qt.Key.Key_F6, Qt.Key.Key_F7


def orders(till: FakeTill) -> list[str]:
    return [call for call in till.calls if call in ("place", "sell_for_cash")]


@pytest.mark.parametrize(("key", "page"), [(F6, "ReaderPage"), (F7, "PhonePage")])
def test_a_way_to_pay_that_is_pressed_again_and_again_places_one_order(
    door: Door, till: FakeTill, key: Qt.Key, page: str
) -> None:
    door.press("q", key, key, key)

    door.at(page)
    assert orders(till) == ["place"]


def test_cash_that_is_taken_again_and_again_is_one_sale(open_door: OpenDoor, till: FakeTill) -> None:
    door = open_door()
    door.press("q", F5)
    door.at("CashPage")

    door.press(ENTER, ENTER, ENTER)

    door.qtbot.waitUntil(lambda: bool(orders(till)), timeout=150_000)
    door.at("SellPage")  # of the presses that waited, the first goes on from the sale that is complete
    assert orders(till) == ["sell_for_cash"]

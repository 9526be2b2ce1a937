"""A bug in a background job: the till says so, keeps what it has, and goes on."""

import logging
from typing import NoReturn

import pytest
from PySide6.QtCore import Qt

from boxoffice.core.ids import OrderId
from boxoffice.core.money import Money
from boxoffice.core.tenders import TenderKind
from boxoffice.till.usecases.gateway.paying import TenderOutcome
from tests.gui.conftest import ENTER, ESC, Door, OpenDoor
from tests.gui.fake_till import FakeTill

_SECRET = "rk_live_51abc"
F5, F6, F7 = Qt.Key.Key_F5, Qt.Key.Key_F6, Qt.Key.Key_F7


def _breaks(*_: object) -> NoReturn:
    raise KeyError(f"no entry for {_SECRET}")


@pytest.mark.parametrize(
    "name", ["sell_for_cash", "take_cash", "place", "print", "find_orders", "last_sale", "readers"]
)
def test_a_job_that_breaks_leaves_no_key_waiting(
    open_door: OpenDoor, till: FakeTill, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    door = open_door()
    monkeypatch.setattr(till, name, _breaks)
    call = getattr(till, name)

    door.window.flow.session.call(call, lambda _: None, keys_wait=True)

    door.sees("Something in this till went wrong (KeyError).")
    door.sees("Look under Orders before you take money for this again.")
    door.qtbot.waitUntil(lambda: not door.window.flow.session.is_busy)
    door.press("q")
    assert door.window.flow.session.sale.item_count == 1


def test_a_cash_sale_that_breaks_says_to_look_under_orders_and_the_till_goes_on(
    door: Door, till: FakeTill, monkeypatch: pytest.MonkeyPatch
) -> None:
    door.press("q", F5)
    door.at("CashPage")
    with monkeypatch.context() as patched:
        patched.setattr(till, "sell_for_cash", _breaks)
        door.press(ENTER)
        door.sees("Something in this till went wrong (KeyError).")

    door.press(ESC)
    door.at("SellPage")
    door.press(F5)
    door.at("CashPage")
    door.press(ENTER)
    door.at("CompletePage")


@pytest.mark.parametrize(("key", "name"), [(F6, "pay_by_reader"), (F7, "pay_by_phone")])
def test_a_payment_that_breaks_is_not_called_refused(
    door: Door, till: FakeTill, monkeypatch: pytest.MonkeyPatch, key: Qt.Key, name: str
) -> None:
    monkeypatch.setattr(till, name, _breaks)

    door.press("q", key)

    door.sees("Something in this till went wrong (KeyError).")
    door.at("SplitPage")
    assert "Nothing was charged" not in door.text()


def test_a_payment_that_breaks_after_it_began_is_unknown_and_takes_no_other_payment(
    door: Door, till: FakeTill, monkeypatch: pytest.MonkeyPatch
) -> None:
    def begins_and_breaks(order_id: OrderId, amount: Money, _: object) -> TenderOutcome:
        till.pay(order_id, TenderKind.TERMINAL, amount, "left alone")
        _breaks()

    monkeypatch.setattr(till, "pay_by_reader", begins_and_breaks)

    door.press("q", F6)

    door.at("UnknownPage")
    door.sees("Payment unknown. Checking with Stripe.")


def test_the_log_says_where_it_broke_and_no_secret(door: Door, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.ERROR):
        door.window.flow.session.call(_breaks, lambda _: None)
        door.sees("Something in this till went wrong (KeyError).")

    assert "KeyError" in caplog.text
    assert "in _breaks" in caplog.text
    assert _SECRET not in caplog.text
    assert _SECRET not in door.text()

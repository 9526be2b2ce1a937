"""Payments on the customer's own phone."""

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt

from boxoffice.core.orders import OrderState
from boxoffice.till.ui.widgets.qr import QrCode
from boxoffice.till.usecases.gateway.paying import Stage
from tests.gui.conftest import ENTER, ESC, Door, OpenDoor
from tests.gui.fake_till import FakeTill
from tests.gui.festival import FIRST
from tests.gui.looking import code_on

F5, F6, F7, F9, F10 = (getattr(Qt.Key, f"Key_F{n}") for n in (5, 6, 7, 9, 10))
LINK = "https://hub.alocubano.example/p/7K2F4Q"
SIZES = [(1024, 768), (1366, 768), (1920, 1080), (3840, 2160)]


@pytest.fixture
def paying(door: Door) -> Door:
    """A code for $150 on the screen."""
    door.press("q", F7)
    door.at("PhonePage")
    door.sees("Scan to pay $150.00")
    return door


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
def test_the_code_on_the_screen_is_read_by_another_program(open_door: OpenDoor, size: tuple[int, int]) -> None:
    door = open_door(size)
    door.press("q", F7)
    door.sees("Scan to pay $150.00")

    assert code_on(door.window) == LINK


def test_the_code_is_at_least_a_third_as_high_as_the_screen(paying: Door) -> None:
    code = paying.window.findChild(QrCode)

    assert code is not None
    assert min(code.width(), code.height()) > paying.window.height() / 3


def test_the_screen_follows_the_customer_from_opened_to_paid(paying: Door, till: FakeTill) -> None:
    paying.sees("Waiting for a phone")
    till.advance(Stage.OPENED)
    paying.sees("Opened on a phone\n9:14:02 pm")
    till.advance(Stage.PRESENTED)
    paying.sees("Paying now")

    till.end_payment("paid")

    paying.at("PhonePaidPage")
    paying.sees("Payment received\nVisa ending 4242, paid on their phone.")


def test_after_paid_the_tickets_are_one_key_away_and_the_next_customer_too(paying: Door, till: FakeTill) -> None:
    till.end_payment("paid")
    paying.at("PhonePaidPage")

    paying.press(F9)
    paying.at("CompletePage")
    paying.press(ENTER)

    paying.at("SellPage")


def test_the_time_left_runs_down_and_can_be_extended(paying: Door, till: FakeTill) -> None:
    till.clock.forward(48)
    paying.sees("4:12")

    paying.press(F6)

    paying.sees("10:00")


def test_the_last_minute_is_said(paying: Door, till: FakeTill) -> None:
    till.clock.forward(245)

    paying.sees("Ends soon\n0:55")


def test_escape_asks_first_and_keeps_waiting_by_default(paying: Door, till: FakeTill) -> None:
    paying.press(ESC)
    paying.sees("End this code? The customer can't pay with it any more.")

    paying.press(ENTER)

    assert "End the code" not in paying.buttons()
    assert "cancel_payment" not in till.calls


def test_cancel_says_cancelling_until_the_code_has_really_ended(paying: Door, till: FakeTill) -> None:
    till.confirms_cancel = False
    paying.press(ESC, Qt.Key.Key_Delete)
    paying.sees("Cancelling\nThe code is being closed.")
    code = paying.window.findChild(QrCode)
    assert code is not None
    assert code.accessibleName() == ""

    till.end_payment("cancelled")

    paying.at("RefusedPage")
    paying.sees("Cancelled. Nothing was charged.")


def test_a_payment_that_was_faster_than_the_cancel_counts(paying: Door, till: FakeTill) -> None:
    till.confirms_cancel = False
    paying.press(ESC, Qt.Key.Key_Delete)
    paying.sees("Cancelling")

    till.end_payment("paid")

    paying.at("PhonePaidPage")


def test_a_code_that_ended_unpaid_says_so_and_offers_the_other_ways(paying: Door, till: FakeTill) -> None:
    till.end_payment("expired")

    paying.at("RefusedPage")
    paying.sees("Code ended. Nothing was charged.")
    assert {"Show a new code", "Cash", "Card"} <= paying.buttons().keys()


def test_offline_the_phone_button_says_why_it_waits(door: Door, till: FakeTill) -> None:
    till.say(replace(till.status, is_online=False))
    door.sees("Phone is back when online")

    door.press("q", F7)

    door.at("SellPage")


def test_the_next_customer_is_served_while_this_one_pays(paying: Door, till: FakeTill) -> None:
    paying.press(F10)

    paying.at("SellPage")
    paying.sees(f"Order {FIRST} waits for its phone payment.")
    paying.press("s", F5, ENTER)
    paying.at("CompletePage")
    till.answer_unknown(next(iter(till.unknown)), "paid")
    paying.sees(f"Order {FIRST}: $150.00 is paid.")
    paying.at("CompletePage")


def test_a_code_that_ends_unpaid_while_others_are_served_lets_its_places_go_by_itself(
    paying: Door, till: FakeTill
) -> None:
    paying.press(F10)
    paying.at("SellPage")

    till.answer_unknown(next(iter(till.unknown)), "refused")

    paying.sees(f"Order {FIRST} was not paid, and its code has ended.")
    paying.qtbot.waitUntil(lambda: next(iter(till.orders.values())).state is OrderState.FAILED)
    assert "Take it up" not in paying.buttons()


def test_a_code_that_ends_unpaid_while_its_customer_is_served_keeps_the_sale(paying: Door, till: FakeTill) -> None:
    paying.press(F10)
    paying.at("SellPage")
    paying.press(F10)
    paying.sees("since 9:14 pm")
    paying.press("1")
    paying.at("UnknownPage")

    till.answer_unknown(next(iter(till.unknown)), "refused")

    paying.at("RefusedPage")
    assert next(iter(till.orders.values())).state is OrderState.PROCESSING
    assert "abandon" not in till.calls


def test_the_code_of_a_payment_that_was_left_alone_can_be_shown_again(paying: Door, till: FakeTill) -> None:
    paying.press(F10)
    paying.at("SellPage")
    paying.press(F10)
    paying.sees("since 9:14 pm")
    paying.press("1")
    paying.at("UnknownPage")

    paying.press(F7)

    paying.at("PhonePage")
    paying.sees("Scan to pay $150.00")
    till.end_payment("paid")
    paying.at("PhonePaidPage")
    assert till.calls.count("pay_by_phone") == 1


def test_a_code_that_is_shown_again_can_be_left_alone_again(paying: Door, till: FakeTill) -> None:
    paying.press(F10)
    paying.at("SellPage")
    paying.press(F10)
    paying.sees("since 9:14 pm")
    paying.press("1", F7)
    paying.at("PhonePage")
    paying.sees("Scan to pay")

    paying.press(F10)

    paying.at("SellPage")
    assert len(till.unknown) == 1

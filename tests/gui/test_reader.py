"""Card payments on a reader."""

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt

from boxoffice.core.errors import OperationFailed
from boxoffice.till.usecases.gateway.devices import ReaderState
from boxoffice.till.usecases.gateway.paying import Stage
from boxoffice.till.usecases.gateway.standing import Ready
from tests.gui.conftest import ENTER, ESC, Door, OpenDoor
from tests.gui.fake_till import FakeTill
from tests.gui.festival import boulder_fest, festival_status, usd

F2, F5, F6, F7 = Qt.Key.Key_F2, Qt.Key.Key_F5, Qt.Key.Key_F6, Qt.Key.Key_F7


@pytest.fixture
def paying(door: Door) -> Door:
    """A card payment of $150 under way."""
    door.press("q", F6)
    door.at("ReaderPage")
    return door


def test_the_screen_follows_the_reader_until_the_sale_is_paid(paying: Door, till: FakeTill) -> None:
    paying.sees("Sent to Reader 1\n9:14:02 pm")
    till.advance(Stage.PRESENTED)
    paying.sees("Card read. Waiting for the bank.")

    till.end_payment("paid")

    paying.at("CompletePage")
    paying.sees("Paid by card")
    paying.sees("Visa ending 4242")


def test_a_declined_card_says_that_nothing_was_charged_and_keeps_the_sale(paying: Door, till: FakeTill) -> None:
    till.end_payment("refused", "The card has insufficient funds.")

    paying.at("RefusedPage")
    paying.sees("Card declined. Nothing was charged.\nThe card has insufficient funds.")
    paying.sees("the sale is still here and 1 place is held.")


def test_after_a_decline_the_same_order_is_paid_in_cash(paying: Door, till: FakeTill) -> None:
    till.end_payment("refused", "The bank declined this card.")
    paying.at("RefusedPage")

    paying.press(F5, ENTER)

    paying.at("CompletePage")
    assert len(till.orders) == 1


def test_going_back_after_a_decline_lets_the_places_go(paying: Door, till: FakeTill) -> None:
    till.end_payment("refused", "The bank declined this card.")
    paying.at("RefusedPage")

    paying.press(ESC)

    paying.at("SellPage")
    paying.qtbot.waitUntil(lambda: "abandon" in till.calls)
    assert paying.window.flow.session.sale.total == usd("150")


def test_cancel_waits_for_the_reader_to_say_so(paying: Door, till: FakeTill) -> None:
    till.confirms_cancel = False
    paying.press(ESC)
    paying.sees("Cancelling on the reader")
    assert paying.buttons().keys().isdisjoint({"Use cash instead", "Use phone instead", "Cash"})

    till.end_payment("cancelled")

    paying.at("RefusedPage")
    paying.sees("Cancelled. Nothing was charged.")


def test_cash_instead_opens_only_after_the_reader_has_let_go(paying: Door, till: FakeTill) -> None:
    till.confirms_cancel = False
    paying.press(F5)
    paying.sees("Then it is cash.")
    paying.at("ReaderPage")

    till.end_payment("cancelled")

    paying.at("CashPage")


def test_a_card_that_was_charged_while_cancelling_counts_as_paid(paying: Door, till: FakeTill) -> None:
    till.confirms_cancel = False
    paying.press(F5)
    paying.sees("Cancelling on the reader")

    till.end_payment("paid")

    paying.at("CompletePage")


def test_nobody_leaves_a_payment_under_way(paying: Door) -> None:
    paying.press(F2)
    paying.at("ReaderPage")

    paying.press(Qt.Key.Key_F3)

    paying.at("ReaderPage")
    paying.sees("A card payment is under way. Cancel it on the reader first.")


def test_a_cancel_that_fails_says_so_and_goes_on_waiting(paying: Door, till: FakeTill) -> None:
    till.failure = OperationFailed("The reader can't be reached.", "Nothing changed.", "Try again.")

    paying.press(ESC)

    paying.sees("The reader can't be reached.")
    paying.sees("Waiting for the customer's card")


def test_without_a_chosen_reader_one_is_asked_for_first(open_door: OpenDoor, till: FakeTill) -> None:
    till.status = festival_status(reader=ReaderState.NONE, reader_name="")
    door = open_door(state=Ready(boulder_fest(), till.status))
    door.press("q", F6)
    door.at("PickReaderPage")
    door.sees("Reader 1")

    door.press(ENTER)

    door.at("ReaderPage")
    assert "choose_reader" in till.calls


def test_no_reader_at_all_is_said_plainly(open_door: OpenDoor, till: FakeTill) -> None:
    till.status, till.reader_list = festival_status(reader=ReaderState.NONE, reader_name=""), ()
    door = open_door(state=Ready(boulder_fest(), till.status))

    door.press("q", F6)

    door.sees("No reader is registered for this place. Cash and phone work.")


def test_a_reader_that_needs_the_internet_says_why_card_waits(door: Door, till: FakeTill) -> None:
    till.say(replace(till.status, is_online=False, reader=ReaderState.NEEDS_INTERNET))
    door.sees("Card is back when online")
    door.press("q", F6)

    door.at("SellPage")
    assert "place" not in till.calls

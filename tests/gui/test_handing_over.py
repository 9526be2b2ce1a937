"""A revoked till: it stops selling when it hears so, but never in a payment, and leads through handing over."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from PySide6.QtCore import QPoint, QRect, Qt

from boxoffice.till.ui.widgets.notice import Notice
from boxoffice.till.ui.widgets.toasts import Toasts
from boxoffice.till.usecases.gateway.standing import HandOver, Ready
from tests.gui.conftest import ENTER, ESC, Door, OpenDoor
from tests.gui.fake_till import FakeTill
from tests.gui.festival import usd
from tests.gui.looking import faults

F2, F5, F6, F8, F10 = (getattr(Qt.Key, f"Key_F{n}") for n in (2, 5, 6, 8, 10))


def test_a_till_that_hears_that_it_is_revoked_sells_no_more(door: Door, till: FakeTill) -> None:
    door.press("q2")

    till.say(till.handing_over)

    door.at("HandOverPage")
    door.sees("This till was revoked")
    door.sees("Hand over 60 records")
    door.sees("Count the drawer: $1,234.00")
    door.press(F2, F5, "q")
    door.at("HandOverPage")


def test_a_payment_that_is_under_way_comes_to_its_end_first(door: Door, till: FakeTill) -> None:
    door.press("q", F6)
    door.at("ReaderPage")

    till.say(till.handing_over)
    door.at("ReaderPage")
    till.end_payment("paid")
    door.at("CompletePage")
    door.press(ENTER)

    door.at("HandOverPage")


def test_words_on_sales_that_wait_do_not_lie_on_the_page_that_says_it_too(open_door: OpenDoor, till: FakeTill) -> None:
    door = open_door()
    door.press("q", F8, "20", F5, ENTER)
    door.at("SplitPage")
    door.press(F10)
    again = open_door(state=Ready(till.catalogue, till.status, parked=till.parked()))
    again.sees("1 sale waits, paid in part.")

    till.say(till.handing_over)
    again.at("HandOverPage")

    again.qtbot.waitUntil(lambda: "1 sale waits" not in again.text())


def test_a_message_stands_under_the_notice_and_above_the_buttons(open_door: OpenDoor, till: FakeTill) -> None:
    door = open_door(state=till.handing_over, page="HandOverPage")
    door.window.flow.session.say("The file can't be written.", state="danger", detail="Free space.", stays=True)

    toasts, notice = door.window.findChild(Toasts), door.window.findChild(Notice)
    assert toasts is not None
    assert notice is not None
    at = QRect(notice.mapTo(door.window, QPoint(0, 0)), notice.size())
    assert toasts.isVisible()
    assert not toasts.geometry().intersects(at)


def test_after_a_restart_the_same_page_is_shown(open_door: OpenDoor, till: FakeTill) -> None:
    open_door(state=till.handing_over, page="HandOverPage").sees("This till was revoked")


def test_everything_is_sent_and_the_till_is_paired_anew_by_keys_alone(open_door: OpenDoor, till: FakeTill) -> None:
    door = open_door(state=till.handing_over, page="HandOverPage")
    till.handing_over = replace(till.handing_over, unsent=0, problem="")

    door.press(ENTER)
    door.sees("Everything is at the hub")
    door.press(ENTER)

    door.at("PairPage")
    assert till.calls[-2:] == ["hand_over", "begin_anew False"]


def test_without_a_network_a_file_is_saved_and_confirmed_before_anything_is_left(
    open_door: OpenDoor, till: FakeTill
) -> None:
    door = open_door(state=till.handing_over, page="HandOverPage")
    assert "Go on without the hub" not in door.buttons()

    door.tap("Save to a file")
    door.sees("60 records saved to a file")
    door.tap("Go on without the hub")
    door.sees("Not yet")
    assert "begin_anew True" not in till.calls
    door.tap("Yes, the organizer has the file")

    door.at("PairPage")
    assert till.calls[-1] == "begin_anew True"


STATES = {
    "holding": HandOver("Door A", "https://hub", 60, (usd("1234"),), 1, problem="The hub can't be reached."),
    "exported": HandOver("Door A", "https://hub", 60, (usd("1234"),), 1, "/home/door/Documents/boxoffice-door-a.json"),
    "done": HandOver("Door A", "https://hub", 0, (usd("1234"), usd("20"))),
}


@pytest.mark.parametrize("size", [(1024, 768), (1366, 768), (1920, 1080), (3840, 2160)])
@pytest.mark.parametrize("name", STATES)
def test_nothing_is_clipped_at_any_size(open_door: OpenDoor, size: tuple[int, int], name: str) -> None:
    door = open_door(size, STATES[name], "HandOverPage")

    assert faults(door.window) == []


def test_larger_text_fits_too(open_door: OpenDoor) -> None:
    door = open_door((1366, 768), STATES["exported"], "HandOverPage")

    door.theme.step_text(2)

    door.qtbot.waitUntil(lambda: faults(door.window) == [], timeout=3000)


def part_paid(door: Door) -> None:
    door.press("q", F8, "50", F5, ENTER)
    door.at("SplitPage")


def test_what_is_given_back_at_a_till_that_was_revoked_meanwhile_is_still_said(door: Door, till: FakeTill) -> None:
    part_paid(door)
    till.say(till.handing_over)

    door.press(ESC, "s", ENTER)

    door.at("GivenBackPage")
    door.sees("Give back $50.00 in cash")
    door.press(ENTER)
    door.at("HandOverPage")


def test_a_card_that_is_declined_at_a_till_that_was_revoked_meanwhile_is_still_said(door: Door, till: FakeTill) -> None:
    door.press("q", F6)
    door.at("ReaderPage")
    till.say(till.handing_over)

    till.end_payment("refused", "The bank declined this card.")

    door.at("RefusedPage")
    door.press(ESC)
    door.at("HandOverPage")


def test_an_unknown_payment_is_still_waited_for_at_a_till_that_was_revoked_meanwhile(
    door: Door, till: FakeTill
) -> None:
    door.press("q", F6)
    door.at("ReaderPage")
    till.say(till.handing_over)
    till.end_payment("unknown")
    door.at("UnknownPage")

    till.answer_unknown(next(iter(till.unknown)), "paid")

    door.at("CompletePage")


def test_the_money_of_a_parked_sale_can_be_given_back_at_a_revoked_till(door: Door, till: FakeTill) -> None:
    part_paid(door)
    door.press(F10)
    door.at("SellPage")
    till.say(till.handing_over)
    door.at("HandOverPage")

    door.press(F10)
    door.sees("Take up")
    door.press("1", ESC, "s", ENTER)

    door.at("GivenBackPage")
    assert [why for _, why in till.given_back] == ["Changed mind"]
    door.press(ENTER)
    door.at("HandOverPage")


def test_a_scan_presses_nothing_on_a_page_that_stands_alone(open_door: OpenDoor, till: FakeTill) -> None:
    door = open_door(state=STATES["done"], page="HandOverPage")

    door.scan("7K2F4Q8 $%*+-./:")
    door.window.flush_keys()

    door.at("HandOverPage")
    assert "begin_anew False" not in till.calls


def a_cart(door: Door, till: FakeTill) -> None:
    door.press("w2")


def a_declined_card_then_cash(door: Door, till: FakeTill) -> None:
    door.press("w", F6)
    door.at("ReaderPage")
    till.end_payment("refused")
    door.at("RefusedPage")
    door.press(F5)
    door.at("CashPage")


@pytest.mark.parametrize("at_hand", [a_cart, a_declined_card_then_cash], ids=lambda steps: steps.__name__)
def test_a_parked_sale_is_ended_whatever_was_at_hand_when_the_till_was_revoked(
    door: Door, till: FakeTill, at_hand: Callable[[Door, FakeTill], None]
) -> None:
    part_paid(door)
    door.press(F10)
    door.at("SellPage")
    at_hand(door, till)

    till.say(replace(till.handing_over, unfinished=1))
    door.at("HandOverPage")
    door.press(F10)
    door.at("ParkedPage")
    door.qtbot.waitUntil(lambda: len(door.page.orders) == 1, timeout=5000)  # type: ignore[attr-defined]
    door.press("1")

    door.qtbot.waitUntil(lambda: type(door.page).__name__ == "SplitPage", timeout=5000)
    door.press(ESC, "s", ENTER)
    door.at("GivenBackPage")

"""Every page at every size: nothing clipped, nothing overlapping, and what matters without scrolling."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from PySide6.QtCore import QPoint, Qt

from boxoffice.core.errors import TillStopped
from boxoffice.services.gateway import ReaderState, Stage
from tests.gui.conftest import ENTER, ESC, Door, OpenDoor
from tests.gui.fake_till import NINE_PM, UNPAIRED, FakeTill
from tests.gui.looking import faults, scrolls

SIZES = [(1024, 768), (1366, 768), (1920, 1080), (3840, 2160)]
F1, F3, F5, F6, F7, F8, F9, F11, F12 = (getattr(Qt.Key, f"Key_F{n}") for n in (1, 3, 5, 6, 7, 8, 9, 11, 12))


def sale(door: Door) -> None:
    door.press("q2sz3")
    door.at("SellPage")


def sell(door: Door, till: FakeTill) -> None:
    sale(door)


def options(door: Door, till: FakeTill) -> None:
    door.press("z")
    door.at("OptionPage")


def donation(door: Door, till: FakeTill) -> None:
    door.press("x", "20")
    door.at("DonationPage")


def cash(door: Door, till: FakeTill) -> None:
    sale(door)
    door.press(F5, "300")


def complete(door: Door, till: FakeTill) -> None:
    cash(door, till)
    door.press(ENTER)
    door.at("CompletePage")


def reader(door: Door, till: FakeTill) -> None:
    sale(door)
    door.press(F6)
    door.at("ReaderPage")
    door.sees("Sent to Reader 1")


def declined(door: Door, till: FakeTill) -> None:
    reader(door, till)
    till.end_payment("refused", "The bank declined this card.")
    door.at("RefusedPage")


def unknown(door: Door, till: FakeTill) -> None:
    reader(door, till)
    till.end_payment("unknown")
    door.at("UnknownPage")


def phone(door: Door, till: FakeTill) -> None:
    sale(door)
    door.press(F7)
    door.at("PhonePage")
    door.sees("Scan to pay")
    till.advance(Stage.OPENED)
    till.advance(Stage.PRESENTED)
    door.sees("Paying now")


def phone_question(door: Door, till: FakeTill) -> None:
    phone(door, till)
    door.press(ESC)


def phone_paid(door: Door, till: FakeTill) -> None:
    phone(door, till)
    till.end_payment("paid")
    door.at("PhonePaidPage")


def split(door: Door, till: FakeTill) -> None:
    sale(door)
    door.press(F8, "100", F5, "120", ENTER)
    door.at("SplitPage")


def problems(door: Door, till: FakeTill) -> None:
    unknown(door, till)
    door.press(F11)
    door.sees("Payment unknown, $230.00")


def orders(door: Door, till: FakeTill) -> None:
    complete(door, till)
    door.press(F3)
    door.sees("1 order today")


def till_page(door: Door, till: FakeTill) -> None:
    door.press(F12)
    door.sees("Reader 2")


def stopped(door: Door, till: FakeTill) -> None:
    till.failure = TillStopped(
        "This till's disk is full.", "Every sale that showed “Paid” is saved.", "Free some space."
    )
    cash(door, till)
    door.press(ENTER)
    door.at("StoppedPage")


def help_page(door: Door, till: FakeTill) -> None:
    door.press(F1)
    door.sees("Keys for this screen")


PAGES = (
    sell,
    options,
    donation,
    cash,
    complete,
    reader,
    declined,
    unknown,
    phone,
    phone_question,
    phone_paid,
    split,
    problems,
    orders,
    till_page,
    stopped,
)
Steps = Callable[[Door, FakeTill], None]
by_size = pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
by_page = pytest.mark.parametrize("page", PAGES, ids=lambda page: page.__name__)


def settled(door: Door) -> list[str]:
    """Returns the faults that stay after the layout has settled."""
    looks = 0

    def is_done() -> bool:
        nonlocal looks
        looks += 1
        return looks > 5 or not faults(door.window)

    door.qtbot.waitUntil(is_done)
    return faults(door.window)


@by_size
@by_page
def test_nothing_is_clipped_and_nothing_overlaps(
    open_door: OpenDoor, till: FakeTill, size: tuple[int, int], page: Steps
) -> None:
    door = open_door(size)
    page(door, till)

    assert settled(door) == []


@by_page
@pytest.mark.parametrize("size", SIZES[:2], ids=lambda size: f"{size[0]}x{size[1]}")
def test_the_offline_banner_leaves_room_for_every_page(
    open_door: OpenDoor, till: FakeTill, size: tuple[int, int], page: Steps
) -> None:
    door = open_door(size)
    page(door, till)
    till.say(replace(till.status, is_online=False, offline_since=NINE_PM - timedelta(minutes=22), unsent=14))
    door.qtbot.waitUntil(lambda: door.window.flow.session.status == till.status)

    assert settled(door) == []


@by_size
@pytest.mark.parametrize("page", [sell, cash, complete, reader, phone], ids=lambda page: page.__name__)
def test_selling_never_needs_to_scroll(open_door: OpenDoor, till: FakeTill, size: tuple[int, int], page: Steps) -> None:
    door = open_door(size)
    page(door, till)
    settled(door)

    assert scrolls(door.window) == []


@by_size
def test_pairing_and_choosing_an_event_fit_every_screen(
    open_door: OpenDoor, till: FakeTill, size: tuple[int, int]
) -> None:
    door = open_door(size, state=UNPAIRED, page="PairPage")
    assert settled(door) == []
    door.type("ABCD-EFGH")
    door.press(ENTER)
    door.sees("Casino Night Pop-up")

    assert settled(door) == []


@pytest.mark.parametrize("percent", [125, 150, 200])
@pytest.mark.parametrize("page", [sell, cash, complete], ids=lambda page: page.__name__)
def test_total_and_pay_buttons_never_leave_the_screen_however_large_the_text(
    open_door: OpenDoor, till: FakeTill, percent: int, page: Steps
) -> None:
    door = open_door()
    page(door, till)

    door.theme.set_text(percent)

    settled(door)
    pay = [each for each in door.buttons().values() if each.view.kind in ("primary", "strong")]
    assert pay
    outside = [
        each.view.label
        for each in pay
        if not door.window.rect().contains(each.rect().translated(each.mapTo(door.window, QPoint(0, 0))))
    ]
    assert outside == []


def test_a_status_that_needs_more_words_shortens_the_place_not_the_event(open_door: OpenDoor, till: FakeTill) -> None:
    door = open_door()
    till.say(
        replace(till.status, is_online=False, offline_since=NINE_PM, unsent=1400, reader=ReaderState.NEEDS_INTERNET)
    )
    door.sees("Working offline.")

    assert settled(door) == []

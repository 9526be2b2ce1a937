"""A revoked till: it stops selling when it hears so, but never in a payment, and leads through handing over."""

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt

from boxoffice.services.gateway import HandOver
from tests.gui.conftest import ENTER, Door, OpenDoor
from tests.gui.fake_till import FakeTill, usd
from tests.gui.looking import faults

F2, F5, F6 = Qt.Key.Key_F2, Qt.Key.Key_F5, Qt.Key.Key_F6


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

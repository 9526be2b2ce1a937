"""A till whose file lacks records: it names them, sells nothing, and leads to where they come back from."""

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt

from boxoffice.till.usecases.gateway.standing import Incomplete, Ready
from tests.gui.conftest import ENTER, Door, OpenDoor
from tests.gui.fake_till import FakeTill
from tests.gui.festival import festival_status
from tests.gui.looking import faults

F2, F5 = Qt.Key.Key_F2, Qt.Key.Key_F5
LACKS = Incomplete("Door A", "7K2 51 to 60", 10, problem="The hub can't be reached.")
COPY = Incomplete("Door A", "7K2 from 51 on", 0)


def test_what_is_missing_is_named_and_nothing_is_sold(open_door: OpenDoor, till: FakeTill) -> None:
    door = open_door(state=LACKS, page="IncompletePage")

    door.sees("10 records are missing")
    door.sees("7K2 51 to 60")
    door.sees("The hub can't be reached.")
    door.press(F2, F5, "q")
    door.at("IncompletePage")


def test_orders_whose_papers_are_out_are_named_and_all_fits(open_door: OpenDoor) -> None:
    numbers = tuple(f"7K2-F{number:02}Q" for number in range(9))
    door = open_door(state=replace(LACKS, printed=numbers), page="IncompletePage")

    door.sees("7K2-F08Q and 3 more")
    assert faults(door.window) == []
    door.tap("Go on without them")
    door.sees("7K2-F08Q and 3 more")


def test_looking_again_goes_on_where_it_was_once_all_is_back(open_door: OpenDoor, till: FakeTill) -> None:
    door = open_door(state=LACKS, page="IncompletePage")
    till.state = Ready(till.catalogue, till.status)

    door.press(ENTER)

    door.at("SellPage")
    assert "take_back" in till.calls


def test_going_on_without_them_is_confirmed_first(open_door: OpenDoor, till: FakeTill) -> None:
    door = open_door(state=COPY, page="IncompletePage")

    door.sees("older copy")
    door.tap("Go on without them")
    assert "go_on_without" not in till.calls
    door.press(ENTER)  # it takes the button, not a key
    door.at("IncompletePage")
    door.tap("Yes, go on without them")

    door.at("SellPage")
    assert "go_on_without" in till.calls


def test_a_till_that_finds_it_while_it_sells_says_so_and_comes_back_by_itself(door: Door, till: FakeTill) -> None:
    door.press("q")

    till.say(LACKS)
    door.at("IncompletePage")
    till.say(replace(LACKS, missing="", count=0, is_done=True))

    door.sees("All records are back")
    door.press(ENTER)
    door.at("SellPage")


def test_a_backup_that_fails_is_said_on_the_strip(door: Door, till: FakeTill) -> None:
    till.say(festival_status(backup_problem="This till's backup could not be made: No space left on device."))

    door.sees("This till makes no backups now")


@pytest.mark.parametrize("size", [(1024, 768), (1366, 768), (1920, 1080)])
@pytest.mark.parametrize("state", [LACKS, COPY])
def test_all_of_it_can_be_read(open_door: OpenDoor, size: tuple[int, int], state: Incomplete) -> None:
    door = open_door(state=state, page="IncompletePage", size=size)

    assert faults(door.window) == []

"""The places of this till: how many of each product it sells with no network, and keeping more of them, or none."""

from dataclasses import replace

from PySide6.QtCore import Qt

from boxoffice.till.ui.widgets.rows import Row
from boxoffice.till.usecases.gateway.stock import Keeping
from tests.gui.conftest import Door
from tests.gui.fake_till import FakeTill
from tests.gui.festival import NINE_PM

F12 = Qt.Key.Key_F12


def says(door: Door, words: str) -> None:
    """Waits until a screen reader says just this of a row."""
    door.qtbot.waitUntil(lambda: words in [each.accessibleName() for each in door.window.findChildren(Row)])


def here(till: FakeTill) -> int:
    return sum(pool.here for pool in till.status.stock)


def test_each_product_says_how_many_are_here_and_elsewhere_and_when_more_is_asked_for(door: Door) -> None:
    door.press(F12)

    says(door, "Full Festival Pass, 24 elsewhere · asks for more at 20, 40 here")
    says(door, "Rueda class, Sold out, None here")
    says(door, "Workshop, None elsewhere, 12 here")


def test_what_only_is_elsewhere_is_not_sold_out(door: Door, till: FakeTill) -> None:
    till.say(replace(till.status, stock=tuple(replace(each, here=0) for each in till.status.stock)))
    door.press(F12)

    says(door, "Workshop, 12 elsewhere · asks for more when needed, None here")


def test_what_is_being_paid_for_is_not_sold_out(door: Door, till: FakeTill) -> None:
    till.say(replace(till.status, stock=tuple(replace(each, held=2) for each in till.status.stock)))
    door.press(F12)

    says(door, "Rueda class, 2 being paid for, None here")


def test_more_is_taken_for_a_bad_network_with_a_key_and_undone_with_a_tap(door: Door, till: FakeTill) -> None:
    before = here(till)
    door.press(F12)
    door.sees("Is the network bad here?")

    door.press("m")

    door.sees("Stocked for a bad network")
    taken = here(till) - before
    assert taken == sum(min(60, each.overall - 40) for each in till.status.stock if each.overall > 40)
    door.sees(f"{taken} places more here now.")
    door.tap("Undo")
    door.sees("Is the network bad here?")
    assert (here(till), till.status.keeping) == (before, Keeping.USUAL)


def test_what_no_sale_needs_is_given_back_with_a_tap_and_taken_again_by_undo(door: Door, till: FakeTill) -> None:
    before = here(till)
    door.press(F12)
    door.sees(f"{before} places here, of all kinds")

    door.tap("Give back")

    door.sees("No places here")
    assert (here(till), till.status.keeping) == (0, Keeping.NOTHING)
    door.tap("Undo")
    door.sees(f"{before} places here, of all kinds")


def test_without_the_hub_the_buttons_say_why_they_are_off(door: Door, till: FakeTill) -> None:
    till.say(replace(till.status, is_online=False, offline_since=NINE_PM))
    door.press(F12)
    door.sees("When online")

    door.press("m", "g")

    door.sees("asks for more when online")
    assert "keep_places" not in till.calls

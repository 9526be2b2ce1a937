"""From a till that knows nothing to its first sale, by keyboard alone."""

from PySide6.QtCore import Qt

from boxoffice.till.ui.widgets.focus_ring import FocusRing
from boxoffice.till.usecases.gateway.standing import NeedsEvent
from tests.gui.conftest import ENTER, ESC, Door, OpenDoor
from tests.gui.fake_till import FakeTill
from tests.gui.festival import UNPAIRED

F12 = Qt.Key.Key_F12


def test_pairing_choosing_an_event_and_selling_need_no_mouse(open_door: OpenDoor, till: FakeTill) -> None:
    door = open_door(state=UNPAIRED, page="PairPage")
    door.type("ABCD-EFGH")
    door.press(ENTER)
    door.at("EventsPage")
    door.sees("Choose an event")
    door.qtbot.waitUntil(lambda: "events" in till.calls and "A Lo Cubano Boulder Fest" in door.text())

    door.press(ENTER)

    door.at("SellPage")
    door.press("q")
    assert door.window.flow.session.sale.item_count == 1


def test_a_wrong_code_is_said_under_its_field_and_what_was_typed_stays(open_door: OpenDoor) -> None:
    door = open_door(state=UNPAIRED, page="PairPage")
    door.type("WRONG")
    door.press(ENTER)

    door.sees("That pairing code does not work.")
    door.sees("Ask the organizer for a new one.")
    assert door.window.screen_widget.code.field.edit.text() == "WRONG"  # type: ignore[attr-defined]


def test_a_missing_code_is_asked_for_without_calling_the_hub(open_door: OpenDoor, till: FakeTill) -> None:
    door = open_door(state=UNPAIRED, page="PairPage")

    door.press(ENTER)

    door.sees("The code is missing.")
    assert "pair" not in till.calls


def test_the_ring_goes_with_its_field_when_words_above_or_below_move_it(open_door: OpenDoor) -> None:
    door = open_door(state=UNPAIRED, page="PairPage")
    ring = door.window.findChild(FocusRing)
    field = door.window.screen_widget.code.field  # type: ignore[attr-defined]
    before = field.mapTo(door.window, field.rect().center())

    door.press(ENTER)
    door.sees("The code is missing.")

    door.qtbot.waitUntil(lambda: field.mapTo(door.window, field.rect().center()) != before)
    assert ring is not None
    door.qtbot.waitUntil(
        lambda: (ring.geometry().center() - field.mapTo(door.window, field.rect().center())).manhattanLength() <= 1
    )


def test_another_event_is_chosen_with_the_arrow_keys(open_door: OpenDoor, till: FakeTill) -> None:
    door = open_door(state=NeedsEvent(), page="EventsPage")
    door.sees("Casino Night Pop-up")

    door.press(Qt.Key.Key_Down, ENTER)

    door.at("SellPage")
    assert till.chosen_event == "pop-up"


def test_the_event_can_be_changed_later_but_not_in_the_middle_of_a_sale(door: Door) -> None:
    door.press("q", F12)
    door.at("TillPage")
    door.tap("Sell for another event")
    door.sees("Finish or clear the sale first.")
    door.press(ESC)
    door.at("SellPage")
    door.tap("Clear")
    door.press(F12)
    door.at("TillPage")

    door.tap("Sell for another event")

    door.at("EventsPage")

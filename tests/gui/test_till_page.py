"""This till: readers, hub, printer, and the status strip that is always true."""

from dataclasses import replace
from datetime import timedelta

from PySide6.QtCore import Qt

from boxoffice.till.ui.widgets.chip import Chip
from boxoffice.till.ui.widgets.rows import Row
from boxoffice.till.usecases.gateway.devices import PrinterState, ReaderState
from tests.gui.conftest import ENTER, Door
from tests.gui.fake_till import FakeTill
from tests.gui.festival import FIRST, NINE_PM

F12 = Qt.Key.Key_F12


def chips(door: Door) -> list[str]:
    return [each.accessibleName() for each in door.window.findChildren(Chip)]


def test_another_reader_is_chosen_with_a_tap(door: Door, till: FakeTill) -> None:
    door.press(F12)
    door.sees("Reader 2")
    row = next(each for each in door.window.findChildren(Row) if each.accessibleName().startswith("Reader 2"))

    door.tap_widget(row)

    door.qtbot.waitUntil(lambda: chips(door)[1] == "Reader offline")
    assert "choose_reader" in till.calls


def test_sync_now_asks_at_once_and_the_backlog_is_a_number(door: Door, till: FakeTill) -> None:
    till.say(replace(till.status, unsent=14))
    door.press(F12)
    door.sees("14 records to send")

    door.press(ENTER)

    door.qtbot.waitUntil(lambda: "sync_now" in till.calls)


def test_the_strip_tells_sync_reader_and_printer_as_they_are(door: Door, till: FakeTill) -> None:
    assert chips(door) == ["Synced 2 s ago", "Reader ready", "Printer ready"]

    till.say(
        replace(
            till.status,
            is_online=False,
            offline_since=NINE_PM - timedelta(minutes=22),
            unsent=3,
            reader=ReaderState.IN_USE,
            printer=PrinterState.PAPER_OUT,
        )
    )

    door.qtbot.waitUntil(lambda: chips(door) == ["Try now 3 to send", "Reader in use", "Printer no paper"])


def test_the_strip_tells_how_far_the_orders_of_others_have_come(door: Door, till: FakeTill) -> None:
    till.say(replace(till.status, orders_taken=12_345, orders_to_take=50_000))

    door.qtbot.waitUntil(lambda: chips(door)[0] == "Fetching orders 24 %")


def test_offline_says_calmly_how_many_places_are_left_here(door: Door, till: FakeTill) -> None:
    till.say(replace(till.status, is_online=False, offline_since=NINE_PM))

    door.sees("Offline since 9:14 pm\n12 more Workshop to sell here.")


def test_a_tap_on_the_strip_shows_the_details(door: Door) -> None:
    door.tap_widget(door.window.findChildren(Chip)[0])

    door.at("TillPage")


def test_without_a_printer_papers_are_saved_instead(door: Door, till: FakeTill) -> None:
    till.say(replace(till.status, printer=PrinterState.NONE, printer_name=""))
    door.press("q", Qt.Key.Key_F5, ENTER)
    door.at("CompletePage")

    door.press(Qt.Key.Key_F9)

    door.sees(f"Saved as {FIRST} receipt.pdf")


def test_another_language_is_spoken_at_once_and_kept(door: Door, till: FakeTill) -> None:
    door.press(F12)
    door.sees("Card readers")

    door.tap("Español")

    door.sees("Lectores de tarjetas")
    door.qtbot.waitUntil(lambda: till.status.language == "es")

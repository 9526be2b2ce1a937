"""Customers find no way out of a kiosk: what calls somebody, and how staff begins and ends it."""

from dataclasses import replace

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QCloseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QMenuBar

from boxoffice.core.rights import NotAllowed
from boxoffice.core.staff import StaffRole
from boxoffice.till.ui.actions import Destination
from boxoffice.till.ui.flow.destinations import PLACES, GiftCard, Orders, ThisTill
from boxoffice.till.ui.flow.kiosk_places import KIOSK_PLACES
from boxoffice.till.ui.flow.shift_places import Shift
from boxoffice.till.usecases.gateway.standing import Ready
from tests.gui.at_a_kiosk import choose, pay, tap, time_passes
from tests.gui.conftest import ENTER, ESC, PIN, Door, OpenDoor
from tests.gui.fake_till import FakeTill
from tests.gui.festival import usd
from tests.integration.till.kit import cart

F_KEYS = [getattr(Qt.Key, f"Key_F{n}") for n in range(1, 13)]


def test_help_is_called_with_what_the_kiosk_is_doing_and_says_who_comes(kiosk: Door, till: FakeTill) -> None:
    choose(kiosk)
    tap(kiosk, "Help")
    kiosk.sees("We were told")
    (call,) = till.hub.calls
    assert call.doing == "choosing tickets"

    till.kiosk.answer_help(call.id)

    kiosk.sees("From Door A. Stay here.")
    tap(kiosk, "I don’t need help any more")
    kiosk.qtbot.waitUntil(lambda: not till.hub.calls)


def test_with_no_network_they_are_told_to_wave(kiosk: Door, till: FakeTill) -> None:
    till.say(replace(till.status, is_online=False, can_offer=True))

    tap(kiosk, "Help")

    kiosk.sees("Wave to us")


def test_a_till_is_told_of_a_call_until_somebody_comes(door: Door, till: FakeTill) -> None:
    till.kiosk.call_help("paying by card")
    till.kiosk._calls._own = ""  # type: ignore[attr-defined]  # it is another till's
    till.say(replace(till.status, calls=till.kiosk._calls.now()))  # type: ignore[attr-defined]
    door.sees("Kiosk 1 needs help.")
    door.sees("paying by card")

    tap(door, "I am coming")

    door.qtbot.waitUntil(lambda: till.hub.calls[0].answered_by == "Door A")
    door.qtbot.waitUntil(lambda: "Kiosk 1 needs help." not in door.text())


def test_no_key_no_close_and_no_menu_leads_out(kiosk: Door, till: FakeTill) -> None:
    choose(kiosk)
    window, allowed = kiosk.window, set(KIOSK_PLACES)

    for key in (*F_KEYS, ESC, Qt.Key.Key_Menu, Qt.Key.Key_Delete, Qt.Key.Key_Home):
        for held in ("NoModifier", "ControlModifier", "AltModifier", "MetaModifier", "ShiftModifier"):
            QTest.keyClick(QApplication.focusWidget() or window, key, getattr(Qt.KeyboardModifier, held))
            assert type(window.flow.session.at) in allowed
    for letter in "dqrwcptxnmo":
        QTest.keyClick(window, letter, Qt.KeyboardModifier.ControlModifier)  # type: ignore[call-overload]
    for _ in range(3):
        assert not QApplication.sendEvent(window, QCloseEvent()) or window.isVisible()
        assert not window.close()

    assert window.isVisible()
    assert type(window.flow.session.at) in allowed
    assert window.findChildren(QMenuBar) == []
    assert window.findChildren(QLineEdit) == []
    assert window.contextMenuPolicy() is not Qt.ContextMenuPolicy.ActionsContextMenu
    kiosk.sees("Staff only")


@pytest.mark.parametrize("to", [Orders(), Shift(), ThisTill(), GiftCard("X")], ids=lambda to: type(to).__name__)
def test_what_is_the_staffs_leads_to_the_start(kiosk: Door, to: Destination) -> None:
    kiosk.window.flow.session.go(to)

    kiosk.at("WelcomePage")


def test_a_kiosk_has_a_place_of_its_own_for_all_that_a_sale_leads_to() -> None:
    assert {KIOSK_PLACES[to].page for to in KIOSK_PLACES}.isdisjoint(place.page for place in PLACES.values())


def test_cash_and_what_a_word_is_enough_for_are_not_the_kiosks_to_take(kiosk: Door, till: FakeTill) -> None:
    with pytest.raises(NotAllowed):
        till.sell_for_cash(cart(("friday-pass", 1)), usd("200"))


def test_a_pin_of_the_staff_leads_out_and_a_wrong_one_does_not(kiosk: Door, till: FakeTill) -> None:
    kiosk.window.close()
    kiosk.sees("Staff only")
    kiosk.press("1111", ENTER)
    kiosk.sees("That PIN does not match.")
    assert till.context.operator.acting.is_kiosk

    kiosk.press(PIN, ENTER)

    kiosk.at("SignInPage")
    assert not till.context.operator.acting.is_kiosk


def test_wrong_pins_shut_the_way_out_for_a_while(kiosk: Door, till: FakeTill) -> None:
    kiosk.window.close()
    kiosk.sees("Staff only")
    for _ in range(5):
        kiosk.press("1111", ENTER)
        kiosk.sees("That PIN does not match.")

    kiosk.press(PIN, ENTER)

    kiosk.sees("Too many wrong PINs.")
    assert till.context.operator.acting.is_kiosk


def test_nobody_leaves_it_while_a_payment_is_under_way(kiosk: Door, till: FakeTill) -> None:
    pay(kiosk)

    kiosk.window.close()

    assert "Staff only" not in kiosk.text()
    till.end_payment("paid")
    kiosk.at("PaidPage")


def test_the_question_for_a_pin_goes_away_by_itself(kiosk: Door) -> None:
    kiosk.press(Qt.Key.Key_F12)
    kiosk.sees("Staff only")

    time_passes(kiosk, 31)

    assert "Staff only" not in kiosk.text()


def test_a_till_that_was_revoked_says_that_it_is_closed_and_shows_staff_why(kiosk: Door, till: FakeTill) -> None:
    till.say(till.handing_over)
    kiosk.at("ClosedPage")
    assert "60" not in kiosk.text()

    kiosk.press(Qt.Key.Key_F12, PIN, ENTER)

    kiosk.at("HandOverPage")


def test_staff_begins_it_from_the_till_and_where_nobody_has_a_pin_chooses_a_code(door: Door, till: FakeTill) -> None:
    door.press(Qt.Key.Key_F12)
    door.at("TillPage")
    tap(door, "Begin the kiosk")
    door.sees("Choose a code of 4 to 6 digits")
    door.qtbot.waitUntil(lambda: not door.buttons().get("Begin the kiosk", door.window).isEnabled())
    door.press("2580", ENTER)
    door.at("WelcomePage")
    assert not door.window.close()

    door.press("9999", ENTER)
    door.sees("That PIN does not match.")
    door.press("2580", ENTER)

    door.at("SellPage")
    assert not till.kiosk.needs_code()


def test_one_that_nobody_ended_is_a_kiosk_again_after_a_power_cut(open_door: OpenDoor, till: FakeTill) -> None:
    till.hire("Ana", StaffRole.SELLER, pin=PIN)
    till.kiosk.begin()

    door = open_door(state=Ready(till.catalogue, till.status, is_kiosk=True), page="WelcomePage")

    door.press(Qt.Key.Key_F12, PIN, ENTER)
    door.at("SignInPage")


def test_events_of_the_system_bring_it_back(kiosk: Door) -> None:
    kiosk.window.showMinimized()
    QApplication.sendEvent(kiosk.window, QEvent(QEvent.Type.ActivationChange))

    kiosk.qtbot.waitUntil(kiosk.window.isFullScreen)

"""Customers serve themselves: what they read and press, what time does to it, and that there is no way out."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QAccessible, QCloseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QMenuBar
from pytestqt.qtbot import QtBot

from boxoffice.core.catalogue import Promo
from boxoffice.core.orders import Channel, OrderState
from boxoffice.core.payments import PaymentStatus
from boxoffice.core.rights import NotAllowed
from boxoffice.core.staff import StaffRole
from boxoffice.core.tariffs import PriceRule
from boxoffice.till.ui.actions import Destination
from boxoffice.till.ui.flow.destinations import PLACES, GiftCard, Orders, Shift, ThisTill
from boxoffice.till.ui.flow.kiosk import WARNING_S
from boxoffice.till.ui.flow.kiosk_places import KIOSK_PLACES
from boxoffice.till.ui.speech import speak, speaks
from boxoffice.till.ui.widgets.button import Button
from boxoffice.till.ui.widgets.kiosk_goods import ProductRow
from boxoffice.till.usecases.gateway.devices import PrinterState, ReaderState
from boxoffice.till.usecases.gateway.paying import Stage
from boxoffice.till.usecases.gateway.standing import CatalogueChanged, Ready
from tests.gui.conftest import ENTER, ESC, Door, OpenDoor
from tests.gui.fake_till import FakeTill
from tests.gui.festival import priced_fest, usd
from tests.gui.looking import code_on
from tests.integration.till.kit import cart

PIN, BADGE = "4071", "BXB-7K2F-4Q7K-2F4Q"
F_KEYS = [getattr(Qt.Key, f"Key_F{n}") for n in range(1, 13)]


@pytest.fixture
def kiosk(qtbot: QtBot, till: FakeTill) -> Iterator[Door]:
    """A kiosk of a till where Ana works."""
    till.hire("Ana", StaffRole.SELLER, pin=PIN)
    door = Door(qtbot, till, (1080, 1920), is_kiosk=True)
    door.at("WelcomePage")
    door.window.resize(1080, 1920)
    door.window.activateWindow()
    qtbot.waitUntil(door.window.isActiveWindow)
    yield door
    till.clock.forward(0)
    door.window.flow.session.kiosk = None
    door.window.close()
    speak("en")


def rows(door: Door) -> dict[str, ProductRow]:
    shown = [each for each in door.window.findChildren(ProductRow) if each.isVisible()]
    return {row.accessibleName().split(",")[0]: row for row in shown}


def press_in(door: Door, product: str, name: str) -> None:
    """Presses the button of a product whose name begins so."""
    buttons = rows(door)[product].findChildren(Button)
    door.tap_widget(next(each for each in buttons if each.isVisible() and each.accessibleName().startswith(name)))


def tap(door: Door, label: str) -> None:
    """Presses a button, once it is there."""
    door.qtbot.waitUntil(lambda: label in door.buttons())
    door.tap_widget(door.buttons()[label])


def to_choose(door: Door) -> None:
    tap(door, "Buy tickets")
    door.at("ChoosePage")
    door.qtbot.waitUntil(lambda: "Full Festival Pass" in rows(door))


def choose(door: Door, product: str = "Full Festival Pass") -> None:
    """Puts one $150 pass into the order."""
    to_choose(door)
    press_in(door, product, "Add")
    door.sees("$150.00")


def pay(door: Door) -> None:
    choose(door)
    tap(door, "Pay")
    door.at("CardPage")


def time_passes(door: Door, seconds: float) -> None:
    door.till.clock.forward(seconds)
    door.window.flow.session.tick()


def leave(door: Door) -> None:
    """Goes away from the screen until it has begun anew."""
    time_passes(door, 60)
    time_passes(door, WARNING_S)


def only_order(till: FakeTill) -> OrderState:
    (order,) = till.orders.values()
    return order.state


# What customers do


def test_a_card_pays_for_what_was_chosen_and_the_sale_is_the_kiosks(kiosk: Door, till: FakeTill) -> None:
    choose(kiosk)
    press_in(kiosk, "Full Festival Pass", "One more")
    kiosk.sees("2 items in all\n$300.00")

    tap(kiosk, "Pay")
    kiosk.at("CardPage")
    kiosk.sees("Tap, insert or swipe your card")
    till.end_payment("paid")

    kiosk.at("PaidPage")
    (order,) = till.orders.values()
    assert (order.channel, order.ticket_count, str(order.total)) == (Channel.KIOSK, 2, "$300.00")


def test_a_phone_pays_instead_once_the_reader_has_let_go(kiosk: Door, till: FakeTill) -> None:
    pay(kiosk)

    tap(kiosk, "Show the code")

    kiosk.at("OwnPhonePage")
    kiosk.sees("Scan this code")
    kiosk.qtbot.waitUntil(lambda: code_on(kiosk.window).startswith("https://hub.alocubano.example/p/"))
    assert [each.status for each in next(iter(till.orders.values())).tenders] == [
        PaymentStatus.FAILED,
        PaymentStatus.STARTED,
    ]
    till.end_payment("paid")
    kiosk.at("PaidPage")


def test_a_declined_card_is_tried_again_for_the_same_order(kiosk: Door, till: FakeTill) -> None:
    pay(kiosk)
    till.end_payment("refused", "The bank declined this card.")
    kiosk.at("NotPaidPage")
    kiosk.sees("Nothing was charged.")

    tap(kiosk, "Try a card again")
    kiosk.at("CardPage")
    till.end_payment("paid")

    kiosk.at("PaidPage")
    assert only_order(till) is OrderState.COMPLETED


def test_prices_are_those_of_the_channel(kiosk: Door, till: FakeTill) -> None:
    fest = priced_fest(PriceRule(usd("19"), channel=Channel.KIOSK), PriceRule(usd("23"), channel=Channel.DOOR))
    till.catalogue = replace(fest, revision=2)
    till.say(CatalogueChanged(till.catalogue))
    to_choose(kiosk)

    tap(kiosk, "Tonight")
    kiosk.sees("$19.00")
    assert "$23.00" not in kiosk.text()


def test_what_is_sold_out_stays_in_its_place_and_says_so(kiosk: Door, till: FakeTill) -> None:
    gone = tuple(replace(pool, here=0, overall=0) for pool in till.status.stock)
    till.say(replace(till.status, stock=gone))
    to_choose(kiosk)

    kiosk.sees("Sold out")
    assert "Full Festival Pass" in rows(kiosk)


def test_it_begins_in_the_first_language_again_for_the_next_customer(kiosk: Door, till: FakeTill) -> None:
    tap(kiosk, "Español")
    kiosk.sees("¿Qué necesitas?")
    tap(kiosk, "Más grande")
    tap(kiosk, "Más contraste")
    assert (kiosk.theme.text_percent, kiosk.theme.has_contrast, speaks().code) == (150, True, "es")

    time_passes(kiosk, 61)

    kiosk.sees("What do you need?")
    assert (kiosk.theme.text_percent, kiosk.theme.has_contrast) == (100, False)


def test_tickets_come_by_paper_by_phone_and_by_mail(kiosk: Door, till: FakeTill) -> None:
    pay(kiosk)
    till.end_payment("paid")
    kiosk.at("PaidPage")
    kiosk.sees("Tickets on your phone")
    kiosk.qtbot.waitUntil(lambda: "/my-tickets?id=" in code_on(kiosk.window))

    tap(kiosk, "Print my tickets")
    kiosk.qtbot.waitUntil(lambda: len(till.papers) == 2)
    tap(kiosk, "Send by e-mail")
    kiosk.at("MailPage")
    kiosk.press("ana@example.org", ENTER)

    kiosk.sees("On its way")
    assert [address for _, address in till.emails] == ["ana@example.org"]


def test_an_address_is_written_by_touch_and_a_wrong_one_is_told(kiosk: Door, till: FakeTill) -> None:
    pay(kiosk)
    till.end_payment("paid")
    kiosk.at("PaidPage")
    tap(kiosk, "Send by e-mail")
    kiosk.at("MailPage")
    for key in ("a", "n", "a"):
        tap(kiosk, key)
    tap(kiosk, "Send")
    kiosk.sees("This e-mail is missing an @.")

    tap(kiosk, "@gmail.com")
    tap(kiosk, "Send")

    kiosk.sees("On its way")


@pytest.mark.parametrize("state", [PrinterState.PAPER_OUT, PrinterState.COVER_OPEN, PrinterState.NONE])
def test_without_paper_the_other_ways_stay(kiosk: Door, till: FakeTill, state: PrinterState) -> None:
    till.say(replace(till.status, printer=state))
    pay(kiosk)
    till.end_payment("paid")
    kiosk.at("PaidPage")
    kiosk.sees("Tickets on your phone")

    assert not kiosk.buttons()["Print my tickets"].isEnabled()
    assert kiosk.buttons()["Send by e-mail"].isEnabled()


def test_with_no_reader_the_phone_pays_and_with_no_network_an_offer_does(kiosk: Door, till: FakeTill) -> None:
    cut = replace(till.status, is_online=False, can_offer=True, reader=ReaderState.NEEDS_INTERNET)
    till.say(cut)
    kiosk.sees("Phone only, just now")
    choose(kiosk)
    tap(kiosk, "Pay")
    kiosk.at("OwnPhonePage")
    kiosk.sees("This machine has no network. Yours is enough.")
    kiosk.scan("7K2F4Q7K2F4Q")
    kiosk.sees("That is not a paid code.")

    kiosk.scan(till.code_on_the_phone())

    kiosk.at("PaidPage")
    kiosk.sees("Paid. Thank you")


def test_with_neither_nobody_begins_to_buy(kiosk: Door, till: FakeTill) -> None:
    till.say(replace(till.status, is_online=False, can_offer=False, reader=ReaderState.NEEDS_INTERNET))

    kiosk.sees("Card and phone only")
    kiosk.qtbot.waitUntil(lambda: not kiosk.buttons()["Buy tickets"].isEnabled())


# Time


def test_an_order_that_was_left_is_cleared_and_its_places_go_back_at_once(kiosk: Door, till: FakeTill) -> None:
    before = till.status.stock
    pay(kiosk)
    till.end_payment("refused", "The bank declined this card.")
    kiosk.at("NotPaidPage")
    time_passes(kiosk, 60)
    kiosk.sees("Still there?")
    time_passes(kiosk, 5)
    kiosk.sees(f"This order clears in {WARNING_S - 5} seconds")

    time_passes(kiosk, WARNING_S)

    kiosk.at("WelcomePage")
    kiosk.qtbot.waitUntil(lambda: only_order(till) is OrderState.FAILED)
    assert till.status.stock == before
    tap(kiosk, "Buy tickets")
    kiosk.sees("Nothing chosen yet")


def test_whoever_is_still_there_goes_on(kiosk: Door, till: FakeTill) -> None:
    choose(kiosk)
    time_passes(kiosk, 60)
    kiosk.sees("Still there?")

    kiosk.press(ENTER)
    time_passes(kiosk, WARNING_S + 1)

    kiosk.at("ChoosePage")
    kiosk.sees("1 item in all")


def test_a_card_payment_that_was_left_is_cancelled_at_the_reader_first(kiosk: Door, till: FakeTill) -> None:
    pay(kiosk)

    leave(kiosk)

    kiosk.at("WelcomePage")
    kiosk.qtbot.waitUntil(lambda: only_order(till) is OrderState.FAILED)
    assert [each.status for each in next(iter(till.orders.values())).tenders] == [PaymentStatus.FAILED]


def test_a_card_that_was_read_is_never_timed_out(kiosk: Door, till: FakeTill) -> None:
    pay(kiosk)
    time_passes(kiosk, 60)
    kiosk.sees("Still there?")
    till.advance(Stage.PRESENTED)
    kiosk.sees("Card read. Waiting for the bank.")

    for _ in range(4):
        time_passes(kiosk, 60)

    kiosk.at("CardPage")
    till.end_payment("paid")
    kiosk.at("PaidPage")
    assert only_order(till) is OrderState.COMPLETED


def test_a_card_that_was_faster_than_the_time_is_paid_once_and_shown(kiosk: Door, till: FakeTill) -> None:
    till.confirms_cancel = False
    pay(kiosk)
    leave(kiosk)
    kiosk.sees("Cancelling on the reader")

    till.end_payment("paid")

    kiosk.at("PaidPage")
    (order,) = till.orders.values()
    assert (order.state, [each.status for each in order.tenders]) == (OrderState.COMPLETED, [PaymentStatus.CAPTURED])


def test_a_phone_that_opened_the_code_is_waited_for(kiosk: Door, till: FakeTill) -> None:
    pay(kiosk)
    tap(kiosk, "Show the code")
    kiosk.at("OwnPhonePage")
    kiosk.sees("Scan this code")
    till.advance(Stage.OPENED)
    kiosk.qtbot.waitUntil(lambda: Stage.OPENED in kiosk.page.reached)  # type: ignore[attr-defined]

    leave(kiosk)

    kiosk.at("OwnPhonePage")
    till.end_payment("paid")
    kiosk.at("PaidPage")


def test_a_payment_that_nobody_knows_of_calls_somebody_and_is_left_to_the_till(kiosk: Door, till: FakeTill) -> None:
    pay(kiosk)
    till.end_payment("unknown")
    kiosk.at("NotKnownPage")
    kiosk.sees("Don’t pay again.")
    kiosk.qtbot.waitUntil(lambda: len(till.hub.calls) == 1)
    assert "Try a card again" not in kiosk.buttons()

    time_passes(kiosk, 181)

    kiosk.at("WelcomePage")
    assert only_order(till) is OrderState.PROCESSING
    tap(kiosk, "Buy tickets")
    kiosk.sees("Nothing chosen yet")


def test_what_was_paid_is_gone_from_the_screen_for_the_next(kiosk: Door, till: FakeTill) -> None:
    pay(kiosk)
    till.end_payment("paid")
    kiosk.at("PaidPage")

    time_passes(kiosk, 61)

    kiosk.at("WelcomePage")
    assert next(iter(till.orders)) not in kiosk.text()


# Help


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


# No way out


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


# How it begins


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


# Who can't see it well


def test_every_control_has_a_name_and_tab_reaches_all_of_them_in_reading_order(kiosk: Door) -> None:
    choose(kiosk)
    shown = [each for each in kiosk.window.findChildren(Button) if each.isVisible() and each.isEnabled()]
    names = [QAccessible.queryAccessibleInterface(each).text(QAccessible.Text.Name) for each in shown]
    assert all(names)
    assert any(name.startswith("One more: Full Festival Pass, $150.00") for name in names)
    reached = []

    for _ in shown:
        QTest.keyClick(QApplication.focusWidget() or kiosk.window, Qt.Key.Key_Tab)
        reached.append(QApplication.focusWidget())

    assert set(reached) == set(shown)
    heights = [each.mapTo(kiosk.window, each.rect().topLeft()).y() for each in reached if each is not None]
    assert all(below >= above - 60 for above, below in pairwise(heights))


def test_it_is_bought_by_keyboard_alone(kiosk: Door, till: FakeTill) -> None:
    kiosk.press(ENTER)
    kiosk.qtbot.waitUntil(lambda: "Full Festival Pass" in rows(kiosk))
    add = next(each for each in rows(kiosk)["Full Festival Pass"].findChildren(Button) if each.isVisible())
    while QApplication.focusWidget() is not add:
        QTest.keyClick(QApplication.focusWidget() or kiosk.window, Qt.Key.Key_Tab)
    QTest.keyClick(add, Qt.Key.Key_Space)
    kiosk.sees("1 item in all")

    pay_button = kiosk.buttons()["Pay"]
    while QApplication.focusWidget() is not pay_button:
        QTest.keyClick(QApplication.focusWidget() or kiosk.window, Qt.Key.Key_Tab)
    QTest.keyClick(pay_button, ENTER)

    kiosk.at("CardPage")
    till.end_payment("paid")
    kiosk.at("PaidPage")


def test_a_lower_screen_has_all_that_is_pressed_in_its_lower_part(kiosk: Door) -> None:
    choose(kiosk)
    kiosk.window.resize(1080, 1920)
    tap(kiosk, "Lower screen")
    kiosk.qtbot.waitUntil(lambda: _highest(kiosk) > 0.4 * kiosk.window.height())


def _highest(door: Door) -> int:
    shown = [each for each in door.window.findChildren(Button) if not each.visibleRegion().isEmpty()]
    return min(each.mapTo(door.window, each.rect().topLeft()).y() for each in shown)


def test_events_of_the_system_bring_it_back(kiosk: Door) -> None:
    kiosk.window.showMinimized()
    QApplication.sendEvent(kiosk.window, QEvent(QEvent.Type.ActivationChange))

    kiosk.qtbot.waitUntil(kiosk.window.isFullScreen)


# Codes


@pytest.fixture
def promo(till: FakeTill) -> Promo:
    """A code that takes a tenth off, which is $15 of a pass."""
    promo = Promo("SALSA15", 10, None)
    till.catalogue = replace(till.catalogue, promos=(promo,))
    till.state = Ready(till.catalogue, till.status)
    return promo


def test_a_code_is_typed_on_the_screen_and_taken_out_again(promo: Promo, kiosk: Door) -> None:
    choose(kiosk)
    tap(kiosk, "Promo code")
    kiosk.at("CodePage")

    for letter in promo.code:
        tap(kiosk, letter)
    tap(kiosk, "Use the code")
    kiosk.at("ChoosePage")

    kiosk.sees("$135.00")
    tap(kiosk, f"Code {promo.code}")
    kiosk.sees("$150.00")


def test_a_code_is_scanned_where_tickets_are_chosen_and_makes_what_is_paid_less(
    promo: Promo, kiosk: Door, till: FakeTill
) -> None:
    choose(kiosk)

    kiosk.scan(promo.code)
    kiosk.sees("$135.00")
    tap(kiosk, "Pay")
    kiosk.at("CardPage")
    till.end_payment("paid")

    kiosk.at("PaidPage")
    kiosk.sees("$135.00")


def test_nobody_guesses_codes_at_a_kiosk_whoever_comes_next(promo: Promo, kiosk: Door) -> None:
    choose(kiosk)
    for n in range(5):
        kiosk.scan(f"WRONG{n}")
        kiosk.sees(f"“WRONG{n}” is no code of this event.")

    tap(kiosk, "Promo code")
    kiosk.sees("Too many wrong codes")
    kiosk.scan(promo.code)
    kiosk.at("CodePage")

    assert kiosk.window.flow.session.sale.promo is None

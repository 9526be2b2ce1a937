"""Customers serve themselves: what they read and press, and what time does to it."""

from dataclasses import replace
from itertools import pairwise

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from boxoffice.core.orders import Channel, OrderState
from boxoffice.core.payments import PaymentStatus
from boxoffice.core.tariffs import PriceRule
from boxoffice.till.ui.flow.kiosk import WARNING_S
from boxoffice.till.ui.speech import speaks
from boxoffice.till.ui.widgets.button import Button
from boxoffice.till.usecases.gateway.devices import PrinterState, ReaderState
from boxoffice.till.usecases.gateway.paying import Stage
from boxoffice.till.usecases.gateway.standing import CatalogueChanged
from tests.gui.at_a_kiosk import choose, leave, only_order, pay, press_in, rows, tap, time_passes, to_choose
from tests.gui.conftest import ENTER, Door
from tests.gui.fake_till import FakeTill
from tests.gui.festival import priced_fest, usd
from tests.gui.looking import code_on

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


# No way out


# How it begins


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

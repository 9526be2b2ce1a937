"""Payments that nobody knows about yet."""

import pytest
from PySide6.QtCore import Qt

from boxoffice.core.pricing import Cart, CartLine
from boxoffice.core.tenders import TenderKind
from tests.gui.conftest import ENTER, Door, OpenDoor
from tests.gui.fake_till import FakeTill
from tests.gui.festival import FIRST, boulder_fest

F2, F3, F5, F6, F10, F11 = (getattr(Qt.Key, f"Key_F{n}") for n in (2, 3, 5, 6, 10, 11))


@pytest.fixture
def unsure(door: Door, till: FakeTill) -> Door:
    """The reader was lost after the card was read."""
    door.press("q", F6)
    door.at("ReaderPage")
    till.end_payment("unknown")
    door.at("UnknownPage")
    return door


def test_an_unknown_payment_is_called_unknown_and_offers_no_way_to_pay(unsure: Door) -> None:
    unsure.sees("Payment unknown. Checking with Stripe.")

    assert unsure.buttons().keys() == {"Check again now", "Serve next customer, keep checking"}


def test_no_key_charges_again_while_it_is_unknown(unsure: Door, till: FakeTill) -> None:
    before = list(till.calls)

    unsure.press(F5, F6, Qt.Key.Key_F7, Qt.Key.Key_F8)

    unsure.at("UnknownPage")
    assert till.calls == before


def test_leaving_and_coming_back_still_shows_the_unknown_payment(unsure: Door) -> None:
    unsure.press(F3)
    unsure.at("OrdersPage")

    unsure.press(F2)

    unsure.at("UnknownPage")


def test_a_check_that_brings_nothing_is_counted(unsure: Door) -> None:
    unsure.press(ENTER)

    unsure.sees("Check 1 at 9:14:02 pm. The till goes on by itself.")


def test_when_stripe_says_paid_the_sale_is_complete(unsure: Door, till: FakeTill) -> None:
    till.answer_unknown(next(iter(till.unknown)), "paid")

    unsure.at("CompletePage")


def test_when_stripe_says_not_paid_the_customer_may_pay_again(unsure: Door, till: FakeTill) -> None:
    till.check_answer = "refused"
    unsure.press(ENTER)
    unsure.at("RefusedPage")

    unsure.press(F5, ENTER)

    unsure.at("CompletePage")


def test_the_next_customer_is_served_and_the_answer_is_said_meanwhile(unsure: Door, till: FakeTill) -> None:
    unsure.press(F10)
    unsure.at("SellPage")
    unsure.press("s")

    till.answer_unknown(next(iter(till.unknown)), "paid")

    unsure.sees(f"Order {FIRST}: $150.00 is paid.")
    unsure.at("SellPage")


def test_a_customer_who_was_not_charged_can_be_taken_up_again(unsure: Door, till: FakeTill) -> None:
    unsure.press(F10)
    unsure.at("SellPage")
    till.answer_unknown(next(iter(till.unknown)), "refused")
    unsure.sees(f"Order {FIRST} was not paid. Nothing was charged.")

    unsure.tap("Take it up")

    unsure.at("SplitPage")
    unsure.sees("Still due\n$150.00")


def test_the_rail_counts_what_is_unknown_and_leads_to_it(unsure: Door, till: FakeTill) -> None:
    unsure.press(F10)
    unsure.at("SellPage")

    unsure.press(F11)

    unsure.at("ProblemsPage")
    unsure.sees("Payment unknown, $150.00")


def test_nobody_can_mark_a_payment_as_paid(unsure: Door) -> None:
    unsure.press(F11)
    unsure.at("ProblemsPage")
    unsure.sees("1 payment unknown")

    assert {label.lower() for label in unsure.buttons()} == {"ask now", "ask stripe now", "sell, keep asking"}


def test_after_a_crash_the_unknown_comes_before_anything_is_sold(open_door: OpenDoor, till: FakeTill) -> None:
    order = till.place(Cart((CartLine(boulder_fest().products[0].id, 1),)))
    till.pay(order.id, TenderKind.TERMINAL, order.total, "left alone")
    till.lose_power()

    door = open_door(page="ProblemsPage")

    door.sees("First, what is still open")
    door.sees("The till was closed while this payment was under way.")
    door.qtbot.waitUntil(lambda: "check_again" in till.calls)


def test_when_all_is_known_the_problems_page_is_calm(door: Door) -> None:
    door.press(F11)

    door.sees("No problems\nEvery payment is known: paid, or not charged.")


def test_a_part_that_is_unknown_keeps_the_rest_from_being_paid_twice(door: Door, till: FakeTill) -> None:
    door.press("q", Qt.Key.Key_F8, "100", F5, ENTER)
    door.at("SplitPage")
    door.press(F6)
    door.at("ReaderPage")
    till.end_payment("unknown")
    door.at("UnknownPage")
    (order,) = till.orders.values()
    assert order.due.minor == 5_000

    till.answer_unknown(next(iter(till.unknown)), "paid")

    door.at("CompletePage")


def test_an_order_that_was_paid_meanwhile_is_shown_and_not_taken_up_again(unsure: Door, till: FakeTill) -> None:
    unsure.press(F10)
    unsure.at("SellPage")
    till.answer_unknown(next(iter(till.unknown)), "refused")
    unsure.sees("Take it up")
    (order,) = till.orders.values()
    till.take_cash(order.id, order.due, order.due)

    unsure.tap("Take it up")

    unsure.at("OrdersPage")
    assert unsure.window.flow.session.bill is None

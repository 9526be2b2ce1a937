"""One sale paid in several ways."""

from PySide6.QtCore import Qt

from boxoffice.core.orders import OrderState
from boxoffice.core.tenders import TenderKind
from tests.gui.conftest import ENTER, ESC, Door
from tests.gui.fake_till import FakeTill
from tests.gui.festival import usd

F2, F3, F5, F6, F7, F8, F10 = (getattr(Qt.Key, f"Key_F{n}") for n in (2, 3, 5, 6, 7, 8, 10))


def test_part_in_cash_and_the_rest_by_card_make_one_paid_order(door: Door, till: FakeTill) -> None:
    door.press("q", F8, "100", F5, ENTER)
    door.at("SplitPage")
    door.sees("Still due\n$50.00")

    door.press(F6)
    door.at("ReaderPage")
    till.end_payment("paid")

    door.at("CompletePage")
    door.sees("Paid in full")
    (order,) = till.orders.values()
    assert [(each.kind, each.amount) for each in order.tenders] == [
        (TenderKind.CASH, usd("100")),
        (TenderKind.TERMINAL, usd("50")),
    ]


def test_change_is_given_for_a_part_in_cash(door: Door, till: FakeTill) -> None:
    door.press("q", F8, "100", F5, "120")
    door.sees("Change due\n$20.00")

    door.press(ENTER)

    door.at("SplitPage")
    door.sees("$120.00 given, $20.00 change")


def test_three_phones_can_share_a_sale(door: Door, till: FakeTill) -> None:
    door.press("q", F8)
    for _ in range(3):
        door.at("SplitPage")
        door.press("50", F7)
        door.at("PhonePage")
        till.end_payment("paid")

    door.at("PhonePaidPage")
    (order,) = till.orders.values()
    assert order.paid == usd("150")


def test_more_than_is_due_can_not_be_taken(door: Door, till: FakeTill) -> None:
    door.press("q", F8, "200", F6)

    door.at("SplitPage")
    door.sees("Only $150.00 is still due.")
    assert till.orders == {}


def test_a_part_paid_sale_comes_back_after_a_look_at_the_orders(door: Door) -> None:
    door.press("q", F8, "100", F5, ENTER)
    door.at("SplitPage")

    door.press(F3)
    door.at("OrdersPage")
    door.press(F2)

    door.at("SplitPage")
    door.sees("Still due\n$50.00")


def test_what_was_taken_is_given_back_with_a_reason_when_the_rest_can_not_be_paid(door: Door, till: FakeTill) -> None:
    door.press("q", F8, "20", F5, ENTER)
    door.at("SplitPage")
    door.press(ESC)
    door.at("GiveBackPage")
    door.press(ENTER)
    assert till.given_back == []

    door.press("s", ENTER)

    door.at("GivenBackPage")
    door.sees("Give back $20.00 in cash")
    ((order_id, why),) = till.given_back
    assert (till.orders[order_id].state, why) == (OrderState.FAILED, "Changed mind")
    door.press(ENTER)
    door.at("SellPage")


def test_a_parked_sale_waits_for_its_customer_and_is_taken_up_where_it_stood(door: Door, till: FakeTill) -> None:
    door.press("q", F8, "20", F5, ENTER)
    door.at("SplitPage")

    door.press(F10)
    door.at("SellPage")
    door.press("s", F5, ENTER)
    door.at("CompletePage")
    door.press(ENTER, F10)
    door.at("ParkedPage")
    door.sees("1 × Full Festival Pass · since 9:14 pm")
    door.press("1")

    door.at("SplitPage")
    door.sees("Still due\n$130.00")
    door.press(F5, ENTER)
    door.at("CompletePage")
    assert all(order.is_paid for order in till.orders.values())


def test_a_sale_at_hand_is_finished_before_a_parked_one_is_taken_up(door: Door, till: FakeTill) -> None:
    door.press("q", F8, "20", F5, ENTER)
    door.at("SplitPage")
    door.press(F10)
    door.at("SellPage")
    door.press("sb")
    door.at("ParkedPage")
    door.sees("1 × Full Festival Pass · since 9:14 pm")

    door.press("1")

    door.sees("Finish the sale at hand first.")
    door.at("ParkedPage")


def test_escape_leaves_a_split_of_which_nothing_is_paid(door: Door) -> None:
    door.press("q", F8, "100", ESC)

    door.at("SellPage")
    assert door.window.flow.session.sale.total == usd("150")


def test_a_part_that_leaves_too_little_for_a_card_says_so_before_it_is_taken(door: Door, till: FakeTill) -> None:
    door.press("q", F8, "149.80")

    door.sees("Leaves $0.20, which no card pays: the rest must then be cash.")
    door.press(F5, ENTER)
    door.at("SplitPage")
    door.press(F6)
    door.at("SplitPage")
    door.press(F5, ENTER)
    door.at("CompletePage")


def test_a_part_too_little_for_a_card_is_refused_before_anything_is_held(door: Door, till: FakeTill) -> None:
    door.press("q", F8, "0.20", F6)

    door.at("SplitPage")
    door.sees("$0.20 is too little to be paid by card: the least is $0.50")
    assert till.orders == {}

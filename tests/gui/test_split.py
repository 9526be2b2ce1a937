"""One sale paid in several ways."""

from PySide6.QtCore import Qt

from boxoffice.core.payments import TenderKind
from tests.gui.conftest import ENTER, ESC, Door
from tests.gui.fake_till import FakeTill, usd

F2, F3, F5, F6, F7, F8 = (getattr(Qt.Key, f"Key_F{n}") for n in (2, 3, 5, 6, 7, 8))


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


def test_a_part_paid_sale_can_not_be_left_behind(door: Door) -> None:
    door.press("q", F8, "100", F5, ENTER)
    door.at("SplitPage")

    door.press(ESC)

    door.at("SplitPage")
    assert not door.buttons()["Part is paid. Take the rest"].isEnabled()


def test_escape_leaves_a_split_of_which_nothing_is_paid(door: Door) -> None:
    door.press("q", F8, "100", ESC)

    door.at("SellPage")
    assert door.window.flow.session.sale.due == usd("150")


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

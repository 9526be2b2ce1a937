"""Today's orders, and their papers again."""

from collections.abc import Callable

import pytest
from PySide6.QtCore import Qt

from boxoffice.core.errors import OperationFailed
from boxoffice.core.pricing import Cart, CartLine
from boxoffice.core.tenders import TenderKind
from boxoffice.till.ui.widgets.rows import Row
from boxoffice.till.usecases.gateway.orders import Order, Paperwork
from tests.gui.conftest import ENTER, ESC, Door, OpenDoor
from tests.gui.fake_till import FakeTill
from tests.gui.festival import FIRST, SECOND, boulder_fest, usd

F3, F5, F9, F10 = (getattr(Qt.Key, f"Key_F{n}") for n in (3, 5, 9, 10))


@pytest.fixture
def two_sold(door: Door) -> Door:
    for tile in ("q", "s"):
        door.press(tile, F5, ENTER)
        door.at("CompletePage")
        door.press(ENTER)
        door.at("SellPage")
    door.press(F3)
    door.at("OrdersPage")
    door.sees("2 orders")
    return door


def test_the_newest_order_is_shown_with_what_was_paid(two_sold: Door) -> None:
    two_sold.sees(f"Order {SECOND}\nFri, May 15, 9:14 pm · Door A")
    two_sold.sees("1 × Social Dance")


def test_arrow_keys_walk_the_orders_and_print_keys_print_the_chosen_one(two_sold: Door, till: FakeTill) -> None:
    two_sold.press(Qt.Key.Key_Down)
    two_sold.sees("1 × Full Festival Pass")

    two_sold.press(F9, F10)

    two_sold.qtbot.waitUntil(lambda: till.papers == [("print", Paperwork.RECEIPT), ("print", Paperwork.TICKETS)])


def test_a_tap_opens_an_order(two_sold: Door) -> None:
    row = next(each for each in two_sold.window.findChildren(Row) if each.accessibleName().startswith(f"Order {FIRST}"))

    two_sold.tap_widget(row)

    two_sold.sees("1 × Full Festival Pass")


def test_typing_finds_by_number_as_you_type(two_sold: Door) -> None:
    two_sold.press("/")
    two_sold.type(FIRST.lower())

    two_sold.sees("1 order match")
    two_sold.sees("1 × Full Festival Pass")


def test_escape_clears_the_search_then_goes_back_to_the_sale(two_sold: Door) -> None:
    two_sold.press("/")
    two_sold.type("zzz")
    two_sold.sees("No order matches")

    two_sold.press(ESC)
    two_sold.sees("2 orders")
    two_sold.press(ESC)

    two_sold.at("SellPage")


def test_a_scan_anywhere_looks_for_the_order(two_sold: Door) -> None:
    two_sold.press(ESC)
    two_sold.at("SellPage")

    two_sold.scan(FIRST)

    two_sold.at("OrdersPage")
    two_sold.sees("1 order match")
    assert two_sold.window.flow.session.sale.is_empty


def test_tickets_are_sent_again_by_email(two_sold: Door, till: FakeTill) -> None:
    two_sold.window.screen_widget.order.email.field.setFocus()  # type: ignore[attr-defined]
    two_sold.type("ana@example.org")
    two_sold.press(ENTER)

    two_sold.sees("On its way to ana@example.org.")


def test_a_printer_that_fails_says_what_is_safe(two_sold: Door, till: FakeTill) -> None:
    till.failure = OperationFailed(
        "The printer is out of paper.", "The sale is saved.", "Put in paper, then print again."
    )

    two_sold.press(F9)

    two_sold.sees("Not printed")
    two_sold.sees("The printer is out of paper. The sale is saved. Put in paper, then print again.")


def test_before_the_first_sale_the_list_says_how_to_begin(door: Door) -> None:
    door.press(F3)

    door.sees("No orders yet")


def test_a_mail_that_did_not_arrive_is_told_with_what_to_do(two_sold: Door, till: FakeTill) -> None:
    for order in till.orders.values():
        till.send_email(order.id, "bounce@example.org")
    till.sync_now()
    two_sold.press(ESC, F3)
    two_sold.at("OrdersPage")

    two_sold.sees("The mail did not arrive. Check the address, or print it.")


def place(till: FakeTill, dollars: str = "") -> Order:
    """Places an order, of which so much is paid in cash."""
    order = till.place(Cart((CartLine(boulder_fest().products[0].id, 1),)))
    return till.take_cash(order.id, usd(dollars), usd(dollars)) if dollars else order


def refused(till: FakeTill) -> None:
    order = place(till)
    till.pay(order.id, TenderKind.TERMINAL, order.due, "refused")


def left_alone(till: FakeTill) -> None:
    order = place(till)
    till.pay(order.id, TenderKind.CHECKOUT, order.due, "left alone")


def lost(till: FakeTill) -> None:
    order = place(till)
    till.pay(order.id, TenderKind.TERMINAL, order.due, "unknown")


def abandoned(till: FakeTill) -> None:
    till.abandon(place(till).id)


def given_back(till: FakeTill) -> None:
    till.give_back(place(till, "20").id, "Changed mind")


def refunded(till: FakeTill) -> None:
    till.refund_at_hub(place(till, "150").id)


STATES: dict[str, tuple[Callable[[FakeTill], object], str]] = {
    "nothing paid": (place, "Not paid yet"),
    "declined": (refused, "Not paid yet"),
    "part paid": (lambda till: place(till, "20"), "Part paid"),
    "code left alone": (left_alone, "Waits for phone"),
    "unknown": (lost, "Payment unknown"),
    "abandoned": (abandoned, "Ended, not paid"),
    "given back": (given_back, "Ended, given back"),
    "paid": (lambda till: place(till, "150"), "Paid"),
    "refunded": (refunded, "Refunded"),
}


@pytest.mark.parametrize("name", STATES)
def test_an_order_is_called_what_it_is(open_door: OpenDoor, till: FakeTill, name: str) -> None:
    make, words = STATES[name]
    make(till)
    door = open_door()

    door.press(F3)

    door.at("OrdersPage")
    door.sees("1 order")
    door.qtbot.waitUntil(lambda: door.tags().count(words) == 2)  # in the list, and on the order itself


def test_a_sale_is_called_the_same_under_orders_and_under_parked(open_door: OpenDoor, till: FakeTill) -> None:
    left_alone(till)
    lost(till)
    door = open_door()

    for key in (F3, ESC, F10):
        door.press(key)
        if key != ESC:
            door.qtbot.waitUntil(lambda: {"Waits for phone", "Payment unknown"} <= set(door.tags()))


def test_a_refunded_order_offers_no_tickets_for_they_are_void(open_door: OpenDoor, till: FakeTill) -> None:
    refunded(till)
    door = open_door()

    door.press(F3)

    door.qtbot.waitUntil(lambda: "Refunded" in door.tags())
    assert {"Print tickets", "Save tickets PDF"}.isdisjoint(door.buttons())
    assert "Save receipt PDF" in door.buttons()

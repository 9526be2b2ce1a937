"""A night at the door: the real window by keyboard alone, the customer's phone, the reader, and the hub behind them."""

from collections.abc import Callable

import pytest
from PySide6.QtCore import Qt

from boxoffice.core.orders import OrderState
from boxoffice.demo.stack import Stack, post
from boxoffice.till.usecases.verify import verify as verify_till
from sync.ledger.verify import verify as verify_hub
from tests.functional.phone import APPROVED, DECLINED, in_background, phone_page
from tests.functional.till_window import TillWindow

OpenWindow = Callable[[], TillWindow]


def test_one_ticket_for_cash_takes_three_keys(open_window: OpenWindow) -> None:
    window = open_window()

    window.type("q")
    window.press(Qt.Key.Key_F5, Qt.Key.Key_Return)

    window.wait_for("CompletePage")
    assert window.last_order.state is OrderState.COMPLETED
    assert window.last_order.ticket_count == 1


def test_a_card_that_is_declined_and_then_another_that_is_taken(stack: Stack, open_window: OpenWindow) -> None:
    window = open_window()
    reader = f"{stack.addresses.sandbox_url}/control/readers/{window.reader_id}"

    window.type("w")
    window.press(Qt.Key.Key_F6)
    window.wait_until(lambda: _is_waiting_for_card(stack, window.reader_id))
    post(reader, {"do": "decline"})
    window.wait_for("RefusedPage")
    window.press(Qt.Key.Key_Return)
    window.wait_until(lambda: _is_waiting_for_card(stack, window.reader_id))
    post(reader, {"do": "present"})

    window.wait_for("CompletePage")
    assert [tender.status.value for tender in window.last_order.tenders] == ["failed", "captured"]


def test_a_payment_that_nobody_knew_about_ends_as_stripe_says(stack: Stack, open_window: OpenWindow) -> None:
    window = open_window()
    sandbox = stack.addresses.sandbox_url
    window.type("e")
    window.press(Qt.Key.Key_F6)
    window.wait_until(lambda: _is_waiting_for_card(stack, window.reader_id))

    post(f"{sandbox}/control/faults", [{"match": "* /v1/*", "kind": "error_503"}])
    post(f"{sandbox}/control/readers/{window.reader_id}", {"do": "present"})
    window.wait_for("UnknownPage")
    assert window.till.unknown_payments()[0].order.state is OrderState.PROCESSING
    post(f"{sandbox}/control/faults", [])

    window.wait_for("CompletePage")
    assert [tender.status.value for tender in window.last_order.tenders] == ["captured"]


@pytest.mark.browser
def test_a_customer_scans_the_screen_is_declined_once_and_pays(stack: Stack, open_window: OpenWindow) -> None:
    window = open_window()
    window.type("q")
    window.press(Qt.Key.Key_F7)
    window.wait_for("PhonePage")
    window.wait_until(lambda: window.code_on_screen().startswith(stack.addresses.hub_url))

    paid = in_background(window.code_on_screen(), DECLINED, APPROVED)

    window.wait_until(lambda: window.page in ("PhonePaidPage", "CompletePage"))
    window.wait_until(paid.done)
    assert "Paid" in paid.result()
    assert window.last_order.state is OrderState.COMPLETED


@pytest.mark.browser
def test_a_code_that_the_seller_cancels_can_not_be_paid_any_more(stack: Stack, open_window: OpenWindow) -> None:
    window = open_window()
    window.type("q")
    window.press(Qt.Key.Key_F7)
    window.wait_for("PhonePage")
    window.wait_until(lambda: window.code_on_screen().startswith(stack.addresses.hub_url))

    with phone_page(window.code_on_screen()) as page:
        window.press(Qt.Key.Key_Escape, Qt.Key.Key_Delete)
        window.wait_until(lambda: window.last_order.tenders[-1].status.value == "failed")
        page.reload()
        words = page.inner_text("body").lower()
        fields = page.locator('[name="cardNumber"]').count()

    assert "expired" in words or "ended" in words or "no longer" in words
    assert fields == 0
    assert window.last_order.paid.minor == 0


@pytest.mark.browser
def test_a_code_that_ends_while_the_customer_types_takes_no_money(stack: Stack, open_window: OpenWindow) -> None:
    window = open_window()
    window.type("q")
    window.press(Qt.Key.Key_F7)
    window.wait_for("PhonePage")
    window.wait_until(lambda: window.code_on_screen().startswith(stack.addresses.hub_url))

    with phone_page(window.code_on_screen()) as page:
        session = page.url.rpartition("/")[2]
        page.fill('[name="cardNumber"]', APPROVED)
        post(f"{stack.addresses.sandbox_url}/control/checkout_sessions/{session}/expire", {})
        page.wait_for_function("document.body.innerText.toLowerCase().includes('expired')")
        words = page.inner_text("body").lower()

    window.wait_for("RefusedPage")
    assert "expired" in words
    assert window.last_order.paid.minor == 0


def test_a_partly_paid_sale_waits_under_parked_after_the_till_was_closed(open_window: OpenWindow) -> None:
    window = open_window()
    window.type("q")
    window.press(Qt.Key.Key_F8)
    window.wait_for("SplitPage")
    window.type("50")
    window.press(Qt.Key.Key_F5)
    window.wait_for("CashPage")
    window.press(Qt.Key.Key_Return)
    window.wait_until(lambda: any(order.paid.minor == 5000 for order in window.till.find_orders("", 20).orders))

    again = window.reopened()

    again.wait_for("SellPage")
    again.press(Qt.Key.Key_F10)
    again.wait_for("ParkedPage")
    again.wait_until(lambda: bool(again.view.parked))
    again.type("1")
    again.wait_for("SplitPage")
    again.press(Qt.Key.Key_F5)
    again.wait_for("CashPage")
    again.press(Qt.Key.Key_Return)
    again.wait_for("CompletePage")
    assert [tender.amount.minor for tender in again.last_order.tenders] == [5000, 10000]


def test_the_books_of_the_night_are_proved(stack: Stack, open_window: OpenWindow) -> None:
    window = open_window()
    window.type("qwe")
    window.press(Qt.Key.Key_F5, Qt.Key.Key_Return)
    window.wait_for("CompletePage")

    window.wait_until(lambda: window.till.is_drained)

    assert verify_till(window.till.store, window.till.public_key).problem is None
    assert verify_hub(stack.database).problem is None


def _is_waiting_for_card(stack: Stack, reader_id: str) -> bool:
    import httpx

    reader = httpx.get(f"{stack.addresses.sandbox_url}/control/readers/{reader_id}").json()
    return bool(reader["action"] and reader["action"]["status"] == "in_progress")

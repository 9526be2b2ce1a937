"""The pages that a customer at the door pays on, whichever way is chosen there."""

from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace

import httpx
import pytest

from sync.payments.checkouts import Checkouts
from sync.provider_states import PaymentState
from tests.integration.sync.conftest import Stand
from tests.integration.sync.door import Door
from tests.integration.sync.phone_links import open_link, order_of


@pytest.fixture
def leased(door: Door) -> Door:
    door.lease({"friday": 5, "saturday": 5, "sunday": 5})
    return door


@pytest.mark.parametrize(
    ("path", "status", "words"),
    [("", 303, ""), ("/back", 200, "Not paid yet"), ("/done", 200, "One moment")],
)
def test_the_customers_pages_say_where_the_payment_stands(leased: Door, path: str, status: int, words: str) -> None:
    placed, tender = leased.phone_order()
    url = str(open_link(leased, placed, tender)["url"])

    page = httpx.get(url + path)

    assert (page.status_code, words in page.text) == (status, True)


def test_the_customers_page_asks_stripe_itself_once_the_customer_is_back(hub: Stand, leased: Door) -> None:
    placed, tender = leased.phone_order()
    url = str(open_link(leased, placed, tender)["url"])
    hub.sessions.pay(hub.sessions.of(tender))

    page = httpx.get(f"{url}/done")

    assert "$150.00 paid" in page.text
    assert order_of(hub, placed) == "completed"


def test_a_code_that_nobody_made_leads_nowhere(hub: Stand) -> None:
    assert httpx.get(f"{hub.base_url}/p/ZZZZZZZZ").status_code == 404


@pytest.fixture
def both(hub: Stand) -> Checkouts:
    """Payments by phone at two providers."""
    return Checkouts(hub.hub, hub.sessions, {"paypal": hub.intents})


def code_of(hub: Stand, tender: str) -> str:
    return str(hub.one("SELECT code FROM checkouts WHERE tender_id = %s", tender))


def state_of(hub: Stand, tender: str) -> str:
    return str(hub.one("SELECT status FROM checkouts WHERE tender_id = %s", tender))


def test_a_customer_who_goes_on_to_paypal_cannot_pay_by_card_any_more(
    hub: Stand, leased: Door, both: Checkouts
) -> None:
    placed, tender = leased.phone_order()
    open_link(leased, placed, tender)
    card = hub.sessions.of(tender)

    both.switch(code_of(hub, tender), "paypal")

    assert hub.sessions.retrieve(card).state is PaymentState.ENDED
    assert state_of(hub, tender) == "open"
    paypal = hub.intents.by_key[f"checkout-{tender}-1"]
    hub.settle(hub.intents.pay(paypal))
    assert state_of(hub, tender) == "paid"
    assert order_of(hub, placed) == "completed"
    assert hub.one("SELECT tender FROM payments WHERE id = %s", tender) == "paypal"


def test_a_customer_may_change_his_mind_and_pay_by_card_again(hub: Stand, leased: Door, both: Checkouts) -> None:
    placed, tender = leased.phone_order()
    open_link(leased, placed, tender)

    both.switch(code_of(hub, tender), "paypal")
    both.switch(code_of(hub, tender), "stripe")

    hub.settle(hub.sessions.pay(hub.sessions.by_key[f"checkout-{tender}-2"]))
    assert order_of(hub, placed) == "completed"
    assert hub.one("SELECT tender FROM payments WHERE id = %s", tender) == "checkout"


def test_going_on_to_paypal_after_the_card_was_charged_takes_nothing_twice(
    hub: Stand, leased: Door, both: Checkouts
) -> None:
    placed, tender = leased.phone_order()
    open_link(leased, placed, tender)
    hub.sessions.pay(hub.sessions.of(tender))

    both.switch(code_of(hub, tender), "paypal")

    assert f"checkout-{tender}-1" not in hub.intents.by_key
    assert order_of(hub, placed) == "completed"


def test_two_ways_pressed_at_once_leave_one_session_that_can_be_paid(hub: Stand, leased: Door, both: Checkouts) -> None:
    placed, tender = leased.phone_order()
    open_link(leased, placed, tender)
    code = code_of(hub, tender)

    with ThreadPoolExecutor(8) as pool:
        presses: list[Future[None]] = [pool.submit(both.switch, code, way) for way in ("paypal", "stripe") * 6]
    for press in presses:
        press.result()

    mine = [each for fake in (hub.sessions, hub.intents) for key, each in fake.by_key.items() if tender in key]
    live = [each for each in mine if (hub.sessions.by_id | hub.intents.by_id)[each].state is PaymentState.OPEN]
    assert live == [hub.one("SELECT session_id FROM checkouts WHERE tender_id = %s", tender)]


def test_an_old_page_that_ends_does_not_end_the_payment_that_went_on(hub: Stand, leased: Door, both: Checkouts) -> None:
    placed, tender = leased.phone_order()
    open_link(leased, placed, tender)
    card = hub.sessions.of(tender)
    both.switch(code_of(hub, tender), "paypal")

    hub.settle(hub.sessions.retrieve(card))

    assert state_of(hub, tender) == "open"
    assert order_of(hub, placed) == "processing"


@pytest.mark.parametrize("before", [None, "typed@example.org"])
def test_receipt_and_tickets_go_to_the_address_that_the_payer_typed_unless_the_till_has_one(
    hub: Stand, leased: Door, before: str | None
) -> None:
    placed, tender = leased.phone_order()
    open_link(leased, placed, tender)
    if before is not None:
        hub.sql("UPDATE orders SET customer_email = %s WHERE id = %s RETURNING id", before, placed.order_id)
    paid = replace(hub.sessions.pay(hub.sessions.of(tender)), payer_email="ana@example.org")

    for _ in range(3):
        hub.settle(paid)

    mailed = hub.sql("SELECT email FROM mails WHERE order_id = %s", placed.order_id)
    assert mailed == ([] if before else [("ana@example.org",)])
    assert hub.one("SELECT customer_email FROM orders WHERE id = %s", placed.order_id) == (before or "ana@example.org")

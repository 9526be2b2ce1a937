"""PayPal with nothing faked: approved in PayPal's place, captured by the hub, told by signed webhooks."""

import json
import re
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import closing, contextmanager
from threading import Event
from time import monotonic
from typing import Any

import httpx
import pytest
from pydantic import SecretStr

from boxoffice.demo.stack import PAYPAL_WEBHOOK, Stack, post
from sync.app import records_of
from sync.config import Settings
from sync.ledger.verify import verify
from sync.payments.reconciling import Comparison, reconcile
from sync.providers.paypal import PROOF
from sync.store.chain import new_id
from tests.integration.sync.door import Door
from tests.integration.sync.office import form_of
from tests.integration.sync.shopper import CAMILA
from tests.postgres import database_of_its_own

pytestmark = pytest.mark.enable_socket


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory, postgres_url: str) -> Iterator[Stack]:
    with Stack(tmp_path_factory.mktemp("stack"), lambda _: None, database_of_its_own(postgres_url)) as running:
        yield running


@pytest.fixture(autouse=True)
def books_agree(stack: Stack) -> Iterator[None]:
    yield

    assert verify(stack.database).problem is None


@pytest.fixture
def browser(stack: Stack) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=stack.addresses.hub_url, timeout=150) as http:
        yield http


def choose_paypal(browser: httpx.Client, product: str = "friday-pass") -> str:
    """Goes through the shop's pages to PayPal; returns PayPal's order."""
    csrf = _hidden(browser.get("/tickets").text, "csrf")
    browser.post("/tickets", data={"csrf": csrf, "add": product})
    page = browser.get("/tickets").text
    browser.post("/checkout", data={"csrf": csrf, "attempt": _hidden(page, "attempt")})
    order = _hidden(browser.get("/checkout").text, "order")
    form = {"csrf": csrf, "order": order, **CAMILA, "way": "paypal"}
    gone = browser.post("/checkout/pay", data=form)
    assert gone.status_code == 303, gone.text
    return httpx.URL(gone.headers["location"]).params["token"]


def _hidden(page: str, name: str) -> str:
    return page.split(f'name="{name}" value="', 1)[1].split('"', 1)[0]


def test_who_chose_paypal_and_mistyped_is_still_paying_by_it(browser: httpx.Client) -> None:
    csrf = _hidden(browser.get("/tickets").text, "csrf")
    browser.post("/tickets", data={"csrf": csrf, "add": "friday-pass"})
    browser.post("/checkout", data={"csrf": csrf, "attempt": _hidden(browser.get("/tickets").text, "attempt")})
    form = {"csrf": csrf, "order": _hidden(browser.get("/checkout").text, "order"), "way": "paypal"}

    page = browser.post("/checkout/pay", data={**form, **CAMILA, "email": "camila"}).text

    assert 'value="paypal" checked' in page
    assert 'value="card" checked' not in page


def control(stack: Stack, order: str, what: str) -> Any:
    return post(f"{stack.addresses.sandbox_url}/control/paypal/orders/{order}", {"do": what})


def status(stack: Stack, order: str) -> str:
    return str(httpx.get(f"{stack.addresses.sandbox_url}/control/paypal/orders/{order}").json()["status"])


def phone_sale(stack: Stack) -> tuple[str, str]:
    """Returns an order at the door that waits for payment by phone, and its link."""
    door = Door.pair(stack.addresses.hub_url, stack.pairing_code())
    with closing(door.http):
        door.lease({"friday": 1, "saturday": 1, "sunday": 1})
        placed, tender = door.phone_order()
        body = {"order_id": placed.order_id, "tender_id": tender, "amount": placed.total, "currency": "USD"}
        link = door.http.post("/api/till/checkouts", json=body).raise_for_status().json()["url"]
    return placed.order_id, link


def until(stack: Stack, query: str, *values: str, expected: object) -> None:
    patience, pause = monotonic() + 150, Event()
    while (found := one(stack, query, *values)) != expected:
        assert monotonic() < patience, f"{found!r}, not {expected!r}"
        pause.wait(0.02)


def one(stack: Stack, query: str, *values: str) -> Any:
    with stack.database.engine.connect() as connection:
        return connection.exec_driver_sql(query, values).scalar()


STATUS = "SELECT o.status FROM orders o JOIN checkouts c ON c.order_id = o.id WHERE c.session_id = %s"
BALANCE = """
    SELECT sum(l.amount)::int FROM ledger_postings l JOIN facts f ON f.id = l.fact_id
    WHERE l.account = 'paypal' AND f.payload ->> 'order_id' = %s
"""
HELD = "SELECT held FROM pools WHERE id = %s"


def test_an_approval_is_captured_and_the_page_shows_success(stack: Stack, browser: httpx.Client) -> None:
    paypal = choose_paypal(browser)

    control(stack, paypal, "approve")
    browser.get("/payment/success", params={"token": paypal, "PayerID": "x"})
    page = browser.get("/payment/success").text

    assert "Payment Successful!" in page
    tender = "SELECT p.tender FROM payments p JOIN checkouts c ON c.tender_id = p.id WHERE c.session_id = %s"
    assert one(stack, tender, paypal) == "paypal"
    order = one(stack, "SELECT order_id FROM checkouts WHERE session_id = %s", paypal)
    assert one(stack, BALANCE, order) == 6500


def test_an_approval_is_captured_by_its_webhook_if_the_customer_never_comes_back(
    stack: Stack, browser: httpx.Client
) -> None:
    paypal = choose_paypal(browser)

    control(stack, paypal, "approve")

    until(stack, STATUS, paypal, expected="completed")


def test_a_declined_card_leaves_the_order_open_and_another_one_pays(stack: Stack, browser: httpx.Client) -> None:
    paypal = choose_paypal(browser)
    control(stack, paypal, "decline_next")
    control(stack, paypal, "approve")
    browser.get("/payment/success", params={"token": paypal})
    while "Payment Successful!" not in browser.get("/payment/success").text and status(stack, paypal) == "APPROVED":
        continue
    assert one(stack, STATUS, paypal) == "processing"

    control(stack, paypal, "approve")

    until(stack, STATUS, paypal, expected="completed")


def test_a_pending_capture_waits_and_is_completed_days_later(stack: Stack, browser: httpx.Client) -> None:
    paypal = choose_paypal(browser, "saturday-pass")
    control(stack, paypal, "pending_next")
    control(stack, paypal, "approve")
    until(stack, "SELECT status FROM checkouts WHERE session_id = %s", paypal, expected="paying")
    held = one(stack, HELD, "saturday")

    control(stack, paypal, "complete")

    until(stack, STATUS, paypal, expected="completed")
    assert one(stack, HELD, "saturday") == held - 1


def test_a_pending_capture_that_is_denied_gives_the_places_back(stack: Stack, browser: httpx.Client) -> None:
    paypal = choose_paypal(browser, "sunday-pass")
    control(stack, paypal, "pending_next")
    control(stack, paypal, "approve")
    until(stack, "SELECT status FROM checkouts WHERE session_id = %s", paypal, expected="paying")

    control(stack, paypal, "deny")

    until(stack, STATUS, paypal, expected="failed")
    assert one(stack, HELD, "sunday") == 0


def test_a_refund_goes_back_to_paypal(stack: Stack, browser: httpx.Client) -> None:
    paypal = choose_paypal(browser)
    control(stack, paypal, "approve")
    until(stack, STATUS, paypal, expected="completed")
    order = one(stack, "SELECT order_id FROM checkouts WHERE session_id = %s", paypal)
    a = stack.addresses
    csrf = _hidden(browser.get("/sign-in").text, "csrf")
    form = {"csrf": csrf, "email": a.organizer_email, "password": a.organizer_password}
    assert browser.post("/sign-in", data=form).status_code == 303
    page = browser.get(f"/orders/{order}").text
    fields = {name: _hidden(page, name) for name in ("csrf", "refund_id", "payment")}
    look = browser.post(f"/orders/{order}/refund/review", data={**fields, "what": "all"}).text

    browser.post(f"/orders/{order}/refund", data=form_of(look))

    assert "Back to the customer&#39;s PayPal account" in look

    until(stack, STATUS, paypal, expected="refunded")
    assert one(stack, BALANCE, order) == 0
    assert one(stack, "SELECT count(*) FROM exceptions WHERE order_id = %s", order) == 0


def test_what_was_given_up_is_never_taken_even_if_it_is_approved_later(stack: Stack, browser: httpx.Client) -> None:
    paypal = choose_paypal(browser)
    back = browser.get("/tickets", params={"canceled": "true"}, follow_redirects=True).text
    given_up = browser.post("/checkout/give-up", data={"csrf": re.findall(r'name="csrf" value="([^"]+)"', back)[0]})

    assert given_up.status_code == 303
    control(stack, paypal, "approve")
    until(stack, "SELECT count(*) FROM payment_events WHERE status = 'received'", expected=0)

    assert one(stack, STATUS, paypal) == "failed"
    orders = httpx.get(f"{stack.addresses.sandbox_url}/control/paypal/orders").json()["orders"]
    assert next(order for order in orders if order["id"] == paypal)["capture"] is None


KINDS = "SELECT string_agg(kind, ' ' ORDER BY kind) FROM exceptions WHERE order_id = %s"
CAPTURE = "SELECT provider_reference FROM payments WHERE order_id = %s"
ORDER = "SELECT order_id FROM checkouts WHERE session_id = %s"


def bought(stack: Stack, browser: httpx.Client) -> tuple[str, str]:
    """Returns PayPal's order and ours, paid."""
    paypal = choose_paypal(browser)
    control(stack, paypal, "approve")
    until(stack, STATUS, paypal, expected="completed")
    return paypal, one(stack, ORDER, paypal)


def test_a_dispute_that_the_buyer_wins_is_in_the_books_and_told(stack: Stack, browser: httpx.Client) -> None:
    paypal, order = bought(stack, browser)

    control(stack, paypal, "dispute")
    until(stack, KINDS, order, expected="dispute_opened")
    control(stack, paypal, "resolve_for_buyer")

    until(stack, BALANCE, order, expected=0)
    until(stack, KINDS, order, expected="dispute_lost dispute_opened")
    told = one(stack, "SELECT detail FROM exceptions WHERE order_id = %s AND kind = 'dispute_opened'", order)
    assert "answer it at PayPal in time" in told


def test_a_dispute_that_the_seller_wins_leaves_the_money(stack: Stack, browser: httpx.Client) -> None:
    paypal, order = bought(stack, browser)

    control(stack, paypal, "dispute")
    control(stack, paypal, "resolve_for_seller")

    until(stack, KINDS, order, expected="dispute_opened dispute_won")
    assert one(stack, BALANCE, order) == 6500


def differences(stack: Stack) -> dict[str, str]:
    """Returns what does not agree between PayPal's own list and the books, by PayPal's reference."""
    return {each.reference: each.words for each in compared(stack).differences}


def compared(stack: Stack) -> Comparison:
    settings = Settings(
        paypal_client_id="a",
        paypal_client_secret=SecretStr("b"),
        paypal_webhook_id=PAYPAL_WEBHOOK,
        paypal_api_base=stack.addresses.sandbox_url,
    )
    with records_of(settings) as lists:
        return reconcile(stack.database, "PayPal", lists["PayPal"], int(time.time()) - 45 * 86_400)


def test_the_books_agree_with_paypals_own_list_to_the_cent(stack: Stack, browser: httpx.Client) -> None:
    _, order = bought(stack, browser)
    capture = one(stack, CAPTURE, order)
    refund_at_paypal(stack, capture, "5.00")
    until(stack, BALANCE, order, expected=6000)

    assert capture not in differences(stack)


def test_what_paypal_took_behind_the_hubs_back_is_named(stack: Stack) -> None:
    lost = taken_at_paypal(stack, custom_id=new_id())

    assert differences(stack)[lost] == "$12.34 at the provider, and not in the books"


@pytest.mark.parametrize("marks", [{}, {"custom_id": "1042"}, {"custom_id": "None"}, {"invoice_id": "R-77"}])
def test_what_another_program_took_at_paypal_is_counted_apart_and_named(stack: Stack, marks: dict[str, str]) -> None:
    theirs = taken_at_paypal(stack, **marks)

    found = compared(stack)

    assert theirs not in {each.reference for each in found.differences}
    assert theirs in {each.reference for each in found.others}
    assert "not ours, by other programs" in str(found)


def taken_at_paypal(stack: Stack, **marks: str) -> str:
    """Takes money at the account as another program would; returns the capture."""
    with at_paypal(stack) as http:
        unit = {"amount": {"currency_code": "USD", "value": "12.34"}, **marks}
        body = {"intent": "CAPTURE", "purchase_units": [unit]}
        order = http.post("/v2/checkout/orders", json=body).json()["id"]
        control(stack, order, "approve")
        taken = http.post(f"/v2/checkout/orders/{order}/capture", json={}).json()
    return str(taken["purchase_units"][0]["payments"]["captures"][0]["id"])


@contextmanager
def at_paypal(stack: Stack) -> Iterator[httpx.Client]:
    """Yields PayPal as someone sees it who is signed in there."""
    with httpx.Client(base_url=stack.addresses.sandbox_url) as http:
        form = {"grant_type": "client_credentials"}
        token = http.post("/v1/oauth2/token", data=form, auth=("a", "b")).json()["access_token"]
        http.headers.update({"Authorization": f"Bearer {token}", "Prefer": "return=representation"})
        yield http


def refund_at_paypal(stack: Stack, capture: str, value: str) -> None:
    amount = {"amount": {"currency_code": "USD", "value": value}}
    with at_paypal(stack) as http:
        headers = {"PayPal-Request-Id": new_id()}
        http.post(f"/v2/payments/captures/{capture}/refund", json=amount, headers=headers).raise_for_status()


def test_refunds_made_at_paypal_at_once_are_all_in_the_books(stack: Stack, browser: httpx.Client) -> None:
    _, order = bought(stack, browser)
    capture = one(stack, CAPTURE, order)

    with ThreadPoolExecutor(5) as people:
        list(people.map(lambda value: refund_at_paypal(stack, capture, value), ["1.00", "2.00", "3.00", "4.00"]))

    until(stack, BALANCE, order, expected=5500)


def test_a_flood_of_forged_webhooks_keeps_nobody_else_waiting(stack: Stack) -> None:
    """PayPal is slow to say that they are forged; the shop must not be."""
    slow = {"match": "POST /v1/notifications/verify-webhook-signature", "kind": "delay", "delay_s": 0.3}
    post(f"{stack.addresses.sandbox_url}/control/faults", slow)
    proof = {f"paypal-{name}": "x" for name in PROOF}
    event = {"id": "WH-forged", "event_type": "PAYMENT.CAPTURE.COMPLETED", "resource": {"id": "1"}}

    def forge(_: int) -> int:
        url = f"{stack.addresses.hub_url}/api/webhooks/paypal"
        return httpx.post(url, json=event, headers=proof, timeout=150).status_code

    try:
        with ThreadPoolExecutor(100) as forgers:
            answers = [forgers.submit(forge, number) for number in range(100)]
            refused = next(each.result() for each in as_completed(answers) if each.result() == 503)
            page = httpx.get(f"{stack.addresses.hub_url}/tickets", timeout=150)
            is_over = all(each.done() for each in answers)
            told = {each.result() for each in answers}
    finally:
        httpx.delete(f"{stack.addresses.sandbox_url}/control/faults")

    assert refused == 503
    assert (page.status_code, is_over) == (200, False)
    assert told == {400, 503}
    assert one(stack, "SELECT count(*) FROM payment_events WHERE event_id = 'WH-forged'") == 0


@pytest.mark.parametrize("header", ["paypal-transmission-sig", "paypal-transmission-id", "paypal-cert-url"])
def test_a_forged_webhook_is_refused_and_not_stored(stack: Stack, header: str) -> None:
    event = {"id": "WH-FORGED", "event_type": "PAYMENT.CAPTURE.COMPLETED", "resource": {"id": "x"}}
    names = ("transmission-id", "transmission-time", "transmission-sig", "cert-url", "auth-algo")
    headers = {f"paypal-{name}": "forged" for name in names}
    headers.pop(header)

    missing = httpx.post(f"{stack.addresses.hub_url}/api/webhooks/paypal", content=json.dumps(event), headers=headers)
    headers[header] = "forged"
    forged = httpx.post(f"{stack.addresses.hub_url}/api/webhooks/paypal", content=json.dumps(event), headers=headers)

    assert (missing.status_code, forged.status_code) == (400, 400)
    assert one(stack, "SELECT count(*) FROM payment_events WHERE event_id = 'WH-FORGED'") == 0


def test_a_customer_at_the_door_goes_back_from_the_card_page_and_pays_with_paypal(stack: Stack) -> None:
    order, link = phone_sale(stack)
    with httpx.Client(timeout=150) as phone:
        card_page = phone.get(link).headers["location"]
        assert "To pay with PayPal, go back." in phone.get(card_page).text
        assert "PayPal" in phone.get(f"{link}/back").text
        phone.post(f"{link}/pay", data={"way": "paypal"})
        paypal = httpx.URL(phone.get(link).headers["location"]).params["token"]
        control(stack, paypal, "approve")
        until(stack, STATUS, paypal, expected="completed")

        assert "Paid. See you there." in phone.get(f"{link}/done").text
    assert one(stack, BALANCE, order) == 15000


def test_a_card_that_paypal_declines_at_the_door_leads_back_to_both_ways(stack: Stack) -> None:
    _, link = phone_sale(stack)
    with httpx.Client(timeout=150) as phone:
        phone.post(f"{link}/pay", data={"way": "paypal"})
        paypal = httpx.URL(phone.get(link).headers["location"]).params["token"]
        control(stack, paypal, "decline_next")
        control(stack, paypal, "approve")
        while status(stack, paypal) == "APPROVED" and "PayPal did not take" not in phone.get(f"{link}/done").text:
            pass

        assert "Card, Apple Pay or Google Pay" in phone.get(f"{link}/back").text

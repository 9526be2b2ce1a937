"""The hosted page and the reader simulator in a real browser, at the size of a phone and of a desk."""

import shutil
import time
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
import stripe
from playwright.sync_api import Browser, Page, expect, sync_playwright

from boxoffice.sandbox.server import Sandbox
from tests.integration.sandbox.paypal_shop import Shop, issue, order_body

CHROMIUM = shutil.which("chromium")
pytestmark = [pytest.mark.browser, pytest.mark.skipif(CHROMIUM is None, reason="no Chromium here")]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        found = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield found
        found.close()


@pytest.fixture
def phone(browser: Browser) -> Iterator[Page]:
    page = browser.new_page(viewport={"width": 390, "height": 844})
    yield page
    page.close()


def session(sandbox: Sandbox, api: stripe.StripeClient) -> stripe.checkout.Session:
    price = {"currency": "usd", "unit_amount": 15000, "product_data": {"name": "Full Pass"}}
    params: Any = {
        "mode": "payment",
        "line_items": [{"quantity": 1, "price_data": price}],
        "success_url": f"{sandbox.base_url}/?paid={{CHECKOUT_SESSION_ID}}",
        "cancel_url": f"{sandbox.base_url}/?back",
        "expires_at": int(time.time()) + 1900,
    }
    return api.v1.checkout.sessions.create(params)


def type_card(page: Page, number: str) -> None:
    page.fill('[name="cardNumber"]', number)
    page.fill('[name="cardExpiry"]', "12/34")
    page.fill('[name="cardCvc"]', "123")
    page.fill('[name="billingName"]', "Test User")
    page.click('[data-testid="hosted-payment-submit-button"]')


def test_a_customer_is_declined_and_then_pays(sandbox: Sandbox, api: stripe.StripeClient, phone: Page) -> None:
    made = session(sandbox, api)
    phone.goto(made.url or "")
    type_card(phone, "4000000000009995")
    expect(phone.get_by_test_id("payment-problem")).to_contain_text("Your card has insufficient funds.")

    type_card(phone, "4242424242424242")

    phone.wait_for_url(f"**/?paid={made.id}")
    assert api.v1.checkout.sessions.retrieve(made.id).payment_status == "paid"


def test_an_open_page_turns_expired_by_itself(sandbox: Sandbox, api: stripe.StripeClient, phone: Page) -> None:
    made = session(sandbox, api)
    phone.goto(made.url or "")

    api.v1.checkout.sessions.expire(made.id)

    expect(phone.get_by_test_id("session-expired")).to_be_visible()
    assert phone.locator('[name="cardNumber"]').count() == 0


def test_the_page_fits_a_phone_and_leads_back(sandbox: Sandbox, api: stripe.StripeClient, phone: Page) -> None:
    phone.goto(session(sandbox, api).url or "")

    assert phone.evaluate("document.documentElement.scrollWidth <= innerWidth")
    phone.click("text=Back")
    phone.wait_for_url("**/?back")


def test_a_person_presents_a_card_on_the_simulated_reader(
    sandbox: Sandbox, api: stripe.StripeClient, browser: Browser
) -> None:
    reader = api.v1.terminal.readers.list().data[0]
    intent = api.v1.payment_intents.create(
        {"amount": 2500, "currency": "usd", "allowed_payment_method_types": ["card_present"]}
    )
    desk = browser.new_page()
    desk.goto(f"{sandbox.base_url}/readers")
    shown = desk.locator(f'[data-reader="{reader.id}"]')
    expect(shown.get_by_role("button", name="Present card")).to_be_disabled()

    api.v1.terminal.readers.process_payment_intent(reader.id, {"payment_intent": intent.id})
    expect(shown).to_contain_text("$25.00")
    shown.get_by_role("button", name="Present card").click()

    expect(desk.locator(f'[data-reader="{reader.id}"]')).to_contain_text("Approved")
    assert api.v1.payment_intents.retrieve(intent.id).status == "succeeded"
    desk.close()


def test_a_payer_is_declined_by_paypal_and_then_pays_without_any_script(
    sandbox: Sandbox, shop: Shop, browser: Browser
) -> None:
    made = shop.post("/v2/checkout/orders", order_body(return_url=f"{sandbox.base_url}/?paid")).json()
    context = browser.new_context(viewport={"width": 390, "height": 844}, java_script_enabled=False)
    page = context.new_page()
    page.goto(made["links"][1]["href"])
    page.select_option('[name="next"]', "decline_next")
    page.get_by_role("button", name="Pay 25.00 USD").click()
    page.wait_for_url("**/?paid=*token=*")
    declined = shop.capture(made["id"])

    page.goto(declined.json()["links"][1]["href"])
    page.get_by_role("button", name="Pay 25.00 USD").click()

    page.wait_for_url(f"**/?paid=&token={made['id']}&PayerID=*")
    assert (issue(declined), shop.capture(made["id"]).status_code) == ("INSTRUMENT_DECLINED", 201)
    context.close()


def test_a_rule_made_on_the_control_page_acts(sandbox: Sandbox, browser: Browser) -> None:
    page = browser.new_page()
    page.goto(f"{sandbox.base_url}/control")
    page.fill('[name="match"]', "GET /v1/events")
    page.select_option('[name="kind"]', "error_503")
    page.fill('[name="times"]', "1")

    page.click("text=Add rule")

    expect(page.locator("body")).to_contain_text("503 before any work")
    headers = {"Authorization": "Bearer sk_test_any"}
    answers = [httpx.get(f"{sandbox.base_url}/v1/events", headers=headers).status_code for _ in range(2)]
    assert answers == [503, 200]
    page.close()

"""Events in currencies of their own: sold, paid, given back, told and compared in one unit, with nothing faked."""

import time
from collections.abc import Iterator, Mapping
from typing import Any

import httpx
import pytest

from boxoffice.core.charging import CantBeCharged
from boxoffice.core.errors import BadInput
from boxoffice.demo.stack import post
from boxoffice.sandbox.server import Sandbox
from sync.app import records_of
from sync.config import Settings
from sync.inventory.events import load_event
from sync.ledger.hub import Hub
from sync.ledger.verify import verify
from sync.payments.checkouts import Checkouts
from sync.payments.reconciling import reconcile
from sync.server import HubServer
from sync.shop.orders import Shop
from sync.store.database import Database
from tests.integration.sync.beside_sandbox import checkouts_of_module, sandbox_of_module, settings_beside
from tests.integration.sync.conftest import WEBHOOK_SECRET, Stand
from tests.integration.sync.fakes import FakeMail, FakeSessions
from tests.integration.sync.shopper import CAMILA, Shopper

__all__ = ["checkouts_of_module", "sandbox_of_module"]
pytestmark = pytest.mark.enable_socket

PRICES = {"ISK": 5000, "UGX": 50000, "MGA": 500000, "KWD": 5120, "JPY": 5000, "HUF": 500050, "TWD": 50050}
SENT = {"ISK": 500000, "UGX": 5000000, "MGA": 5000, "KWD": 5120, "JPY": 5000, "HUF": 500050, "TWD": 50050}
AT_STRIPE = """
    SELECT coalesce(sum(p.amount), 0)::bigint FROM ledger_postings p JOIN facts f ON f.id = p.fact_id
    WHERE p.account = 'stripe' AND p.currency = %s AND f.kind <> 'fee_recorded'
"""


def event(currency: str, price_minor: int) -> Mapping[str, Any]:
    """Returns an event with one pass."""
    ticket = {"id": "pass", "name": "Pass", "kind": "ticket", "category": "Passes", "pools": {"house": 1}}
    about = {"name": f"Night in {currency}", "venue": "Hall", "address": "1 Street", "city": "Town"}
    when = {"timezone": "Europe/London", "days": ["2027-05-15"]}
    return {
        "event": {"id": f"night-{currency.lower()}", "currency": currency, **about, **when},
        "pools": [{"id": "house", "name": "House", "capacity": 100}],
        "products": [{**ticket, "price_minor": price_minor, "days": ["2027-05-15"]}],
    }


@pytest.fixture(scope="module")
def settings(database_url: str, sandbox: Sandbox) -> Settings:
    return settings_beside(sandbox, database_url)


@pytest.fixture(scope="module")
def hub(settings: Settings, sandbox: Sandbox) -> Iterator[Stand]:
    with HubServer.start(settings) as server, Database(settings.database(), 4) as database:
        second = Hub.open(settings, database, server.base_url, "second")
        for currency, price in PRICES.items():
            load_event(second, event(currency, price))
        webhook = {"url": f"{server.base_url}/api/webhooks/stripe", "secret": WEBHOOK_SECRET}
        post(f"{sandbox.base_url}/control/webhooks", webhook)
        yield Stand(server.base_url, database, second, FakeSessions(), FakeMail())


def buy(shopper: Shopper, currency: str, path: str = "payment/create-checkout-session") -> httpx.Response:
    items = [{"id": "pass", "quantity": 1}]
    return shopper.post(path, {"eventId": f"night-{currency.lower()}", "items": items, "customerInfo": CAMILA})


@pytest.mark.parametrize("currency", PRICES)
def test_an_event_is_sold_and_given_back_in_its_own_currency(
    hub: Stand, settings: Settings, sandbox: Sandbox, shopper: Shopper, currency: str
) -> None:
    bought = buy(shopper, currency).json()
    session, order = bought["sessionId"], bought["orderId"]
    headers = {"Authorization": "Bearer sk_test_hub"}
    there = httpx.get(f"{sandbox.base_url}/v1/checkout/sessions/{session}", headers=headers).json()
    assert (there["amount_total"], there["currency"]) == (SENT[currency], currency.lower())

    post(f"{sandbox.base_url}/control/checkout_sessions/{session}/pay", {"email": "ana@example.org", "name": "Ana"})

    hub.until("completed", "SELECT status FROM orders WHERE id = %s", order)
    assert hub.one(AT_STRIPE, currency) == PRICES[currency]
    payment = hub.one("SELECT provider_reference FROM payments WHERE order_id = %s", order)
    refund = {"payment_intent": payment, "amount": str(SENT[currency])}
    httpx.post(f"{sandbox.base_url}/v1/refunds", data=refund, headers=headers).raise_for_status()
    hub.until("refunded", "SELECT status FROM orders WHERE id = %s", order)
    assert hub.one(AT_STRIPE, currency) == 0
    with records_of(settings) as records:
        compared = reconcile(hub.database, "Stripe", records["Stripe"], int(time.time()) - 3600)
    assert compared.differences == []
    assert verify(hub.database).problem is None


@pytest.mark.parametrize("currency", ["ISK", "UGX", "MGA", "KWD", "HUF", "TWD"])
def test_paypal_is_neither_offered_nor_asked_for_what_it_does_not_take(
    hub: Stand, checkouts: Checkouts, sandbox: Sandbox, shopper: Shopper, currency: str
) -> None:
    order = buy(shopper, currency, "orders/create").json()["orderId"]

    with pytest.raises(CantBeCharged):
        Shop(hub.hub, checkouts).start(order, provider="paypal")

    assert hub.sql("SELECT count(*) FROM checkouts WHERE order_id = %s", order) == [(0,)]
    assert hub.one("SELECT status FROM orders WHERE id = %s", order) == "pending"


def test_a_page_that_asks_paypal_for_it_all_the_same_is_told_to_pay_in_another_way(hub: Stand) -> None:
    with httpx.Client(base_url=hub.base_url, headers={"Accept-Language": "en"}, timeout=60) as browser:
        csrf = hidden(browser.get("/tickets").text, "csrf")
        browser.post("/tickets", data={"csrf": csrf, "add": "pass"})
        attempt = hidden(browser.get("/tickets").text, "attempt")
        browser.post("/checkout", data={"csrf": csrf, "attempt": attempt})
        order = hidden(browser.get("/checkout").text, "order")

        refused = browser.post("/checkout/pay", data={"csrf": csrf, "order": order, **CAMILA, "way": "paypal"})

    assert refused.status_code == 422
    assert "Please choose another way to pay." in refused.text
    assert "multiple of" not in refused.text


def hidden(page: str, name: str) -> str:
    """Returns the value of a hidden field."""
    return page.split(f'name="{name}" value="', 1)[1].split('"', 1)[0]


def test_yen_are_paid_with_paypal(hub: Stand, checkouts: Checkouts, sandbox: Sandbox, shopper: Shopper) -> None:
    order = buy(shopper, "JPY", "orders/create").json()["orderId"]

    started = Shop(hub.hub, checkouts).start(order, provider="paypal")

    there = httpx.get(f"{sandbox.base_url}/control/paypal/orders/{started.session_id}").json()
    assert there["purchase_units"][0]["amount"] == {"currency_code": "JPY", "value": "5000"}


@pytest.mark.parametrize(("currency", "price_minor"), [("CUP", 5000), ("KWD", 5124), ("MGA", 500050), ("XXX", 1)])
def test_an_event_that_no_card_can_pay_is_not_loaded(hub: Stand, currency: str, price_minor: int) -> None:
    with pytest.raises(BadInput):
        load_event(hub.hub, event(currency, price_minor))

    assert hub.one("SELECT count(*) FROM events WHERE currency = %s", currency) == (1 if currency in PRICES else 0)

"""Payments that a provider refuses, for good or for a while: places are never lost, and nobody stands in the way."""

import re
from collections.abc import Iterator

import httpx
import pytest

from boxoffice.core.refusals import Verdict, verdict_of
from boxoffice.sandbox.paypal.errors import CODES, MALFORMED, REFUSALS, named
from boxoffice.sandbox.refusals import REFUSALS as STRIPES
from boxoffice.sandbox.server import Sandbox
from sync.config import Settings
from sync.inventory.events import load_event
from sync.ledger.hub import Hub
from sync.ledger.verify import verify
from sync.operations.jobs import end_lapsed
from sync.payments.checkouts import Checkouts
from sync.ports import NewSession, Session
from sync.providers.checkout_sessions import CheckoutSessions
from sync.server import HubServer
from sync.shop.orders import Shop
from sync.shop.web_orders import OrderOver
from sync.store.database import Database
from tests.fest import fest
from tests.integration.sync.beside_sandbox import checkouts_of_module, sandbox_of_module, settings_beside
from tests.integration.sync.conftest import Stand
from tests.integration.sync.fakes import FakeMail, FakeSessions
from tests.integration.sync.shopper import CAMILA, Shopper

__all__ = ["checkouts_of_module", "sandbox_of_module"]
pytestmark = pytest.mark.enable_socket

SESSIONS, INTENTS, ORDERS = "POST /v1/checkout/sessions", "POST /v1/payment_intents", "POST /v2/checkout/orders"
STRIPE_VERDICTS = [(name, verdict_of(each.status, each.code)) for name, each in STRIPES.items()]
PAYPAL_VERDICTS = [(code, verdict_of(named(code).status, code)) for code in CODES]
FREE = "SELECT available FROM pools WHERE id = 'friday'"
HELD = "SELECT sum(held)::int FROM pools"
BODY = {"items": [{"id": "friday-pass", "quantity": 2}], "customerInfo": CAMILA}


@pytest.fixture(scope="module")
def settings(database_url: str, sandbox: Sandbox) -> Settings:
    more = {"holds_per_address": 100_000, "places_per_address": 100_000, "requests_per_second": 1_000}
    return settings_beside(sandbox, database_url, **more)


@pytest.fixture(scope="module")
def hub(settings: Settings) -> Iterator[Stand]:
    with HubServer.start(settings) as server, Database(settings.database(), 4) as database:
        second = Hub.open(settings, database, server.base_url, "second")
        load_event(second, fest())
        stand = Stand(server.base_url, database, second, FakeSessions(), FakeMail())
        yield stand
        for door in stand.doors:
            door.http.close()


@pytest.fixture(autouse=True)
def clean(hub: Stand, checkouts: Checkouts, sandbox: Sandbox) -> Iterator[None]:
    """No faults before; nothing held and books that agree after."""
    httpx.delete(f"{sandbox.base_url}/control/faults").raise_for_status()
    yield
    httpx.delete(f"{sandbox.base_url}/control/faults").raise_for_status()
    lapse(hub)
    end_lapsed(checkouts)
    assert hub.one(HELD) == 0
    assert verify(hub.database).problem is None


@pytest.fixture
def browser(hub: Stand) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=hub.base_url, timeout=30, headers={"Accept": "text/html"}) as http:
        yield http


def refuse(sandbox: Sandbox, match: str, code: str) -> None:
    rule = {"match": match, "kind": "refuse", "code": code}
    httpx.post(f"{sandbox.base_url}/control/faults", json=rule).raise_for_status()


def lapse(hub: Stand) -> None:
    """Makes the time to pay be over for everything, and all that was tried before due again."""
    hub.sql("UPDATE checkouts SET closes_at = now() - interval '1 min', next_close_at = NULL WHERE status <> 'paid'")
    hub.sql("UPDATE holds SET expires_at = now() - interval '1 min'")


def asked(sandbox: Sandbox, match: str) -> int:
    method, path = match.split(" ")
    calls = httpx.get(f"{sandbox.base_url}/control/requests").json()["requests"]
    return sum((call["method"], call["path"]) == (method, path) for call in calls)


def hidden(page: str, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]+)"', page)
    assert found is not None, page
    return found[1]


def fill_cart(browser: httpx.Client, **press: str) -> None:
    csrf = hidden(browser.get("/tickets").text, "csrf")
    browser.post("/tickets", data={"csrf": csrf, **press})


def begin(browser: httpx.Client) -> httpx.Response:
    page = browser.get("/tickets").text
    return browser.post("/checkout", data={"csrf": hidden(page, "csrf"), "attempt": hidden(page, "attempt")})


def press_pay(browser: httpx.Client, way: str) -> httpx.Response:
    page = browser.get("/checkout").text
    form = {"csrf": hidden(page, "csrf"), "order": hidden(page, "order"), **CAMILA, "way": way}
    return browser.post("/checkout/pay", data=form)


def after_a_refusal(hub: Stand, answer: httpx.Response, verdict: Verdict, free: int) -> None:
    """What must hold after a provider's error while a payment is begun by the API."""
    (order,) = hub.sql("SELECT order_id, status, session_id FROM checkouts ORDER BY created_at DESC LIMIT 1")
    if verdict is Verdict.FINAL:
        assert answer.status_code == 409, answer.text
        assert "Nothing was charged, and the places are free again." in answer.json()["error"]
        assert order[1:] == ("failed", None)
        assert hub.one("SELECT status FROM orders WHERE id = %s", order[0]) == "failed"
        assert hub.one("SELECT status FROM payments WHERE order_id = %s", order[0]) == "failed"
        assert hub.one(FREE) == free
    else:
        assert answer.status_code == 503, answer.text
        assert order[1:] == ("open", None)
        assert hub.one(FREE) == free - 2


@pytest.mark.parametrize(("code", "verdict"), STRIPE_VERDICTS)
@pytest.mark.parametrize(("match", "path"), [(SESSIONS, "create-checkout-session"), (INTENTS, "create-payment-intent")])
def test_each_error_of_stripes_ends_the_payment_or_keeps_the_places_for_a_while(
    hub: Stand,
    checkouts: Checkouts,
    sandbox: Sandbox,
    shopper: Shopper,
    match: str,
    path: str,
    code: str,
    verdict: Verdict,
) -> None:
    free = hub.one(FREE)
    refuse(sandbox, match, code)

    answer = shopper.post(f"payment/{path}", BODY)

    after_a_refusal(hub, answer, verdict, free)
    lapse(hub)
    end_lapsed(checkouts)
    assert hub.one(FREE) == free


@pytest.mark.parametrize(("code", "verdict"), PAYPAL_VERDICTS)
def test_each_error_of_paypals_ends_the_payment_or_keeps_the_places_for_a_while(
    hub: Stand, sandbox: Sandbox, browser: httpx.Client, code: str, verdict: Verdict
) -> None:
    free = hub.one(FREE)
    fill_cart(browser, add="friday-pass")
    begin(browser)
    refuse(sandbox, ORDERS, code)

    answer = press_pay(browser, "paypal")

    if verdict is Verdict.FINAL:
        assert (answer.status_code, answer.headers["location"]) == (303, "/tickets?says=refused")
        assert "Nothing was charged, and your places are free again" in browser.get("/tickets?says=refused").text
        assert hub.one(FREE) == free
    else:
        assert answer.status_code == 503
        assert hub.one(FREE) == free - 1
        httpx.delete(f"{sandbox.base_url}/control/faults").raise_for_status()
        assert press_pay(browser, "card").headers["location"].startswith(f"{sandbox.base_url}/c/pay/")


def test_the_stand_in_can_play_every_verdict_at_each_provider() -> None:
    assert {verdict for _, verdict in STRIPE_VERDICTS} == set(Verdict)
    assert {verdict for _, verdict in PAYPAL_VERDICTS} == set(Verdict)
    assert set(CODES) > {*MALFORMED, *REFUSALS}


def test_a_key_that_is_not_accepted_is_put_before_a_person_once(hub: Stand, sandbox: Sandbox, shopper: Shopper) -> None:
    hub.see_all("shut_out")
    refuse(sandbox, SESSIONS, "invalid_key")

    for _ in range(2):
        assert shopper.buy("social").status_code == 503

    told = hub.sql("SELECT subject_id, detail FROM exceptions WHERE kind = 'shut_out' AND status = 'open'")
    assert [subject for subject, _ in told] == ["stripe"]
    assert "STRIPE_SECRET_KEY" in told[0][1]


def test_whoever_was_refused_buys_again_in_the_same_browser(
    hub: Stand, sandbox: Sandbox, browser: httpx.Client
) -> None:
    fill_cart(browser, add="friday-pass")
    begin(browser)
    refuse(sandbox, SESSIONS, "card_declined")
    assert press_pay(browser, "card").headers["location"] == "/tickets?says=refused"
    httpx.delete(f"{sandbox.base_url}/control/faults").raise_for_status()

    assert begin(browser).headers["location"] == "/checkout"
    assert press_pay(browser, "card").headers["location"].startswith(f"{sandbox.base_url}/c/pay/")
    assert browser.get("/tickets?canceled=true").headers["location"] == "/checkout?says=unpaid"


def test_a_donation_of_ten_cents_is_told_the_least_before_anything_is_held(hub: Stand, browser: httpx.Client) -> None:
    orders = hub.one("SELECT count(*) FROM orders")
    fill_cart(browser, add="donation", amount="0.10")

    answer = begin(browser)

    assert answer.headers["location"] == "/tickets?says=least"
    assert "the least is $0.50 in all" in browser.get("/tickets?says=least").text
    assert "el mínimo es $0.50 en total" in browser.get("/tickets?says=least&lang=es").text
    assert hub.one("SELECT count(*) FROM orders") == orders


@pytest.mark.parametrize("path", ["orders/create", "payment/create-checkout-session", "payment/create-payment-intent"])
@pytest.mark.parametrize("cents", [1, 10, 49])
def test_no_door_of_the_api_takes_an_order_that_no_card_pays(
    hub: Stand, shopper: Shopper, path: str, cents: int
) -> None:
    orders = hub.one("SELECT count(*) FROM orders")

    answer = shopper.post(path, {"items": [{"id": "donation", "quantity": 1, "amount": cents}], "customerInfo": CAMILA})

    assert answer.status_code == 422
    assert answer.json()["error"].endswith("the least is $0.50")
    assert hub.one("SELECT count(*) FROM orders") == orders


def test_the_least_itself_is_taken(hub: Stand, shopper: Shopper) -> None:
    answer = shopper.buy_all({"id": "donation", "quantity": 1, "amount": 50})

    assert answer.status_code == 200


def test_a_code_at_the_door_for_less_than_the_least_is_refused(hub: Stand) -> None:
    door = hub.door()
    door.lease({"friday": 2, "saturday": 2, "sunday": 2})
    placed, tender = door.phone_order(("full-pass", 1), cash_first=14_980)
    body = {"order_id": placed.order_id, "tender_id": tender, "amount": 20, "currency": "USD"}

    answer = door.http.post("/api/till/checkouts", json=body)

    assert answer.status_code == 422
    assert answer.json()["error"].endswith("the least is $0.50")
    assert hub.one("SELECT count(*) FROM checkouts WHERE tender_id = %s", tender) == 0


def test_a_till_is_told_that_its_code_was_refused_for_good(hub: Stand, sandbox: Sandbox) -> None:
    door = hub.door()
    door.lease({"friday": 2, "saturday": 2, "sunday": 2})
    placed, tender = door.phone_order()
    refuse(sandbox, SESSIONS, "amount_too_large")

    body = {"order_id": placed.order_id, "tender_id": tender, "amount": placed.total, "currency": "USD"}
    answer = door.http.post("/api/till/checkouts", json=body).raise_for_status().json()

    assert answer["state"] == "failed"
    (failed,) = [fact for fact in answer["facts"] if fact["kind"] == "payment_failed"]
    assert failed["payload"]["message"].startswith("Stripe refused: Amount must be no more than")
    assert hub.one("SELECT status FROM orders WHERE id = %s", placed.order_id) == "processing"


def stuck(hub: Stand, shopper: Shopper, many: int) -> list[str]:
    """Makes orders as a version before left them: processing, their payment open and without a session, long ago."""
    ids = []
    for _ in range(many):
        body = {"items": [{"id": "social", "quantity": 1}], "customerInfo": CAMILA}
        ids.append(shopper.post("payment/create-checkout-session", body).json()["orderId"])
    hub.sql("UPDATE checkouts SET session_id = NULL, session_url = NULL WHERE order_id = ANY(%s)", ids)
    lapse(hub)
    return ids


def test_orders_that_were_stuck_before_heal_without_a_word_to_the_provider(
    hub: Stand, checkouts: Checkouts, sandbox: Sandbox, shopper: Shopper
) -> None:
    ids = stuck(hub, shopper, 3)
    refuse(sandbox, "* /v1/*", "amount_too_small")

    end_lapsed(checkouts)

    assert hub.sql("SELECT DISTINCT status FROM orders WHERE id = ANY(%s)", ids) == [("failed",)]
    assert hub.one(HELD) == 0


def test_an_order_that_was_stuck_can_be_given_up_at_once(hub: Stand, sandbox: Sandbox, shopper: Shopper) -> None:
    bought = shopper.buy("social")
    access = {name: bought.json()[name] for name in ("orderId", "accessToken")}
    hub.sql("UPDATE checkouts SET session_id = NULL, session_url = NULL WHERE order_id = %s", access["orderId"])
    refuse(sandbox, "* /v1/*", "amount_too_small")

    answer = shopper.post("orders/update", {**access, "action": "cancel"})

    assert (answer.status_code, answer.json()["status"]) == (200, "failed")
    assert hub.one(HELD) == 0


@pytest.mark.slow
def test_more_than_a_hundred_that_can_not_be_ended_stop_nobody(
    hub: Stand, checkouts: Checkouts, sandbox: Sandbox, shopper: Shopper
) -> None:
    number = 105
    for _ in range(number):
        shopper.buy("social").raise_for_status()
    hub.sql(
        "UPDATE checkouts SET session_id = 'cs_test_' || tender_id, closes_at = now() - interval '1 hour'"
        " WHERE status = 'open'"
    )
    good = shopper.buy("friday-pass").json()
    hub.sql("UPDATE checkouts SET closes_at = now() - interval '1 min' WHERE session_id = %s", good["sessionId"])

    for _ in range(3):  # a sweep ends before the next one is due, on a slow machine with some left for that
        end_lapsed(checkouts)

    assert hub.one("SELECT status FROM orders WHERE id = %s", good["orderId"]) == "failed"
    assert hub.one("SELECT count(*) FROM checkouts WHERE status = 'open' AND next_close_at IS NOT NULL") == number
    hub.sql("UPDATE checkouts SET session_expires_at = now() - interval '1 hour' WHERE status = 'open'")


def test_what_breaks_at_one_payment_does_not_stop_the_sweep(hub: Stand, checkouts: Checkouts, shopper: Shopper) -> None:
    broken, good = shopper.buy("social").json(), shopper.buy("social").json()
    lapse(hub)
    hub.sql("UPDATE checkouts SET closes_at = now() - interval '1 day' WHERE order_id = %s", broken["orderId"])
    bad = hub.one("SELECT tender_id FROM checkouts WHERE order_id = %s", broken["orderId"])

    class Buggy(Checkouts):
        """Breaks at one payment."""

        def close(self, tender_id: str, code: str) -> None:
            if tender_id == bad:
                raise RuntimeError("a bug")
            Checkouts.close(self, tender_id, code)

    end_lapsed(Buggy(checkouts.hub, checkouts.sessions, checkouts.others))

    assert hub.one("SELECT status FROM orders WHERE id = %s", good["orderId"]) == "failed"
    assert hub.one("SELECT status FROM orders WHERE id = %s", broken["orderId"]) == "processing"


def test_after_an_outage_everything_is_swept(
    hub: Stand, checkouts: Checkouts, sandbox: Sandbox, shopper: Shopper
) -> None:
    bought = [shopper.buy("social").json() for _ in range(5)]
    lapse(hub)
    refuse(sandbox, "* /v1/*", "unavailable")
    end_lapsed(checkouts)
    ids = [each["orderId"] for each in bought]
    assert hub.sql("SELECT DISTINCT status FROM orders WHERE id = ANY(%s)", ids) == [("processing",)]
    httpx.delete(f"{sandbox.base_url}/control/faults").raise_for_status()

    hub.sql("UPDATE checkouts SET next_close_at = now() - interval '1 s' WHERE next_close_at IS NOT NULL")
    end_lapsed(checkouts)

    assert hub.sql("SELECT DISTINCT status FROM orders WHERE id = ANY(%s)", ids) == [("failed",)]


@pytest.mark.parametrize("code", ["invalid_key", "permission_denied", "resource_missing"])
def test_a_payment_that_its_provider_does_not_tell_of_waits_until_nobody_can_pay_it(
    hub: Stand, checkouts: Checkouts, sandbox: Sandbox, shopper: Shopper, code: str
) -> None:
    bought = shopper.buy("social").json()
    lapse(hub)
    refuse(sandbox, "* /v1/*", code)
    status = "SELECT status FROM orders WHERE id = %s"

    end_lapsed(checkouts)
    before = hub.one(status, bought["orderId"])
    hub.sql("UPDATE checkouts SET session_expires_at = now() - interval '1 hour', next_close_at = NULL")
    end_lapsed(checkouts)

    assert (before, hub.one(status, bought["orderId"])) == ("processing", "failed")


def test_a_payment_that_is_closed_while_its_page_is_opened_has_no_page(
    hub: Stand, checkouts: Checkouts, shopper: Shopper
) -> None:
    order = shopper.post("orders/create", {"items": [{"id": "social", "quantity": 1}], "customerInfo": CAMILA}).json()

    class Slow(CheckoutSessions):
        """Is so slow that the order is given up before its page is there."""

        def create(self, new: NewSession) -> Session:
            made = super().create(new)
            checkouts.close(new.metadata["tender_id"], "canceled")
            return made

    settings = hub.hub.settings
    slow = Slow(settings.secret("payment by phone", "stripe_secret_key"), settings.stripe_api_base)
    with pytest.raises(OrderOver):
        Shop(hub.hub, Checkouts(hub.hub, slow)).start(order["orderId"])

    assert hub.one("SELECT session_url FROM checkouts WHERE order_id = %s", order["orderId"]) is None
    assert hub.one("SELECT status FROM orders WHERE id = %s", order["orderId"]) == "failed"

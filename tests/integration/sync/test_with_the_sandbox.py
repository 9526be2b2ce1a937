"""The hub with nothing faked: Stripe's and SendGrid's SDKs, signed webhooks, jobs, and a sandbox that misbehaves."""

from collections.abc import Iterator

import httpx
import pytest
from pydantic import SecretStr

from boxoffice.core.payloads.orders import OrderPlaced
from boxoffice.sandbox.server import Sandbox
from sync.config import Settings
from sync.inventory.events import load_event
from sync.ledger.hub import Hub
from sync.ledger.verify import verify
from sync.server import HubServer
from sync.store.chain import new_id
from sync.store.database import Database
from tests.fest import fest
from tests.integration.sync.conftest import WEBHOOK_SECRET, Stand
from tests.integration.sync.door import Door
from tests.integration.sync.fakes import FakeMail, FakeSessions
from tests.integration.sync.shopper import CAMILA, Shopper

STATUS = "SELECT status FROM orders WHERE id = %s"


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with Sandbox.start() as sandbox:
        yield sandbox


@pytest.fixture(scope="module")
def hub(database_url: str, sandbox: Sandbox) -> Iterator[Stand]:
    """A hub as it is in service, but for where Stripe and SendGrid are."""
    settings = Settings(
        postgres_url=SecretStr(database_url),
        hub_master_key=SecretStr("ab" * 32),
        stripe_secret_key=SecretStr("sk_test_hub"),
        stripe_publishable_key="pk_test_hub",
        stripe_api_base=sandbox.base_url,
        stripe_webhook_secret=SecretStr(WEBHOOK_SECRET),
        sendgrid_api_key=SecretStr("SG.hub"),
        sendgrid_api_base=sandbox.base_url,
        sendgrid_from_email="office@example.org",
        database_connections=10,
    )
    with HubServer.start(settings) as server, Database(settings.database(), 4) as database:
        second = Hub.open(settings, database, server.base_url, "second")
        load_event(second, fest())
        webhook = {"url": f"{server.base_url}/api/webhooks/stripe", "secret": WEBHOOK_SECRET}
        httpx.post(f"{sandbox.base_url}/control/webhooks", json=webhook).raise_for_status()
        stand = Stand(server.base_url, database, second, FakeSessions(), FakeMail())
        yield stand
        for door in stand.doors:
            door.http.close()


@pytest.fixture(autouse=True)
def _no_faults(sandbox: Sandbox) -> None:
    httpx.delete(f"{sandbox.base_url}/control/faults").raise_for_status()


@pytest.fixture
def waiting(hub: Stand, door: Door) -> tuple[OrderPlaced, str, str]:
    """An order with its tender and the session that it can be paid with."""
    door.lease({"friday": 5, "saturday": 5, "sunday": 5})
    placed, tender = door.phone_order(("full-pass", 2))
    body = {"order_id": placed.order_id, "tender_id": tender, "amount": placed.total, "currency": "USD"}
    door.http.post("/api/till/checkouts", json=body).raise_for_status()
    return placed, tender, str(hub.one("SELECT session_id FROM checkouts WHERE tender_id = %s", tender))


def pay(sandbox: Sandbox, session: str, **more: object) -> httpx.Response:
    body = {"email": "ana@example.org", "name": "Ana", **more}
    return httpx.post(f"{sandbox.base_url}/control/checkout_sessions/{session}/pay", json=body)


def fault(sandbox: Sandbox, match: str, kind: str, times: int = 1) -> None:
    rule = {"match": match, "kind": kind, "times": times}
    httpx.post(f"{sandbox.base_url}/control/faults", json=rule).raise_for_status()


def test_paying_on_stripes_page_issues_the_tickets(
    hub: Stand, sandbox: Sandbox, waiting: tuple[OrderPlaced, str, str]
) -> None:
    placed, _, session = waiting

    pay(sandbox, session).raise_for_status()

    hub.until("completed", STATUS, placed.order_id)
    assert hub.one("SELECT count(*) FROM tickets WHERE order_id = %s", placed.order_id) == 2


@pytest.mark.parametrize("kind", ["duplicate_webhook", "reorder_webhooks", "bad_signature", "old_timestamp"])
def test_however_the_webhooks_come_the_result_is_the_same(
    hub: Stand, sandbox: Sandbox, waiting: tuple[OrderPlaced, str, str], kind: str
) -> None:
    placed, _, session = waiting
    fault(sandbox, "*", kind, 6)

    pay(sandbox, session).raise_for_status()

    hub.until("completed", STATUS, placed.order_id)
    assert hub.sql("SELECT kind FROM exceptions WHERE order_id = %s", placed.order_id) == []
    captured = "SELECT count(*) FROM facts WHERE kind = 'payment_captured' AND payload ->> 'order_id' = %s"
    assert hub.one(captured, placed.order_id) == 1


def test_a_payment_whose_webhook_is_lost_is_found_by_the_tills_poll(
    hub: Stand, sandbox: Sandbox, door: Door, waiting: tuple[OrderPlaced, str, str]
) -> None:
    placed, tender, session = waiting
    fault(sandbox, "*", "drop_webhook", 9)
    pay(sandbox, session).raise_for_status()

    answer = door.http.get(f"/api/till/checkouts/{tender}").json()

    assert answer["state"] == "paid"
    assert hub.one(STATUS, placed.order_id) == "completed"


def test_a_declined_card_leaves_the_payment_open_and_another_card_pays(
    hub: Stand, sandbox: Sandbox, door: Door, waiting: tuple[OrderPlaced, str, str]
) -> None:
    placed, tender, session = waiting

    declined = pay(sandbox, session, card="4000000000000002")
    state = door.http.get(f"/api/till/checkouts/{tender}").json()["state"]
    pay(sandbox, session).raise_for_status()

    assert (declined.status_code, state) == (402, "open")
    hub.until("completed", STATUS, placed.order_id)


def test_a_cancelled_payment_can_not_be_paid_any_more(
    hub: Stand, sandbox: Sandbox, door: Door, waiting: tuple[OrderPlaced, str, str]
) -> None:
    _, tender, session = waiting

    answer = door.http.post(f"/api/till/checkouts/{tender}/cancel").json()

    assert answer["state"] == "expired"
    assert pay(sandbox, session).status_code == 402


def test_a_session_that_stripe_let_expire_fails_its_tender(
    hub: Stand, sandbox: Sandbox, waiting: tuple[OrderPlaced, str, str]
) -> None:
    _, tender, session = waiting

    httpx.post(f"{sandbox.base_url}/control/checkout_sessions/{session}/expire").raise_for_status()

    hub.until("failed", "SELECT status FROM payments WHERE id = %s", tender)


def test_a_link_whose_answer_was_lost_is_made_once(hub: Stand, sandbox: Sandbox, door: Door) -> None:
    door.lease({"friday": 5, "saturday": 5, "sunday": 5})
    placed, tender = door.phone_order()
    fault(sandbox, "POST /v1/checkout/sessions", "timeout_after_success", 3)
    body = {"order_id": placed.order_id, "tender_id": tender, "amount": placed.total, "currency": "USD"}

    answers = [door.http.post("/api/till/checkouts", json=body) for _ in range(3)]

    assert answers[-1].status_code == 200
    asked = httpx.get(f"{sandbox.base_url}/v1/checkout/sessions?limit=100", auth=("sk_test_hub", "")).json()["data"]
    assert [each["client_reference_id"] for each in asked].count(placed.order_id) == 1


def test_receipt_and_tickets_arrive_by_mail(hub: Stand, sandbox: Sandbox, door: Door) -> None:
    door.lease({"friday": 5})
    facts = door.cash_sale(("friday-pass", 1))
    door.push(facts)
    mail = new_id()
    body = {"mail_id": mail, "order_id": facts[0].payload["order_id"], "email": "bo@example.org"}

    door.http.post("/api/till/mails", json=body).raise_for_status()

    hub.until("sent", "SELECT status FROM mails WHERE id = %s", mail)
    arrived = [
        each for each in httpx.get(f"{sandbox.base_url}/outbox.json").json()["mails"] if "bo@example.org" in str(each)
    ]
    assert len(arrived) == 1
    assert str(arrived[0]).count(".pdf") >= 2


def test_after_all_of_this_the_books_agree(hub: Stand, sandbox: Sandbox, waiting: tuple[OrderPlaced, str, str]) -> None:
    pay(sandbox, waiting[2]).raise_for_status()
    hub.until("completed", STATUS, waiting[0].order_id)

    assert verify(hub.database).problem is None


def confirm(sandbox: Sandbox, begun: dict[str, str], card: str) -> dict[str, object]:
    """Pays as Stripe.js does in the buyer's page: with the publishable key and the payment's own secret."""
    path = f"{sandbox.base_url}/v1/payment_intents/{begun['paymentIntentId']}/confirm"
    fields = {"client_secret": begun["clientSecret"], "payment_method": card}
    answer = httpx.post(path, data=fields, headers={"Authorization": f"Bearer {begun['publishableKey']}"})
    found: dict[str, object] = answer.raise_for_status().json()
    return found


def authenticate(sandbox: Sandbox, begun: dict[str, str], answer: str) -> None:
    path = f"{sandbox.base_url}/control/payment_intents/{begun['paymentIntentId']}/authenticate"
    httpx.post(path, json={"do": answer}).raise_for_status()


def test_a_form_of_ones_own_waits_for_the_bank_and_takes_the_money_once(
    hub: Stand, sandbox: Sandbox, shopper: Shopper
) -> None:
    body = {"items": [{"id": "full-pass", "quantity": 2}], "customerInfo": CAMILA}
    begun = shopper.post("payment/create-payment-intent", body).json()
    access = {"orderId": begun["orderId"], "accessToken": begun["accessToken"]}

    def asked() -> str:
        return str(shopper.post("payment/confirm-payment", access).json()["status"])

    states = [str(confirm(sandbox, begun, "pm_card_threeDSecure2Required")["status"]), asked()]
    authenticate(sandbox, begun, "fail")
    states.append(asked())
    states.append(str(confirm(sandbox, begun, "pm_card_threeDSecure2Required")["status"]))
    authenticate(sandbox, begun, "pass")
    states += [asked(), asked()]

    assert states == ["requires_action", "pending", "pending", "requires_action", "succeeded", "succeeded"]
    hub.until("completed", STATUS, begun["orderId"])
    captured = "SELECT payload ->> 'amount' FROM facts WHERE kind = 'payment_captured' AND payload ->> 'order_id' = %s"
    assert hub.sql(captured, begun["orderId"]) == [("30000",)]
    assert hub.one("SELECT count(*) FROM tickets WHERE order_id = %s", begun["orderId"]) == 2


def test_a_buyer_who_passes_the_bank_and_closes_the_page_has_the_tickets(
    hub: Stand, sandbox: Sandbox, shopper: Shopper
) -> None:
    body = {"items": [{"id": "friday-pass", "quantity": 1}], "customerInfo": CAMILA}
    begun = shopper.post("payment/create-payment-intent", body).json()
    confirm(sandbox, begun, "pm_card_threeDSecure2Required")

    authenticate(sandbox, begun, "pass")

    hub.until("completed", STATUS, begun["orderId"])
    assert hub.one("SELECT count(*) FROM tickets WHERE order_id = %s", begun["orderId"]) == 1

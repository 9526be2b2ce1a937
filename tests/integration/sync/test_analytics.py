"""What is counted of the shop: only what a buyer allowed, once, and never in the way of a sale."""

import re
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from pydantic import SecretStr

from boxoffice.sandbox.server import Sandbox
from sync.config import Settings
from sync.inventory.events import load_event
from sync.ledger.hub import Hub
from sync.orders.analytics import Analytics, forget_client
from sync.ports import Measurement
from sync.server import HubServer
from sync.store.database import Database
from tests.fest import fest
from tests.integration.sync.conftest import Stand
from tests.integration.sync.fakes import FakeMail, FakeRefunds, FakeSessions
from tests.integration.sync.office import Office
from tests.integration.sync.shopper import CAMILA, Shopper

pytestmark = pytest.mark.enable_socket

CLIENT = "1234567.1764000000"
STATUS = "SELECT max(status) FROM analytics_events WHERE name = %s AND order_id = %s"


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with Sandbox.start() as sandbox:
        yield sandbox


@pytest.fixture(scope="module")
def hub(database_url: str, sandbox: Sandbox) -> Iterator[Stand]:
    """A hub that counts at the sandbox."""
    settings = Settings(
        postgres_url=SecretStr(database_url),
        hub_master_key=SecretStr("ab" * 32),
        ga_measurement_id="G-TEST",
        ga_api_secret=SecretStr("counting-secret"),
        ga_api_base=sandbox.base_url,
        database_connections=10,
    )
    sessions, mail, refunder = FakeSessions(), FakeMail(), FakeRefunds()
    others = {"stripe_intent": sessions}
    with (
        HubServer.start(
            settings, sessions=sessions, mail=mail, refunders={"stripe": refunder}, others=others
        ) as server,
        Database(settings.database(), 4) as database,
    ):
        second = Hub.open(settings, database, server.base_url, "second")
        load_event(second, fest())
        yield Stand(server.base_url, database, second, sessions, mail, refunder, sessions)


@pytest.fixture(autouse=True)
def _fresh(sandbox: Sandbox, hub: Stand) -> None:
    httpx.delete(f"{sandbox.base_url}/control/faults").raise_for_status()
    httpx.delete(f"{sandbox.base_url}/control/analytics").raise_for_status()


def buy(shopper: Shopper, client: str | None = CLIENT, **headers: str) -> str:
    body = {"items": [{"id": "full-pass", "quantity": 2}], "customerInfo": CAMILA}
    if client is not None:
        body["analyticsClient"] = client
    answer = shopper.post("payment/create-checkout-session", body, **headers)
    return str(answer.raise_for_status().json()["orderId"])


def pay(hub: Stand, order_id: str) -> None:
    session = hub.one("SELECT session_id FROM checkouts WHERE order_id = %s", order_id)
    hub.sessions.pay(session)
    hub.checkouts.settle_session(session)


def counted(sandbox: Sandbox, order_id: str) -> list[dict[str, Any]]:
    found = httpx.get(f"{sandbox.base_url}/control/analytics").json()
    assert found["dropped"] == []
    return [event for event in found["events"] if event["params"].get("transaction_id") == order_id]


def fault(sandbox: Sandbox, kind: str, times: int = 1) -> None:
    rule = {"match": "POST /mp/collect", "kind": kind, "times": times}
    httpx.post(f"{sandbox.base_url}/control/faults", json=rule).raise_for_status()


def test_a_purchase_is_counted_with_what_was_bought_and_nothing_of_the_person(
    hub: Stand, sandbox: Sandbox, shopper: Shopper
) -> None:
    order_id = buy(shopper)
    pay(hub, order_id)
    hub.until("told", STATUS, "purchase", order_id)
    hub.until("told", STATUS, "begin_checkout", order_id)

    events = {event["name"]: event for event in counted(sandbox, order_id)}

    assert sorted(events) == ["begin_checkout", "purchase"]
    params = events["purchase"]["params"]
    assert (params["value"], params["currency"], params["payment_type"]) == (300.0, "USD", "card")
    assert params["items"][0] | {"index": 0} == {
        "item_id": "full-pass",
        "item_name": "Full Festival Pass",
        "item_category": "ticket",
        "price": 150.0,
        "quantity": 2,
        "index": 0,
    }
    assert events["purchase"]["client_id"] == CLIENT
    assert events["purchase"]["consent"]["ad_user_data"] == "DENIED"
    assert not any(word in str(events) for word in CAMILA.values())


def test_who_did_not_allow_it_is_not_counted(hub: Stand, sandbox: Sandbox, shopper: Shopper) -> None:
    unasked, refused = buy(shopper, None), buy(shopper, **{"Sec-GPC": "1"})

    for order_id in (unasked, refused):
        pay(hub, order_id)

    assert hub.sql("SELECT id FROM analytics_events WHERE order_id = ANY(%s)", [unasked, refused]) == []


def test_a_cart_that_is_given_up_is_counted_once_with_its_reason(
    hub: Stand, sandbox: Sandbox, shopper: Shopper
) -> None:
    order_id = buy(shopper)

    for _ in range(2):
        session = hub.one("SELECT session_id FROM checkouts WHERE order_id = %s", order_id)
        hub.sessions.expire(session)
        hub.checkouts.settle_session(session)
    hub.until("told", STATUS, "cart_abandonment", order_id)

    (event,) = [event for event in counted(sandbox, order_id) if event["name"] == "cart_abandonment"]
    assert event["params"]["abandonment_reason"] == "expired"


def test_a_refund_is_counted_with_its_own_amount(hub: Stand, sandbox: Sandbox, shopper: Shopper) -> None:
    order_id = buy(shopper)
    pay(hub, order_id)
    office = Office.open(hub)

    office.refund(order_id, what="amount", amount="20.00")
    hub.until("told", STATUS, "refund", order_id)
    office.http.close()

    (event,) = [event for event in counted(sandbox, order_id) if event["name"] == "refund"]
    assert (event["params"]["value"], event["params"]["currency"]) == (20.0, "USD")


@pytest.mark.parametrize("kind", ["error_503", "rate_limit", "error_500"])
def test_what_was_not_taken_is_told_again(hub: Stand, sandbox: Sandbox, shopper: Shopper, kind: str) -> None:
    order_id = buy(shopper)
    hub.until("told", STATUS, "begin_checkout", order_id)
    fault(sandbox, kind)

    pay(hub, order_id)
    hub.until("queued", STATUS, "purchase", order_id)
    hub.until(True, "SELECT count(*) = 0 FROM procrastinate_jobs WHERE status = 'doing'")
    hub.sql("UPDATE procrastinate_jobs SET scheduled_at = NULL WHERE task_name = 'count' AND status = 'todo'")
    hub.until("told", STATUS, "purchase", order_id)

    assert [event["name"] for event in counted(sandbox, order_id)].count("purchase") == 1


def test_what_may_have_been_taken_is_never_told_again(hub: Stand, sandbox: Sandbox, shopper: Shopper) -> None:
    order_id = buy(shopper)
    hub.until("told", STATUS, "begin_checkout", order_id)
    fault(sandbox, "timeout_after_success")

    pay(hub, order_id)
    hub.until("unknown", STATUS, "purchase", order_id)

    assert hub.one("SELECT status FROM orders WHERE id = %s", order_id) == "completed"
    assert [event["name"] for event in counted(sandbox, order_id)].count("purchase") == 1


class DiesWhileTelling:
    """A process that is gone between telling and writing down that it told."""

    def __init__(self) -> None:
        self.told = 0

    def count(self, new: Measurement) -> bool:
        self.told += 1
        raise KeyboardInterrupt


def test_a_job_that_died_while_telling_does_not_tell_again(hub: Stand, shopper: Shopper) -> None:
    order_id = buy(shopper, None)
    hub.sql("UPDATE holds SET analytics_client = %s WHERE order_id = %s", CLIENT, order_id)
    new = (
        "INSERT INTO analytics_events (name, key, order_id, details) VALUES ('purchase', 'died', %s, '{}') RETURNING id"
    )
    row_id = hub.one(new, order_id)
    counter = DiesWhileTelling()

    with pytest.raises(KeyboardInterrupt):
        Analytics(hub.hub, counter).tell(row_id)
    Analytics(hub.hub, counter).tell(row_id)

    assert counter.told == 1
    assert hub.one("SELECT status FROM analytics_events WHERE id = %s", row_id) == "unknown"


def test_a_visitor_is_asked_once_and_may_change_the_answer(hub: Stand) -> None:
    with httpx.Client(base_url=hub.base_url, follow_redirects=True) as http:

        def press(may: str) -> str:
            page = http.get("/tickets").text
            csrf = re.search('name="csrf" value="([^"]*)"', page)
            assert csrf is not None
            return http.post("/counting", data={"csrf": csrf[1], "may": may, "back": "/tickets"}).text

        before = http.get("/tickets").text
        allowed = press("yes")
        client = http.cookies["boxoffice_counting"]
        refused = press("no")

    assert "May we count your visit?" in before
    assert "Your visit is counted" in allowed
    assert re.fullmatch(r"\d+\.\d+", client)
    assert "Your visit is not counted" in refused


def test_a_browser_that_says_no_for_its_owner_is_not_asked(hub: Stand) -> None:
    page = httpx.get(f"{hub.base_url}/tickets", headers={"Sec-GPC": "1"}).text

    assert "count your visit" not in page


def test_taking_it_back_ends_it_for_what_was_ordered_before(hub: Stand, sandbox: Sandbox, shopper: Shopper) -> None:
    order_id = buy(shopper, "777.888")
    hub.until("told", STATUS, "begin_checkout", order_id)

    with hub.database.transaction() as connection:
        forget_client(connection, "777.888")
    pay(hub, order_id)

    assert hub.one(STATUS, "purchase", order_id) is None


def test_a_browser_is_never_sent_elsewhere_by_its_answer(hub: Stand) -> None:
    with httpx.Client(base_url=hub.base_url) as http:
        csrf = re.search('name="csrf" value="([^"]*)"', http.get("/tickets").text)
        assert csrf is not None

        answer = http.post("/counting", data={"csrf": csrf[1], "may": "no", "back": "//evil.example/tickets"})

    assert answer.headers["location"] == "/tickets"

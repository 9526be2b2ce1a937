"""A hub at the sandbox of both providers, someone who buys there, and every path through the providers' states."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event
from time import monotonic
from typing import Any

import httpx
from pydantic import SecretStr

from boxoffice.demo.stack import PAYPAL_WEBHOOK, STRIPE_KEY, Stack, post
from sync.app import _others, _sessions, records_of
from sync.config import Settings
from sync.ledger.hub import Hub
from sync.ledger.verify import verify
from sync.payments.catching_up import CatchUp
from sync.payments.checkouts import Checkouts
from sync.payments.fees import Fees
from sync.payments.giving_back import NewOrderRefund
from sync.payments.reconciling import reconcile
from sync.payments.refunds import Refunds
from sync.providers.events import READERS
from sync.providers.paypal import PayPal
from sync.providers.paypal_treasury import PayPalTreasury
from sync.providers.stripe_treasury import StripeTreasury
from sync.store.chain import new_id
from tests.integration.sync.shopper import CAMILA

STATES = """
    SELECT o.order_number, o.status, o.total_amount, coalesce(sum(r.amount) FILTER (WHERE r.status = 'succeeded'), 0)
    FROM orders o JOIN payments p ON p.order_id = o.id AND p.status = 'captured'
    LEFT JOIN refunds r ON r.payment_id = p.id GROUP BY o.id
"""
LEDGER = "SELECT coalesce(sum(amount), 0)::int FROM ledger_postings WHERE account = %s"


@dataclass
class House:
    """A hub at a provider's sandbox, and someone who has bought there. `seen` are the states that were gone through."""

    stack: Stack
    hub: Hub
    fees: Fees
    order: str = ""
    session: str = ""
    seen: set[tuple[str, str]] = field(default_factory=set)

    @property
    def checkouts(self) -> Checkouts:
        settings, paypal = self.hub.settings, self.fees.treasuries["paypal"]
        assert isinstance(paypal, PayPalTreasury)
        return Checkouts(self.hub, _sessions(settings), _others(settings, paypal.paypal))

    @property
    def sandbox(self) -> str:
        return self.stack.addresses.sandbox_url

    def sql(self, query: str, *values: Any) -> list[Any]:
        with self.stack.database.engine.connect() as connection:
            return list(connection.exec_driver_sql(query, values or None))

    def one(self, query: str, *values: Any) -> Any:
        rows = self.sql(query, *values)
        return rows[0][0] if rows else None

    def control(self, path: str, **body: Any) -> Any:
        return post(f"{self.sandbox}/control/{path}", body)

    def buy(self, *, paypal: bool = False) -> None:
        """Begins an order of a Friday pass, and goes to the provider's page."""
        with httpx.Client(base_url=self.stack.addresses.hub_url, timeout=30) as http:
            if not paypal:
                body = {"items": [{"id": "friday-pass", "quantity": 1}], "customerInfo": CAMILA}
                answer = http.post("/api/payment/create-checkout-session", json=body).raise_for_status().json()
                self.order, self.session = answer["orderId"], answer["sessionId"]
                return
            csrf = _hidden(http.get("/tickets").text, "csrf")
            http.post("/tickets", data={"csrf": csrf, "add": "friday-pass"})
            page = http.get("/tickets").text
            http.post("/checkout", data={"csrf": csrf, "attempt": _hidden(page, "attempt")})
            self.order = _hidden(http.get("/checkout").text, "order")
            form = {"csrf": csrf, "order": self.order, **CAMILA, "way": "paypal"}
            self.session = httpx.URL(http.post("/checkout/pay", data=form).headers["location"]).params["token"]

    @property
    def payment(self) -> str:
        return str(self.one("SELECT provider_reference FROM payments WHERE order_id = %s", self.order))

    @property
    def status(self) -> str:
        return str(self.one("SELECT status FROM orders WHERE id = %s", self.order))

    def pay(self, **more: Any) -> None:
        body = {"email": "ana@example.org", "name": "Ana", **more}
        httpx.post(f"{self.sandbox}/control/checkout_sessions/{self.session}/pay", json=body)

    def refund(self, amount: int = 6500) -> str:
        refund_id = new_id()
        payment = self.one("SELECT id FROM payments WHERE order_id = %s AND status = 'captured'", self.order)
        Refunds(self.hub, {}).request(NewOrderRefund(refund_id, self.order, payment, amount))
        return refund_id

    def refund_at_provider(self) -> str:
        query = """
            SELECT c.provider_reference FROM refund_calls c JOIN refunds r ON r.id = c.refund_id
            JOIN payments p ON p.id = r.payment_id WHERE p.order_id = %s ORDER BY c.created_at DESC, r.id DESC
        """
        return str(until(lambda: self.one(query, self.order)))

    def agree(self) -> str | None:
        """Returns what does not agree now: ledger and balance, verify, or the provider's own list."""
        self.fees.look()
        if self.one("SELECT count(*) FROM payment_events WHERE status = 'received'"):
            return "events wait"
        theirs = {
            "stripe": httpx.get(f"{self.sandbox}/control/balance").json().get("usd", 0),
            "paypal": httpx.get(f"{self.sandbox}/control/paypal/balance").json().get("USD", 0),
        }
        ours = {account: self.one(LEDGER, account) for account in theirs}
        if ours != theirs:
            return f"the books say {ours}, the providers {theirs}"
        for number, status, total, back in self.sql(STATES):  # each is paid once, so all of it is earned
            called = "refunded" if back == total else "partially_refunded" if back else "completed"
            if status != called:
                return f"order {number} is {status}, and {back} of {total} is given back"
        problem = verify(self.stack.database).problem
        if problem is not None:
            return problem
        settings = Settings(
            stripe_secret_key=SecretStr(STRIPE_KEY),
            stripe_api_base=self.sandbox,
            paypal_client_id="a",
            paypal_client_secret=SecretStr("b"),
            paypal_webhook_id=PAYPAL_WEBHOOK,
            paypal_api_base=self.sandbox,
        )
        with records_of(settings) as lists:
            found = [
                reconcile(self.stack.database, name, each, int(time.time()) - 86_400) for name, each in lists.items()
            ]
        return next((str(each) for each in found if each.differences), None)

    def look(self) -> None:
        """Notes which states there are at the providers."""
        with self.at_stripe() as http:
            for path, thing in (
                ("payment_intents", "intent"),
                ("refunds", "refund"),
                ("disputes", "dispute"),
                ("payouts", "payout"),
            ):
                found = http.get(f"/v1/{path}", params={"limit": 100}).json()["data"]
                self.seen |= {(thing, each["status"]) for each in found}
            session = http.get(f"/v1/checkout/sessions/{self.session}").json() if self.session.startswith("cs_") else {}
            if session:
                self.seen.add(("session", f"{session['status']}/{session['payment_status']}"))
        for order in httpx.get(f"{self.sandbox}/control/paypal/orders").json()["orders"]:
            self.seen.add(("order", order["status"]))
            for unit in order["purchase_units"]:
                payments = unit.get("payments", {})
                self.seen |= {("capture", each["status"]) for each in payments.get("captures", [])}
                self.seen |= {("paypal refund", each["status"]) for each in payments.get("refunds", [])}

    @contextmanager
    def at_stripe(self) -> Iterator[httpx.Client]:
        with httpx.Client(base_url=self.sandbox, headers={"Authorization": f"Bearer {STRIPE_KEY}"}) as http:
            yield http


def until(what: Callable[[], Any], patience_s: float = 30) -> Any:
    patience, pause = monotonic() + patience_s, Event()
    while not (found := what()):
        assert monotonic() < patience
        pause.wait(0.02)
    return found


def _hidden(page: str, name: str) -> str:
    return page.split(f'name="{name}" value="', 1)[1].split('"', 1)[0]


@contextmanager
def open_house(folder: Path, postgres_url: str) -> Iterator[House]:
    """Runs the whole stack in a folder."""
    with Stack(folder, lambda _: None, postgres_url) as stack:
        settings = stack._settings(stack.addresses.postgres_url, stack.addresses.sandbox_url, "")
        hub = Hub.open(settings, stack.database, stack.addresses.hub_url, "walker")
        paypal = PayPal("a", "b", stack.addresses.sandbox_url, PAYPAL_WEBHOOK)
        treasury = StripeTreasury(STRIPE_KEY, stack.addresses.sandbox_url)
        house = House(stack, hub, Fees(hub, {"stripe": treasury, "paypal": PayPalTreasury(paypal)}))
        house.control("refunds", pends_s=None)  # a path says itself when they end, however slow the machine is
        yield house
        paypal.close()


def settled(house: House, patience_s: float = 30) -> str | None:
    """Returns what does not agree even after a while: webhooks and jobs need a moment."""
    CatchUp(house.hub, READERS, None).work_on_early()
    patience, pause = monotonic() + patience_s, Event()
    while (why := house.agree()) is not None and monotonic() < patience:
        pause.wait(0.05)
    return why

"""One sandbox for the suite, reset before each test; its own clients; and an endpoint that hears its webhooks."""

import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import httpx
import pytest
import stripe

from boxoffice.sandbox.server import Sandbox
from tests.integration.sandbox.listening import WAIT_S, listening
from tests.integration.sandbox.paypal_shop import PayPalHooks, Shop
from tests.integration.sandbox.post_office import PostOffice
from tests.integration.sandbox.schemas import CheckedSession, checked_client, hold_event

SECRET = "whsec_chosen_by_the_test"


@pytest.fixture(scope="session")
def running() -> Iterator[Sandbox]:
    with Sandbox.start() as sandbox:
        yield sandbox


@pytest.fixture
def sandbox(running: Sandbox) -> Sandbox:
    httpx.post(f"{running.base_url}/control/reset").raise_for_status()
    return running


@pytest.fixture
def api(sandbox: Sandbox) -> stripe.StripeClient:
    return client(sandbox)


@pytest.fixture
def http(sandbox: Sandbox) -> Iterator[httpx.Client]:
    with checked_client(sandbox.base_url, "sk_test_any") as found:
        yield found


def client(sandbox: Sandbox, key: str = "sk_test_any", retries: int = 0) -> stripe.StripeClient:
    """Returns the official SDK, told nothing but another address."""
    return stripe.StripeClient(
        key,
        base_addresses={"api": sandbox.base_url},
        max_network_retries=retries,
        http_client=stripe.RequestsClient(session=CheckedSession()),
    )


@dataclass
class Listener:
    """A webhook endpoint of ours: what it heard, and what it answers."""

    url: str = ""
    heard: list[tuple[bytes, str]] = field(default_factory=list)
    answers: list[int] = field(default_factory=list)
    changed: threading.Condition = field(default_factory=threading.Condition)

    def take(self, body: bytes, signature: str) -> int:
        with self.changed:
            self.heard.append((body, signature))
            self.changed.notify_all()
            return self.answers.pop(0) if self.answers else 200

    def wait_for(self, type: str, times: int = 1) -> list[dict[str, Any]]:
        """Returns the events of a type once there are so many; each is verified as ours and as Stripe's."""
        with self.changed:
            assert self.changed.wait_for(lambda: len(self._of(type)) >= times, WAIT_S), f"{type}: {self.types()}"
            found = self._of(type)
        for body, signature in found:
            stripe.Webhook.construct_event(body, signature, SECRET)
            hold_event(json.loads(body))
        return [json.loads(body) for body, _ in found]

    def types(self) -> list[str]:
        return [json.loads(body)["type"] for body, _ in self.heard]

    def _of(self, type: str) -> list[tuple[bytes, str]]:
        return [(body, signature) for body, signature in self.heard if json.loads(body)["type"] == type]


@pytest.fixture
def listener(sandbox: Sandbox) -> Iterator[Listener]:
    found = Listener()
    with listening(lambda body, headers: found.take(body, headers["Stripe-Signature"])) as found.url:
        body = {"url": found.url, "secret": SECRET}
        httpx.post(f"{sandbox.base_url}/control/webhooks", json=body).raise_for_status()
        yield found
        httpx.post(f"{sandbox.base_url}/control/reset").raise_for_status()


@pytest.fixture
def post_office(sandbox: Sandbox) -> Iterator[PostOffice]:
    found = PostOffice(sandbox.base_url)
    with listening(found.take) as url:
        found.register(url)
        yield found
        httpx.post(f"{sandbox.base_url}/control/reset").raise_for_status()


@pytest.fixture
def shop(sandbox: Sandbox) -> Iterator[Shop]:
    with httpx.Client(base_url=sandbox.base_url) as http:
        yield Shop(http)


@pytest.fixture
def hooks(sandbox: Sandbox) -> Iterator[PayPalHooks]:
    found = PayPalHooks(sandbox.base_url)
    with listening(found.take) as url:
        found.register(url)
        yield found
        httpx.post(f"{sandbox.base_url}/control/reset").raise_for_status()

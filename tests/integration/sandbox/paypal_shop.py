"""A shop that sells by PayPal: its calls, the payer's browser, and the endpoint that hears its webhooks."""

import json
import threading
from dataclasses import dataclass, field
from email.message import Message
from functools import cached_property
from typing import Any

import httpx

from tests.integration.sandbox.listening import WAIT_S

RETURN_URL = "http://127.0.0.1:9/paid?tender=t-1"
CANCEL_URL = "http://127.0.0.1:9/back"


def usd(value: str) -> dict[str, str]:
    return {"currency_code": "USD", "value": value}


def order_body(value: str = "25.00", return_url: str = RETURN_URL, **unit: Any) -> dict[str, Any]:
    """Returns what a shop asks for: one ticket, paid by PayPal, with addresses to come back to."""
    context = {
        "return_url": return_url,
        "cancel_url": CANCEL_URL,
        "brand_name": "Box office",
        "shipping_preference": "NO_SHIPPING",
        "user_action": "PAY_NOW",
    }
    return {
        "intent": "CAPTURE",
        "purchase_units": [{"amount": usd(value), "custom_id": "t-1", "description": "Full Pass", **unit}],
        "payment_source": {"paypal": {"experience_context": context}},
    }


@dataclass
class Shop:
    """A merchant's server, with a token and a new request id for each call."""

    http: httpx.Client
    made: int = 0

    @cached_property
    def token(self) -> str:
        form = {"grant_type": "client_credentials"}
        return str(self.http.post("/v1/oauth2/token", data=form, auth=("client", "secret")).json()["access_token"])

    def post(self, path: str, body: Any = None, request_id: str | None = None, **headers: str) -> httpx.Response:
        self.made += 1
        headers = {"PayPal-Request-Id": request_id or f"request-{self.made}", **headers}
        return self.http.post(path, json=body or {}, headers={"Authorization": f"Bearer {self.token}", **headers})

    def get(self, path: str) -> httpx.Response:
        return self.http.get(path, headers={"Authorization": f"Bearer {self.token}"})

    def order(self, value: str = "25.00", **unit: Any) -> str:
        return str(self.post("/v2/checkout/orders", order_body(value, **unit)).raise_for_status().json()["id"])

    def approved(self, value: str = "25.00", **unit: Any) -> str:
        order = self.order(value, **unit)
        self.control(order, "approve")
        return order

    def capture(self, order: str, request_id: str | None = None) -> httpx.Response:
        return self.post(f"/v2/checkout/orders/{order}/capture", request_id=request_id)

    def captured(self, value: str = "25.00", **unit: Any) -> dict[str, Any]:
        """Returns the capture of a new order that was paid."""
        answer = self.capture(self.approved(value, **unit)).raise_for_status().json()
        capture: dict[str, Any] = answer["purchase_units"][0]["payments"]["captures"][0]
        return capture

    def refund(self, capture: str, body: Any = None, request_id: str | None = None, **headers: str) -> httpx.Response:
        return self.post(f"/v2/payments/captures/{capture}/refund", body, request_id, **headers)

    def status(self, order: str) -> str:
        return str(self.get(f"/v2/checkout/orders/{order}").json()["status"])

    def control(self, order: str, what: str) -> dict[str, Any]:
        answer = self.http.post(f"/control/paypal/orders/{order}", json={"do": what}).raise_for_status()
        found: dict[str, Any] = answer.json()
        return found


def issue(answer: httpx.Response) -> str:
    """Returns what stands against a request."""
    found: str = answer.json()["details"][0]["issue"]
    return found


@dataclass
class PayPalHooks:
    """What an endpoint heard, and what it answers."""

    base_url: str
    heard: list[tuple[bytes, Message]] = field(default_factory=list)
    answers: list[int] = field(default_factory=list)
    changed: threading.Condition = field(default_factory=threading.Condition)
    url: str = ""
    webhook_id: str = ""
    cert_url: str = ""

    def register(self, url: str, **more: Any) -> None:
        self.url = url
        body = {"provider": "paypal", "url": url, **more}
        made = httpx.post(f"{self.base_url}/control/webhooks", json=body).raise_for_status().json()
        self.webhook_id, self.cert_url = made["id"], made["cert_url"]

    def take(self, body: bytes, headers: Message) -> int:
        with self.changed:
            self.heard.append((body, headers))
            self.changed.notify_all()
            return self.answers.pop(0) if self.answers else 200

    def wait_for(self, type: str, times: int = 1) -> list[tuple[bytes, Message]]:
        """Returns what came of a type once there is so much of it."""
        with self.changed:
            assert self.changed.wait_for(lambda: len(self._of(type)) >= times, WAIT_S), f"{type}: {self.types()}"
            return self._of(type)

    def event(self, type: str) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.wait_for(type)[0][0])
        return found

    def types(self) -> list[str]:
        return [json.loads(body)["event_type"] for body, _ in self.heard]

    def _of(self, type: str) -> list[tuple[bytes, Message]]:
        return [(body, headers) for body, headers in self.heard if json.loads(body)["event_type"] == type]

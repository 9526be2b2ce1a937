"""The check of answers against Stripe's document, checked itself."""

import json
import os
from typing import Any

import httpx
import pytest

from tests.integration.sandbox.schemas import Broken, hold, hold_event

pytestmark = pytest.mark.skipif(not os.environ.get("STRIPE_OPENAPI"), reason="STRIPE_OPENAPI names no document")


def test_an_answer_that_is_not_stripes_is_caught(http: httpx.Client) -> None:
    reader = http.get("/v1/terminal/readers").json()["data"][0]
    broken = json.dumps({**reader, "status": "asleep"}).encode()

    with pytest.raises(Broken, match="asleep"):
        hold("GET", f"/v1/terminal/readers/{reader['id']}", "", 200, broken)


def test_a_request_that_stripe_would_not_take_is_caught(http: httpx.Client) -> None:
    taken = http.post("/v1/payment_intents", data={"amount": "500", "currency": "usd"}).content

    with pytest.raises(Broken, match="colour"):
        hold("POST", "/v1/payment_intents", "amount=500&currency=usd&colour=red", 200, taken)


def test_an_event_about_a_broken_object_is_caught(http: httpx.Client) -> None:
    http.post("/v1/payment_intents", data={"amount": "500", "currency": "usd"})
    event: dict[str, Any] = http.get("/v1/events").json()["data"][0]
    event["data"]["object"]["amount"] = "5.00"

    with pytest.raises(Broken, match="amount"):
        hold_event(event)

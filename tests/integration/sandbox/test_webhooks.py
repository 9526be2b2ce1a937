"""Webhooks and events: signed, sent again until taken, and caught up with from the list."""

import json
import time
from typing import Any

import httpx
import pytest
import stripe

from boxoffice.sandbox.server import Sandbox
from tests.integration.sandbox.conftest import SECRET, Listener
from tests.integration.sandbox.listening import WAIT_S


def make_intent(api: stripe.StripeClient) -> stripe.PaymentIntent:
    return api.v1.payment_intents.create({"amount": 500, "currency": "usd"})


def add_rule(sandbox: Sandbox, **rule: Any) -> None:
    httpx.post(f"{sandbox.base_url}/control/faults", json=rule).raise_for_status()


def test_an_event_is_signed_with_the_endpoints_secret(api: stripe.StripeClient, listener: Listener) -> None:
    intent = make_intent(api)

    listener.wait_for("payment_intent.created")

    body, signature = listener.heard[0]
    event = stripe.Webhook.construct_event(body, signature, SECRET)
    assert event.data.object.id == intent.id
    with pytest.raises(stripe.SignatureVerificationError):
        stripe.Webhook.construct_event(body + b" ", signature, SECRET)


def test_a_refused_event_comes_again_with_a_new_signature_and_the_same_id(
    api: stripe.StripeClient, listener: Listener
) -> None:
    listener.answers = [500, 302]
    make_intent(api)

    tries = listener.wait_for("payment_intent.created", times=3)

    assert len({event["id"] for event in tries}) == 1
    wait_until_taken(api, tries[0]["id"])


def test_an_endpoint_made_by_the_api_has_a_secret_of_its_own_shown_once(
    api: stripe.StripeClient, listener: Listener
) -> None:
    made = api.v1.webhook_endpoints.create({"url": f"{listener.url}/2", "enabled_events": ["charge.succeeded"]})

    assert made.secret is not None
    assert made.secret.startswith("whsec_")
    assert getattr(api.v1.webhook_endpoints.retrieve(made.id), "secret", None) is None
    assert len(api.v1.webhook_endpoints.list().data) == 2
    assert api.v1.webhook_endpoints.update(made.id, {"disabled": True}).status == "disabled"
    assert api.v1.webhook_endpoints.delete(made.id).deleted is True


def test_an_endpoint_hears_only_what_it_asked_for(
    sandbox: Sandbox, api: stripe.StripeClient, listener: Listener
) -> None:
    httpx.post(f"{sandbox.base_url}/control/reset")
    body = {"url": listener.url, "secret": SECRET, "enabled_events": ["payment_intent.canceled"]}
    httpx.post(f"{sandbox.base_url}/control/webhooks", json=body)
    intent = make_intent(api)

    api.v1.payment_intents.cancel(intent.id)

    listener.wait_for("payment_intent.canceled")
    assert listener.types() == ["payment_intent.canceled"]


def test_missed_events_can_be_caught_up_with(sandbox: Sandbox, api: stripe.StripeClient, listener: Listener) -> None:
    add_rule(sandbox, kind="drop_webhook", match="payment_intent.*", times=1)
    before = int(time.time()) - 1
    lost = make_intent(api)
    api.v1.payment_intents.cancel(lost.id)
    listener.wait_for("payment_intent.canceled")

    listed = api.v1.events.list({"type": "payment_intent.created", "created": {"gte": before}})

    assert "payment_intent.created" not in listener.types()
    assert [event.data.object.id for event in listed.data] == [lost.id]
    assert api.v1.events.retrieve(listed.data[0].id).type == "payment_intent.created"
    both = api.v1.events.list({"types": ["payment_intent.created", "payment_intent.canceled"]})
    assert [event.type for event in both.data] == ["payment_intent.canceled", "payment_intent.created"]
    assert api.v1.events.list({"created": {"gt": before + 3600}}).data == []


def test_an_event_names_the_call_that_caused_it(api: stripe.StripeClient, listener: Listener) -> None:
    params: Any = {"amount": 500, "currency": "usd"}
    intent = api.v1.payment_intents.create(params, {"idempotency_key": "key-1"})

    (event,) = listener.wait_for("payment_intent.created")

    assert intent.last_response is not None
    assert event["request"] == {"id": intent.last_response.request_id, "idempotency_key": "key-1"}


def test_a_duplicate_is_the_same_event_twice(sandbox: Sandbox, api: stripe.StripeClient, listener: Listener) -> None:
    add_rule(sandbox, kind="duplicate_webhook", match="payment_intent.created", times=1)

    make_intent(api)

    twice = listener.wait_for("payment_intent.created", times=2)
    assert twice[0] == twice[1]


def test_events_can_come_last_first(sandbox: Sandbox, api: stripe.StripeClient, listener: Listener) -> None:
    add_rule(sandbox, kind="reorder_webhooks", times=2)
    intent = make_intent(api)
    api.v1.payment_intents.cancel(intent.id)

    listener.wait_for("payment_intent.created")

    assert listener.types() == ["payment_intent.canceled", "payment_intent.created"]


@pytest.mark.parametrize("kind", ["bad_signature", "old_timestamp"])
def test_a_forged_event_comes_before_the_true_one(
    sandbox: Sandbox, api: stripe.StripeClient, listener: Listener, kind: str
) -> None:
    add_rule(sandbox, kind=kind, times=1)
    make_intent(api)
    with listener.changed:
        assert listener.changed.wait_for(lambda: len(listener.heard) == 2, WAIT_S)

    body, signature = listener.heard[0]

    with pytest.raises(stripe.SignatureVerificationError):
        stripe.Webhook.construct_event(body, signature, SECRET)
    body, signature = listener.heard[1]
    assert stripe.Webhook.construct_event(body, signature, SECRET).type == "payment_intent.created"


def test_a_person_can_send_an_event_again(sandbox: Sandbox, api: stripe.StripeClient, listener: Listener) -> None:
    make_intent(api)
    (event,) = listener.wait_for("payment_intent.created")

    httpx.post(f"{sandbox.base_url}/control/events/{event['id']}/resend").raise_for_status()

    listener.wait_for("payment_intent.created", times=2)


def test_every_try_is_written_down(sandbox: Sandbox, api: stripe.StripeClient, listener: Listener) -> None:
    listener.answers = [503]
    make_intent(api)
    (event, _) = listener.wait_for("payment_intent.created", times=2)
    wait_until_taken(api, event["id"])

    log = httpx.get(f"{sandbox.base_url}/control/webhooks").json()["deliveries"]

    assert [(each["attempt"], each["status"]) for each in log] == [(1, 503), (2, 200)]
    assert json.loads(listener.heard[0][0])["id"] == log[0]["event"]


def wait_until_taken(api: stripe.StripeClient, event: str) -> None:
    deadline = time.monotonic() + WAIT_S
    while api.v1.events.retrieve(event).pending_webhooks:
        assert time.monotonic() < deadline, "the event was never taken"

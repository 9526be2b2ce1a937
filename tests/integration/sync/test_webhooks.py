"""Stripe's webhooks: proven, stored and answered at once, then worked on until it is done or a person is told."""

import json
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest
import stripe
from hypothesis import given, settings
from hypothesis import strategies as st

from boxoffice.core.payloads.orders import OrderPlaced
from sync.ledger.verify import verify
from sync.ports import UnreadableEvent
from sync.providers.stripe_events import StripeWebhook
from sync.store.chain import new_id
from tests.examples import examples
from tests.integration.sync.conftest import WEBHOOK_SECRET, Stand
from tests.integration.sync.door import Door

STATUS = "SELECT status FROM payment_events WHERE event_id = %s"
WAITING = """
    SELECT count(*) FROM procrastinate_jobs j JOIN payment_events e ON e.id = (j.args ->> 'row_id')::bigint
    WHERE j.task_name = 'work_on_event' AND j.status = 'todo' AND j.attempts > 0 AND e.event_id = %s
"""
LAST_TRY = """
    UPDATE procrastinate_jobs j SET attempts = 7 FROM payment_events e
    WHERE j.task_name = 'work_on_event' AND e.id = (j.args ->> 'row_id')::bigint AND e.event_id = %s
"""
TOLD = """
    SELECT count(*) FROM exceptions x JOIN payment_events e ON e.id::text = x.subject_id
    WHERE x.kind = 'dead_event' AND x.status = 'open' AND e.event_id = %s
"""


def event(kind: str, thing: dict[str, Any], event_id: str | None = None) -> dict[str, Any]:
    return {"id": event_id or f"evt_{new_id()}", "object": "event", "type": kind, "data": {"object": thing}}


def signed(body: str, secret: str = WEBHOOK_SECRET, at: int | None = None) -> str:
    return str(stripe.WebhookSignature.generate_signature_header(body, secret, at))


def send(hub: Stand, what: dict[str, Any], **changes: Any) -> httpx.Response:
    body = json.dumps(what)
    at = int(time.time()) + changes.get("seconds_off", 0)
    header = changes.get("header", signed(body, changes.get("secret", WEBHOOK_SECRET), at))
    headers = {} if header is None else {"Stripe-Signature": header}
    return httpx.post(f"{hub.base_url}/api/webhooks/stripe", content=changes.get("body", body), headers=headers)


@pytest.fixture
def waiting(hub: Stand, door: Door) -> tuple[OrderPlaced, str, str]:
    """An order that waits for its payment by phone: with its tender and session."""
    door.lease({"friday": 5, "saturday": 5, "sunday": 5})
    placed, tender = door.phone_order()
    body = {"order_id": placed.order_id, "tender_id": tender, "amount": placed.total, "currency": "USD"}
    door.http.post("/api/till/checkouts", json=body).raise_for_status()
    return placed, tender, hub.sessions.of(tender)


@pytest.mark.parametrize(
    "changes",
    [
        {"secret": "whsec_other"},
        {"header": None},
        {"header": ""},
        {"header": "t=1,v1=aa"},
        {"header": "nonsense"},
        {"seconds_off": -301},
        {"seconds_off": 400},
        {"body": "{}"},
    ],
)
def test_what_stripe_did_not_sign_just_now_is_refused_and_not_stored(hub: Stand, changes: dict[str, Any]) -> None:
    what = event("checkout.session.completed", {"id": "cs_x"})

    answer = send(hub, what, **changes)

    assert answer.status_code == 400
    assert answer.headers["content-type"] == "application/problem+json"
    assert hub.sql(STATUS, what["id"]) == []


def test_an_old_event_with_a_second_newer_time_in_its_header_is_refused(hub: Stand) -> None:
    what = event("checkout.session.completed", {"id": "cs_x"})
    old = signed(json.dumps(what), at=int(time.time()) - 1000)

    answer = send(hub, what, header=f"{old},t={int(time.time())}")

    assert (answer.status_code, hub.sql(STATUS, what["id"])) == (400, [])


def test_a_header_with_a_second_signature_of_a_rolled_secret_is_taken(hub: Stand) -> None:
    what = event("customer.created", {"id": "cus_1"})
    body = json.dumps(what)
    other = signed(body, "whsec_old").split("v1=")[1]

    answer = send(hub, what, header=f"{signed(body)},v1={other},v0=aa")

    assert answer.status_code == 200


@settings(max_examples=examples(100))
@given(body=st.binary(max_size=300), header=st.text(max_size=80) | st.none())
def test_nothing_but_a_signed_event_is_ever_read(body: bytes, header: str | None) -> None:
    assert not StripeWebhook(WEBHOOK_SECRET).is_genuine(header, body, time.time())


UNREADABLE = {
    "[]": "the body is no object",
    '"x"': "the body is no object",
    "{": "the body is not JSON",
    "": "the body is not JSON",
    "{}": "`id` is missing",
    '{"id": null, "type": "x"}': "`id` is missing",
    '{"id": 1, "type": "x", "object": "event", "data": {"object": {}}}': "`id` is no text",
    '{"id": "evt_1"}': "`type` is missing",
    '{"id": "evt_1", "type": ["x"]}': "`type` is no text",
    '{"id": "%s", "type": "x"}' % ("e" * 4000): "`id` is longer than 255 letters",
    '{"id": "evt_1\\u0000", "type": "x"}': "the body holds a character that can't be stored",
}


@pytest.mark.parametrize(("body", "why"), UNREADABLE.items(), ids=UNREADABLE.values())
def test_signed_text_that_is_no_event_is_told_what_is_wrong_with_it(hub: Stand, body: str, why: str) -> None:
    answer = httpx.post(f"{hub.base_url}/api/webhooks/stripe", content=body, headers={"Stripe-Signature": signed(body)})

    assert (answer.status_code, why in answer.text, "The signature is right" in answer.text) == (400, True, True)


@pytest.mark.parametrize(
    ("change", "kind", "status"),
    [
        ({"object": None}, "customer.created", "ignored"),
        ({"object": "v2.core.event"}, "v2.core.event_destination.ping", "ignored"),
        ({"data": None}, "customer.created", "ignored"),
        ({"data": {}}, "checkout.session.completed", "dead"),
        ({"data": "x"}, "charge.refunded", "dead"),
        ({"data": {"object": [1]}}, "payout.paid", "dead"),
    ],
)
def test_a_signed_event_is_kept_however_odd_and_a_person_is_told_of_what_should_be_worked_on(
    hub: Stand, change: dict[str, Any], kind: str, status: str
) -> None:
    what = {**event(kind, {}), **change}

    answer = send(hub, what)

    assert (answer.status_code, answer.json()) == (200, {"received": True})
    hub.work()
    hub.until(status, STATUS, what["id"])
    assert hub.one(TOLD + "AND x.detail LIKE '%%does not say what it is about%%'", what["id"]) == (status == "dead")


def test_an_event_without_object_that_says_what_it_is_about_is_worked_on(
    hub: Stand, waiting: tuple[OrderPlaced, str, str]
) -> None:
    hub.sessions.pay(waiting[2])
    what = event("checkout.session.completed", {"id": waiting[2]})
    del what["object"]

    send(hub, what)

    hub.until("processed", STATUS, what["id"])


def test_a_webhook_that_is_too_large_is_refused(hub: Stand) -> None:
    assert send(hub, event("x", {"padding": "x" * 300_000})).status_code == 413


def test_a_completed_session_finishes_its_order(hub: Stand, waiting: tuple[OrderPlaced, str, str]) -> None:
    placed, _, session = waiting
    hub.sessions.pay(session)
    what = event("checkout.session.completed", {"id": session})

    answer = send(hub, what)

    assert (answer.status_code, answer.json()) == (200, {"received": True})
    hub.until("processed", STATUS, what["id"])
    assert hub.one("SELECT status FROM orders WHERE id = %s", placed.order_id) == "completed"
    assert hub.one("SELECT order_id FROM payment_events WHERE event_id = %s", what["id"]) == placed.order_id


def test_twenty_copies_at_once_are_stored_once_and_change_one_thing(
    hub: Stand, waiting: tuple[OrderPlaced, str, str]
) -> None:
    placed, _, session = waiting
    hub.sessions.pay(session)
    what = event("checkout.session.completed", {"id": session})

    with ThreadPoolExecutor(10) as threads:
        answers = list(threads.map(lambda _: send(hub, what).status_code, range(20)))

    hub.until("processed", STATUS, what["id"])
    assert answers == [200] * 20
    assert hub.one("SELECT count(*) FROM payment_events WHERE event_id = %s", what["id"]) == 1
    captured = "SELECT count(*) FROM facts WHERE kind = 'payment_captured' AND payload ->> 'order_id' = %s"
    assert hub.one(captured, placed.order_id) == 1


def test_events_in_the_wrong_order_come_to_the_same(hub: Stand, waiting: tuple[OrderPlaced, str, str]) -> None:
    placed, tender, session = waiting
    hub.sessions.pay(session)
    payment = {"id": f"pi_{session}", "metadata": {"tender_id": tender}}
    events = [
        event("checkout.session.expired", {"id": session}),
        event("payment_intent.succeeded", payment),
        event("checkout.session.completed", {"id": session}),
    ]

    for each in events:
        send(hub, each)

    for each in events:
        hub.until("processed", STATUS, each["id"])
    assert hub.one("SELECT status FROM orders WHERE id = %s", placed.order_id) == "completed"
    assert hub.sql("SELECT kind FROM exceptions WHERE order_id = %s", placed.order_id) == []


def test_a_session_that_expired_fails_its_tender(hub: Stand, waiting: tuple[OrderPlaced, str, str]) -> None:
    _, tender, session = waiting
    hub.sessions.expire(session)

    send(hub, event("checkout.session.expired", {"id": session}))

    hub.until("failed", "SELECT status FROM payments WHERE id = %s", tender)
    assert hub.one("SELECT status FROM checkouts WHERE tender_id = %s", tender) == "expired"


def test_a_delayed_payment_that_came_to_nothing_fails_its_tender(
    hub: Stand, waiting: tuple[OrderPlaced, str, str]
) -> None:
    _, tender, session = waiting

    send(hub, event("checkout.session.async_payment_failed", {"id": session}))

    hub.until("failed", "SELECT status FROM payments WHERE id = %s", tender)


def test_an_unknown_kind_of_event_is_stored_and_ignored(hub: Stand) -> None:
    what = event("customer.created", {"id": "cus_1"})

    answer = send(hub, what)

    assert answer.status_code == 200
    assert hub.one(STATUS, what["id"]) == "ignored"
    assert hub.one("SELECT payload FROM payment_events WHERE event_id = %s", what["id"]) == what


def test_an_event_about_somebody_elses_session_is_ignored(hub: Stand) -> None:
    what = event("checkout.session.completed", {"id": "cs_of_the_web_shop"})

    send(hub, what)

    hub.until("ignored", STATUS, what["id"])


def test_an_event_that_can_not_be_worked_on_yet_is_tried_again(
    hub: Stand, waiting: tuple[OrderPlaced, str, str]
) -> None:
    placed, _, session = waiting
    what = event("checkout.session.completed", {"id": session})

    with hub.sessions.down():
        send(hub, what)
        hub.until(
            True, "SELECT last_error LIKE '%%TryAgainLater%%' FROM payment_events WHERE event_id = %s", what["id"]
        )
        hub.until(1, WAITING, what["id"])
    hub.sessions.pay(session)
    hub.work()

    hub.until("processed", STATUS, what["id"])
    assert hub.one("SELECT attempts FROM payment_events WHERE event_id = %s", what["id"]) == 2
    assert hub.one("SELECT status FROM orders WHERE id = %s", placed.order_id) == "completed"


def test_an_event_that_never_can_be_worked_on_ends_on_the_dead_letter_list(
    hub: Stand, waiting: tuple[OrderPlaced, str, str]
) -> None:
    what = event("checkout.session.completed", {"id": waiting[2]})

    with hub.sessions.down():
        send(hub, what)
        hub.until(1, WAITING, what["id"])
        hub.sql(LAST_TRY, what["id"])
        hub.work()
        hub.until("dead", STATUS, what["id"])

    assert hub.one(TOLD, what["id"]) == 1
    assert "TryAgainLater" in hub.one("SELECT last_error FROM payment_events WHERE event_id = %s", what["id"])


@pytest.mark.parametrize(
    ("provider", "kind", "body"),
    [
        ("stripe", "charge.dispute.created", {"data": {"object": {"id": "dp_1", "payment_intent": "{payment}"}}}),
        ("paypal", "CUSTOMER.DISPUTE.CREATED", {"resource": {"dispute_id": "PP-D-1", "dispute_amount": {}}}),
        ("paypal", "PAYMENT.CAPTURE.REVERSED", {"resource": {"id": "R-1", "amount": {"currency_code": "USD"}}}),
    ],
)
def test_an_event_that_is_not_as_its_provider_documents_it_changes_nothing_and_says_so(
    hub: Stand, waiting: tuple[OrderPlaced, str, str], provider: str, kind: str, body: dict[str, Any]
) -> None:
    hub.checkouts.settle_session(hub.sessions.pay(waiting[2]).id)
    payment = f"pi_{waiting[2]}"
    facts = hub.one("SELECT count(*) FROM facts")

    with pytest.raises(UnreadableEvent, match=kind):
        hub.hear(provider, kind, json.loads(json.dumps(body).replace("{payment}", payment)))

    assert hub.one("SELECT count(*) FROM facts") == facts
    assert hub.one("SELECT status FROM payment_events ORDER BY id DESC LIMIT 1") == "received"


def test_a_job_whose_process_died_is_taken_up_again(hub: Stand, waiting: tuple[OrderPlaced, str, str]) -> None:
    placed, tender, session = waiting
    hub.sessions.pay(session)
    hub.sql(
        """WITH job AS (INSERT INTO procrastinate_jobs (queue_name, task_name, args, status)
           VALUES ('hub', 'close_checkout', jsonb_build_object('tender_id', %s::text), 'doing') RETURNING id)
           INSERT INTO procrastinate_events (job_id, type, at) SELECT id, 'started', now() FROM job""",
        tender,
    )
    hub.sql("UPDATE checkouts SET closes_at = now() - interval '1 second' WHERE tender_id = %s", tender)
    hub.sql(
        """INSERT INTO procrastinate_jobs (queue_name, task_name, args, status)
           VALUES ('hub', 'rescue', '{"timestamp": 0}', 'todo')"""
    )

    hub.work()

    hub.until("completed", "SELECT status FROM orders WHERE id = %s", placed.order_id)


def test_a_refund_made_at_stripe_is_in_the_books_and_before_a_person(
    hub: Stand, waiting: tuple[OrderPlaced, str, str]
) -> None:
    placed, tender, session = waiting
    hub.sessions.pay(session)
    charge = {"id": "ch_1", "payment_intent": f"pi_{session}", "metadata": {"tender_id": tender}}
    events = [event("charge.refunded", {**charge, "amount_refunded": sum_}) for sum_ in (5000, 15000, 5000)]

    for each, more in zip(events, (5000, 10000, 0), strict=True):  # before any event about the payment itself
        if more:
            hub.refunder.make_outside(f"pi_{session}", more)
        send(hub, each)
        hub.until("processed", STATUS, each["id"])

    assert hub.sql("SELECT status, total_amount FROM orders WHERE id = %s", placed.order_id) == [("refunded", 15000)]
    refunds = "SELECT sum(r.amount) FROM refunds r JOIN payments p ON p.id = r.payment_id WHERE p.order_id = %s"
    assert hub.one(refunds, placed.order_id) == 15000
    assert {kind for (kind,) in hub.sql("SELECT kind FROM exceptions WHERE order_id = %s", placed.order_id)} == {
        "refunded_outside"
    }


def test_after_all_of_this_the_books_agree(hub: Stand, waiting: tuple[OrderPlaced, str, str]) -> None:
    what = event("checkout.session.completed", {"id": waiting[2]})
    hub.sessions.pay(waiting[2])
    send(hub, what)
    hub.until("processed", STATUS, what["id"])

    assert verify(hub.database).problem is None

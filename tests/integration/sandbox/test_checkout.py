"""Checkout Sessions: made and asked by the SDK, paid on the hosted page, ended by a call or by time."""

import time
from typing import Any

import httpx
import pytest
import stripe

from boxoffice.sandbox.server import Sandbox
from tests.integration.sandbox.conftest import Listener

CARD = {"cardNumber": "4242 4242 4242 4242", "cardExpiry": "12 / 34", "cardCvc": "123", "billingName": "Ada Test"}


def create(api: stripe.StripeClient, **more: Any) -> stripe.checkout.Session:
    def line(name: str, amount: int, quantity: int) -> dict[str, Any]:
        price = {"currency": "usd", "unit_amount": amount, "product_data": {"name": name}}
        return {"quantity": quantity, "price_data": price}

    params: Any = {
        "mode": "payment",
        "ui_mode": "hosted_page",
        "client_reference_id": "order-1",
        "metadata": {"tender_id": "t-1"},
        "payment_intent_data": {"metadata": {"tender_id": "t-1"}},
        "allowed_payment_method_types": ["card"],
        "line_items": [line("Full Pass", 15000, 1), line("T-shirt", 2500, 2)],
        "success_url": "http://127.0.0.1:9/paid?session={CHECKOUT_SESSION_ID}",
        "cancel_url": "http://127.0.0.1:9/back",
        "expires_at": int(time.time()) + 3600,
        **more,
    }
    return api.v1.checkout.sessions.create(params)


def pay_by_page(session: stripe.checkout.Session, **typed: str) -> httpx.Response:
    return httpx.post(session.url or "", data={**CARD, **typed})


def test_a_session_waits_to_be_paid_on_its_page(api: stripe.StripeClient) -> None:
    session = create(api)

    assert (session.status, session.payment_status, session.amount_total) == ("open", "unpaid", 20000)
    assert session.payment_intent is None
    assert session.url is not None
    page = httpx.get(session.url)
    assert page.status_code == 200
    for shown in (
        "$200.00",
        "Full Pass",
        "T-shirt × 2",
        'name="cardNumber"',
        "http://127.0.0.1:9/back",
        "no real money",
    ):
        assert shown in page.text


def test_a_paid_session_leads_to_the_shop_and_tells_it_before(api: stripe.StripeClient, listener: Listener) -> None:
    session = create(api)

    answer = pay_by_page(session, email="ada@example.com")

    assert answer.status_code == 303
    assert answer.headers["location"] == f"http://127.0.0.1:9/paid?session={session.id}"
    assert "checkout.session.completed" in listener.types()
    (event,) = listener.wait_for("checkout.session.completed")
    assert event["data"]["object"]["metadata"] == {"tender_id": "t-1"}
    paid = api.v1.checkout.sessions.retrieve(session.id, {"expand": ["payment_intent.latest_charge", "line_items"]})
    intent: Any = paid.payment_intent
    assert (paid.status, paid.payment_status, paid.url) == ("complete", "paid", None)
    assert intent.latest_charge.metadata.to_dict() == {"tender_id": "t-1"}
    assert paid.customer_details is not None
    assert paid.customer_details.email == "ada@example.com"
    assert paid.line_items is not None
    assert [line.description for line in paid.line_items.data] == ["Full Pass", "T-shirt"]


def test_a_declined_card_leaves_the_session_open_for_the_next(api: stripe.StripeClient, listener: Listener) -> None:
    session = create(api)

    declined = pay_by_page(session, cardNumber="4000000000009995")

    assert "Your card has insufficient funds." in declined.text
    listener.wait_for("payment_intent.payment_failed")
    assert api.v1.checkout.sessions.retrieve(session.id).status == "open"
    assert pay_by_page(session).status_code == 303
    assert len(api.v1.payment_intents.list().data) == 1


@pytest.mark.parametrize(
    ("typed", "problem"),
    [
        ({"cardNumber": "4242"}, "Your card number is incomplete."),
        ({"cardNumber": "4242 4242 4242 4243"}, "Your card number is invalid."),
        ({"cardNumber": "4111 1111 1111 1111"}, "Never type a real one."),
        ({"cardExpiry": "12 / 20"}, "expiration date is in the past"),
        ({"cardExpiry": "13 / 40"}, "expiration date is invalid"),
        ({"cardCvc": "1"}, "security code is incomplete"),
        ({"email": "nobody"}, "Your email is incomplete."),
    ],
)
def test_what_is_typed_wrong_is_said_on_the_page(api: stripe.StripeClient, typed: dict[str, str], problem: str) -> None:
    session = create(api)

    page = pay_by_page(session, **typed)

    assert problem in page.text.replace("&#39;", "'")
    assert api.v1.payment_intents.list().data == []


def test_a_bank_may_want_to_be_asked(api: stripe.StripeClient) -> None:
    session = create(api)
    asked = pay_by_page(session, cardNumber="4000000000003220")
    failed = pay_by_page(session, cardNumber="4000000000003220", authentication="fail")

    paid = pay_by_page(session, cardNumber="4000000000003220", authentication="pass")

    assert "Confirm with your bank" in asked.text
    assert "unable to authenticate" in failed.text
    assert paid.status_code == 303


def test_what_is_typed_cannot_become_markup(api: stripe.StripeClient) -> None:
    session = create(api)

    page = pay_by_page(session, cardCvc="1", billingName='"><script>alert(1)</script>')

    assert "<script>alert(1)" not in page.text


def test_an_expired_session_cannot_be_paid(api: stripe.StripeClient, listener: Listener) -> None:
    session = create(api)

    expired = api.v1.checkout.sessions.expire(session.id)

    assert (expired.status, expired.url) == ("expired", None)
    listener.wait_for("checkout.session.expired")
    assert "This page has expired" in pay_by_page(session).text
    assert api.v1.payment_intents.list().data == []
    with pytest.raises(stripe.InvalidRequestError) as twice:
        api.v1.checkout.sessions.expire(session.id)
    assert 'status in ["open"]' in str(twice.value)
    assert twice.value.code is None


def test_a_session_past_its_time_expires_while_its_page_is_open(
    sandbox: Sandbox, api: stripe.StripeClient, listener: Listener
) -> None:
    session = create(api, expires_at=int(time.time()) + 1800)
    pay_by_page(session, cardNumber="4000000000000002")

    httpx.post(f"{sandbox.base_url}/control/clock", json={"advance_s": 1801})

    listener.wait_for("checkout.session.expired")
    assert "This page has expired" in pay_by_page(session).text
    assert api.v1.checkout.sessions.retrieve(session.id).status == "expired"
    assert [each.status for each in api.v1.payment_intents.list().data] == ["canceled"]


def test_a_paid_session_can_be_neither_paid_again_nor_expired(api: stripe.StripeClient) -> None:
    session = create(api)
    pay_by_page(session)

    again = pay_by_page(session)

    assert "be paid again" in again.text
    assert len(api.v1.charges.list().data) == 1
    with pytest.raises(stripe.InvalidRequestError, match="status of `complete`"):
        api.v1.checkout.sessions.expire(session.id)


def test_a_delayed_method_completes_unpaid_and_pays_later(
    sandbox: Sandbox, api: stripe.StripeClient, listener: Listener
) -> None:
    good, bad = create(api), create(api)
    control = f"{sandbox.base_url}/control/checkout_sessions"

    httpx.post(f"{control}/{good.id}/pay", json={"delayed_s": 0.05}).raise_for_status()
    httpx.post(f"{control}/{bad.id}/pay", json={"delayed_s": 0.05, "card": "4000000000000002"}).raise_for_status()

    completed = listener.wait_for("checkout.session.completed", times=2)
    assert {event["data"]["object"]["payment_status"] for event in completed} == {"unpaid"}
    (succeeded,) = listener.wait_for("checkout.session.async_payment_succeeded")
    (failed,) = listener.wait_for("checkout.session.async_payment_failed")
    assert (succeeded["data"]["object"]["id"], failed["data"]["object"]["id"]) == (good.id, bad.id)
    assert api.v1.checkout.sessions.retrieve(good.id).payment_status == "paid"


def test_delayed_money_can_wait_until_a_person_says_what_became_of_it(
    sandbox: Sandbox, api: stripe.StripeClient, listener: Listener
) -> None:
    good, bad = create(api), create(api)
    control = f"{sandbox.base_url}/control/checkout_sessions"
    for each in (good, bad):
        httpx.post(f"{control}/{each.id}/pay", json={"delayed": True}).raise_for_status()
    waiting = api.v1.checkout.sessions.retrieve(good.id, {"expand": ["payment_intent"]})

    httpx.post(f"{control}/{good.id}/arrive", json={"do": "succeed"}).raise_for_status()
    httpx.post(f"{control}/{bad.id}/arrive", json={"do": "fail"}).raise_for_status()

    intent: Any = waiting.payment_intent
    assert (waiting.status, waiting.payment_status, intent.status) == ("complete", "unpaid", "processing")
    (succeeded,) = listener.wait_for("checkout.session.async_payment_succeeded")
    (failed,) = listener.wait_for("checkout.session.async_payment_failed")
    assert (succeeded["data"]["object"]["id"], failed["data"]["object"]["id"]) == (good.id, bad.id)
    assert api.v1.checkout.sessions.retrieve(good.id).payment_status == "paid"
    assert api.v1.checkout.sessions.retrieve(bad.id).payment_status == "unpaid"
    assert httpx.post(f"{control}/{good.id}/arrive", json={"do": "fail"}).status_code == 400


def test_a_load_driver_pays_by_json(sandbox: Sandbox, api: stripe.StripeClient) -> None:
    session = create(api)
    path = f"{sandbox.base_url}/control/checkout_sessions/{session.id}/pay"

    declined = httpx.post(path, json={"card": "4000000000000002"})
    paid = httpx.post(path, json={"card": "4242424242424242"})
    again = httpx.post(path, json={"card": "4242424242424242"})

    assert (declined.status_code, declined.json()["problems"]) == (402, {"card": "Your card was declined."})
    assert (paid.status_code, paid.json()["paid"]) == (200, True)
    assert (again.status_code, again.json()["problems"]) == (402, {"session": "This session is complete."})


@pytest.mark.parametrize(
    ("wrong", "param"),
    [
        ({"ui_mode": "hosted"}, "ui_mode"),
        ({"expires_at": int(time.time()) + 60}, "expires_at"),
        ({"expires_at": int(time.time()) + 90_000}, "expires_at"),
        ({"line_items": []}, "line_items"),
        ({"success_url": ""}, "success_url"),
        ({"payment_method_types": ["card"]}, "payment_method_types"),
        ({"timeout": 20}, "timeout"),
    ],
)
def test_a_session_needs_what_stripe_needs(api: stripe.StripeClient, wrong: dict[str, Any], param: str) -> None:
    with pytest.raises(stripe.InvalidRequestError) as refused:
        create(api, **wrong)

    assert refused.value.param == param


def test_sessions_are_found_by_their_payment_and_state(api: stripe.StripeClient) -> None:
    paid, open_one = create(api), create(api)
    pay_by_page(paid)
    intent = api.v1.payment_intents.list().data[0].id

    assert [each.id for each in api.v1.checkout.sessions.list({"payment_intent": intent}).data] == [paid.id]
    assert [each.id for each in api.v1.checkout.sessions.list({"status": "open"}).data] == [open_one.id]
    lines = api.v1.checkout.sessions.line_items.list(paid.id)
    assert [(line.description, line.amount_total) for line in lines.data] == [("Full Pass", 15000), ("T-shirt", 5000)]


def test_the_intent_of_an_open_session_is_not_canceled_directly(api: stripe.StripeClient) -> None:
    session = create(api)
    pay_by_page(session, cardNumber="4000000000000002")
    intent = api.v1.payment_intents.list().data[0].id

    with pytest.raises(stripe.InvalidRequestError, match="Expire its Checkout Session"):
        api.v1.payment_intents.cancel(intent)

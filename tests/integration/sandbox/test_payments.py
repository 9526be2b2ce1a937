"""Payments, refunds and balances, as the official SDK sees them."""

from typing import Any

import httpx
import pytest
import stripe

from boxoffice.sandbox.server import Sandbox
from tests.integration.sandbox.conftest import Listener, client


def pay(
    api: stripe.StripeClient, amount: int = 2500, method: str = "pm_card_visa", **more: Any
) -> stripe.PaymentIntent:
    base = {"amount": amount, "currency": "usd", "capture_method": "automatic", "confirm": True}
    params: Any = {**base, "payment_method": method, **more}
    return api.v1.payment_intents.create(params)


def test_an_intent_for_a_reader_waits_for_a_card(api: stripe.StripeClient) -> None:
    intent = api.v1.payment_intents.create(
        {
            "amount": 2500,
            "currency": "usd",
            "capture_method": "automatic",
            "allowed_payment_method_types": ["card_present"],
            "metadata": {"order_id": "17"},
        }
    )

    assert (intent.status, intent.amount, intent.metadata.to_dict()) == (
        "requires_payment_method",
        2500,
        {"order_id": "17"},
    )
    assert intent.id.startswith("pi_")
    assert api.v1.payment_intents.retrieve(intent.id).to_dict() == intent.to_dict()


def test_a_paid_intent_has_a_charge_with_a_fee_and_what_is_left(api: stripe.StripeClient) -> None:
    intent = pay(api, 2500, metadata={"tender_id": "t-1"}, expand=["latest_charge.balance_transaction"])

    charge: Any = intent.latest_charge
    assert intent.status == "succeeded"
    assert charge.metadata.to_dict() == {"tender_id": "t-1"}
    transaction = charge.balance_transaction
    assert (transaction.amount, transaction.fee, transaction.net) == (2500, 103, 2397)


def test_the_default_capture_brings_the_balance_transaction_later(api: stripe.StripeClient, listener: Listener) -> None:
    intent = pay(api, capture_method="automatic_async", expand=["latest_charge"])

    charge: Any = intent.latest_charge
    assert charge.balance_transaction is None
    (updated,) = listener.wait_for("charge.updated")
    assert updated["data"]["object"]["balance_transaction"].startswith("txn_")


@pytest.mark.parametrize(
    ("method", "code", "decline_code"),
    [
        ("pm_card_chargeDeclined", "card_declined", "generic_decline"),
        ("pm_card_chargeDeclinedInsufficientFunds", "card_declined", "insufficient_funds"),
        ("pm_card_chargeDeclinedExpiredCard", "expired_card", "expired_card"),
    ],
)
def test_a_refused_card_is_a_card_error(api: stripe.StripeClient, method: str, code: str, decline_code: str) -> None:
    with pytest.raises(stripe.CardError) as refused:
        pay(api, method=method)

    error: Any = refused.value.error
    assert (refused.value.http_status, refused.value.code, error.decline_code) == (402, code, decline_code)
    assert error.payment_intent.status == "requires_payment_method"
    assert api.v1.charges.retrieve(error.charge).status == "failed"


def test_the_same_intent_takes_the_next_card(api: stripe.StripeClient) -> None:
    intent = api.v1.payment_intents.create({"amount": 900, "currency": "usd"})
    with pytest.raises(stripe.CardError):
        api.v1.payment_intents.confirm(intent.id, {"payment_method": "pm_card_chargeDeclined"})

    again = api.v1.payment_intents.confirm(intent.id, {"payment_method": "pm_card_visa"})

    assert (again.status, again.last_payment_error) == ("succeeded", None)
    assert len(api.v1.charges.list({"payment_intent": intent.id}).data) == 2


def test_a_held_amount_is_captured_once_and_no_more_than_it(api: stripe.StripeClient) -> None:
    intent = pay(api, 5000, capture_method="manual")
    assert (intent.status, intent.amount_capturable) == ("requires_capture", 5000)
    with pytest.raises(stripe.InvalidRequestError):
        api.v1.payment_intents.capture(intent.id, {"amount_to_capture": 5001})

    captured = api.v1.payment_intents.capture(intent.id, {"amount_to_capture": 4000})

    assert (captured.status, captured.amount_received) == ("succeeded", 4000)
    with pytest.raises(stripe.InvalidRequestError) as twice:
        api.v1.payment_intents.capture(intent.id)
    assert twice.value.code == "payment_intent_unexpected_state"


def test_an_unpaid_intent_can_be_canceled_and_a_paid_one_cannot(api: stripe.StripeClient) -> None:
    intent = api.v1.payment_intents.create({"amount": 900, "currency": "usd"})
    paid = pay(api)

    canceled = api.v1.payment_intents.cancel(intent.id, {"cancellation_reason": "abandoned"})

    assert (canceled.status, canceled.cancellation_reason) == ("canceled", "abandoned")
    with pytest.raises(stripe.InvalidRequestError) as refused:
        api.v1.payment_intents.cancel(paid.id)
    assert refused.value.code == "payment_intent_unexpected_state"
    assert "has a status of succeeded" in str(refused.value)


def test_an_intent_can_change_until_it_is_paid(api: stripe.StripeClient) -> None:
    intent = api.v1.payment_intents.create({"amount": 900, "currency": "usd", "metadata": {"a": "1", "b": "2"}})

    changed = api.v1.payment_intents.update(intent.id, {"amount": 1900, "metadata": {"a": "", "c": "3"}})

    assert (changed.amount, changed.metadata.to_dict()) == (1900, {"b": "2", "c": "3"})
    with pytest.raises(stripe.InvalidRequestError):
        api.v1.payment_intents.update(pay(api).id, {"amount": 1})


def test_refunds_never_give_back_more_than_was_paid(api: stripe.StripeClient, listener: Listener) -> None:
    intent = pay(api, 2500, metadata={"tender_id": "t-1"})
    part = api.v1.refunds.create({"payment_intent": intent.id, "amount": 1000, "reason": "requested_by_customer"})
    with pytest.raises(stripe.InvalidRequestError) as too_much:
        api.v1.refunds.create({"payment_intent": intent.id, "amount": 1501})

    rest = api.v1.refunds.create({"charge": str(intent.latest_charge), "expand": ["charge", "balance_transaction"]})

    assert (part.status, rest.amount) == ("succeeded", 1500)
    assert "greater than unrefunded amount on charge ($15.00)" in str(too_much.value)
    charge: Any = rest.charge
    assert (charge.amount_refunded, charge.refunded) == (2500, True)
    transaction: Any = rest.balance_transaction
    assert (transaction.amount, transaction.fee, transaction.net) == (-1500, 0, -1500)
    with pytest.raises(stripe.InvalidRequestError) as twice:
        api.v1.refunds.create({"payment_intent": intent.id})
    assert twice.value.code == "charge_already_refunded"
    told = listener.wait_for("charge.refunded", times=2)
    assert sorted(event["data"]["object"]["amount_refunded"] for event in told) == [1000, 2500]
    assert told[0]["data"]["object"]["metadata"] == {"tender_id": "t-1"}
    assert {refund.id for refund in api.v1.refunds.list({"payment_intent": intent.id}).data} == {part.id, rest.id}


def test_a_refund_can_fail_after_it_succeeded(api: stripe.StripeClient, listener: Listener) -> None:
    intent = pay(api, method="pm_card_refundFail")
    refund = api.v1.refunds.create({"payment_intent": intent.id})

    listener.wait_for("refund.failed")

    failed = api.v1.refunds.retrieve(refund.id, {"expand": ["charge", "failure_balance_transaction"]})
    assert (refund.status, failed.status, failed.failure_reason) == ("succeeded", "failed", "expired_or_canceled_card")
    charge: Any = failed.charge
    assert charge.amount_refunded == 0


def test_the_balance_lists_what_a_charge_brought(api: stripe.StripeClient) -> None:
    charge = str(pay(api).latest_charge)
    pay(api)

    found = api.v1.balance_transactions.list({"source": charge, "type": "charge"})

    assert [each.source for each in found.data] == [charge]
    assert api.v1.balance_transactions.retrieve(found.data[0].id, {"expand": ["source"]}).fee == 103


def test_a_payout_is_explained_by_its_transactions(
    sandbox: Sandbox, api: stripe.StripeClient, listener: Listener
) -> None:
    first, second = pay(api, 2500), pay(api, 5000)
    api.v1.refunds.create({"payment_intent": first.id, "amount": 1000})

    made = httpx.post(f"{sandbox.base_url}/control/payouts").raise_for_status().json()

    payout = api.v1.payouts.retrieve(made["id"], {"expand": ["balance_transaction"]})
    assert (payout.status, payout.reconciliation_status) == ("paid", "completed")
    listener.wait_for("payout.reconciliation_completed")
    parts = api.v1.balance_transactions.list({"payout": payout.id}).data
    assert sum(each.net for each in parts if each.type != "payout") == payout.amount == 2500 - 103 - 1000 + 5000 - 175
    assert {each.source for each in parts} >= {first.latest_charge, second.latest_charge}
    again = httpx.post(f"{sandbox.base_url}/control/payouts")
    assert (again.status_code, api.v1.payouts.list({"status": "paid"}).data[0].id) == (400, payout.id)


def test_lists_come_in_pages_newest_first(api: stripe.StripeClient) -> None:
    made = [api.v1.payment_intents.create({"amount": 100 + n, "currency": "usd"}).id for n in range(5)][::-1]

    first = api.v1.payment_intents.list({"limit": 2})
    second = api.v1.payment_intents.list({"limit": 2, "starting_after": first.data[-1].id})
    back = api.v1.payment_intents.list({"limit": 2, "ending_before": second.data[0].id})

    assert [each.id for each in first.data] == made[:2]
    assert [each.id for each in second.data] == made[2:4]
    assert [each.id for each in back.data] == made[:2]
    assert (first.has_more, second.has_more, back.has_more) == (True, True, False)
    assert [each.id for each in api.v1.payment_intents.list({"limit": 2}).auto_paging_iter()] == made


@pytest.mark.parametrize(
    ("form", "code", "param"),
    [
        ("currency=usd", "parameter_missing", "amount"),
        ("amount=ten&currency=usd", "parameter_invalid_integer", "amount"),
        ("amount=0&currency=usd", "parameter_invalid_integer", "amount"),
        ("amount=49&currency=usd", "amount_too_small", "amount"),
        ("amount=100000000&currency=usd", "amount_too_large", "amount"),
        ("amount=&currency=usd", "parameter_invalid_empty", "amount"),
        ("amount=500&currency=usd&colour=red", "parameter_unknown", "colour"),
        (
            "amount=500&currency=usd&payment_method_types[]=card",
            "payment_method_types_no_longer_supported",
            "payment_method_types",
        ),
        (
            "amount=500&currency=usd&allowed_payment_method_types[]=card&automatic_payment_methods[enabled]=true",
            "parameters_exclusive",
            "allowed_payment_method_types",
        ),
    ],
)
def test_a_wrong_parameter_is_named(http: httpx.Client, form: str, code: str, param: str) -> None:
    headers = {"Content-Type": "application/x-www-form-urlencoded"}

    answer = http.post("/v1/payment_intents", content=form, headers=headers)

    assert answer.status_code == 400
    assert answer.headers["Request-Id"].startswith("req_")
    error = answer.json()["error"]
    assert (error["type"], error["code"], error["param"]) == ("invalid_request_error", code, param)


def test_what_is_not_there_is_missing(api: stripe.StripeClient, http: httpx.Client) -> None:
    with pytest.raises(stripe.InvalidRequestError) as refused:
        api.v1.payment_intents.retrieve("pi_unknown")

    assert (refused.value.http_status, refused.value.code) == (404, "resource_missing")
    assert "No such payment_intent: 'pi_unknown'" in str(refused.value)
    assert http.get("/v1/nothing").status_code == 404


def test_only_what_can_be_expanded_is(api: stripe.StripeClient) -> None:
    intent = pay(api)

    with pytest.raises(stripe.InvalidRequestError) as refused:
        api.v1.payment_intents.retrieve(intent.id, {"expand": ["amount"]})

    assert "cannot be expanded (amount)" in str(refused.value)
    listed = api.v1.payment_intents.list({"expand": ["data.latest_charge.balance_transaction"]})
    charge: Any = listed.data[0].latest_charge
    assert charge.balance_transaction.type == "charge"


def test_keys_open_only_what_they_may(sandbox: Sandbox, http: httpx.Client) -> None:
    till = client(sandbox, "rk_test_till_1")
    intent = till.v1.payment_intents.create({"amount": 500, "currency": "usd"})
    assert till.v1.terminal.readers.list().data

    with pytest.raises(stripe.PermissionError) as refused:
        till.v1.refunds.create({"payment_intent": intent.id})
    with pytest.raises(stripe.PermissionError):
        till.v1.checkout.sessions.list()
    with pytest.raises(stripe.AuthenticationError):
        client(sandbox, "pk_live_1").v1.payment_intents.retrieve(intent.id)

    assert "Permission denied" in str(refused.value)
    missing = httpx.get(f"{sandbox.base_url}/v1/payment_intents")
    assert (missing.status_code, missing.json()["error"]["type"]) == (401, "invalid_request_error")
    basic = httpx.get(f"{sandbox.base_url}/v1/payment_intents", auth=("sk_test_any", ""))
    assert basic.status_code == 200


def test_a_page_reaches_only_the_payment_whose_secret_it_has(sandbox: Sandbox, api: stripe.StripeClient) -> None:
    page = client(sandbox, "pk_test_page").v1.payment_intents
    mine, other = (api.v1.payment_intents.create({"amount": 500, "currency": "usd"}) for _ in range(2))
    secret: Any = {"client_secret": mine.client_secret}

    assert page.retrieve(mine.id, secret).id == mine.id
    with pytest.raises(stripe.InvalidRequestError):
        page.retrieve(mine.id)
    with pytest.raises(stripe.InvalidRequestError):
        page.retrieve(other.id, secret)
    with pytest.raises(stripe.InvalidRequestError):
        page.confirm(other.id, secret | {"payment_method": "pm_card_visa"})
    with pytest.raises(stripe.AuthenticationError, match="publishable"):
        page.create({"amount": 500, "currency": "usd"})


@pytest.mark.parametrize(
    ("answer", "method", "ends"),
    [
        ("pass", "pm_card_threeDSecure2Required", "succeeded"),
        ("fail", "pm_card_threeDSecure2Required", "requires_payment_method"),
    ],
)
def test_a_card_that_asks_waits_for_the_customers_answer(
    sandbox: Sandbox, http: httpx.Client, api: stripe.StripeClient, answer: str, method: str, ends: str
) -> None:
    asked = pay(api, method=method)
    path = f"{sandbox.base_url}/control/payment_intents/{asked.id}/authenticate"

    again = httpx.post(path, json={"do": answer})
    twice = httpx.post(path, json={"do": answer})

    assert (asked.status, asked.latest_charge, asked.next_action and asked.next_action.type) == (
        "requires_action",
        None,
        "use_stripe_sdk",
    )
    assert (again.json()["status"], twice.status_code) == (ends, 400)
    after = api.v1.payment_intents.retrieve(asked.id)
    assert after.status == ends
    assert after.amount_received == (2500 if answer == "pass" else 0)
    error = after.last_payment_error
    assert (error and error.code) == (None if answer == "pass" else "payment_intent_authentication_failure")


@pytest.mark.parametrize("alone", ["off_session", "error_on_requires_action"])
def test_a_card_that_asks_is_refused_where_nobody_can_answer(api: stripe.StripeClient, alone: str) -> None:
    with pytest.raises(stripe.CardError) as refused:
        pay(api, method="pm_card_threeDSecure2Required", **{alone: True})

    assert refused.value.code == "authentication_required"

"""Refunds that nobody asked the API for, and refunds that end later than their answer."""

from typing import Any

import httpx
import pytest
import stripe

from boxoffice.sandbox.server import Sandbox
from tests.integration.sandbox.conftest import Listener
from tests.integration.sandbox.test_payments import pay


def end(sandbox: Sandbox, refund: str, what: str) -> httpx.Response:
    return httpx.post(f"{sandbox.base_url}/control/refunds/{refund}", json={"do": what})


def test_a_refund_made_in_the_dashboard_is_told_with_no_call_behind_it(
    sandbox: Sandbox, api: stripe.StripeClient, listener: Listener
) -> None:
    intent = pay(api, 2500)
    path = f"{sandbox.base_url}/control/charges/{intent.latest_charge}/refund"

    made = httpx.post(path, json={"amount": 1000, "reason": "duplicate"}).raise_for_status().json()

    (created,) = listener.wait_for("refund.created")
    (refunded,) = listener.wait_for("charge.refunded")
    assert (created["data"]["object"]["id"], created["request"]["id"]) == (made["id"], None)
    assert refunded["data"]["object"]["amount_refunded"] == 1000
    rest = httpx.post(f"{sandbox.base_url}/control/charges/{intent.id}/refund").json()
    assert (rest["amount"], rest["status"]) == (1500, "succeeded")
    assert httpx.post(path).json() == {"error": f"Charge {intent.latest_charge} has already been refunded."}


@pytest.mark.parametrize(("what", "status", "given_back"), [("succeed", "succeeded", 2500), ("fail", "failed", 0)])
def test_a_pending_refund_ends_well_or_not(
    sandbox: Sandbox, api: stripe.StripeClient, listener: Listener, what: str, status: str, given_back: int
) -> None:
    refund = api.v1.refunds.create({"payment_intent": pay(api, 2500, "pm_card_pendingRefund").id})
    assert (refund.status, refund.pending_reason) == ("pending", "processing")

    end(sandbox, refund.id, what).raise_for_status()

    (updated,) = listener.wait_for("refund.updated")
    assert updated["data"]["previous_attributes"] == {"status": "pending"}
    ended = api.v1.refunds.retrieve(refund.id, {"expand": ["charge"]})
    charge: Any = ended.charge
    assert (ended.status, charge.amount_refunded) == (status, given_back)
    assert [end(sandbox, refund.id, each).status_code for each in ("succeed", "fly")] == [400, 400]


def test_a_refund_that_failed_can_be_made_again(sandbox: Sandbox, api: stripe.StripeClient, listener: Listener) -> None:
    intent = pay(api, 2500)
    first = api.v1.refunds.create({"payment_intent": intent.id})

    end(sandbox, first.id, "fail").raise_for_status()

    (failed,) = listener.wait_for("refund.failed")
    assert failed["data"]["object"]["failure_reason"] == "expired_or_canceled_card"
    assert api.v1.refunds.create({"payment_intent": intent.id}).status == "succeeded"
    moved = api.v1.balance_transactions.list({"source": first.id}).data
    assert sorted(each.amount for each in moved) == [-2500, 2500]


@pytest.mark.parametrize("seconds", [0, 0.05])
def test_a_pending_refund_ends_by_itself_after_as_long_as_it_is_told(
    sandbox: Sandbox, api: stripe.StripeClient, listener: Listener, seconds: float
) -> None:
    how = f"{sandbox.base_url}/control/refunds"
    httpx.post(how, json={"pends_s": seconds}).raise_for_status()

    api.v1.refunds.create({"payment_intent": pay(api, 2500, "pm_card_pendingRefund").id})

    (updated,) = listener.wait_for("refund.updated")
    assert updated["data"]["object"]["status"] == "succeeded"
    assert [httpx.post(how, json={"pends_s": bad}).status_code for bad in ("long", -1, True)] == [400] * 3
    assert httpx.post(how, json={"pends_s": None}).json() == {"pends_s": None}

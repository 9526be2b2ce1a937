"""Disputes: the money goes at once, with a fee, and comes back only if the dispute is won."""

from typing import Any

import httpx
import pytest
import stripe

from boxoffice.sandbox.server import Sandbox
from tests.integration.sandbox.conftest import Listener, client
from tests.integration.sandbox.test_payments import pay


def dispute(sandbox: Sandbox, charge: Any, what: str, **more: Any) -> httpx.Response:
    return httpx.post(f"{sandbox.base_url}/control/charges/{charge}/dispute", json={"do": what, **more})


def test_a_dispute_takes_the_money_and_a_fee(sandbox: Sandbox, api: stripe.StripeClient, listener: Listener) -> None:
    intent = pay(api, 2500)

    made = dispute(sandbox, intent.latest_charge, "open", reason="product_not_received").raise_for_status().json()

    (created,) = listener.wait_for("charge.dispute.created")
    (withdrawn,) = listener.wait_for("charge.dispute.funds_withdrawn")
    assert (created["data"]["object"]["id"], created["request"]["id"]) == (made["id"], None)
    (transaction,) = withdrawn["data"]["object"]["balance_transactions"]
    assert (transaction["amount"], transaction["fee"], transaction["net"]) == (-2500, 1500, -4000)
    assert (transaction["type"], transaction["reporting_category"]) == ("adjustment", "dispute")
    found = api.v1.disputes.retrieve(made["id"], {"expand": ["charge"]})
    charge: Any = found.charge
    assert (found.status, found.reason, charge.disputed) == ("needs_response", "product_not_received", True)


def test_a_dispute_that_is_won_brings_the_money_back(
    sandbox: Sandbox, api: stripe.StripeClient, listener: Listener
) -> None:
    intent = pay(api, 2500)
    made = dispute(sandbox, intent.id, "open").json()["id"]

    dispute(sandbox, intent.id, "won").raise_for_status()

    listener.wait_for("charge.dispute.funds_reinstated")
    (closed,) = listener.wait_for("charge.dispute.closed")
    assert (closed["data"]["object"]["status"], closed["data"]["previous_attributes"]) == (
        "won",
        {"status": "needs_response"},
    )
    moved = api.v1.balance_transactions.list({"source": made}).data
    assert [(each.amount, each.fee, each.reporting_category) for each in moved] == [
        (2500, 0, "dispute_reversal"),
        (-2500, 1500, "dispute"),
    ]
    assert api.v1.refunds.create({"payment_intent": intent.id}).status == "succeeded"


def test_a_dispute_that_is_lost_is_over_and_the_charge_cannot_be_refunded(
    sandbox: Sandbox, api: stripe.StripeClient, listener: Listener
) -> None:
    intent = pay(api, 2500)
    dispute(sandbox, intent.id, "open", amount=1000)
    with pytest.raises(stripe.InvalidRequestError) as meanwhile:
        api.v1.refunds.create({"payment_intent": intent.id})

    dispute(sandbox, intent.id, "lost").raise_for_status()

    (closed,) = listener.wait_for("charge.dispute.closed")
    assert (closed["data"]["object"]["status"], closed["data"]["object"]["amount"]) == ("lost", 1000)
    assert "charge.dispute.funds_reinstated" not in listener.types()
    assert meanwhile.value.code == "charge_disputed"
    with pytest.raises(stripe.InvalidRequestError, match="charged back"):
        api.v1.refunds.create({"payment_intent": intent.id})


def test_the_seller_may_give_a_dispute_up(sandbox: Sandbox, api: stripe.StripeClient) -> None:
    made = dispute(sandbox, pay(api).id, "open").json()["id"]

    assert api.v1.disputes.close(made).status == "lost"
    with pytest.raises(stripe.InvalidRequestError, match="closed again"):
        api.v1.disputes.close(made)


def test_disputes_are_found_by_their_charge_and_payment(sandbox: Sandbox, api: stripe.StripeClient) -> None:
    first, second = pay(api), pay(api)
    ids = [dispute(sandbox, each.id, "open").json()["id"] for each in (first, second)]

    assert [each.id for each in api.v1.disputes.list().data] == ids[::-1]
    assert [each.id for each in api.v1.disputes.list({"payment_intent": first.id}).data] == ids[:1]
    assert [each.id for each in api.v1.disputes.list({"charge": str(second.latest_charge)}).data] == ids[1:]
    with pytest.raises(stripe.PermissionError, match="Disputes Read"):
        client(sandbox, "rk_test_till_1").v1.disputes.list()


@pytest.mark.parametrize(
    ("what", "more"),
    [("fly", {}), ("won", {}), ("open", {"reason": "bored"}), ("open", {"amount": 2501}), ("open", {"amount": 0})],
)
def test_what_cannot_be_disputed_is_said(
    sandbox: Sandbox, api: stripe.StripeClient, what: str, more: dict[str, Any]
) -> None:
    refused = dispute(sandbox, pay(api, 2500).id, what, **more)

    assert (refused.status_code, bool(refused.json()["error"])) == (400, True)


def test_a_charge_is_disputed_once(sandbox: Sandbox, api: stripe.StripeClient) -> None:
    intent, held = pay(api), pay(api, capture_method="manual")
    dispute(sandbox, intent.id, "open").raise_for_status()

    assert "already" in dispute(sandbox, intent.id, "open").json()["error"]
    assert "never captured" in dispute(sandbox, held.id, "open").json()["error"]


def test_a_payout_has_what_disputes_took(sandbox: Sandbox, api: stripe.StripeClient) -> None:
    disputed, _other = pay(api, 2500), pay(api, 10_000)
    dispute(sandbox, disputed.id, "open")

    made = httpx.post(f"{sandbox.base_url}/control/payouts").raise_for_status().json()

    parts = api.v1.balance_transactions.list({"payout": made["id"]}).data
    assert {each.reporting_category for each in parts} == {"charge", "dispute", "payout"}
    assert sum(each.net for each in parts if each.type != "payout") == made["amount"]


def test_evidence_waits_as_a_draft_until_it_is_sent_once_and_for_good(
    sandbox: Sandbox, api: stripe.StripeClient, listener: Listener
) -> None:
    made = dispute(sandbox, pay(api).id, "open").json()["id"]

    draft = api.v1.disputes.update(made, {"evidence": {"uncategorized_text": "She came in."}, "submit": False})
    sent = api.v1.disputes.update(made, {"evidence": {"service_date": "May 15, 2026"}, "submit": True})

    assert (draft.status, draft.evidence_details.has_evidence, draft.evidence_details.submission_count) == (
        *("needs_response", True),
        0,
    )
    assert (sent.status, sent.evidence_details.submission_count) == ("under_review", 1)
    assert (sent.evidence.uncategorized_text, sent.evidence.service_date) == ("She came in.", "May 15, 2026")
    assert len(listener.wait_for("charge.dispute.updated", 2)) == 2
    with pytest.raises(stripe.InvalidRequestError, match="under_review"):
        api.v1.disputes.update(made, {"evidence": {"uncategorized_text": "And more."}})


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ({"evidence": {"colour": "red"}}, "unknown parameter"),
        ({"evidence": {"uncategorized_text": "x" * 20_001}}, "at most 20000"),
        ({"evidence": {"receipt": "file_nowhere"}}, "No such file"),
        ({"submit": True, "intended_submission_method": "smart_disputes"}, "Smart Disputes"),
    ],
)
def test_evidence_that_stripe_would_not_take_is_refused(
    sandbox: Sandbox, api: stripe.StripeClient, said: Any, why: str
) -> None:
    made = dispute(sandbox, pay(api).id, "open").json()["id"]

    with pytest.raises(stripe.InvalidRequestError, match=why):
        api.v1.disputes.update(made, said)

    assert api.v1.disputes.retrieve(made).evidence_details.submission_count == 0


def test_evidence_that_comes_too_late_is_refused(sandbox: Sandbox, api: stripe.StripeClient) -> None:
    made = dispute(sandbox, pay(api).id, "open").json()["id"]
    httpx.post(f"{sandbox.base_url}/control/clock", json={"advance_s": 10 * 86400}).raise_for_status()

    with pytest.raises(stripe.InvalidRequestError, match="deadline"):
        api.v1.disputes.update(made, {"evidence": {"uncategorized_text": "Late."}})

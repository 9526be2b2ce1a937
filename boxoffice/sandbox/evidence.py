"""What a seller says against a dispute: staged for a look, and handed to the bank once, for good."""

from typing import Any, Final

from boxoffice.sandbox.account import Account, sent
from boxoffice.sandbox.calls import Call, Route
from boxoffice.sandbox.errors import Document, StripeError, invalid, no_such
from boxoffice.sandbox.params import Flag, Group, Keyed, Kind, Many, OneOf, Opaque, Text, shape

ANSWERS: Final = {
    "needs_response": "under_review",
    "warning_needs_response": "warning_under_review",
    "appeal_needs_response": "appeal_under_review",
}
"""Where evidence that is handed in brings a dispute; one that stands otherwise takes none."""
FILES: Final = (
    *("cancellation_policy", "customer_communication", "customer_signature", "duplicate_charge_documentation"),
    *("receipt", "refund_policy", "service_documentation", "shipping_documentation", "uncategorized_file"),
)
_LONG: Final = (
    *("access_activity_log", "cancellation_policy_disclosure", "cancellation_rebuttal"),
    *("duplicate_charge_explanation", "product_description", "refund_policy_disclosure", "refund_refusal_explanation"),
    "uncategorized_text",
)
_SHORT: Final = (
    *("billing_address", "customer_email_address", "customer_name", "customer_purchase_ip", "duplicate_charge_id"),
    *("service_date", "shipping_address", "shipping_carrier", "shipping_date", "shipping_tracking_number"),
)
EVIDENCE: Final = (*FILES, *_LONG, *_SHORT)
MOST_OF_ONE: Final = 20_000
MOST_OF_ALL: Final = 150_000
_CARD: Final = Group({"reason_for_filing": Text(), "supporting_files": Many(Text())})
_TAKES: Final[dict[str, Kind]] = {
    **{name: Text() for name in (*FILES, *_SHORT)},
    **{name: Text(MOST_OF_ONE) for name in _LONG},
    "appeal": Group({"card": _CARD}),
    "enhanced_evidence": Opaque(),
}


def update_dispute(account: Account, call: Call) -> Document:
    """Takes evidence: it goes to the bank at once unless `submit` is false, as Stripe's document says.

    Raises:
        StripeError: 400, if the dispute awaits none, it is too late, or more is said than a bank reads.
    """
    dispute = account.get("dispute", call.path["dispute"], "dispute")
    if "metadata" in call.params:
        kept = {**dispute["metadata"], **call.params["metadata"]}
        dispute["metadata"] = {name: value for name, value in kept.items() if value}
    evidence, is_sent = call.params.get("evidence"), call.params.get("submit", True)
    if evidence is None and "submit" not in call.params:
        return sent(dispute)
    _must_be_awaited(account, dispute)
    if is_sent and call.params.get("intended_submission_method") == "smart_disputes":
        message = "Smart Disputes is not available for this dispute."
        raise invalid(message, "intended_submission_method", "smart_disputes_not_available")
    said = {**dispute["evidence"], **(evidence or {})}
    _must_fit(account, said)
    _take(account, dispute, said, is_sent=is_sent)
    return sent(dispute)


def _must_be_awaited(account: Account, dispute: Document) -> None:
    details = dispute["evidence_details"]
    details["past_due"] = bool(details["due_by"]) and account.now() > details["due_by"]
    if dispute["status"] not in ANSWERS:
        raise StripeError(400, f"This dispute is {dispute['status']}: evidence can't be changed any more.")
    if details["past_due"]:
        raise StripeError(400, "The deadline for this dispute has passed: evidence can't be submitted any more.")


def _must_fit(account: Account, said: dict[str, Any]) -> None:
    for name in FILES:
        if said.get(name) and account.find(said[name]) is None:
            raise no_such("file", said[name], f"evidence[{name}]")
    if sum(len(said.get(name) or "") for name in (*_LONG, *_SHORT)) > MOST_OF_ALL:
        raise invalid(f"The combined character count of evidence is over {MOST_OF_ALL:,}.", "evidence")


def _take(account: Account, dispute: Document, said: dict[str, Any], *, is_sent: bool) -> None:
    before: Document = {"evidence": dispute["evidence"]}
    details = dispute["evidence_details"]
    dispute["evidence"] = said
    details["has_evidence"] = any(said.get(name) for name in EVIDENCE)
    if is_sent:
        before["status"] = dispute["status"]
        details["submission_count"] += 1
        details["submission_method"] = "manual"
        dispute["status"] = ANSWERS[dispute["status"]]
    account.emit("charge.dispute.updated", dispute, before)


ROUTES: Final = (
    Route(
        "POST",
        "/v1/disputes/{dispute}",
        update_dispute,
        shape(
            evidence=Group(_TAKES),
            submit=Flag(),
            metadata=Keyed(),
            intended_submission_method=OneOf(("manual", "prefer_manual", "prefer_smart_disputes", "smart_disputes")),
        ),
    ),
)

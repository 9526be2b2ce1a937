"""Disputes: a cardholder's bank takes a charge back with a fee, and gives it back only if the dispute is won."""

from collections.abc import Iterator
from typing import Any, Final

from boxoffice.sandbox import evidence
from boxoffice.sandbox.account import Account, matching, new_id, sent
from boxoffice.sandbox.calls import Call, Route
from boxoffice.sandbox.charges import new_transaction
from boxoffice.sandbox.errors import Document, StripeError, invalid
from boxoffice.sandbox.paging import page
from boxoffice.sandbox.params import Text, listing

FEE: Final = 1500
REASONS: Final = (
    *("bank_cannot_process", "credit_not_processed", "duplicate", "fraudulent", "general", "product_not_received"),
    *("product_unacceptable", "subscription_canceled", "unrecognized"),
)
_ENDED: Final = ("won", "lost", "prevented", "warning_closed")
_BARS: Final = ("needs_response", "under_review", "appeal_needs_response", "appeal_under_review", "lost")
_INQUIRIES: Final = ("warning_needs_response", "warning_under_review")
_ANSWER_WITHIN_S: Final = 9 * 86400


def open_dispute(
    account: Account,
    charge: Document,
    reason: str = "fraudulent",
    amount: int | None = None,
    *,
    is_inquiry: bool = False,
) -> Document:
    """Disputes a charge, or a part of it; the money leaves the balance at once. An inquiry only asks.

    A charge can be disputed again as long as no other dispute of it is open and something was not asked for before.

    Raises:
        StripeError: 400, for what was never captured, is disputed already, or is less than the amount.
    """
    if reason not in REASONS:
        raise invalid(f"reason must be one of: {', '.join(REASONS)}", "reason")
    left = charge["amount_captured"] - sum(each["amount"] for each in _of(account, charge) if not is_prevented(each))
    if not charge["captured"] or open_of(account, charge) or left <= 0:
        state = "has been disputed already" if charge["captured"] else "was never captured"
        raise invalid(f"Charge {charge['id']} {state}.", "charge")
    disputed = left if amount is None else amount
    if not 0 < disputed <= left:
        raise invalid("A dispute is about some or all of what was captured.", "amount")
    dispute = account.add(_document(account, charge, reason, disputed))
    if is_inquiry:
        dispute["status"] = _INQUIRIES[0]
    charge["disputed"] = not is_inquiry
    account.emit("charge.dispute.created", dispute)
    if not is_inquiry:
        _withdraw(account, dispute)
    return dispute


def is_prevented(dispute: Document) -> bool:
    """Returns whether a dispute never came to ask for money."""
    return dispute["status"] in ("prevented", "warning_closed")


def escalate(account: Account, dispute: Document) -> None:
    """Makes a dispute of an inquiry: now the money goes.

    Raises:
        StripeError: 400, if it is none.
    """
    _must_be(dispute, *_INQUIRIES)
    _put(account, dispute, "needs_response")
    account.get("charge", dispute["charge"])["disputed"] = True
    _withdraw(account, dispute)


def answer(account: Account, dispute: Document) -> None:
    """Hands in the seller's answer; the bank looks at it.

    Raises:
        StripeError: 400, if none is awaited.
    """
    _must_be(dispute, *evidence.ANSWERS)
    dispute["evidence_details"]["submission_count"] += 1
    _put(account, dispute, evidence.ANSWERS[dispute["status"]])


def prevent(account: Account, dispute: Document) -> None:
    """Ends a question before it costs anything: an inquiry is closed, a dispute prevented.

    Raises:
        StripeError: 400, if it has ended, or money was taken.
    """
    _must_be(dispute, *_INQUIRIES)
    _put(account, dispute, "prevented")
    account.emit("charge.dispute.closed", dispute)


def close_inquiry(account: Account, dispute: Document) -> None:
    """Raises StripeError: 400, if it is no inquiry that is open."""
    _must_be(dispute, *_INQUIRIES)
    _put(account, dispute, "warning_closed")
    account.emit("charge.dispute.closed", dispute)


def appeal(account: Account, dispute: Document) -> None:
    """A decided dispute is taken up again; what the seller had won goes once more, without a new fee.

    Raises:
        StripeError: 400, if it was not decided.
    """
    _must_be(dispute, "won", "lost")
    was_won = dispute["status"] == "won"
    _put(account, dispute, "appeal_under_review")
    if was_won:
        _move(account, dispute, -dispute["amount"], 0)
        account.emit("charge.dispute.funds_withdrawn", dispute)


def _must_be(dispute: Document, *statuses: str) -> None:
    if dispute["status"] not in statuses:
        raise StripeError(400, f"This dispute is {dispute['status']}.")


def _put(account: Account, dispute: Document, status: str) -> None:
    before = {"status": dispute["status"]}
    dispute["status"] = status
    account.emit("charge.dispute.updated", dispute, before)


def _withdraw(account: Account, dispute: Document) -> None:
    _move(account, dispute, -dispute["amount"], FEE)
    account.emit("charge.dispute.funds_withdrawn", dispute)


def close(account: Account, dispute: Document, *, is_won: bool) -> None:
    """Ends a dispute; the fee stays with the bank.

    Raises:
        StripeError: 400, if it has ended.
    """
    if dispute["status"] in (*_ENDED, *_INQUIRIES):
        raise StripeError(400, f"This dispute is {dispute['status']}: it can't be closed again.")
    before = {"status": dispute["status"]}
    dispute["status"] = "won" if is_won else "lost"
    if is_won:
        _move(account, dispute, dispute["amount"], 0)
        account.emit("charge.dispute.funds_reinstated", dispute)
    account.emit("charge.dispute.closed", dispute, before)


def open_of(account: Account, charge: Document) -> Document | None:
    """Returns the dispute or the inquiry that a charge is under."""
    return next((each for each in _of(account, charge) if each["status"] not in _ENDED), None)


def newest_of(account: Account, charge: Document) -> Document | None:
    """Returns the dispute of a charge that was opened last, whatever became of it."""
    found = list(_of(account, charge))
    return found[-1] if found else None


def bars_refunds(account: Account, charge: Document) -> bool:
    """Returns whether a bank has the money of a charge, or asks for it; an inquiry bars nothing."""
    return any(each["status"] in _BARS for each in _of(account, charge))


def retrieve_dispute(account: Account, call: Call) -> Document:
    return sent(account.get("dispute", call.path["dispute"], "dispute"))


def close_dispute(account: Account, call: Call) -> Document:
    """Gives a dispute up, as the seller may."""
    dispute = account.get("dispute", call.path["dispute"], "dispute")
    close(account, dispute, is_won=False)
    return sent(dispute)


def list_disputes(account: Account, call: Call) -> Document:
    wanted = {name: call.params.get(name) for name in ("charge", "payment_intent")}
    return page(call.url, matching(account.all("dispute"), **wanted), call.params)


def _of(account: Account, charge: Document) -> Iterator[Document]:
    return matching(account.all("dispute"), charge=charge["id"])


def _move(account: Account, dispute: Document, amount: int, fee: int) -> None:
    details: list[Any] = []
    if fee:
        details = [
            {
                "amount": fee,
                "application": None,
                "currency": dispute["currency"],
                "description": "Dispute fee",
                "type": "stripe_fee",
            }
        ]
    transaction = new_transaction(account, dispute, amount, "adjustment", fee=fee, fee_details=details)
    transaction["reporting_category"] = "dispute" if amount < 0 else "dispute_reversal"
    dispute["balance_transactions"].append(transaction)


def _document(account: Account, charge: Document, reason: str, amount: int) -> Document:
    paid_with = charge["payment_method_details"]
    brand = paid_with[paid_with["type"]]["brand"]
    card = {"brand": brand, "case_type": "chargeback", "network": brand, "network_reason_code": "10.4"}
    return {
        "id": new_id("dp"),
        "object": "dispute",
        "amount": amount,
        "balance_transactions": [],
        "charge": charge["id"],
        "created": account.now(),
        "currency": charge["currency"],
        "enhanced_eligibility_types": [],
        "evidence": {**dict.fromkeys(evidence.EVIDENCE), "enhanced_evidence": {}},
        "evidence_details": {
            "due_by": account.now() + _ANSWER_WITHIN_S,
            "enhanced_eligibility": {},
            "has_evidence": False,
            "past_due": False,
            "submission_count": 0,
            "submission_method": "not_submitted",
        },
        "is_charge_refundable": False,
        "livemode": False,
        "metadata": {},
        "payment_intent": charge["payment_intent"],
        "payment_method_details": {"card": card, "type": "card"},
        "reason": reason,
        "status": "needs_response",
    }


_DISPUTES: Final = "/v1/disputes"
ROUTES: Final = (
    Route("GET", _DISPUTES, list_disputes, listing("created", charge=Text(), payment_intent=Text())),
    Route("GET", _DISPUTES + "/{dispute}", retrieve_dispute),
    Route("POST", _DISPUTES + "/{dispute}/close", close_dispute),
)

"""Refunds: never more than was captured, each with its own balance transaction; some fail after they succeeded."""

from collections.abc import Mapping
from typing import Any, Final

from boxoffice.sandbox.account import Account, new_id
from boxoffice.sandbox.charges import new_transaction
from boxoffice.sandbox.errors import Document, StripeError, exclusive, invalid

FAILS_AFTER_S: Final = 0.2
"""How long the test card whose refunds fail lets them look succeeded."""


def create(account: Account, params: Mapping[str, Any]) -> Document:
    """Gives money back, all that is left if no amount is given.

    Raises:
        StripeError: 400, for more than is left, or twice, or for what was never captured.
    """
    charge = _charge(account, params)
    left = charge["amount_captured"] - charge["amount_refunded"]
    amount = params.get("amount", left)
    if not charge["captured"]:
        message = f"Charge {charge['id']} is not captured, so it can't be refunded: cancel its PaymentIntent."
        raise invalid(message, "charge", "charge_not_refundable")
    if left <= 0:
        message = f"Charge {charge['id']} has already been refunded."
        raise StripeError(400, message, code="charge_already_refunded")
    if amount > left:
        message = f"Refund amount ({_dollars(amount)}) is greater than unrefunded amount on charge ({_dollars(left)})"
        raise invalid(message, "amount")
    refund = account.add(_document(account, charge, amount, params))
    refund["balance_transaction"] = new_transaction(account, refund, -amount, "refund")["id"]
    before = charge["amount_refunded"]
    charge["amount_refunded"] = before + amount
    charge["refunded"] = charge["amount_refunded"] >= charge["amount_captured"]
    charge["_refunds"]["data"].insert(0, refund)
    account.emit("refund.created", refund)
    account.emit("charge.refunded", charge, {"amount_refunded": before})
    if charge["_card"].refund_fails:
        account.later(FAILS_AFTER_S, lambda: _fail(account, charge, refund))
    return refund


def _charge(account: Account, params: Mapping[str, Any]) -> Document:
    by_charge, by_intent = params.get("charge"), params.get("payment_intent")
    if by_charge and by_intent:
        raise exclusive(["charge", "payment_intent"])
    if by_charge:
        return account.get("charge", by_charge, "charge")
    if not by_intent:
        message = "One of the following params should be provided for this request: payment_intent or charge."
        raise StripeError(400, message, code="parameter_missing", is_saved=False)
    intent = account.get("payment_intent", by_intent, "payment_intent")
    if intent["status"] != "succeeded":
        message = f"This PaymentIntent ({intent['id']}) does not have a successful charge to refund."
        raise invalid(message, "payment_intent")
    return account.get("charge", intent["latest_charge"])


def _fail(account: Account, charge: Document, refund: Document) -> None:
    if account.find(refund["id"]) is not refund:
        return
    transaction = new_transaction(account, refund, refund["amount"], "refund_failure")
    refund |= {"status": "failed", "failure_reason": "expired_or_canceled_card"}
    refund["failure_balance_transaction"] = transaction["id"]
    charge["amount_refunded"] -= refund["amount"]
    charge["refunded"] = False
    account.emit("refund.updated", refund, {"status": "succeeded"})
    account.emit("refund.failed", refund, {"status": "succeeded"})


def _document(account: Account, charge: Document, amount: int, params: Mapping[str, Any]) -> Document:
    how = {"reference_status": "pending", "reference_type": "acquirer_reference_number", "type": "refund"}
    return {
        "id": new_id("re"),
        "object": "refund",
        "amount": amount,
        "balance_transaction": None,
        "charge": charge["id"],
        "created": account.now(),
        "currency": charge["currency"],
        "destination_details": {"card": how, "type": "card"},
        "metadata": params.get("metadata", {}),
        "payment_intent": charge["payment_intent"],
        "payment_method": charge["payment_method"],
        "reason": params.get("reason"),
        "receipt_number": None,
        "source_transfer_reversal": None,
        "status": "succeeded",
        "transfer_reversal": None,
    }


def _dollars(minor: int) -> str:
    return f"${minor // 100:,}.{minor % 100:02}"

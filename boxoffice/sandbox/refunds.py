"""Refunds: never more than was captured, each with its balance transaction; some pend first, some fail after all."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from boxoffice.sandbox import disputes
from boxoffice.sandbox.account import Account, new_id
from boxoffice.sandbox.charges import new_transaction
from boxoffice.sandbox.currencies import check_step
from boxoffice.sandbox.errors import Document, StripeError, exclusive, invalid

FAILS_AFTER_S: Final = 0.2
"""How long the test card whose refunds fail lets them look succeeded."""


def create(account: Account, params: Mapping[str, Any]) -> Document:
    """Gives money back, all that is left if no amount is given.

    Raises:
        StripeError: 400, for more than is left, or twice, or for what was never captured or is charged back.
    """
    charge = _charge(account, params)
    left = charge["amount_captured"] - charge["amount_refunded"]
    amount = params.get("amount", left)
    if not charge["captured"]:
        message = f"Charge {charge['id']} is not captured, so it can't be refunded: cancel its PaymentIntent."
        raise invalid(message, "charge", "charge_not_refundable")
    if disputes.bars_refunds(account, charge):
        message = f"Charge {charge['id']} has been charged back; cannot issue a refund."
        raise StripeError(400, message, code="charge_disputed")
    if left <= 0:
        message = f"Charge {charge['id']} has already been refunded."
        raise StripeError(400, message, code="charge_already_refunded")
    check_step(amount, charge["currency"])
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
        account.later(FAILS_AFTER_S, lambda: _if_still(account, refund, "succeeded", fail))
    if charge["_card"].refund_pends and account.refund_pends_s is not None:
        account.later(account.refund_pends_s, lambda: _if_still(account, refund, "pending", succeed))
    return refund


def succeed(account: Account, refund: Document) -> None:
    """Ends a pending refund well.

    Raises:
        StripeError: 400, if it is not pending.
    """
    _check_status(refund, "pending", "requires_action")
    before = {"status": refund["status"]}
    refund["status"] = "succeeded"
    refund.pop("pending_reason", None)
    account.emit("refund.updated", refund, before)


def ask(account: Account, refund: Document) -> None:
    """Has the customer asked for where the money shall go.

    Raises:
        StripeError: 400, if it is not pending.
    """
    _check_status(refund, "pending")
    refund["status"] = "requires_action"
    refund.pop("pending_reason", None)
    account.emit("refund.updated", refund, {"status": "pending"})


def cancel(account: Account, refund: Document) -> None:
    """Calls off a refund that has not ended; its money is in the balance again.

    Raises:
        StripeError: 400, if it has ended.
    """
    _check_status(refund, "pending", "requires_action")
    before = {"status": refund["status"]}
    _bring_back(account, refund)
    refund["status"] = "canceled"
    account.emit("refund.updated", refund, before)


def fail(account: Account, refund: Document) -> None:
    """Brings the money of a refund back, even if it looked succeeded.

    Raises:
        StripeError: 400, if it has failed already.
    """
    _check_status(refund, "pending", "requires_action", "succeeded")
    before = {"status": refund["status"]}
    _bring_back(account, refund)
    refund |= {"status": "failed", "failure_reason": "expired_or_canceled_card"}
    account.emit("refund.updated", refund, before)
    account.emit("refund.failed", refund, before)


def _bring_back(account: Account, refund: Document) -> None:
    charge = account.get("charge", refund["charge"])
    transaction = new_transaction(account, refund, refund["amount"], "refund_failure")
    refund["failure_balance_transaction"] = transaction["id"]
    refund.pop("pending_reason", None)
    charge["amount_refunded"] -= refund["amount"]
    charge["refunded"] = False


def _if_still(account: Account, refund: Document, status: str, end: Callable[[Account, Document], None]) -> None:
    if account.find(refund["id"]) is refund and refund["status"] == status:
        end(account, refund)


def _check_status(refund: Document, *statuses: str) -> None:
    if refund["status"] not in statuses:
        raise StripeError(400, f"This refund is {refund['status']}.")


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


def _document(account: Account, charge: Document, amount: int, params: Mapping[str, Any]) -> Document:
    pends = charge["_card"].refund_pends
    how = {"reference_status": "pending", "reference_type": "acquirer_reference_number"}
    how["type"] = "pending" if pends else "refund"
    return {
        **({"pending_reason": "processing"} if pends else {}),
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
        "status": "pending" if pends else "succeeded",
        "transfer_reversal": None,
    }


def _dollars(minor: int) -> str:
    return f"${minor // 100:,}.{minor % 100:02}"

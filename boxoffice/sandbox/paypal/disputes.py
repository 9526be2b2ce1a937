"""Disputes that a payer opens at PayPal: told by webhook, and in the way of partial refunds until they are resolved."""

from typing import Final

from boxoffice.sandbox.errors import Document
from boxoffice.sandbox.paypal import refunds
from boxoffice.sandbox.paypal.amounts import Amount, amount_of
from boxoffice.sandbox.paypal.errors import PayPalError
from boxoffice.sandbox.paypal.merchant import Merchant, new_id

BUYER: Final = "RESOLVED_BUYER_FAVOUR"
SELLER: Final = "RESOLVED_SELLER_FAVOUR"
CANCELED: Final = "CANCELED_BY_BUYER"
ACCEPTED: Final = "ACCEPTED"
DENIED: Final = "DENIED"
PAYOUT: Final = "RESOLVED_WITH_PAYOUT"
_FOR_THE_BUYER: Final = (BUYER, ACCEPTED)


def open_dispute(merchant: Merchant, capture: Document, *, part: int = 1) -> Document:
    """Adds a dispute of all that a capture took, or of a half (`part` 2), and says so by event."""
    taken = amount_of(capture)
    disputed = Amount(taken.minor // part, taken.currency)
    dispute_id, at = f"PP-D-{new_id(6)}", merchant.now()
    transaction = {
        "seller_transaction_id": capture["id"],
        "buyer_transaction_id": new_id(),
        "seller": {"merchant_id": capture["payee"]["merchant_id"]},
        "create_time": capture["create_time"],
        "transaction_status": "COMPLETED",
        "gross_amount": dict(capture["amount"]),
    }
    for theirs, ours in (("custom", "custom_id"), ("invoice_number", "invoice_id")):
        if ours in capture:
            transaction[theirs] = capture[ours]
    dispute: Document = {
        "dispute_id": dispute_id,
        "create_time": at,
        "update_time": at,
        "disputed_transactions": [transaction],
        "reason": "MERCHANDISE_OR_SERVICE_NOT_RECEIVED",
        "status": "OPEN",
        "dispute_amount": disputed.document(),
        "dispute_life_cycle_stage": "INQUIRY",
        "dispute_channel": "INTERNAL",
        "messages": [],
        "links": [merchant.link(f"/v1/customer/disputes/{dispute_id}", "self")],
        "_capture": capture["id"],
    }
    merchant.disputes[dispute_id] = dispute
    merchant.emit("CUSTOMER.DISPUTE.CREATED", "dispute", f"A new dispute opened with Case # {dispute_id}", dispute)
    return dispute


def resolve(merchant: Merchant, capture: Document, outcome: str) -> Document:
    """Ends the open dispute of a capture, for the buyer by taking back all that is left of it, and says so by event.

    What PayPal had taken back for it meanwhile is the seller's again if it ends for the seller.

    Raises:
        PayPalError: 422, if none is open.
    """
    dispute = _open_of(merchant, capture)
    dispute |= {
        "status": "RESOLVED",
        "update_time": merchant.now(),
        "dispute_outcome": {"outcome_code": outcome, "amount_refunded": dict(dispute["dispute_amount"])},
    }
    left = amount_of(capture).minor - refunds.refunded(merchant, capture)
    disputed = amount_of({"amount": dispute["dispute_amount"]})
    if outcome not in _FOR_THE_BUYER:
        refunds.cancel_reversals(merchant, capture, since=dispute["create_time"])
    elif left > 0:
        back = Amount(min(left, disputed.minor), disputed.currency)
        refunds.refund(merchant, capture, {"amount": back.document()}, is_reversal=True)
    merchant.emit("CUSTOMER.DISPUTE.RESOLVED", "dispute", f"Case # {dispute['dispute_id']} is resolved", dispute)
    return dispute


def move(merchant: Merchant, capture: Document, status: str, stage: str) -> None:
    """Moves the open dispute of a capture on, and says so by event.

    Raises:
        PayPalError: 422, if none is open.
    """
    dispute = _open_of(merchant, capture)
    dispute |= {"status": status, "dispute_life_cycle_stage": stage, "update_time": merchant.now()}
    merchant.emit("CUSTOMER.DISPUTE.UPDATED", "dispute", f"Case # {dispute['dispute_id']} has changed", dispute)


def _open_of(merchant: Merchant, capture: Document) -> Document:
    mine = (each for each in merchant.disputes.values() if each["_capture"] == capture["id"])
    dispute = next((each for each in mine if each["status"] != "RESOLVED"), None)
    if dispute is None:
        raise PayPalError(422, "UNPROCESSABLE_ENTITY", "No dispute of this payment is open.")
    return dispute

"""Captures: money taken for an approved order, at once or after a review, with PayPal's fee."""

from collections import Counter
from enum import Enum
from typing import Final

from boxoffice.sandbox.errors import Document
from boxoffice.sandbox.paypal.amounts import Amount, amount_of
from boxoffice.sandbox.paypal.errors import PayPalError, refused
from boxoffice.sandbox.paypal.merchant import Merchant, new_id

FEE_PER_TEN_THOUSAND: Final = 349
FEE_FIXED: Final = 49


class CaptureStatus(Enum):
    """How a capture can stand."""

    COMPLETED = "COMPLETED"
    PENDING = "PENDING"
    DECLINED = "DECLINED"
    FAILED = "FAILED"
    PARTIALLY_REFUNDED = "PARTIALLY_REFUNDED"
    REFUNDED = "REFUNDED"


_EVENTS: Final = {
    CaptureStatus.COMPLETED: ("PAYMENT.CAPTURE.COMPLETED", "Payment completed for {}"),
    CaptureStatus.PENDING: ("PAYMENT.CAPTURE.PENDING", "Payment pending for {}"),
    CaptureStatus.FAILED: ("PAYMENT.CAPTURE.DECLINED", "A {} capture payment failed"),
    CaptureStatus.DECLINED: ("PAYMENT.CAPTURE.DENIED", "A {} capture payment was denied"),
}


def fee_of(minor: int) -> int:
    """Returns what PayPal keeps of a payment, rounded half up."""
    return (minor * FEE_PER_TEN_THOUSAND + 5000) // 10_000 + FEE_FIXED


def new_capture(merchant: Merchant, order: Document, status: CaptureStatus) -> Document:
    """Adds the capture of an order, and says so by event.

    Raises:
        PayPalError: 422, if another capture has the same invoice id.
    """
    unit = order["purchase_units"][0]
    invoice_id = unit.get("invoice_id")
    if invoice_id and any(each.get("invoice_id") == invoice_id for each in _taken(merchant)):
        raise refused("DUPLICATE_INVOICE_ID", "/purchase_units/0/invoice_id", invoice_id)
    capture_id, at = new_id(), merchant.now()
    path = f"/v2/payments/captures/{capture_id}"
    capture: Document = {
        "id": capture_id,
        "amount": amount_of(unit).document(),
        "final_capture": True,
        "seller_protection": {
            "status": "ELIGIBLE",
            "dispute_categories": ["ITEM_NOT_RECEIVED", "UNAUTHORIZED_TRANSACTION"],
        },
        **{name: unit[name] for name in ("custom_id", "invoice_id") if name in unit},
        "payee": dict(unit["payee"]),
        "supplementary_data": {"related_ids": {"order_id": order["id"]}},
        "create_time": at,
        "links": [
            merchant.link(path, "self"),
            merchant.link(f"{path}/refund", "refund", "POST"),
            merchant.link(f"/v2/checkout/orders/{order['id']}", "up"),
        ],
        "_order": order["id"],
        "_reason": order["_reason"],
        "_refund_pends": False,
    }
    merchant.captures[capture_id] = capture
    _put(merchant, capture, status)
    return capture


def settle(merchant: Merchant, capture: Document, status: CaptureStatus) -> None:
    """Ends the review of a capture, for better or worse.

    Raises:
        PayPalError: 422, if it is under no review.
    """
    if capture["status"] != CaptureStatus.PENDING.value:
        words = f"This capture is {capture['status']}, so there is no review to end."
        raise PayPalError(422, "UNPROCESSABLE_ENTITY", words)
    _put(merchant, capture, status)


def _put(merchant: Merchant, capture: Document, status: CaptureStatus) -> None:
    amount = amount_of(capture)
    capture |= {"status": status.value, "update_time": merchant.now()}
    capture["seller_receivable_breakdown"] = _breakdown(amount, is_taken=status is CaptureStatus.COMPLETED)
    capture.pop("status_details", None)
    if status is CaptureStatus.PENDING:
        capture["status_details"] = {"reason": capture["_reason"]}
    name, summary = _EVENTS[status]
    merchant.emit(name, "capture", summary.format(amount.words()), capture)


def _breakdown(amount: Amount, *, is_taken: bool) -> Document:
    """Returns what the seller gets; until the money is there, only what was asked for is known."""
    if not is_taken:
        return {"gross_amount": amount.document()}
    fee = fee_of(amount.minor)
    return {
        "gross_amount": amount.document(),
        "paypal_fee": Amount(fee, amount.currency).document(),
        "net_amount": Amount(amount.minor - fee, amount.currency).document(),
    }


def balance_of(merchant: Merchant) -> dict[str, int]:
    """Returns what the merchant has of each currency, in minor units: payments without fees, less what went back."""
    found: Counter[str] = Counter()
    for capture in merchant.captures.values():
        breakdown = capture["seller_receivable_breakdown"]
        if "paypal_fee" in breakdown:
            net = amount_of({"amount": breakdown["net_amount"]})
            found[net.currency] += net.minor
    for refund in merchant.refunds.values():
        if refund["status"] == "COMPLETED":
            amount = amount_of(refund)
            found[amount.currency] -= amount.minor
    return dict(found)


def _taken(merchant: Merchant) -> list[Document]:
    over = (CaptureStatus.DECLINED.value, CaptureStatus.FAILED.value)
    return [each for each in merchant.captures.values() if each["status"] not in over]

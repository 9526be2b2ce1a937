"""PayPal refunds: never more than was captured; the fee of the payment stays with PayPal."""

from typing import Final

from boxoffice.sandbox.errors import Document
from boxoffice.sandbox.paypal.amounts import Amount, amount_of, read_amount
from boxoffice.sandbox.paypal.captures import CaptureStatus
from boxoffice.sandbox.paypal.errors import PayPalError, malformed, refused
from boxoffice.sandbox.paypal.merchant import Merchant, new_id

_TEXTS: Final = {"invoice_id": 127, "custom_id": 127, "note_to_payer": 255}
_REFUNDABLE: Final = (CaptureStatus.COMPLETED.value, CaptureStatus.PARTIALLY_REFUNDED.value)
_GIVEN_BACK: Final = (CaptureStatus.PARTIALLY_REFUNDED.value, CaptureStatus.REFUNDED.value)
_STANDS_AGAINST: Final = {
    CaptureStatus.PENDING.value: "PENDING_CAPTURE",
    CaptureStatus.REFUNDED.value: "CAPTURE_FULLY_REFUNDED",
    CaptureStatus.DECLINED.value: "TRANSACTION_REFUSED",
    CaptureStatus.FAILED.value: "TRANSACTION_REFUSED",
}


def refund(merchant: Merchant, capture: Document, body: Document, *, is_reversal: bool = False) -> Document:
    """Gives money back, all that is left if no amount is given; a reversal is PayPal's own doing.

    Raises:
        PayPalError: 422, for more than is left, or for money that was never there.
    """
    texts = _read_texts(body)
    if capture["status"] not in _REFUNDABLE:
        raise refused(_STANDS_AGAINST[capture["status"]])
    given_back = refunded(merchant, capture)
    left = amount_of(capture).minor - given_back
    amount = read_amount(body["amount"], "/amount", least=1) if body.get("amount") else _rest(capture, left)
    _check(merchant, capture, amount, left)
    total = Amount(given_back + amount.minor, amount.currency)
    document = _document(merchant, capture, amount, total, texts)
    merchant.refunds[document["id"]] = document
    document["_is_reversal"] = is_reversal
    if capture["_refund_pends"] and not is_reversal:
        document |= {"status": "PENDING", "status_details": {"reason": "ECHECK"}}
        capture["_refund_pends"] = False
        merchant.emit("PAYMENT.REFUND.PENDING", "refund", f"A {amount.words()} refund is pending", document)
        return document
    _go_back(merchant, capture, document)
    return document


def end(merchant: Merchant, refund: Document, status: str) -> None:
    """Ends a refund that is pending: COMPLETED, FAILED or CANCELLED.

    Raises:
        PayPalError: 422, if it has ended.
    """
    if refund["status"] != "PENDING":
        raise PayPalError(422, "UNPROCESSABLE_ENTITY", f"This refund is {refund['status']}.")
    refund |= {"status": status, "update_time": merchant.now()}
    refund.pop("status_details")
    if status == "COMPLETED":
        _go_back(merchant, merchant.captures[refund["_capture"]], refund)
        return
    summary = f"A {amount_of(refund).words()} refund has {status.lower()}"
    merchant.emit("PAYMENT.REFUND.FAILED", "refund", summary, refund)


def _go_back(merchant: Merchant, capture: Document, document: Document) -> None:
    """Takes the money of a refund, and says so by event."""
    amount = amount_of(document)
    is_all = refunded(merchant, capture) >= amount_of(capture).minor
    capture["status"] = (CaptureStatus.REFUNDED if is_all else CaptureStatus.PARTIALLY_REFUNDED).value
    capture["update_time"] = document["update_time"]
    verb = "reversed" if document["_is_reversal"] else "refunded"
    summary = f"A {amount.words()} capture payment was {verb}"
    merchant.emit(f"PAYMENT.CAPTURE.{verb.upper()}", "refund", summary, document)


def cancel_reversals(merchant: Merchant, capture: Document, *, since: str) -> None:
    """Gives the seller what PayPal has taken back by itself since then; PayPal tells of it by its list alone."""
    for each in refunds_of(merchant, capture):
        if each["_is_reversal"] and each["status"] == "COMPLETED" and each["create_time"] >= since:
            each |= {"status": "CANCELLED", "update_time": merchant.now()}
    back = refunded(merchant, capture)
    is_all = back >= amount_of(capture).minor
    if capture["status"] in _GIVEN_BACK:
        status = CaptureStatus.REFUNDED if is_all else CaptureStatus.PARTIALLY_REFUNDED
        capture["status"] = (status if back else CaptureStatus.COMPLETED).value


def refunds_of(merchant: Merchant, capture: Document) -> list[Document]:
    return [each for each in merchant.refunds.values() if each["_capture"] == capture["id"]]


def refunded(merchant: Merchant, capture: Document) -> int:
    """Returns how much of a capture was given back, in minor units."""
    alive = (each for each in refunds_of(merchant, capture) if each["status"] in ("PENDING", "COMPLETED"))
    return sum(amount_of(each).minor for each in alive)


def _rest(capture: Document, left: int) -> Amount:
    return Amount(left, capture["amount"]["currency_code"])


def _check(merchant: Merchant, capture: Document, amount: Amount, left: int) -> None:
    if amount.currency != capture["amount"]["currency_code"]:
        raise refused("REFUND_CAPTURE_CURRENCY_MISMATCH", "/amount/currency_code", amount.currency)
    if amount.minor > left:
        raise refused("REFUND_AMOUNT_EXCEEDED", "/amount/value", amount.value)
    mine = (each for each in merchant.disputes.values() if each["_capture"] == capture["id"])
    is_disputed = any(each["status"] != "RESOLVED" for each in mine)
    if is_disputed and amount.minor < left:
        raise refused("TRANSACTION_DISPUTED")


def _read_texts(body: Document) -> Document:
    found = {name: body[name] for name in _TEXTS if body.get(name) is not None}
    for name, value in found.items():
        if not isinstance(value, str) or not 1 <= len(value) <= _TEXTS[name]:
            raise malformed("INVALID_STRING_LENGTH", f"/{name}", value)
    return found


def _document(merchant: Merchant, capture: Document, amount: Amount, total: Amount, texts: Document) -> Document:
    refund_id, at = new_id(), merchant.now()
    inherited: Document = {name: capture[name] for name in ("invoice_id", "custom_id") if name in capture}
    return {
        "id": refund_id,
        "status": "COMPLETED",
        "amount": amount.document(),
        **inherited,
        **texts,
        "seller_payable_breakdown": {
            "gross_amount": amount.document(),
            "paypal_fee": Amount(0, amount.currency).document(),
            "net_amount": amount.document(),
            "total_refunded_amount": total.document(),
        },
        "payer": dict(capture["payee"]),
        "create_time": at,
        "update_time": at,
        "links": [
            merchant.link(f"/v2/payments/refunds/{refund_id}", "self"),
            merchant.link(f"/v2/payments/captures/{capture['id']}", "up"),
        ],
        "_capture": capture["id"],
    }

"""What payers, banks and PayPal's reviewers do to an order: asked for by a person or a test."""

from collections.abc import Callable
from typing import Final
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from boxoffice.sandbox.errors import Document
from boxoffice.sandbox.paypal import captures, disputes, orders, refunds
from boxoffice.sandbox.paypal.captures import CaptureStatus
from boxoffice.sandbox.paypal.errors import PayPalError
from boxoffice.sandbox.paypal.merchant import Merchant
from boxoffice.sandbox.paypal.orders import Outcome


def do(merchant: Merchant, order: Document, what: str) -> str | None:
    """Does it; returns where the payer's browser goes after that, if it goes anywhere.

    Raises:
        PayPalError: 400 for what nobody can do, 422 for what can't be done to this order now.
    """
    if what not in ACTIONS:
        known = ", ".join(ACTIONS)
        raise PayPalError(400, "INVALID_REQUEST", f"do must be one of: {known}")
    return ACTIONS[what](merchant, order)


def _approve(merchant: Merchant, order: Document) -> str | None:
    orders.approve(merchant, order)
    return _address(order, "return_url", PayerID=order["payer"]["payer_id"])


def _cancel(_merchant: Merchant, order: Document) -> str | None:
    return _address(order, "cancel_url")


def _void(merchant: Merchant, order: Document) -> str | None:
    orders.void(merchant, order)
    return None


def _next(outcome: Outcome, reason: str = "PENDING_REVIEW") -> Callable[[Merchant, Document], str | None]:
    def expect(_merchant: Merchant, order: Document) -> str | None:
        order |= {"_outcome": outcome, "_reason": reason}
        return None

    return expect


def _settle(status: CaptureStatus) -> Callable[[Merchant, Document], str | None]:
    def settle(merchant: Merchant, order: Document) -> str | None:
        captures.settle(merchant, _capture(merchant, order), status)
        return None

    return settle


def _refund_pends(merchant: Merchant, order: Document) -> str | None:
    _capture(merchant, order)["_refund_pends"] = True
    return None


def _dispute(*, part: int = 1) -> Callable[[Merchant, Document], str | None]:
    def dispute(merchant: Merchant, order: Document) -> str | None:
        disputes.open_dispute(merchant, _capture(merchant, order), part=part)
        return None

    return dispute


def _move(status: str, stage: str) -> Callable[[Merchant, Document], str | None]:
    def move(merchant: Merchant, order: Document) -> str | None:
        disputes.move(merchant, _capture(merchant, order), status, stage)
        return None

    return move


def _reverse(merchant: Merchant, order: Document) -> str | None:
    refunds.refund(merchant, _capture(merchant, order), {}, is_reversal=True)
    return None


def _resolve(outcome: str) -> Callable[[Merchant, Document], str | None]:
    def resolve(merchant: Merchant, order: Document) -> str | None:
        disputes.resolve(merchant, _capture(merchant, order), outcome)
        return None

    return resolve


def _capture(merchant: Merchant, order: Document) -> Document:
    found = merchant.captures.get(order["_capture"] or "")
    if found is None:
        raise PayPalError(422, "UNPROCESSABLE_ENTITY", f"This order is {order['status']}: nothing was captured yet.")
    return found


def _address(order: Document, name: str, **more: str) -> str | None:
    """Returns one of the shop's addresses with the order's id in its query, as PayPal sends the payer there."""
    url: str | None = order["_context"][name]
    if url is None:
        return None
    parts = urlsplit(url)
    query = urlencode([*parse_qsl(parts.query, keep_blank_values=True), ("token", order["id"]), *more.items()])
    return urlunsplit(parts._replace(query=query))


ACTIONS: Final = {
    "approve": _approve,
    "cancel": _cancel,
    "void": _void,
    "decline_next": _next(Outcome.DECLINED),
    "pending_next": _next(Outcome.PENDING),
    "echeck_next": _next(Outcome.PENDING, "ECHECK"),
    "accept_next": _next(Outcome.PENDING, "RECEIVING_PREFERENCE_MANDATES_MANUAL_ACTION"),
    "refund_pending_next": _refund_pends,
    "complete": _settle(CaptureStatus.COMPLETED),
    "deny": _settle(CaptureStatus.DECLINED),
    "fail": _settle(CaptureStatus.FAILED),
    "reverse": _reverse,
    "dispute": _dispute(),
    "dispute_half": _dispute(part=2),
    "dispute_waits": _move("WAITING_FOR_SELLER_RESPONSE", "CHARGEBACK"),
    "dispute_review": _move("UNDER_REVIEW", "ARBITRATION"),
    "cancel_dispute": _resolve(disputes.CANCELED),
    "accept_dispute": _resolve(disputes.ACCEPTED),
    "resolve_with_payout": _resolve(disputes.PAYOUT),
    "resolve_denied": _resolve(disputes.DENIED),
    "resolve_for_buyer": _resolve(disputes.BUYER),
    "resolve_for_seller": _resolve(disputes.SELLER),
}

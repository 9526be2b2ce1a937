"""What payers, banks and PayPal's reviewers do to an order: asked for by a person or a test."""

from collections.abc import Callable
from typing import Final
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from boxoffice.sandbox.errors import Document
from boxoffice.sandbox.paypal import captures, disputes, orders
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


def _next(outcome: Outcome) -> Callable[[Merchant, Document], str | None]:
    def expect(_merchant: Merchant, order: Document) -> str | None:
        order["_outcome"] = outcome
        return None

    return expect


def _settle(status: CaptureStatus) -> Callable[[Merchant, Document], str | None]:
    def settle(merchant: Merchant, order: Document) -> str | None:
        captures.settle(merchant, _capture(merchant, order), status)
        return None

    return settle


def _dispute(merchant: Merchant, order: Document) -> str | None:
    disputes.open_dispute(merchant, _capture(merchant, order))
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
    "decline_next": _next(Outcome.DECLINED),
    "pending_next": _next(Outcome.PENDING),
    "complete": _settle(CaptureStatus.COMPLETED),
    "deny": _settle(CaptureStatus.DECLINED),
    "dispute": _dispute,
    "resolve_for_buyer": _resolve(disputes.BUYER),
    "resolve_for_seller": _resolve(disputes.SELLER),
}

"""The table of PayPal's calls: method, path, status, and the function that answers."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from boxoffice.sandbox.errors import Document
from boxoffice.sandbox.paypal import orders, refunds, reporting
from boxoffice.sandbox.paypal.errors import malformed
from boxoffice.sandbox.paypal.merchant import Merchant, find, shown
from boxoffice.sandbox.paypal.webhooks import PayPalWebhooks


@dataclass(frozen=True, slots=True)
class Asking:
    """One request, read: the id in its path, its query, its body as JSON and as written, and what its headers ask."""

    merchant: Merchant
    webhooks: PayPalWebhooks
    id: str
    body: Document
    text: str
    query: Mapping[str, str]
    request_id: str | None
    wants_all: bool


@dataclass(frozen=True, slots=True)
class PayPalCall:
    """One of PayPal's calls."""

    method: str
    path: str
    answer: Callable[[Asking], Document]
    status: int = 200


def create_order(asking: Asking) -> Document:
    if asking.body.get("payment_source") and not asking.request_id:
        raise malformed("PAYPAL_REQUEST_ID_REQUIRED")
    order = orders.create(asking.merchant, asking.body)
    return (orders.view if asking.wants_all else orders.created_view)(asking.merchant, order)


def retrieve_order(asking: Asking) -> Document:
    return orders.view(asking.merchant, find(asking.merchant.orders, asking.id))


def capture_order(asking: Asking) -> Document:
    order = find(asking.merchant.orders, asking.id)
    orders.capture(asking.merchant, order)
    return (orders.view if asking.wants_all else orders.captured_view)(asking.merchant, order)


def retrieve_capture(asking: Asking) -> Document:
    return shown(find(asking.merchant.captures, asking.id))


def refund_capture(asking: Asking) -> Document:
    refund = refunds.refund(asking.merchant, find(asking.merchant.captures, asking.id), asking.body)
    return shown(refund) if asking.wants_all else {name: refund[name] for name in ("id", "status", "links")}


def retrieve_refund(asking: Asking) -> Document:
    return shown(find(asking.merchant.refunds, asking.id))


def retrieve_event(asking: Asking) -> Document:
    return find(asking.merchant.events, asking.id)


def resend_event(asking: Asking) -> Document:
    event = retrieve_event(asking)
    asking.webhooks.send_again(event)
    return event


def verify_signature(asking: Asking) -> Document:
    return asking.webhooks.verify(asking.text)


def list_transactions(asking: Asking) -> Document:
    return reporting.transactions(asking.merchant, asking.query)


_ORDERS: Final = "/v2/checkout/orders"
_EVENTS: Final = "/v1/notifications/webhooks-events"
CALLS: Final = (
    PayPalCall("POST", _ORDERS, create_order, 201),
    PayPalCall("GET", _ORDERS + "/{id}", retrieve_order),
    PayPalCall("POST", _ORDERS + "/{id}/capture", capture_order, 201),
    PayPalCall("GET", "/v2/payments/captures/{id}", retrieve_capture),
    PayPalCall("POST", "/v2/payments/captures/{id}/refund", refund_capture, 201),
    PayPalCall("GET", "/v2/payments/refunds/{id}", retrieve_refund),
    PayPalCall("GET", _EVENTS + "/{id}", retrieve_event),
    PayPalCall("POST", _EVENTS + "/{id}/resend", resend_event, 202),
    PayPalCall("GET", "/v1/reporting/transactions", list_transactions),
    PayPalCall("POST", "/v1/notifications/verify-webhook-signature", verify_signature),
)

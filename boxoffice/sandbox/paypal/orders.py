"""PayPal orders: made by the merchant, approved by the payer, captured once; and how each call shows them."""

from enum import Enum
from typing import Final

from boxoffice.sandbox.errors import Document
from boxoffice.sandbox.paypal.captures import CaptureStatus, new_capture
from boxoffice.sandbox.paypal.errors import refused
from boxoffice.sandbox.paypal.merchant import PAYEE, Merchant, new_id, shown
from boxoffice.sandbox.paypal.order_requests import read_context, read_unit
from boxoffice.sandbox.paypal.refunds import refunds_of

_PAYER: Final = {
    "name": {"given_name": "Ada", "surname": "Tester"},
    "email_address": "ada.tester@personal.example.com",
    "payer_id": "SBXADATESTER1",
    "address": {"country_code": "US"},
}
_CREATED: Final = ("id", "status", "payment_source", "links")
_CAPTURED: Final = ("id", "status", "payment_source", "purchase_units", "payer", "links")


class OrderStatus(Enum):
    """How an order can stand."""

    CREATED = "CREATED"
    PAYER_ACTION_REQUIRED = "PAYER_ACTION_REQUIRED"
    APPROVED = "APPROVED"
    COMPLETED = "COMPLETED"
    VOIDED = "VOIDED"


class Outcome(Enum):
    """What PayPal makes of the next capture."""

    PAID = "paid"
    DECLINED = "declined"
    PENDING = "pending"


def create(merchant: Merchant, body: Document) -> Document:
    """Adds an order that waits for its payer.

    Raises:
        PayPalError: 400 or 422, for what PayPal would refuse.
    """
    unit, context = read_unit(body), read_context(body)
    with_source = bool(body.get("payment_source"))
    waiting = OrderStatus.PAYER_ACTION_REQUIRED if with_source else OrderStatus.CREATED
    order: Document = {
        "id": new_id(),
        "intent": "CAPTURE",
        "status": waiting.value,
        **({"payment_source": {"paypal": {}}} if with_source else {}),
        "purchase_units": [{**unit, "payee": dict(PAYEE)}],
        "create_time": merchant.now(),
        "_context": context,
        "_waiting": waiting,
        "_outcome": Outcome.PAID,
        "_reason": "PENDING_REVIEW",
        "_capture": None,
    }
    merchant.orders[order["id"]] = order
    return order


def approve(merchant: Merchant, order: Document) -> None:
    """Has the payer agree to pay; to agree twice changes nothing.

    Raises:
        PayPalError: 422, if it is paid.
    """
    if order["status"] == OrderStatus.COMPLETED.value:
        raise refused("ORDER_ALREADY_CAPTURED")
    if order["status"] == OrderStatus.APPROVED.value:
        return
    account = {"email_address": _PAYER["email_address"], "account_id": _PAYER["payer_id"], "account_status": "VERIFIED"}
    order |= {"status": OrderStatus.APPROVED.value, "payer": dict(_PAYER), "update_time": merchant.now()}
    order["payment_source"] = {"paypal": {**account, "name": _PAYER["name"], "address": _PAYER["address"]}}
    merchant.emit(
        "CHECKOUT.ORDER.APPROVED", "checkout-order", "An order has been approved by buyer", view(merchant, order)
    )


def void(merchant: Merchant, order: Document) -> None:
    """Ends an order that nobody paid in time.

    Raises:
        PayPalError: 422, if it is paid.
    """
    if order["status"] == OrderStatus.COMPLETED.value:
        raise refused("ORDER_ALREADY_CAPTURED")
    order |= {"status": OrderStatus.VOIDED.value, "update_time": merchant.now()}


def capture(merchant: Merchant, order: Document) -> None:
    """Takes the money of an approved order, once; a payer whose instrument is declined has to choose another.

    Raises:
        PayPalError: 422, if it is not approved, already captured, or declined.
    """
    if order["status"] == OrderStatus.COMPLETED.value:
        raise refused("ORDER_ALREADY_CAPTURED")
    if order["status"] != OrderStatus.APPROVED.value:
        raise refused("ORDER_NOT_APPROVED")
    if order["_outcome"] is Outcome.DECLINED:
        order |= {"status": order["_waiting"].value, "update_time": merchant.now(), "_outcome": Outcome.PAID}
        raise refused("INSTRUMENT_DECLINED", links=[merchant.link(payer_path(order), "redirect")])
    status = CaptureStatus.PENDING if order["_outcome"] is Outcome.PENDING else CaptureStatus.COMPLETED
    taken = new_capture(merchant, order, status)
    order |= {"status": OrderStatus.COMPLETED.value, "update_time": merchant.now(), "_capture": taken["id"]}


def payer_path(order: Document) -> str:
    """Returns where the payer approves."""
    return f"/checkoutnow?token={order['id']}"


def view(merchant: Merchant, order: Document) -> Document:
    """Returns all of an order, as PayPal shows it."""
    whole = {**shown(order), "links": _links(merchant, order)}
    taken = merchant.captures.get(order["_capture"] or "")
    if taken is not None:
        payments = {"captures": [_inside(taken)]}
        refunds = [_inside(each) for each in refunds_of(merchant, taken)]
        whole["purchase_units"][0]["payments"] = {**payments, **({"refunds": refunds} if refunds else {})}
    return whole


def created_view(merchant: Merchant, order: Document) -> Document:
    """Returns what the answer to a create says, if no representation is asked for."""
    return _only(view(merchant, order), _CREATED)


def captured_view(merchant: Merchant, order: Document) -> Document:
    """Returns what the answer to a capture says, if no representation is asked for."""
    found = _only(view(merchant, order), _CAPTURED)
    found["purchase_units"] = [_only(unit, ("reference_id", "payments")) for unit in found["purchase_units"]]
    return found


def _inside(payment: Document) -> Document:
    """Returns a capture or a refund as it lies in its order."""
    return {name: value for name, value in shown(payment).items() if name not in ("payee", "supplementary_data")}


def _only(document: Document, names: tuple[str, ...]) -> Document:
    return {name: document[name] for name in names if name in document}


def _links(merchant: Merchant, order: Document) -> list[Document]:
    path = f"/v2/checkout/orders/{order['id']}"
    itself, change = merchant.link(path, "self"), merchant.link(path, "update", "PATCH")
    take = merchant.link(f"{path}/capture", "capture", "POST")
    by_status = {
        OrderStatus.CREATED: [itself, merchant.link(payer_path(order), "approve"), change, take],
        OrderStatus.PAYER_ACTION_REQUIRED: [itself, merchant.link(payer_path(order), "payer-action")],
        OrderStatus.APPROVED: [itself, change, take],
        OrderStatus.COMPLETED: [itself],
        OrderStatus.VOIDED: [itself],
    }
    return by_status[OrderStatus(order["status"])]

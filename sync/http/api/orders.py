"""Web orders: begun, changed, looked at and mailed by whoever holds their access token."""

from datetime import timedelta
from typing import Annotated, Final, Literal

from fastapi import APIRouter, Depends, Query, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from boxoffice.core.errors import BadInput, FieldError
from boxoffice.core.money import Currency, Money
from boxoffice.core.texts import Texts
from sync.http.access import TheHub
from sync.http.api.buying import key_of, reserve, shop_of
from sync.http.api.messages import (
    ACCESS,
    ORDER,
    AccessRequest,
    CustomerChange,
    Email,
    IdempotencyKey,
    Message,
    OrderRequest,
    ShortText,
    like,
)
from sync.inventory.on_sale import catalogue_on_sale
from sync.ledger.hub import Hub
from sync.orders.access import must_open
from sync.orders.order_details import items_of, valid_tickets
from sync.shop.replays import Key, claim, keep_answer, kept_answer
from sync.shop.web_orders import OrderOver
from sync.store import limits
from sync.store.contacts import is_same_address
from sync.store.mails import queue_mail
from sync.store.web_orders import WebOrder

router: Final = APIRouter(prefix="/api/orders", tags=["orders"])

_bearer = HTTPBearer(auto_error=False, scheme_name="order", description="The order's access token")
_SENDING: Final = limits.Limit("send receipt", tries=5, within=timedelta(hours=1))
"""Mails of one order: whoever holds its token must not be able to fill other people's boxes."""


class UpdateRequest(AccessRequest):
    """What is new of the contact details, or `action` cancel to give the order up before it is paid."""

    customer_info: CustomerChange | None = None
    action: Literal["cancel"] | None = None

    model_config = like(ACCESS | {"action": "cancel"})


class ReceiptRequest(AccessRequest):
    email: Email | None = None

    model_config = like(ACCESS | {"email": "camila@example.org"})


class OrderItem(Message):
    id: str
    name: str
    quantity: int
    unit_price: int
    subtotal: int


class OrderAnswer(Message):
    order_id: str
    order_number: str
    status: str
    total: int
    currency: str
    total_text: str
    customer_info: dict[str, str | None]
    items: tuple[OrderItem, ...]
    tickets: int
    expires_at: int
    access_token: str

    model_config = like(
        ORDER
        | {
            "status": "completed",
            "total": 30000,
            "currency": "USD",
            "totalText": "$300.00",
            "customerInfo": {"email": "camila@example.org", "name": "Camila Ortega", "phone": None},
            "items": [
                {
                    "id": "full-pass",
                    "name": "Full Festival Pass",
                    "quantity": 2,
                    "unitPrice": 15000,
                    "subtotal": 30000,
                }
            ],
            "tickets": 2,
        }
    )


class SentAnswer(Message):
    mail_id: str
    email: str

    model_config = like({"mailId": ACCESS["orderId"], "email": "camila@example.org"})


@router.post("/create", status_code=201)
def create_order(
    request: Request, body: OrderRequest, hub: TheHub, idempotency_key: IdempotencyKey = None
) -> OrderAnswer:
    """Places an order, with a hold, to be paid by `create-checkout-session` with its id."""
    order = reserve(request, hub, body, body.customer_info, idempotency_key)
    return _order(hub, order)


@router.post("/update")
def update_order(request: Request, body: UpdateRequest, hub: TheHub) -> OrderAnswer:
    """Changes who buys, or gives the order up. The address of a paid order stays: its tickets are there already."""
    must_open(hub, body.order_id, body.access_token)
    shop = shop_of(request)
    order = shop.look(body.order_id)
    if body.customer_info is not None:
        order = shop.describe(order.id, body.customer_info.customer())
    if body.action == "cancel":
        order = shop.cancel(order.id)
        if order.is_paid:
            raise OrderOver("This order is paid. Ask the organizers for a refund.")
    return _order(hub, order)


@router.get("/retrieve")
def retrieve_order(
    request: Request,
    hub: TheHub,
    order_id: Annotated[ShortText, Query(alias="orderId")],
    holder: Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)],
) -> OrderAnswer:
    """Returns an order to whoever holds its access token, sent as `Authorization: Bearer …`.

    A token in an address would be kept by every log and history on its way, so none is taken from there.
    """
    must_open(hub, order_id, holder.credentials if holder is not None else "")
    return _order(hub, shop_of(request).ask(order_id))


@router.post("/send-receipt", status_code=202)
def send_receipt(
    request: Request, body: ReceiptRequest, hub: TheHub, idempotency_key: IdempotencyKey = None
) -> SentAnswer:
    """Queues the receipt and the tickets to the order's own address; a few times an hour.

    An address that is given must be that one: who holds a link must not be able to have tickets sent elsewhere.
    """
    must_open(hub, body.order_id, body.access_token)
    key = Key.of(idempotency_key, request.url.path, body.model_dump(mode="json"))
    order = shop_of(request).look(body.order_id)
    email = order.email
    if not order.is_paid or email is None:
        raise OrderOver("This order is not paid yet." if not order.is_paid else "This order has no e-mail address.")
    if body.email is not None and not is_same_address(body.email, email):
        words = "is not the address of this order; ask the organizers to send its tickets elsewhere"
        raise BadInput([FieldError("email", words)])
    with hub.database.transaction() as connection:
        if key is not None and claim(connection, key, order.id) is not None:
            kept = kept_answer(connection, key)
            if kept is not None:
                return SentAnswer.model_validate(kept)
        limits.count(connection, _SENDING, order.id)
        answer = SentAnswer(mail_id=queue_mail(connection, order.id, email), email=email)
        if key is not None:
            keep_answer(connection, key, answer.model_dump(mode="json"))
    return answer


def _order(hub: Hub, order: WebOrder) -> OrderAnswer:
    with hub.database.reading() as connection:
        items, tickets = items_of(connection, order.id), valid_tickets(connection, order.id)
        texts = Texts(catalogue_on_sale(hub, connection, order.event_id), order.language)
    return OrderAnswer(
        order_id=order.id,
        order_number=order.number,
        status=order.status.value,
        total=order.total,
        currency=order.currency,
        total_text=str(Money(order.total, Currency(order.currency))),
        customer_info={"email": order.email, "name": order.name, "phone": order.phone},
        items=tuple(
            OrderItem(
                id=item.product_id,
                name=texts.name_of(item.product_id, item.name),
                quantity=item.quantity,
                unit_price=item.unit_price,
                subtotal=item.subtotal,
            )
            for item in items
        ),
        tickets=tickets,
        expires_at=int(order.expires_at.timestamp()),
        access_token=key_of(hub, order),
    )

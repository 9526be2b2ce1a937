"""What things cost, and paying for them: on a hosted page, or in a form of the shop’s own. Prices sent are ignored."""

from collections.abc import Callable
from typing import Final, Literal, TypeVar

from fastapi import APIRouter, Request

from boxoffice.core.orders import OrderState
from boxoffice.core.pricing import PricedOrder
from boxoffice.core.texts import Texts
from sync.http.access import TheHub, address_of
from sync.http.api.buying import catalogue_of, keep, kept, key_of, new_order, shop_of
from sync.http.api.messages import (
    ACCESS,
    ORDER,
    AccessRequest,
    CartRequest,
    CheckoutRequest,
    IdempotencyKey,
    Message,
    like,
)
from sync.ledger.hub import Hub
from sync.orders.access import must_open
from sync.shop.replays import Key
from sync.store.web_orders import WebOrder

A = TypeVar("A", bound=Message)

router: Final = APIRouter(prefix="/api/payment", tags=["payment"])
_INTENT: Final = "stripe_intent"


class PricedItem(Message):
    id: str
    name: str
    quantity: int
    unit_price: int
    subtotal: int
    discount: int
    tax: int
    total: int
    bundle: str | None = None
    """The bundle that it is a part of, at its share of that one's price."""


class TotalAnswer(Message):
    """Amounts are integers of minor units; `totalText` is for people."""

    currency: str
    items: tuple[PricedItem, ...]
    subtotal: int
    discount: int
    tax: int
    total: int
    total_text: str

    model_config = like(
        {
            "currency": "USD",
            "items": [
                {
                    "id": "full-pass",
                    "name": "Full Festival Pass",
                    "quantity": 2,
                    "unitPrice": 15000,
                    "subtotal": 30000,
                    "discount": 0,
                    "tax": 0,
                    "total": 30000,
                }
            ],
            "subtotal": 30000,
            "discount": 0,
            "tax": 0,
            "total": 30000,
            "totalText": "$300.00",
        }
    )


class CheckoutAnswer(Message):
    """`url` is the payment page; both it and `sessionId` are null if there is nothing to pay."""

    session_id: str | None
    order_id: str
    order_number: str
    expires_at: int
    url: str | None
    access_token: str

    model_config = like(ORDER | {"sessionId": "cs_test_a1B2", "url": "https://checkout.stripe.com/c/pay/cs_test_a1B2"})


class IntentAnswer(Message):
    """`clientSecret` is what Stripe Elements needs; null if there is nothing to pay. `amount` is in minor units."""

    client_secret: str | None
    payment_intent_id: str | None
    publishable_key: str | None
    order_id: str
    order_number: str
    amount: int
    currency: str
    expires_at: int
    access_token: str

    model_config = like(
        ORDER
        | {
            "clientSecret": "pi_3Q_secret_7r",
            "paymentIntentId": "pi_3Q",
            "publishableKey": "pk_test_51Q",
            "amount": 30000,
            "currency": "USD",
        }
    )


class ConfirmAnswer(Message):
    """`status` is the payment's: succeeded, pending or failed. Only succeeded means that the tickets are issued."""

    status: Literal["succeeded", "pending", "failed"]
    order_id: str
    order_number: str
    order_status: str

    model_config = like(
        {
            "status": "succeeded",
            "orderId": ACCESS["orderId"],
            "orderNumber": "7K2-F4Q",
            "orderStatus": "completed",
        }
    )


@router.post("/calculate-total")
def calculate_total(request: Request, body: CartRequest, hub: TheHub) -> TotalAnswer:
    """Returns what a cart costs by the hub's prices."""
    catalogue = catalogue_of(hub, body.event_id)
    catalogue, priced = shop_of(request).quote(
        body.cart(catalogue.currency), body.promo_code, body.event_id, address_of(request)
    )
    return _total(priced, Texts(catalogue, body.language))


@router.post("/create-checkout-session")
def create_checkout_session(
    request: Request, body: CheckoutRequest, hub: TheHub, idempotency_key: IdempotencyKey = None
) -> CheckoutAnswer:
    """Holds the items and opens a payment page for them. The same Idempotency-Key gets the same answer for a day."""

    def answer_of(order: WebOrder) -> CheckoutAnswer:
        return CheckoutAnswer(
            session_id=order.session_id,
            order_id=order.id,
            order_number=order.number,
            expires_at=int(order.expires_at.timestamp()),
            url=order.url,
            access_token=key_of(hub, order),
        )

    return _begun(request, hub, body, idempotency_key, "stripe", CheckoutAnswer, answer_of)


@router.post("/create-payment-intent")
def create_payment_intent(
    request: Request, body: CheckoutRequest, hub: TheHub, idempotency_key: IdempotencyKey = None
) -> IntentAnswer:
    """Holds the items and begins a payment for a form of one's own (Stripe Elements)."""

    def answer_of(order: WebOrder) -> IntentAnswer:
        secret = None
        if order.session_id is not None:
            secret = shop_of(request).checkouts.provider(_INTENT).retrieve(order.session_id).client_secret
        return IntentAnswer(
            client_secret=secret,
            payment_intent_id=order.session_id,
            publishable_key=hub.settings.stripe_publishable_key,
            order_id=order.id,
            order_number=order.number,
            amount=order.total,
            currency=order.currency,
            expires_at=int(order.expires_at.timestamp()),
            access_token=key_of(hub, order),
        )

    return _begun(request, hub, body, idempotency_key, _INTENT, IntentAnswer, answer_of)


@router.post("/confirm-payment")
def confirm_payment(request: Request, body: AccessRequest, hub: TheHub) -> ConfirmAnswer:
    """Returns whether the payment went through, after 3-D Secure too: Stripe itself is asked."""
    must_open(hub, body.order_id, body.access_token)
    order = shop_of(request).ask(body.order_id)
    status = "succeeded" if order.is_paid else "failed" if order.status is OrderState.FAILED else "pending"
    where = order.status.value
    return ConfirmAnswer(status=status, order_id=order.id, order_number=order.number, order_status=where)


def _begun(
    request: Request,
    hub: Hub,
    body: CheckoutRequest,
    idempotency_key: str | None,
    provider: str,
    kind: type[A],
    answer_of: Callable[[WebOrder], A],
) -> A:
    """Begins a payment at a provider, or returns the answer that its key got before."""
    key = Key.of(idempotency_key, request.url.path, body.model_dump(mode="json"))
    if key is not None and (before := kept(hub, key)) is not None:
        return kind.model_validate(before)
    order_id = _order_to_pay(request, hub, body, key)
    answer = answer_of(shop_of(request).start(order_id, body.customer_info.customer(), provider))
    if key is not None:
        keep(hub, key, answer)
    return answer


def _order_to_pay(request: Request, hub: Hub, body: CheckoutRequest, key: Key | None) -> str:
    """Returns the id of the order that the caller holds already, or of a new one."""
    if body.order_id is None:
        return shop_of(request).reserve(new_order(request, hub, body, body.customer_info), key)
    must_open(hub, body.order_id, body.access_token)
    return body.order_id


def _total(priced: PricedOrder, texts: Texts) -> TotalAnswer:
    return TotalAnswer(
        currency=priced.total.currency.code,
        items=tuple(
            PricedItem(
                id=line.product.id,
                name=texts.name_of(line.product.id, line.product.name),
                quantity=line.quantity,
                unit_price=line.unit_price.minor,
                bundle=None if line.bundle is None else line.bundle.id,
                subtotal=line.subtotal.minor,
                discount=line.discount.minor,
                tax=line.tax.minor,
                total=line.total.minor,
            )
            for line in priced.lines
        ),
        subtotal=priced.subtotal.minor,
        discount=priced.discount.minor,
        tax=priced.tax_total.minor,
        total=priced.total.minor,
        total_text=str(priced.total),
    )

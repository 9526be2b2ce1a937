"""What a shop's own pages call: prices, holds, orders and payments. Prices are the hub's; those sent are ignored."""

from datetime import timedelta
from secrets import token_urlsafe
from typing import Annotated, Any, Final, Literal, Self

from fastapi import APIRouter, Header, Query, Request
from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator
from pydantic.alias_generators import to_camel
from pydantic.config import JsonDict
from pydantic_core import PydanticCustomError
from sqlalchemy import func, select

from boxoffice.core.catalogue import Catalogue
from boxoffice.core.ids import ProductId
from boxoffice.core.money import Currency, Money
from boxoffice.core.pricing import MAX_DONATION_MINOR, MAX_QUANTITY, Cart, CartLine, PricedOrder
from boxoffice.core.texts import Texts
from sync.api.access import TheHub, address_of, says_no
from sync.services import limits, line
from sync.services.hub import Hub
from sync.services.mails import queue_mail
from sync.services.shop.access import must_open, token_for
from sync.services.shop.events import catalogue_on_sale, on_sale, shortages
from sync.services.shop.orders import Customer, NewOrder, OrderOver, Shop, WebOrder
from sync.services.shop.replays import Key, claim, keep_answer, kept_answer
from sync.store import tables as t

router: Final = APIRouter(prefix="/api")
_LINES: Final = 50
_SENDING: Final = limits.Limit("send receipt", tries=5, within=timedelta(hours=1))
"""Mails of one order: whoever holds its token must not be able to fill other people's boxes."""

ShortText = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=80, pattern=r"^[^\x00]*$")]
Email = Annotated[
    str, StringConstraints(strip_whitespace=True, max_length=254, pattern=r"^[^@\s\x00]+@[^@\s\x00]+\.[^@\s\x00]+$")
]
Phone = Annotated[str, StringConstraints(strip_whitespace=True, max_length=32, pattern=r"^[0-9+()./ \-x]*$")]
IdempotencyKey = Annotated[str | None, Header(alias="Idempotency-Key", max_length=255)]


class _Message(BaseModel):
    model_config = ConfigDict(alias_generator=to_camel, populate_by_name=True, extra="ignore", frozen=True)


AnalyticsClient = Annotated[
    str | None,
    Field(
        pattern=r"^[0-9]{1,20}\.[0-9]{1,20}$",
        description="the GA4 client id of a buyer who allowed to be counted; leave it out for all others",
    ),
]


BuyersLanguage = Annotated[
    Literal["en", "es"], Field(description="of the names in the answer, of the payment page, the mail and its papers")
]


LineToken = Annotated[
    ShortText | None, Field(description="a place in the waiting line whose turn has come, while there is a line")
]


class Item(_Message):
    """`amount` (minor units) is for a donation only; a price is ignored."""

    id: ShortText
    quantity: Annotated[int, Field(ge=1, le=MAX_QUANTITY, strict=True)]
    amount: Annotated[int, Field(ge=1, le=MAX_DONATION_MINOR, strict=True)] | None = None
    option: ShortText | None = None


class CustomerInfo(_Message):
    email: Email
    name: ShortText | None = None
    phone: Phone | None = None

    def customer(self) -> Customer:
        return Customer(self.email, self.name, self.phone or None)


class CartRequest(_Message):
    items: Annotated[tuple[Item, ...], Field(min_length=1, max_length=_LINES)]
    promo_code: Annotated[str, StringConstraints(max_length=40)] | None = None
    event_id: ShortText | None = None
    analytics_client: AnalyticsClient = None
    language: BuyersLanguage = "en"
    line_token: LineToken = None

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"items": [{"id": "full-pass", "quantity": 2}], "promoCode": None}]}
    )

    def cart(self, currency: Currency) -> Cart:
        return Cart(
            tuple(
                CartLine(
                    ProductId(item.id),
                    item.quantity,
                    None if item.amount is None else Money(item.amount, currency),
                    item.option,
                )
                for item in self.items
            )
        )


class OrderRequest(CartRequest):
    customer_info: CustomerInfo

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "items": [{"id": "full-pass", "quantity": 2}],
                    "customerInfo": {"email": "camila@example.org", "name": "Camila Ortega", "phone": "303-555-0123"},
                }
            ]
        }
    )


class CheckoutRequest(_Message):
    """Either `items`, or the `orderId` and `accessToken` of an order that is held already."""

    items: Annotated[tuple[Item, ...], Field(max_length=_LINES)] = ()
    customer_info: CustomerInfo
    promo_code: Annotated[str, StringConstraints(max_length=40)] | None = None
    event_id: ShortText | None = None
    analytics_client: AnalyticsClient = None
    language: BuyersLanguage = "en"
    line_token: LineToken = None
    order_id: ShortText | None = None
    access_token: ShortText | None = None

    model_config = ConfigDict(json_schema_extra=OrderRequest.model_config["json_schema_extra"])

    @model_validator(mode="after")
    def _is_for_something(self) -> Self:
        if self.order_id is None and not self.items:
            raise PydanticCustomError("no_items", "needs items, or the orderId of an order that is held")
        if self.order_id is not None and self.access_token is None:
            raise PydanticCustomError("no_token", "needs the accessToken of the order")
        return self


class ReserveRequest(CartRequest):
    customer_info: CustomerInfo | None = None


_ACCESS: Final[JsonDict] = {
    "orderId": "01a20dd5-622e-7766-bec1-06f764d03dfa",
    "accessToken": "MDFhMjBkZDUtNjIyZS03NzY2.kJ0p3h5xUo2l7s9Q",
}
_ORDER: Final[JsonDict] = {**_ACCESS, "orderNumber": "7K2-F4Q", "expiresAt": 1778880000}


def _like(example: JsonDict) -> ConfigDict:
    return ConfigDict(json_schema_extra={"examples": [example]})


class AccessRequest(_Message):
    order_id: ShortText
    access_token: ShortText

    model_config = _like(_ACCESS)


class UpdateRequest(AccessRequest):
    """New contact details, or `action` cancel to give the order up before it is paid."""

    customer_info: CustomerInfo | None = None
    action: Literal["cancel"] | None = None

    model_config = _like(_ACCESS | {"action": "cancel"})


class ReceiptRequest(AccessRequest):
    email: Email | None = None

    model_config = _like(_ACCESS | {"email": "camila@example.org"})


class PricedItem(_Message):
    id: str
    name: str
    quantity: int
    unit_price: int
    subtotal: int
    discount: int
    tax: int
    total: int


class TotalAnswer(_Message):
    """Amounts are integers of minor units; `totalText` is for people."""

    currency: str
    items: tuple[PricedItem, ...]
    subtotal: int
    discount: int
    tax: int
    total: int
    total_text: str

    model_config = _like(
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


class CheckoutAnswer(_Message):
    """`url` is the payment page; both it and `sessionId` are null if there is nothing to pay."""

    session_id: str | None
    order_id: str
    order_number: str
    expires_at: int
    url: str | None
    access_token: str

    model_config = _like(
        _ORDER | {"sessionId": "cs_test_a1B2", "url": "https://checkout.stripe.com/c/pay/cs_test_a1B2"}
    )


class IntentAnswer(_Message):
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

    model_config = _like(
        _ORDER
        | {
            "clientSecret": "pi_3Q_secret_7r",
            "paymentIntentId": "pi_3Q",
            "publishableKey": "pk_test_51Q",
            "amount": 30000,
            "currency": "USD",
        }
    )


class ConfirmAnswer(_Message):
    """`status` is the payment's: succeeded, pending or failed. Only succeeded means that the tickets are issued."""

    status: Literal["succeeded", "pending", "failed"]
    order_id: str
    order_number: str
    order_status: str

    model_config = _like(
        {
            "status": "succeeded",
            "orderId": _ACCESS["orderId"],
            "orderNumber": "7K2-F4Q",
            "orderStatus": "completed",
        }
    )


class ReservationAnswer(_Message):
    reservation_id: str
    order_id: str
    order_number: str
    expires_at: int
    access_token: str

    model_config = _like(_ORDER | {"reservationId": _ACCESS["orderId"]})


class OrderItem(_Message):
    id: str
    name: str
    quantity: int
    unit_price: int
    subtotal: int


class OrderAnswer(_Message):
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

    model_config = _like(
        _ORDER
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


class ProductLeft(_Message):
    id: str
    name: str
    left: int | None
    is_available: bool


class Unavailable(_Message):
    id: str
    requested: int
    available: int


class AvailabilityAnswer(_Message):
    available: bool
    unavailable: tuple[Unavailable, ...]
    products: tuple[ProductLeft, ...]

    model_config = _like(
        {
            "available": False,
            "unavailable": [{"id": "full-pass", "requested": 2, "available": 1}],
            "products": [{"id": "full-pass", "name": "Full Festival Pass", "left": 1, "isAvailable": True}],
        }
    )


class AvailabilityRequest(CartRequest):
    pass


class LineRequest(_Message):
    """A place that the caller has already, to see how it stands; without one, or with one that is over, a new one."""

    line_token: LineToken = None

    model_config = _like({"lineToken": None})


class LineAnswer(_Message):
    """`isOpen` is false while there is no line and everyone may buy; `waitSeconds` is 0 when the turn has come."""

    is_open: bool
    line_token: str | None
    number: int | None
    ahead: int
    wait_seconds: int

    model_config = _like(
        {"isOpen": True, "lineToken": "118.1778880000.k3JpQ0", "number": 118, "ahead": 42, "waitSeconds": 51}
    )


class SentAnswer(_Message):
    mail_id: str
    email: str

    model_config = _like({"mailId": _ACCESS["orderId"], "email": "camila@example.org"})


def shop_of(request: Request) -> Shop:
    found = request.app.state.shop
    assert isinstance(found, Shop)  # noqa: S101  # `build` put it there
    return found


@router.post("/payment/calculate-total", tags=["payment"])
def calculate_total(request: Request, body: CartRequest, hub: TheHub) -> TotalAnswer:
    """Returns what a cart costs by the hub's prices."""
    catalogue = _catalogue(hub, body.event_id)
    catalogue, priced = shop_of(request).quote(body.cart(catalogue.currency), body.promo_code, body.event_id)
    return _total(priced, Texts(catalogue, body.language))


@router.post("/payment/create-checkout-session", tags=["payment"])
def create_checkout_session(
    request: Request, body: CheckoutRequest, hub: TheHub, idempotency_key: IdempotencyKey = None
) -> CheckoutAnswer:
    """Holds the items and opens a payment page for them. The same Idempotency-Key gets the same answer for a day."""
    shop = shop_of(request)
    key = Key.of(idempotency_key, request.url.path, body.model_dump(mode="json"))
    if key is not None and (kept := _kept(hub, key)) is not None:
        return CheckoutAnswer.model_validate(kept)
    order = shop.start(_order_to_pay(request, hub, body, key), body.customer_info.customer())
    answer = CheckoutAnswer(
        session_id=order.session_id,
        order_id=order.id,
        order_number=order.number,
        expires_at=int(order.expires_at.timestamp()),
        url=order.url,
        access_token=token_for(hub, order.id),
    )
    if key is not None:
        _keep(hub, key, answer)
    return answer


@router.post("/payment/create-payment-intent", tags=["payment"])
def create_payment_intent(
    request: Request, body: CheckoutRequest, hub: TheHub, idempotency_key: IdempotencyKey = None
) -> IntentAnswer:
    """Holds the items and begins a payment for a form of one's own (Stripe Elements)."""
    shop = shop_of(request)
    key = Key.of(idempotency_key, request.url.path, body.model_dump(mode="json"))
    if key is not None and (kept := _kept(hub, key)) is not None:
        return IntentAnswer.model_validate(kept)
    order = shop.start(_order_to_pay(request, hub, body, key), body.customer_info.customer(), "stripe_intent")
    secret = None
    if order.session_id is not None:
        secret = shop.checkouts.provider("stripe_intent").retrieve(order.session_id).client_secret
    answer = IntentAnswer(
        client_secret=secret,
        payment_intent_id=order.session_id,
        publishable_key=hub.settings.stripe_publishable_key,
        order_id=order.id,
        order_number=order.number,
        amount=order.total,
        currency=order.currency,
        expires_at=int(order.expires_at.timestamp()),
        access_token=token_for(hub, order.id),
    )
    if key is not None:
        _keep(hub, key, answer)
    return answer


@router.post("/payment/confirm-payment", tags=["payment"])
def confirm_payment(request: Request, body: AccessRequest, hub: TheHub) -> ConfirmAnswer:
    """Returns whether the payment went through, after 3-D Secure too: Stripe itself is asked."""
    must_open(hub, body.order_id, body.access_token)
    order = shop_of(request).ask(body.order_id)
    status = "succeeded" if order.is_paid else "failed" if order.status == "failed" else "pending"
    return ConfirmAnswer(status=status, order_id=order.id, order_number=order.number, order_status=order.status)


@router.get("/inventory/check-availability", tags=["inventory"])
def availability(
    hub: TheHub,
    event_id: Annotated[ShortText | None, Query(alias="eventId")] = None,
    language: Literal["en", "es"] = "en",
) -> AvailabilityAnswer:
    """Returns what is left of every product, by its name in a language."""
    return _availability(hub, event_id, (), language)


@router.post("/inventory/check-availability", tags=["inventory"])
def check_availability(body: AvailabilityRequest, hub: TheHub) -> AvailabilityAnswer:
    """Returns whether these items can be had now."""
    return _availability(hub, body.event_id, body.items, body.language)


@router.post("/inventory/waiting-line", tags=["inventory"])
def waiting_line(request: Request, body: LineRequest, hub: TheHub) -> LineAnswer:
    """Joins the waiting line, or tells how the caller's place in it stands."""
    with hub.database.transaction() as connection:
        turn = None
        if line.people_a_minute(connection) > 0:
            turn = line.look(hub, connection, body.line_token) or line.join(hub, connection, address_of(request))
    if turn is None:
        return LineAnswer(is_open=False, line_token=None, number=None, ahead=0, wait_seconds=0)
    return LineAnswer(
        is_open=True, line_token=turn.token, number=turn.number, ahead=turn.ahead, wait_seconds=turn.wait_s
    )


@router.post("/inventory/reserve-tickets", tags=["inventory"])
def reserve_tickets(
    request: Request, body: ReserveRequest, hub: TheHub, idempotency_key: IdempotencyKey = None
) -> ReservationAnswer:
    """Holds the items for as long as it takes to pay, all of them or none."""
    order = _reserve(request, hub, body, body.customer_info, idempotency_key)
    return ReservationAnswer(
        reservation_id=order.id,
        order_id=order.id,
        order_number=order.number,
        expires_at=int(order.expires_at.timestamp()),
        access_token=token_for(hub, order.id),
    )


@router.post("/orders/create", tags=["orders"], status_code=201)
def create_order(
    request: Request, body: OrderRequest, hub: TheHub, idempotency_key: IdempotencyKey = None
) -> OrderAnswer:
    """Places an order, with a hold, to be paid by `create-checkout-session` with its id."""
    order = _reserve(request, hub, body, body.customer_info, idempotency_key)
    return _order(hub, order)


@router.post("/orders/update", tags=["orders"])
def update_order(request: Request, body: UpdateRequest, hub: TheHub) -> OrderAnswer:
    """Changes who buys, or gives the order up."""
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


@router.get("/orders/retrieve", tags=["orders"])
def retrieve_order(
    request: Request,
    hub: TheHub,
    order_id: Annotated[ShortText, Query(alias="orderId")],
    access_token: Annotated[ShortText, Query(alias="accessToken")],
) -> OrderAnswer:
    """Returns an order to whoever holds its access token."""
    must_open(hub, order_id, access_token)
    return _order(hub, shop_of(request).ask(order_id))


@router.post("/orders/send-receipt", tags=["orders"], status_code=202)
def send_receipt(
    request: Request, body: ReceiptRequest, hub: TheHub, idempotency_key: IdempotencyKey = None
) -> SentAnswer:
    """Queues the receipt and the tickets to the order's own address, or to another one; a few times an hour."""
    must_open(hub, body.order_id, body.access_token)
    key = Key.of(idempotency_key, request.url.path, body.model_dump(mode="json"))
    order = shop_of(request).look(body.order_id)
    email = body.email or order.email
    if not order.is_paid or email is None:
        raise OrderOver("This order is not paid yet." if not order.is_paid else "This order has no e-mail address.")
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


def _order_to_pay(request: Request, hub: Hub, body: CheckoutRequest, key: Key | None) -> str:
    """Returns the id of the order that the caller holds already, or of a new one."""
    if body.order_id is None:
        return shop_of(request).reserve(_new_order(request, hub, body, body.customer_info), key)
    must_open(hub, body.order_id, body.access_token)
    return body.order_id


def _catalogue(hub: Hub, event_id: str | None) -> Catalogue:
    with hub.database.transaction() as connection:
        return catalogue_on_sale(hub, connection, event_id)


def _reserve(
    request: Request,
    hub: Hub,
    body: CartRequest,
    customer: CustomerInfo | None,
    idempotency_key: str | None,
) -> WebOrder:
    shop = shop_of(request)
    key = Key.of(idempotency_key, request.url.path, body.model_dump(mode="json"))
    return shop.look(shop.reserve(_new_order(request, hub, body, customer), key))


def _new_order(
    request: Request, hub: Hub, body: CartRequest | CheckoutRequest, customer: CustomerInfo | None
) -> NewOrder:
    catalogue = _catalogue(hub, body.event_id)
    items = CartRequest(items=body.items, promo_code=body.promo_code, event_id=body.event_id)
    return NewOrder(
        cart=items.cart(catalogue.currency),
        attempt=token_urlsafe(18),
        buyer=address_of(request),
        promo_code=body.promo_code,
        event_id=catalogue.id,
        customer=None if customer is None else customer.customer(),
        language=body.language,
        line=body.line_token,
        analytics_client=None if says_no(request) else body.analytics_client,
    )


def _kept(hub: Hub, key: Key) -> dict[str, Any] | None:
    with hub.database.transaction() as connection:
        return kept_answer(connection, key)


def _keep(hub: Hub, key: Key, answer: BaseModel) -> None:
    with hub.database.transaction() as connection:
        keep_answer(connection, key, answer.model_dump(mode="json"))


def _total(priced: PricedOrder, texts: Texts) -> TotalAnswer:
    return TotalAnswer(
        currency=priced.total.currency.code,
        items=tuple(
            PricedItem(
                id=line.product.id,
                name=texts.name_of(line.product.id, line.product.name),
                quantity=line.quantity,
                unit_price=line.unit_price.minor,
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


def _availability(hub: Hub, event_id: str | None, items: tuple[Item, ...], language: str) -> AvailabilityAnswer:
    with hub.database.transaction() as connection:
        sale = on_sale(connection, catalogue_on_sale(hub, connection, event_id))
    texts = Texts(sale.catalogue, language)
    known = sale.catalogue.products_by_id
    wanted = [(ProductId(item.id), item.quantity) for item in items]
    short = {product: 0 for product, _ in wanted if product not in known} | shortages(sale, wanted)
    requested = dict(wanted)
    return AvailabilityAnswer(
        available=not short,
        unavailable=tuple(
            Unavailable(id=product, requested=requested[product], available=left) for product, left in short.items()
        ),
        products=tuple(
            ProductLeft(
                id=p.id,
                name=texts.name_of(p.id, p.name),
                left=sale.left.get(p.id),
                is_available=sale.left.get(p.id, 1) > 0,
            )
            for p in sale.catalogue.products
        ),
    )


def _order(hub: Hub, order: WebOrder) -> OrderAnswer:
    i = t.order_items.c
    with hub.database.transaction() as connection:
        items = connection.execute(select(t.order_items).where(i.order_id == order.id).order_by(i.line)).all()
        valid = (t.tickets.c.order_id == order.id, t.tickets.c.status == "valid")
        tickets = connection.execute(select(func.count()).select_from(t.tickets).where(*valid)).scalar_one()
        texts = Texts(catalogue_on_sale(hub, connection, order.event_id), order.language)
    return OrderAnswer(
        order_id=order.id,
        order_number=order.number,
        status=order.status,
        total=order.total,
        currency=order.currency,
        total_text=str(Money(order.total, Currency(order.currency))),
        customer_info={"email": order.email, "name": order.name, "phone": order.phone},
        items=tuple(
            OrderItem(
                id=row.product_id,
                name=texts.name_of(row.product_id, row.item_name),
                quantity=row.quantity,
                unit_price=row.unit_price,
                subtotal=row.subtotal,
            )
            for row in items
        ),
        tickets=tickets,
        expires_at=int(order.expires_at.timestamp()),
        access_token=token_for(hub, order.id),
    )

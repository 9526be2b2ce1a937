"""What payment, orders and inventory share: an order is begun once, and a repeated request gets its answer again."""

from typing import Any

from fastapi import Request
from pydantic import BaseModel

from boxoffice.core.catalogue import Catalogue
from sync.http.access import address_of, says_no
from sync.http.api.messages import CartRequest, CheckoutRequest, CustomerInfo
from sync.http.services import services_of
from sync.inventory.on_sale import catalogue_on_sale
from sync.ledger.hub import Hub
from sync.orders.access import token_for
from sync.shop.holding import NewOrder
from sync.shop.orders import Shop
from sync.shop.replays import Key, keep_answer, kept_answer
from sync.store.web_orders import WebOrder


def shop_of(request: Request) -> Shop:
    return services_of(request).shop


def catalogue_of(hub: Hub, event_id: str | None) -> Catalogue:
    with hub.database.reading() as connection:
        return catalogue_on_sale(hub, connection, event_id)


def reserve(
    request: Request,
    hub: Hub,
    body: CartRequest,
    customer: CustomerInfo | None,
    idempotency_key: str | None,
) -> WebOrder:
    shop = shop_of(request)
    key = Key.of(idempotency_key, request.url.path, body.model_dump(mode="json"))
    return shop.look(shop.reserve(new_order(request, hub, body, customer), key))


def new_order(
    request: Request, hub: Hub, body: CartRequest | CheckoutRequest, customer: CustomerInfo | None
) -> NewOrder:
    catalogue = catalogue_of(hub, body.event_id)
    items = CartRequest(items=body.items, promo_code=body.promo_code, event_id=body.event_id)
    return NewOrder(
        cart=items.cart(catalogue.currency),
        buyer=address_of(request),
        promo_code=body.promo_code,
        event_id=catalogue.id,
        customer=None if customer is None else customer.customer(),
        language=body.language,
        line=body.line_token,
        analytics_client=None if says_no(request) else body.analytics_client,
    )


def key_of(hub: Hub, order: WebOrder) -> str:
    """Returns the access token of an order, for whoever has just begun it or has shown it."""
    with hub.database.reading() as connection:
        return token_for(hub, connection, order.id)


def kept(hub: Hub, key: Key) -> dict[str, Any] | None:
    with hub.database.reading() as connection:
        return kept_answer(connection, key)


def keep(hub: Hub, key: Key, answer: BaseModel) -> None:
    with hub.database.transaction() as connection:
        keep_answer(connection, key, answer.model_dump(mode="json"))

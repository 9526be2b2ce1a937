"""What was bought: the page that payment services lead back to, and how an order's things and sums are shown."""

from typing import Annotated, Final
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Query, Request
from starlette.responses import RedirectResponse, Response

from boxoffice.core.money import Currency, Money
from boxoffice.core.orders import OrderState
from boxoffice.core.texts import Texts
from sync.http.access import TheHub
from sync.http.api.buying import shop_of
from sync.http.web import baskets
from sync.http.web.gift_fields import gift_cards_of
from sync.http.web.languages import language_of
from sync.http.web.shop_pages import event_heading, newest, render, shop_of_event
from sync.http.web.shop_views import Summary, order_rows
from sync.inventory.on_sale import catalogue_on_sale
from sync.ledger.hub import Hub
from sync.orders.access import NoSuchOrder
from sync.provider_states import PAYMENTS, PROVIDER_NAMES, PaymentState, provider_of
from sync.store.web_orders import WebOrder

router: Final = APIRouter(include_in_schema=False)


@router.get("/payment/success")
def success(
    request: Request,
    hub: TheHub,
    session_id: Annotated[str | None, Query(max_length=300)] = None,
    token: Annotated[str | None, Query(max_length=300)] = None,
) -> Response:
    """Where Stripe (`session_id`) and PayPal (`token`) send who paid. Being here proves nothing: the books do."""
    session_id = session_id or token
    if session_id is not None:
        answer = RedirectResponse("/payment/success", 303)
        order_id = shop_of(request).of_session(session_id)
        if order_id is not None:
            signed = f"{order_id}.{hub.sealer.sign('done', order_id)}"
            secure = baskets.is_https(hub)
            answer.set_cookie(baskets.DONE, signed, max_age=3600, httponly=True, samesite="lax", secure=secure)
        return answer
    order = _done(request, hub)
    if order is None:
        raise NoSuchOrder
    order = shop_of(request).ask(order.id)
    is_mine = order.id in baskets.orders_of(request, hub)
    page = render(
        request,
        hub,
        _page_of(order),
        heading=event_heading(request, hub, order.event_id),
        shop=shop_of_event(hub, order.event_id),
        order=order,
        provider=PROVIDER_NAMES[provider_of(order.provider or "stripe")],
        total=total_of(order) if order.is_paid else due_of(order),
        rows=rows_of(request, hub, order),
        cards=_cards(request, hub, order),
        is_mine=is_mine,
        email=order.email if is_mine else _masked(order.email or ""),
    )
    if order.is_paid or order.is_held:
        baskets.drop_basket(page, order.event_id)
    return page


def _page_of(order: WebOrder) -> str:
    """Returns the page that tells how an order's payment stands."""
    if order.is_paid:
        return PAYMENTS[PaymentState.PAID].page
    if order.status is OrderState.FAILED:
        return PAYMENTS[PaymentState.REFUSED if order.was_refused else PaymentState.ENDED].page
    return PAYMENTS[PaymentState.HELD if order.is_held else PaymentState.APPROVED].page


def _done(request: Request, hub: Hub) -> WebOrder | None:
    """Returns the order that this browser has just paid, or the newest that it may see."""
    order_id, _, signature = request.cookies.get(baskets.DONE, "").partition(".")
    if order_id and hub.sealer.is_signed("done", order_id, signature):
        mine = baskets.orders_of(request, hub)[:1]
        if not mine or mine[0] == order_id or mine[0] < order_id:
            return shop_of(request).look(order_id)
    return newest(request, hub)


def rows_of(request: Request, hub: Hub, order: WebOrder) -> Summary:
    """Returns what an order is of, in the language of whoever looks."""
    with hub.database.reading() as connection:
        texts = Texts(catalogue_on_sale(hub, connection, order.event_id), language_of(request).code)
        return order_rows(connection, order, texts)


def _cards(request: Request, hub: Hub, order: WebOrder) -> list[dict[str, object]]:
    with hub.database.reading() as connection:
        zone = ZoneInfo(catalogue_on_sale(hub, connection, order.event_id).timezone)
        return gift_cards_of(connection, order.id, zone, language_of(request))


def total_of(order: WebOrder) -> str:
    """Returns what all of an order costs, in words."""
    return str(Money(order.total, Currency(order.currency)))


def due_of(order: WebOrder) -> str:
    """Returns what is still to be paid of an order, in words."""
    return str(Money(order.due, Currency(order.currency)))


def _masked(email: str) -> str:
    name, at, host = email.partition("@")
    return f"{name[:1]}•••{at}{host}"

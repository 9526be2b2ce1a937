"""What the shop's pages share: the page itself in the visitor's language, and the order that a browser has begun."""

from typing import Any, Final
from urllib.parse import quote

from fastapi import Request
from starlette.responses import HTMLResponse

from boxoffice.core.errors import TryAgainLater
from boxoffice.core.languages import LANGUAGES
from sync.http.api.buying import shop_of
from sync.http.web import baskets
from sync.http.web.consent import consent_of
from sync.http.web.languages import COOKIE as LANGUAGE_COOKIE
from sync.http.web.languages import KEPT_S, language_of, templates_in
from sync.http.web.shop_views import Heading, heading_of
from sync.inventory.on_sale import NothingOnSale, OnSale, catalogue_on_sale, events_on_sale, on_sale
from sync.ledger.hub import Hub
from sync.orders.access import NoSuchOrder
from sync.store.web_orders import WebOrder

LINE: Final = "boxoffice_line"


def render(request: Request, hub: Hub, name: str, status: int = 200, **values: Any) -> HTMLResponse:
    """Returns a page in the visitor's language; every value is escaped.

    `asked` is what the page's address has to say beside its path, for the links to it in other languages.
    """
    speaks = language_of(request)
    token = baskets.form_token(request)
    shared = {
        "language": speaks.code,
        "languages": LANGUAGES,
        "path": request.url.path,
        "asked": {},
        "csrf": token,
        "in_cart": 0,
        "heading": _heading(request, hub) if "heading" not in values else None,
        "says": None,
        "is_office": False,
        "is_alone": False,
        "bounds": None,
        "card_bounds": None,
        "counting": consent_of(request, hub),
        "shop": "/tickets",
        "preview": None,
        **values,
    }
    answer = HTMLResponse(templates_in(speaks.code).get_template(f"shop/{name}.html").render(**shared), status)
    baskets.keep_form_token(answer, token, is_https=baskets.is_https(hub))
    if request.query_params.get("lang") in LANGUAGES:
        secure = baskets.is_https(hub)
        answer.set_cookie(LANGUAGE_COOKIE, speaks.code, max_age=KEPT_S, samesite="lax", httponly=True, secure=secure)
    return answer


def event_heading(request: Request, hub: Hub, event_id: str) -> Heading:
    """Returns the head of a page that is about one event, whatever the shop sells."""
    with hub.database.reading() as connection:
        return heading_of(catalogue_on_sale(hub, connection, event_id), language_of(request))


def sale_of(hub: Hub, event_id: str | None = None) -> OnSale | None:
    """Returns what is on sale of an event, or of the one that the shop sells where none is named."""
    with hub.database.reading() as connection:
        try:
            catalogue = catalogue_on_sale(hub, connection, event_id)
        except NothingOnSale:
            return None
        return None if catalogue.is_archived else on_sale(connection, catalogue)


def shop_path(event_id: str) -> str:
    """Returns where an event's shop is; none is named where the hub's only shop is meant."""
    return f"/tickets/{quote(event_id, safe='')}" if event_id else "/tickets"


def shop_of_event(hub: Hub, event_id: str) -> str:
    """Returns where an event's shop is: the plain address, if that leads to it."""
    with hub.database.reading() as connection:
        events = events_on_sale(hub, connection)
        try:
            is_plain = len(events) <= 1 and catalogue_on_sale(hub, connection).id == event_id
        except NothingOnSale:
            is_plain = False
    return "/tickets" if is_plain else shop_path(event_id)


def newest(request: Request, hub: Hub) -> WebOrder | None:
    for order_id in baskets.orders_of(request, hub)[:1]:
        try:
            return shop_of(request).look(order_id)
        except NoSuchOrder:
            return None
    return None


def newest_is_open(request: Request, hub: Hub) -> bool:
    order = newest(request, hub)
    return order is not None and order.is_open and order.seconds_left > 0


def give_up(request: Request, hub: Hub) -> str:
    """Gives back what this browser holds; returns what to say."""
    order = newest(request, hub)
    if order is None or not order.is_open:
        return "canceled"
    try:
        ended = shop_of(request).cancel(order.id)
    except TryAgainLater:
        return "still-held"
    return "paid" if ended.is_paid else "pending" if ended.is_held else "canceled"


def _heading(request: Request, hub: Hub) -> Any:
    sale = sale_of(hub)
    return None if sale is None else heading_of(sale.catalogue, language_of(request))

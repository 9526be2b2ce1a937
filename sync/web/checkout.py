"""From the cart to the tickets: places held, who buys, the provider's page, and the way back from it."""

import re
from collections.abc import Mapping
from typing import Annotated, Final

from fastapi import APIRouter, Form, Query, Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from boxoffice.core.errors import BadInput, TryAgainLater
from boxoffice.core.money import Currency, Money
from boxoffice.core.texts import Texts
from boxoffice.documents.languages import Language
from sync.api.access import TheHub, address_of
from sync.api.buying import shop_of
from sync.services.hub import Hub
from sync.services.limits import TooManyTries
from sync.services.line import InLine, must_be_ones_turn
from sync.services.shop.access import NoSuchOrder
from sync.services.shop.events import catalogue_on_sale
from sync.services.shop.orders import NewOrder, SoldOut, TooMuch
from sync.services.shop.web_orders import Customer, OrderOver, WebOrder
from sync.services.switches import Stopped
from sync.web import baskets
from sync.web.baskets import Basket
from sync.web.consent import client_of
from sync.web.forms import must_be_ours
from sync.web.languages import language_of
from sync.web.payment_pages import payment_pages
from sync.web.security import with_forms_to
from sync.web.shop_pages import LINE, give_up, newest, newest_is_open, render, sale_of
from sync.web.shop_views import Summary, order_rows

router: Final = APIRouter(include_in_schema=False)
Text = Annotated[str, Form(max_length=300)]
_EMAIL: Final = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s.]+")


_PHONE: Final = re.compile(r"[0-9+()./ x-]{0,32}")


_MOST_NAME: Final = 80


_NOT_HELD: Final[Mapping[type[Exception], str]] = {
    SoldOut: "/tickets?says=sold-out",
    Stopped: "/tickets",
    InLine: "/tickets",
    TooManyTries: "/tickets?says=too-many",
    TooMuch: "/tickets?says=most",
    BadInput: "/tickets?says=promo",
}
"""Where a visitor goes on whose cart could not be held."""


@router.post("/checkout")
def begin_checkout(request: Request, hub: TheHub, csrf: Text, attempt: Text) -> Response:
    """Holds what is in the cart. The same attempt, however often it is sent, is one order."""
    must_be_ours(request, csrf)
    shop, sale = shop_of(request), sale_of(hub)
    basket = Basket() if sale is None else baskets.read_basket(request, hub, sale.catalogue)
    if sale is None or not basket.lines:
        return RedirectResponse("/tickets", 303)
    if not _may_begin(request, hub):  # before anything that is held is given back
        return RedirectResponse("/checkout" if newest_is_open(request, hub) else "/tickets", 303)
    _leave_others(request, hub, attempt)
    new = NewOrder(
        cart=basket.cart,
        attempt=f"page-{attempt}",
        buyer=address_of(request),
        promo_code=basket.promo,
        is_promo_tried=True,
        event_id=sale.catalogue.id,
        language=language_of(request).code,
        analytics_client=client_of(request),
        line=request.cookies.get(LINE),
    )
    try:
        order_id = shop.reserve(new)
    except tuple(_NOT_HELD) as error:
        return RedirectResponse(next(page for kind, page in _NOT_HELD.items() if isinstance(error, kind)), 303)
    answer = RedirectResponse("/checkout", 303)
    baskets.keep_order(request, answer, hub, order_id)
    return answer


@router.get("/checkout")
@router.get("/checkout/pay")
def checkout(request: Request, hub: TheHub, says: str | None = None) -> Response:
    """Returns the newest order of this browser, to be paid; its second address is what a form with errors leaves."""
    order = newest(request, hub)
    if order is None:
        return RedirectResponse("/tickets", 303)
    if order.status == "failed":
        return RedirectResponse(f"/tickets?says={'canceled' if order.seconds_left else 'lapsed'}", 303)
    if order.is_paid:
        return RedirectResponse("/payment/success", 303)
    if order.seconds_left == 0:
        return RedirectResponse(f"/tickets?says={give_up(request, hub, 'lapsed')}", 303)
    return _checkout_page(request, hub, order, {}, says=says)


@router.post("/checkout/pay")
def pay(
    request: Request,
    hub: TheHub,
    csrf: Text,
    order: Text,
    email: Text = "",
    name: Text = "",
    phone: Text = "",
    way: Text = "card",
) -> Response:
    """Takes who buys, and goes on to the page where it is paid."""
    must_be_ours(request, csrf)
    if order not in baskets.orders_of(request, hub):
        return RedirectResponse("/tickets", 303)
    shop = shop_of(request)
    found = shop.look(order)
    given = {"email": email.strip(), "name": name.strip(), "phone": phone.strip()}
    wrong = _wrong(language_of(request), given)
    if wrong and found.is_open:
        return _checkout_page(request, hub, found, given, wrong, status=422)
    try:
        customer = Customer(given["email"], given["name"], given["phone"] or None)
        started = shop.start(order, customer, "paypal" if way == "paypal" else "stripe")
    except OrderOver:
        return RedirectResponse("/payment/success" if shop.look(order).is_paid else "/checkout?says=changed", 303)
    except (TryAgainLater, Stopped):
        return _checkout_page(request, hub, found, given, status=503, says="stripe-down")
    if started.url is None:
        return RedirectResponse("/payment/success", 303)
    return RedirectResponse(started.url, 303, {"Cache-Control": "no-store"})


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
    if order.status == "failed":
        return render(request, hub, "not-paid", order=order)
    page = render(
        request,
        hub,
        "success" if order.is_paid else "waiting",
        order=order,
        total=_total(order),
        rows=_rows(request, hub, order),
        is_mine=is_mine,
        email=order.email if is_mine else _masked(order.email or ""),
    )
    if order.is_paid:
        baskets.drop_basket(page)
    return page


def _may_begin(request: Request, hub: Hub) -> bool:
    with hub.database.reading() as connection:
        try:
            must_be_ones_turn(hub, connection, request.cookies.get(LINE))
        except InLine:
            return False
    return True


def _checkout_page(
    request: Request,
    hub: Hub,
    order: WebOrder,
    given: dict[str, str],
    wrong: dict[str, str] | None = None,
    *,
    status: int = 200,
    says: str | None = None,
) -> HTMLResponse:
    known = {"email": order.email or "", "name": order.name or "", "phone": order.phone or ""}
    rows = _rows(request, hub, order)
    page = render(
        request,
        hub,
        "checkout",
        status,
        path="/checkout",
        order=order,
        given=given or known,
        wrong=wrong or {},
        rows=rows,
        total=_total(order),
        in_cart=rows.count,
        says=says,
        has_paypal=request.app.state.paypal is not None,
    )
    return with_forms_to(page, payment_pages(hub.settings))


def _wrong(speaks: Language, given: dict[str, str]) -> dict[str, str]:
    """Returns what to say beside each field that can't be used."""
    wrong = {}
    email = given["email"]
    if not email:
        wrong["email"] = speaks.say("Your tickets go to this address. Please fill it in.")
    elif "@" not in email:
        wrong["email"] = speaks.say("This e-mail is missing an @.")
    elif not _EMAIL.fullmatch(email) or len(email) > 254:  # RFC 5321
        wrong["email"] = speaks.say("This e-mail is missing a dot. Check the part after @.")
    if not given["name"] or len(given["name"]) > _MOST_NAME or "\0" in given["name"]:
        wrong["name"] = speaks.say("Please give the name that the tickets are for.")
    if not _PHONE.fullmatch(given["phone"]):
        wrong["phone"] = speaks.say("This does not look like a telephone number. It may be left empty.")
    return wrong


def _leave_others(request: Request, hub: Hub, attempt: str) -> None:
    """Gives back what this browser held for an earlier cart."""
    order = newest(request, hub)
    if order is not None and order.is_open and not shop_of(request).is_attempt(order.id, f"page-{attempt}"):
        give_up(request, hub)


def _done(request: Request, hub: Hub) -> WebOrder | None:
    """Returns the order that this browser has just paid, or the newest that it may see."""
    order_id, _, signature = request.cookies.get(baskets.DONE, "").partition(".")
    if order_id and hub.sealer.is_signed("done", order_id, signature):
        mine = baskets.orders_of(request, hub)[:1]
        if not mine or mine[0] == order_id or mine[0] < order_id:
            return shop_of(request).look(order_id)
    return newest(request, hub)


def _rows(request: Request, hub: Hub, order: WebOrder) -> Summary:
    with hub.database.reading() as connection:
        texts = Texts(catalogue_on_sale(hub, connection, order.event_id), language_of(request).code)
        return order_rows(connection, order, texts)


def _total(order: WebOrder) -> str:
    return str(Money(order.total, Currency(order.currency)))


def _masked(email: str) -> str:
    name, at, host = email.partition("@")
    return f"{name[:1]}•••{at}{host}"

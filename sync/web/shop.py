"""The shop for people: tickets, checkout, and what follows. Every page works without scripts."""

import re
from collections.abc import Mapping
from secrets import token_urlsafe
from typing import Annotated, Any, Final
from urllib.parse import quote

from fastapi import APIRouter, Form, Query, Request
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.responses import HTMLResponse, RedirectResponse, Response

from boxoffice.core.errors import BadInput, TryAgainLater
from boxoffice.core.ids import ProductId
from boxoffice.core.languages import LANGUAGES
from boxoffice.core.money import Currency, Money, parse_money
from boxoffice.core.pricing import CartLine, PricedOrder, price
from boxoffice.core.texts import Texts
from boxoffice.documents.languages import Language
from boxoffice.resources import resource_path
from sync.api.access import TheHub, address_of
from sync.api.buying import shop_of
from sync.services.hub import Hub
from sync.services.limits import TooManyTries
from sync.services.line import InLine, Turn, join, look, must_be_ones_turn, people_a_minute
from sync.services.shop.access import NoSuchOrder
from sync.services.shop.events import NothingOnSale, OnSale, catalogue_on_sale, on_sale
from sync.services.shop.orders import Customer, NewOrder, OrderOver, SoldOut, TooMuch, WebOrder
from sync.services.shop.promos import find_promo
from sync.services.switches import Stopped, must_be_open
from sync.web import baskets
from sync.web.baskets import Basket
from sync.web.consent import client_of, consent_of
from sync.web.forms import must_be_ours
from sync.web.languages import COOKIE as LANGUAGE_COOKIE
from sync.web.languages import language_of
from sync.web.payment_pages import payment_pages
from sync.web.security import with_forms_to
from sync.web.shop_views import Summary, groups_of, heading_of, order_rows, summary_of, too_many

router: Final = APIRouter(include_in_schema=False)


_EMAIL: Final = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s.]+")
_PHONE: Final = re.compile(r"[0-9+()./ x-]{0,32}")
_MOST_NAME: Final = 80
LINE: Final = "boxoffice_line"
_NOT_HELD: Final[Mapping[type[Exception], str]] = {
    SoldOut: "/tickets?says=sold-out",
    Stopped: "/tickets",
    InLine: "/tickets",
    TooManyTries: "/tickets?says=too-many",
    TooMuch: "/tickets?says=most",
    BadInput: "/tickets?says=promo",
}
"""Where a visitor goes on whose cart could not be held."""
_loader: Final = FileSystemLoader(resource_path("templates"))

Text = Annotated[str, Form(max_length=300)]


def render(request: Request, hub: Hub, name: str, status: int = 200, **values: Any) -> HTMLResponse:
    """Returns a page in the visitor's language; every value is escaped."""
    speaks = language_of(request)
    token = baskets.form_token(request)
    shared = {
        "language": speaks.code,
        "languages": LANGUAGES,
        "path": request.url.path,
        "csrf": token,
        "in_cart": 0,
        "heading": _heading(request, hub) if "heading" not in values else None,
        "says": None,
        "counting": consent_of(request, hub),
        **values,
    }
    answer = HTMLResponse(_environment(speaks).get_template(f"shop/{name}.html").render(**shared), status)
    baskets.keep_form_token(answer, token, is_https=baskets.is_https(hub))
    if request.query_params.get("lang") in LANGUAGES:
        secure = baskets.is_https(hub)
        answer.set_cookie(
            LANGUAGE_COOKIE, speaks.code, max_age=31_536_000, samesite="lax", httponly=True, secure=secure
        )
    return answer


@router.get("/tickets")
def tickets(request: Request, hub: TheHub, canceled: str | None = None, says: str | None = None) -> Response:
    """Returns what is on sale; `canceled` is how Stripe sends back who gave up: the cart stays, the places don't."""
    if canceled is not None:
        return RedirectResponse(f"/tickets?says={_give_up(request, hub)}", 303)
    sale = _sale(hub)
    if sale is None:
        return render(request, hub, "nothing")
    turn, in_line = _turn(request, hub)
    if in_line and turn is None:
        return _sorry(request, hub)
    if turn is not None and turn.wait_s > 0:
        return _line_page(request, hub, turn)
    page = _tickets_page(request, hub, sale, baskets.read_basket(request, sale.catalogue), says)
    _keep_turn(page, hub, turn)
    return page


@router.post("/tickets")
def change_cart(
    request: Request,
    hub: TheHub,
    csrf: Text,
    add: Text = "",
    remove: Text = "",
    option: Text = "",
    amount: Text = "",
    promo: Text | None = None,
) -> Response:
    """Changes the cart by one press and shows it again."""
    must_be_ours(request, csrf)
    sale = _sale(hub)
    if sale is None:
        return RedirectResponse("/tickets", 303)
    before = baskets.read_basket(request, sale.catalogue)
    says, basket = _changed(sale, before, add, remove, option, amount, promo, hub.settings.places_per_order)
    answer = RedirectResponse(f"/tickets?says={says}" if says else "/tickets", 303)
    baskets.keep_basket(answer, basket, is_https=baskets.is_https(hub))
    return answer


@router.post("/checkout")
def begin_checkout(request: Request, hub: TheHub, csrf: Text, attempt: Text) -> Response:
    """Holds what is in the cart. The same attempt, however often it is sent, is one order."""
    must_be_ours(request, csrf)
    shop, sale = shop_of(request), _sale(hub)
    basket = Basket() if sale is None else baskets.read_basket(request, sale.catalogue)
    if sale is None or not basket.lines:
        return RedirectResponse("/tickets", 303)
    if not _may_begin(request, hub):  # before anything that is held is given back
        return RedirectResponse("/checkout" if _newest_is_open(request, hub) else "/tickets", 303)
    _leave_others(request, hub, attempt)
    new = NewOrder(
        cart=basket.cart,
        attempt=f"page-{attempt}",
        buyer=address_of(request),
        promo_code=basket.promo,
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
    order = _newest(request, hub)
    if order is None:
        return RedirectResponse("/tickets", 303)
    if order.status == "failed":
        return RedirectResponse(f"/tickets?says={'canceled' if order.seconds_left else 'lapsed'}", 303)
    if order.is_paid:
        return RedirectResponse("/payment/success", 303)
    if order.seconds_left == 0:
        return RedirectResponse(f"/tickets?says={_give_up(request, hub, 'lapsed')}", 303)
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
        return render(request, hub, "lost", 404)
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


def _changed(
    sale: OnSale, before: Basket, add: str, remove: str, option: str, amount: str, promo: str | None, most: int
) -> tuple[str, Basket]:
    """Returns what to say about the press, if anything, and the basket after it."""
    if remove:
        return "", before.less(remove, option or None)
    if promo is not None:
        return _with_promo(sale, before, promo)
    return _with_more(sale, before, add, option, amount, most) if add else ("", before)


def _with_promo(sale: OnSale, before: Basket, code: str) -> tuple[str, Basket]:
    try:
        found = find_promo(sale.catalogue, code)
    except BadInput:
        return "promo", before
    return "", Basket(before.lines, found.code if found else None)


def _with_more(sale: OnSale, before: Basket, product: str, option: str, amount: str, most: int) -> tuple[str, Basket]:
    try:
        given = parse_money(amount, sale.catalogue.currency) if amount.strip() else None
    except BadInput:
        return "amount", before
    line = CartLine(ProductId(product), 1, given, option or None)
    if not baskets.is_sellable(sale.catalogue, line):
        return "amount", before
    basket = before.more(line)
    if basket.places(sale.catalogue) > most:
        return "most", before
    if basket.of(product) > sale.left.get(line.product_id, basket.of(product)):
        return "no-more", before
    return "", basket


def _tickets_page(request: Request, hub: Hub, sale: OnSale, basket: Basket, says: str | None) -> HTMLResponse:
    speaks = language_of(request)
    texts = Texts(sale.catalogue, speaks.code)
    return render(
        request,
        hub,
        "tickets",
        heading=heading_of(sale, speaks),
        groups=groups_of(sale, basket, texts),
        summary=_summary(sale, basket, texts),
        in_cart=basket.count,
        attempt=token_urlsafe(18),
        says=says,
        short=[texts.name_of(product.id, product.name) for product in too_many(sale, basket)],
        minutes=f"{hub.settings.checkout_minutes:g}",
        symbol=sale.catalogue.currency.symbol,
        stopped=_stopped(hub, address_of(request)),
    )


def _turn(request: Request, hub: Hub) -> tuple[Turn | None, bool]:
    """Returns the visitor's place in the waiting line, a new one if there is none yet, and whether there is a line."""
    if _newest_is_open(request, hub):  # who holds places already is past the line
        return None, False
    with hub.database.transaction() as connection:
        if people_a_minute(connection) == 0:
            return None, False
        try:
            turn = look(hub, connection, request.cookies.get(LINE)) or join(hub, connection, address_of(request))
        except TooManyTries:
            return None, True
    return turn, turn is not None


def _may_begin(request: Request, hub: Hub) -> bool:
    with hub.database.transaction() as connection:
        try:
            must_be_ones_turn(hub, connection, request.cookies.get(LINE))
        except InLine:
            return False
    return True


def _newest_is_open(request: Request, hub: Hub) -> bool:
    order = _newest(request, hub)
    return order is not None and order.is_open and order.seconds_left > 0


def _line_page(request: Request, hub: Hub, turn: Turn) -> HTMLResponse:
    page = render(request, hub, "line", turn=turn, minutes=max(1, round(turn.wait_s / 60)), pause=_pause_s(turn))
    _keep_turn(page, hub, turn)
    return page


def _pause_s(turn: Turn) -> int:
    """Returns when the page looks again: soon if the turn is near, and not all of a crowd every few seconds."""
    return min(60, max(3, turn.wait_s // 4))


def _sorry(request: Request, hub: Hub) -> HTMLResponse:
    return render(request, hub, "line", 429, turn=None, minutes=10, pause=60)


def _keep_turn(page: Response, hub: Hub, turn: Turn | None) -> None:
    if turn is not None:
        secure = baskets.is_https(hub)
        page.set_cookie(LINE, turn.token, max_age=6 * 3600, httponly=True, samesite="lax", secure=secure)


def _stopped(hub: Hub, buyer: str) -> str | None:
    """Returns what to tell this buyer, if the shop is closed for now."""
    try:
        with hub.database.transaction() as connection:
            must_be_open(connection, "web", buyer)
    except Stopped as error:
        return error.message
    return None


def _summary(sale: OnSale, basket: Basket, texts: Texts) -> Summary:
    priced: PricedOrder | None = None
    if basket.lines:
        priced = price(sale.catalogue, basket.cart, find_promo(sale.catalogue, basket.promo))
    return summary_of(priced, basket, str(Money(0, sale.catalogue.currency)), texts)


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
    order = _newest(request, hub)
    if order is not None and order.is_open and not shop_of(request).is_attempt(order.id, f"page-{attempt}"):
        _give_up(request, hub)


def _give_up(request: Request, hub: Hub, word: str = "canceled") -> str:
    """Gives back what this browser holds; returns what to say."""
    order = _newest(request, hub)
    if order is None or not order.is_open:
        return word
    try:
        ended = shop_of(request).cancel(order.id)
    except TryAgainLater:
        return "still-held"
    return "paid" if ended.is_paid else word


def _newest(request: Request, hub: Hub) -> WebOrder | None:
    for order_id in baskets.orders_of(request, hub)[:1]:
        try:
            return shop_of(request).look(order_id)
        except NoSuchOrder:
            return None
    return None


def _done(request: Request, hub: Hub) -> WebOrder | None:
    """Returns the order that this browser has just paid, or the newest that it may see."""
    order_id, _, signature = request.cookies.get(baskets.DONE, "").partition(".")
    if order_id and hub.sealer.is_signed("done", order_id, signature):
        newest = baskets.orders_of(request, hub)[:1]
        if not newest or newest[0] == order_id or newest[0] < order_id:
            return shop_of(request).look(order_id)
    return _newest(request, hub)


def _sale(hub: Hub) -> OnSale | None:
    with hub.database.transaction() as connection:
        try:
            return on_sale(connection, catalogue_on_sale(hub, connection))
        except NothingOnSale:
            return None


def _heading(request: Request, hub: Hub) -> Any:
    sale = _sale(hub)
    return None if sale is None else heading_of(sale, language_of(request))


def _rows(request: Request, hub: Hub, order: WebOrder) -> Summary:
    with hub.database.transaction() as connection:
        texts = Texts(catalogue_on_sale(hub, connection, order.event_id), language_of(request).code)
        return order_rows(connection, order, texts)


def _total(order: WebOrder) -> str:
    return str(Money(order.total, Currency(order.currency)))


def _masked(email: str) -> str:
    name, at, host = email.partition("@")
    return f"{name[:1]}•••{at}{host}"


def _environment(speaks: Language) -> Environment:
    if speaks.code not in _environments:
        environment = Environment(
            loader=_loader, autoescape=True, undefined=StrictUndefined, extensions=["jinja2.ext.i18n"]
        )
        environment.install_gettext_translations(speaks.texts, newstyle=True)  # type: ignore[attr-defined]
        environment.filters["link"] = quote
        _environments[speaks.code] = environment
    return _environments[speaks.code]


_environments: Final[dict[str, Environment]] = {}

"""The shop's first page: what is on sale, the cart, and the waiting line before them."""

from secrets import token_urlsafe
from typing import Annotated, Final

from fastapi import APIRouter, Form, Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from boxoffice.core.errors import BadInput
from boxoffice.core.ids import ProductId
from boxoffice.core.money import Money, parse_money
from boxoffice.core.pricing import CartLine, PricedOrder, price
from boxoffice.core.texts import Texts
from sync.api.access import TheHub, address_of
from sync.services.hub import Hub
from sync.services.limits import TooManyTries
from sync.services.line import Turn, join, look, people_a_minute
from sync.services.shop.events import OnSale, ask_for_more
from sync.services.shop.promos import find_promo, try_promo
from sync.services.switches import Stopped, must_be_open
from sync.web import baskets
from sync.web.baskets import Basket
from sync.web.forms import must_be_ours
from sync.web.languages import language_of
from sync.web.shop_pages import LINE, give_up, newest_is_open, render, sale_of
from sync.web.shop_views import Summary, groups_of, heading_of, off_sale_in, summary_of, too_many

router: Final = APIRouter(include_in_schema=False)
Text = Annotated[str, Form(max_length=300)]


@router.get("/tickets")
def tickets(request: Request, hub: TheHub, canceled: str | None = None, says: str | None = None) -> Response:
    """Returns what is on sale; `canceled` is how Stripe sends back who gave up: the cart stays, the places don't."""
    if canceled is not None:
        return RedirectResponse(f"/tickets?says={give_up(request, hub)}", 303)
    sale = sale_of(hub)
    if sale is None:
        return render(request, hub, "nothing")
    turn, in_line = _turn(request, hub)
    if in_line and turn is None:
        return _sorry(request, hub)
    if turn is not None and turn.wait_s > 0:
        return _line_page(request, hub, turn)
    page = _tickets_page(request, hub, sale, baskets.read_basket(request, hub, sale.catalogue), says)
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
    promo: Annotated[str | None, Form(max_length=300)] = None,
) -> Response:
    """Changes the cart by one press and shows it again."""
    must_be_ours(request, csrf)
    sale = sale_of(hub)
    if sale is None:
        return RedirectResponse("/tickets", 303)
    before = baskets.read_basket(request, hub, sale.catalogue)
    if promo is not None:
        says, basket = _with_promo(hub, sale, before, promo, address_of(request))
    else:
        says, basket = _changed(sale, before, add, remove, option, amount, hub.settings.places_per_order)
    answer = RedirectResponse(f"/tickets?says={says}" if says else "/tickets", 303)
    baskets.keep_basket(answer, hub, basket)
    return answer


def _changed(
    sale: OnSale, before: Basket, add: str, remove: str, option: str, amount: str, most: int
) -> tuple[str, Basket]:
    """Returns what to say about the press, if anything, and the basket after it."""
    if remove:
        return "", before.less(remove, option or None)
    return _with_more(sale, before, add, option, amount, most) if add else ("", before)


def _with_promo(hub: Hub, sale: OnSale, before: Basket, code: str, address: str) -> tuple[str, Basket]:
    try:
        found = try_promo(hub.database, sale.catalogue, code, address)
    except TooManyTries:
        return "guesses", before
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
    if line.product_id in sale.closed:
        return "off-sale", before
    if basket.of(product) > sale.left.get(line.product_id, basket.of(product)):
        return "held" if line.product_id in sale.waits else "no-more", before
    return "", basket


def _tickets_page(request: Request, hub: Hub, sale: OnSale, basket: Basket, says: str | None) -> HTMLResponse:
    speaks = language_of(request)
    texts = Texts(sale.catalogue, speaks.code)
    ask_for_more(hub, sale, [product for product, left in sale.left.items() if left <= 0])
    return render(
        request,
        hub,
        "tickets",
        heading=heading_of(sale, speaks),
        groups=groups_of(sale, basket, texts, speaks),
        summary=_summary(sale, basket, texts),
        in_cart=basket.count,
        attempt=token_urlsafe(18),
        says=says,
        short=[texts.name_of(product.id, product.name) for product in too_many(sale, basket)],
        off_sale=[texts.name_of(product.id, product.name) for product in off_sale_in(sale, basket)],
        minutes=f"{hub.settings.checkout_minutes:g}",
        symbol=sale.catalogue.currency.symbol,
        stopped=_stopped(hub, address_of(request)),
    )


def _turn(request: Request, hub: Hub) -> tuple[Turn | None, bool]:
    """Returns the visitor's place in the waiting line, a new one if there is none yet, and whether there is a line."""
    if newest_is_open(request, hub):  # who holds places already is past the line
        return None, False
    with hub.database.transaction() as connection:
        if people_a_minute(connection) == 0:
            return None, False
        try:
            turn = look(hub, connection, request.cookies.get(LINE)) or join(hub, connection, address_of(request))
        except TooManyTries:
            return None, True
    return turn, turn is not None


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
        with hub.database.reading() as connection:
            must_be_open(connection, "web", buyer)
    except Stopped as error:
        return error.message
    return None


def _summary(sale: OnSale, basket: Basket, texts: Texts) -> Summary:
    priced: PricedOrder | None = None
    if basket.lines:
        priced = price(sale.catalogue, basket.cart, find_promo(sale.catalogue, basket.promo))
    return summary_of(priced, basket, str(Money(0, sale.catalogue.currency)), texts)

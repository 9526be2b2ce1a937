"""The shop's first page: what is on sale, the cart, and the waiting line before them."""

from secrets import token_urlsafe
from typing import Annotated, Final
from urllib.parse import urlencode

from fastapi import APIRouter, Form, Request
from pydantic import BaseModel, Field
from starlette.responses import HTMLResponse, RedirectResponse, Response

from boxoffice.core.amounts import Twofold, read_amount
from boxoffice.core.catalogue import ProductKind, Promo
from boxoffice.core.errors import BadInput
from boxoffice.core.gift_cards import MOST_OF_ORDER
from boxoffice.core.ids import PriceKindId, ProductId
from boxoffice.core.money import Money
from boxoffice.core.orders import Channel
from boxoffice.core.pricing import Cart, CartLine, PricedOrder, price
from boxoffice.core.reading import read_code
from boxoffice.core.texts import Texts
from boxoffice.documents.languages import Language
from sync.http.access import TheHub, address_of
from sync.http.web import baskets
from sync.http.web.baskets import Basket
from sync.http.web.forms import must_be_ours
from sync.http.web.languages import language_of
from sync.http.web.shop_pages import LINE, newest_is_open, render, sale_of, shop_path
from sync.http.web.shop_views import (
    Summary,
    bounds_of,
    card_bounds_of,
    groups_of,
    heading_of,
    off_sale_in,
    summary_of,
    too_many,
)
from sync.inventory.on_sale import OnSale, ask_for_more, events_on_sale
from sync.ledger.hub import Hub
from sync.orders.promos import Guesser, find_promo, try_promo
from sync.payments.switches import Stopped, must_be_open
from sync.shop.quotes import quote_of
from sync.shop.waiting_room import Turn, join, look, people_a_minute
from sync.store.cancelling import ended as cancelled
from sync.store.limits import TooManyTries

router: Final = APIRouter(include_in_schema=False)
_Short = Annotated[str, Field(max_length=300)]
_AT_PROMO: Final = ("promo", "promo-in", "promo-idle", "promo-out", "guesses", "unlocked")
"""What is said beside the field of the promo code."""


@router.get("/tickets")
def tickets(
    request: Request, hub: TheHub, canceled: str | None = None, says: str | None = None, at: str | None = None
) -> Response:
    """Returns what is on sale; `canceled` is how Stripe sends back who did not pay, and may still do so."""
    if canceled is not None and newest_is_open(request, hub):
        return RedirectResponse("/checkout?says=unpaid", 303)
    return _shop(request, hub, "", says, at)


@router.get("/tickets/{event_id}")
def tickets_of_event(
    request: Request, hub: TheHub, event_id: str, says: str | None = None, at: str | None = None
) -> Response:
    """Returns what is on sale of one event, at its own address."""
    return _shop(request, hub, event_id, says, at)


def _shop(request: Request, hub: Hub, event_id: str, says: str | None, at: str | None) -> Response:
    sale = sale_of(hub, event_id or None)
    if sale is None:
        return render(request, hub, "nothing")
    turn, in_line = _turn(request, hub)
    if in_line and turn is None:
        return _sorry(request, hub)
    if turn is not None and turn.wait_s > 0:
        return _line_page(request, hub, turn)
    basket = baskets.read_basket(request, hub, sale.catalogue)
    page = _tickets_page(request, hub, sale, basket, says, at, event_id)
    _keep_turn(page, hub, turn)
    return page


class Press(BaseModel):
    """One press on a button of the shop; `at` is where the visitor goes on."""

    csrf: _Short
    add: _Short = ""
    remove: _Short = ""
    option: _Short = ""
    price_kind: _Short = ""
    amount: _Short = ""
    preset: _Short = ""
    gift: _Short = ""
    minor: int | None = None
    promo: _Short | None = None
    at: _Short = ""

    @property
    def wanted(self) -> str:
        """The product to add: the one whose button was pressed, or the donation of which an amount was chosen."""
        return self.add or (self.gift if self.preset else "")


@router.post("/tickets")
def change_cart(request: Request, hub: TheHub, press: Annotated[Press, Form()]) -> Response:
    """Changes the cart by one press and shows it again, with the focus where the visitor goes on."""
    return _press(request, hub, press, "")


@router.post("/tickets/{event_id}")
def change_cart_of_event(request: Request, hub: TheHub, event_id: str, press: Annotated[Press, Form()]) -> Response:
    """Changes the cart of one event by one press, and shows it again."""
    return _press(request, hub, press, event_id)


def _press(request: Request, hub: Hub, press: Press, event_id: str) -> Response:
    must_be_ours(request, press.csrf)
    sale, shop = sale_of(hub, event_id or None), shop_path(event_id)
    if sale is None:
        return RedirectResponse(shop, 303)
    before = baskets.read_basket(request, hub, sale.catalogue)
    at = press.at
    if press.promo is not None:
        says, basket = _with_promo(hub, sale, before, press.promo, Guesser(address_of(request), press.csrf))
    else:
        says, basket = _changed(sale, before, press, hub.settings.places_per_order, language_of(request).code)
        at = at or (f"less-{press.remove}" if press.remove else f"add-{press.wanted}" if press.wanted else "")
        at = at if (press.remove or press.wanted) in sale.catalogue.products_by_id else ""  # there must be such a place
    shown = {name: value for name, value in (("says", says), ("at", at)) if value}
    answer = RedirectResponse(f"{shop}?{urlencode(shown)}" if shown else shop, 303)
    baskets.keep_basket(answer, hub, sale.catalogue.id, basket)
    return answer


def _changed(sale: OnSale, before: Basket, press: Press, most: int, language: str) -> tuple[str, Basket]:
    """Returns what to say about the press, if anything, and the basket after it."""
    if press.remove:
        return "", _with_less(sale, before, press)
    return _with_more(sale, before, press, most, language) if press.wanted else ("", before)


def _with_less(sale: OnSale, before: Basket, press: Press) -> Basket:
    """Returns the basket with one less of a product; with none, where one order can't have so few."""
    after = before.less(press.remove, press.option or None, press.price_kind or None, press.minor)
    product = sale.catalogue.products_by_id.get(ProductId(press.remove))
    if product is None or not product.shelf.lacks(after.of(press.remove)):
        return after
    return Basket(tuple(line for line in after.lines if line.product_id != press.remove), after.promo)


def _with_promo(hub: Hub, sale: OnSale, before: Basket, code: str, who: Guesser) -> tuple[str, Basket]:
    try:
        found = try_promo(hub.database, sale.catalogue, code, who)
    except TooManyTries:
        return "guesses", before
    except BadInput:
        return "promo", before
    if found is None and sale.catalogue.unlocks(code):
        return "unlocked", Basket(before.lines, read_code(code))
    if found is None:
        return "promo-out" if before.promo else "", Basket(before.lines)
    is_cheaper = bool(before.lines) and _priced(sale, before.cart, found).discount.minor > 0
    return "promo-in" if is_cheaper else "promo-idle", Basket(before.lines, found.code)


def _with_more(sale: OnSale, before: Basket, press: Press, most: int, language: str) -> tuple[str, Basket]:
    product, option, amount = press.wanted, press.option, press.preset or press.amount
    if product not in sale.catalogue.products_by_id:  # an old page, or one that was put together by hand
        return "off-sale", before
    try:
        given = read_amount(amount, sale.catalogue.currency, language) if amount.strip() else None
    except Twofold:
        return "twofold", before
    except BadInput:
        return "amount", before
    chosen = _chosen(sale, ProductId(product), option)
    if chosen is None:
        return "option", before
    kind = PriceKindId(press.price_kind) if press.price_kind else None
    wanted = sale.catalogue.products_by_id[ProductId(product)]
    count = 1 if before.of(product) else wanted.shelf.least
    line = CartLine(ProductId(product), count, given, chosen or None, kind)
    is_card = wanted.kind is ProductKind.GIFT_CARD
    if not baskets.is_sellable(sale.catalogue, line, before.promo):
        return "card-amount" if is_card else "amount", before
    basket = before.more(line, is_card=is_card)
    says = _bar(sale, basket, line, most)
    return says, before if says else basket


def _chosen(sale: OnSale, product_id: ProductId, option: str) -> str | None:
    """Returns the option to sell, empty for what comes in one kind; None if it was not chosen, or is not one of them.

    Of several, none is ever taken for the buyer.
    """
    product = sale.catalogue.products_by_id.get(product_id)
    if product is None or product.kind is ProductKind.DONATION or not product.options:
        return option
    if not option and len(product.options) == 1:
        return product.options[0]
    return option if option in product.options else None


def _bar(sale: OnSale, basket: Basket, line: CartLine, most: int) -> str:
    """Returns what to say of a cart that has too much of a product, or of one option; nothing if it may be had."""
    product = line.product_id
    if basket.cards(sale.catalogue) > MOST_OF_ORDER or basket.places(sale.catalogue) > most:
        return "most"
    if sale.catalogue.products_by_id[product].shelf.over(basket.of(product)):
        return "over-most"
    if product in sale.closed:
        return "off-sale"
    if basket.of(product) > sale.left.get(product, basket.of(product)):
        return "waits" if product in sale.waits else "no-more"
    of_option = sale.catalogue.products_by_id[product].left(sale.free, line.option)
    if of_option is not None and basket.of_option(product, line.option) > of_option:
        return "option-gone"
    return ""


def _tickets_page(  # what the page is of, and what it says
    request: Request, hub: Hub, sale: OnSale, basket: Basket, says: str | None, at: str | None, event_id: str
) -> HTMLResponse:
    speaks = language_of(request)
    texts = Texts(sale.catalogue, speaks.code)
    ask_for_more(hub, sale, [product for product, left in sale.left.items() if left <= 0])
    summary = _summary(sale, basket, texts)
    return render(
        request,
        hub,
        "tickets",
        heading=heading_of(sale.catalogue, speaks),
        groups=groups_of(sale, basket, texts, speaks),
        summary=summary,
        quote=quote_of(hub, sale.catalogue, sale.at, summary.total_minor),
        in_cart=basket.count,
        attempt=token_urlsafe(18),
        says=says,
        at=at,
        at_promo=_AT_PROMO,
        bounds=bounds_of(sale.catalogue.currency),
        card_bounds=card_bounds_of(sale.catalogue.currency),
        short=[texts.name_of(product.id, product.name) for product in too_many(sale, basket)],
        off_sale=[texts.name_of(product.id, product.name) for product in off_sale_in(sale, basket)],
        minutes=f"{hub.settings.checkout_minutes:g}",
        symbol=sale.catalogue.currency.symbol,
        stopped=_stopped(hub, event_id, address_of(request), speaks),
        shop=shop_path(event_id),
        event_id=event_id,
        has_others=_has_others(hub),
    )


def _has_others(hub: Hub) -> bool:
    """Returns whether more than one event is on sale."""
    with hub.database.reading() as connection:
        return len(events_on_sale(hub, connection)) > 1


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


def _stopped(hub: Hub, event_id: str, buyer: str, speaks: Language) -> str | None:
    """Returns what to tell this buyer, if the shop is closed for now, or the event is cancelled."""
    try:
        with hub.database.reading() as connection:
            if any(each.products is None for each in cancelled(connection, event_id)):
                return speaks.say("This event is cancelled. Whoever has tickets is told by mail what they get back.")
            must_be_open(connection, "web", buyer)
    except Stopped as error:
        return speaks.say(error.message)
    return None


def _priced(sale: OnSale, cart: Cart, promo: Promo | None) -> PricedOrder:
    return price(sale.catalogue, cart, promo, at=sale.at, channel=Channel.WEB)


def _summary(sale: OnSale, basket: Basket, texts: Texts) -> Summary:
    priced: PricedOrder | None = None
    if basket.lines:
        priced = _priced(sale, basket.cart, find_promo(sale.catalogue, basket.promo))
    return summary_of(priced, basket, str(Money(0, sale.catalogue.currency)), texts)

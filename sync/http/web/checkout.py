"""From the cart to the tickets: places held, who buys, the provider's page, and the way back from it."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Final
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Form, Request
from pydantic import BaseModel, Field
from starlette.responses import HTMLResponse, RedirectResponse, Response

from boxoffice.core.charging import Bar, CantBeCharged, Provider
from boxoffice.core.email_addresses import BadAddress, read_email
from boxoffice.core.errors import BadInput, TryAgainLater
from boxoffice.core.gift_cards import MOST_OF_ORDER, masked
from boxoffice.core.money import Currency, Money
from boxoffice.core.orders import OrderState
from boxoffice.core.reading import MOST_NAME, read_line, read_name, read_phone
from boxoffice.core.sale_times import NotOnSale
from boxoffice.documents.languages import Language
from sync.http.access import TheHub, address_of
from sync.http.api.buying import shop_of
from sync.http.middleware.security import with_forms_to
from sync.http.web import baskets
from sync.http.web.baskets import Basket
from sync.http.web.consent import client_of
from sync.http.web.forms import must_be_ours
from sync.http.web.gift_fields import MOST_WORDS, GiftFields, fields_of, read_gifts
from sync.http.web.gift_fields import Typed as GiftsTyped
from sync.http.web.languages import language_of
from sync.http.web.paying_by_card import DONE, says_of_card
from sync.http.web.payment_pages import payment_pages
from sync.http.web.payment_success import due_of, rows_of, total_of
from sync.http.web.shop_pages import (
    LINE,
    event_heading,
    give_up,
    newest,
    newest_is_open,
    render,
    sale_of,
    shop_of_event,
    shop_path,
)
from sync.http.web.shop_views import bounds_of
from sync.inventory.on_sale import catalogue_on_sale
from sync.ledger.hub import Hub
from sync.payments.card_parts import card_parts
from sync.payments.checkouts import PaymentRefused
from sync.payments.switches import Stopped
from sync.shop.buyers_limits import NotSoMany, TooMuch
from sync.shop.free_places import TooManyFree
from sync.shop.holding import NewOrder, PriceChanged
from sync.shop.sold_out import SoldOut
from sync.shop.waiting_room import InLine, must_be_ones_turn
from sync.shop.web_orders import Customer, OrderOver
from sync.store.chain import utc_now
from sync.store.database import Transaction
from sync.store.gifts import Gift, gifts_of
from sync.store.ledger import load_books
from sync.store.limits import TooManyTries
from sync.store.web_orders import WebOrder

router: Final = APIRouter(include_in_schema=False)
Text = Annotated[str, Form(max_length=300)]
_Typed = Annotated[str, Field(max_length=20_000)]
"""What a person types: how much of it may be, the field itself says."""
_OfGifts = Annotated[list[_Typed], Field(max_length=MOST_OF_ORDER)]
_BARS: Final = {Bar.TOO_LITTLE: "least", Bar.TOO_MUCH: "most-money", Bar.STEP: "step", Bar.CURRENCY: "currency"}
"""What to say of an amount that can't be paid."""
_NOT_HELD: Final[Mapping[type[Exception], str]] = {
    NotOnSale: "?says=off-sale",
    Stopped: "",
    InLine: "",
    TooManyTries: "?says=too-many",
    TooMuch: "?says=most",
    NotSoMany: "?says=amounts",
    TooManyFree: "?says=free-most",
    PriceChanged: "?says=price-changed",
    BadInput: "?says=promo",
}
"""What the shop says to a visitor whose cart could not be held."""


class Buyer(BaseModel):
    """Who buys, how it is to be paid, and the same of each gift card of the order."""

    csrf: Annotated[str, Field(max_length=300)]
    order: Annotated[str, Field(max_length=300)]
    email: _Typed = ""
    name: _Typed = ""
    phone: _Typed = ""
    way: Annotated[str, Field(max_length=300)] = "card"
    gift_email: _OfGifts = []
    gift_name: _OfGifts = []
    gift_words: _OfGifts = []
    gift_day: _OfGifts = []
    code: Annotated[str, Field(max_length=300)] = ""
    """Of a gift card, to pay what it can."""
    off: Annotated[str, Field(max_length=300)] = ""
    """Which payment by a gift card is taken off again."""

    @property
    def gifts(self) -> GiftsTyped:
        return GiftsTyped(self.gift_email, self.gift_name, self.gift_words, self.gift_day)


@router.post("/checkout")
def begin_checkout(
    request: Request,
    hub: TheHub,
    csrf: Text,
    attempt: Text,
    shown: Annotated[int | None, Form()] = None,
    event: Text = "",
    quote: Annotated[str, Form(max_length=100)] = "",
) -> Response:
    """Holds what is in the cart. The same attempt, however often it is sent, is one order."""
    must_be_ours(request, csrf)
    shop, sale, back = shop_of(request), sale_of(hub, event or None), shop_path(event)
    basket = Basket() if sale is None else baskets.read_basket(request, hub, sale.catalogue)
    if sale is None or not basket.lines:
        return RedirectResponse(back, 303)
    if not _may_begin(request, hub):  # before anything that is held is given back
        return RedirectResponse("/checkout" if newest_is_open(request, hub) else back, 303)
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
        shown_minor=shown,
        quote=quote,
    )
    try:
        order_id = shop.reserve(new)
    except CantBeCharged as bar:
        return RedirectResponse(f"{back}?says={_barred(bar)}", 303)
    except SoldOut as error:
        return RedirectResponse(f"{back}?says={'waits' if error.is_for_now else 'sold-out'}", 303)
    except tuple(_NOT_HELD) as error:
        says = next(page for kind, page in _NOT_HELD.items() if isinstance(error, kind))
        return RedirectResponse(f"{back}{says}", 303)
    answer = RedirectResponse("/checkout", 303)
    baskets.keep_order(request, answer, hub, order_id)
    return answer


@router.get("/checkout")
@router.get("/checkout/pay")
@router.get("/checkout/gift-card")
def checkout(request: Request, hub: TheHub, says: str | None = None) -> Response:
    """Returns the newest order of this browser, to be paid; its other addresses are those that forms leave."""
    order = newest(request, hub)
    if order is None:
        return RedirectResponse("/tickets", 303)
    shop = shop_of_event(hub, order.event_id)
    if (over := _over(order, shop)) is not None:
        return RedirectResponse(over, 303)
    if order.seconds_left == 0:
        return RedirectResponse(f"{shop}?says=lapsed", 303)  # looking changes nothing: a job gives the places back
    return _checkout_page(request, hub, order, {}, says=says)


@router.post("/checkout/give-up")
def give_back(request: Request, hub: TheHub, csrf: Text) -> Response:
    """Gives back what this browser holds, so that the cart can be changed."""
    must_be_ours(request, csrf)
    order = newest(request, hub)
    shop = "/tickets" if order is None else shop_of_event(hub, order.event_id)
    return RedirectResponse(f"{shop}?says={give_up(request, hub)}", 303)


@router.post("/checkout/pay")
def pay(request: Request, hub: TheHub, typed: Annotated[Buyer, Form()]) -> Response:
    """Takes who buys, and goes on to the page where it is paid.

    A gift card's code that was typed and not used yet pays first: nobody pays in full beside it by oversight.
    """
    must_be_ours(request, typed.csrf)
    order = typed.order
    if typed.code.strip():
        return use_gift_card(request, hub, typed)
    if order not in baskets.orders_of(request, hub):
        return RedirectResponse("/tickets", 303)
    found = shop_of(request).look(order)
    given, wrong = _read_customer(language_of(request), typed.email, typed.name, typed.phone)
    given["way"] = "paypal" if typed.way == "paypal" else "card"
    shown, said = _read_gifts(request, hub, found, typed.gifts, given["name"])
    is_wrong = bool(wrong) or any(each.wrong for each in shown)
    if is_wrong and found.is_open:
        return _checkout_page(request, hub, found, given, wrong, status=422, gifts=shown)
    return _to_payment(request, hub, found, given, shown, said)


@router.post("/checkout/gift-card")
def use_gift_card(request: Request, hub: TheHub, typed: Annotated[Buyer, Form()]) -> Response:
    """Lets a gift card pay what it can of an order, or takes it off again; what else was typed stays on the page."""
    must_be_ours(request, typed.csrf)
    if typed.order not in baskets.orders_of(request, hub):
        return RedirectResponse("/tickets", 303)
    says = says_of_card(request, hub, typed.order, typed.code, typed.off)
    order = shop_of(request).look(typed.order)
    if not order.is_open or order.seconds_left == 0:
        return RedirectResponse(f"/checkout?says={says}", 303, {"Cache-Control": "no-store"})
    given = {"email": read_line(typed.email), "name": read_line(typed.name), "phone": read_line(typed.phone)}
    status = 200 if says in DONE else 422
    return _checkout_page(request, hub, order, given | {"way": typed.way}, status=status, says=says)


def _to_payment(
    request: Request,
    hub: Hub,
    order: WebOrder,
    given: dict[str, str],
    shown: Sequence[GiftFields],
    gifts: Sequence[Gift],
) -> Response:
    """Leads to the page where the order is paid, or says why it can't be."""
    shop = shop_of(request)
    customer = Customer(given["email"], given["name"], given["phone"] or None)
    try:
        started = shop.start(order.id, customer, "paypal" if given["way"] == "paypal" else "stripe", gifts)
    except (OrderOver, PaymentRefused) as error:
        over = "/payment/success" if shop.look(order.id).is_paid else "/checkout?says=changed"
        refused = f"{shop_of_event(hub, order.event_id)}?says=refused"
        return RedirectResponse(refused if isinstance(error, PaymentRefused) else over, 303)
    except (NotOnSale, TooManyFree) as error:
        return _may_not_have(request, hub, order, given, shown, error)
    except (CantBeCharged, TryAgainLater, Stopped) as error:
        status, says = (422, _barred(error)) if isinstance(error, CantBeCharged) else (503, "stripe-down")
        return _checkout_page(request, hub, order, given, status=status, says=says, gifts=shown)
    return RedirectResponse(started.url or "/payment/success", 303, {"Cache-Control": "no-store"})


def _read_gifts(
    request: Request, hub: Hub, order: WebOrder, typed: GiftsTyped, sender: str
) -> tuple[list[GiftFields], list[Gift]]:
    with hub.database.reading() as connection:
        fields, zone = _gift_fields(hub, connection, order)
    return read_gifts(fields, typed, order.id, sender, zone, language_of(request))


def _gift_fields(hub: Hub, connection: Transaction, order: WebOrder) -> tuple[list[GiftFields], ZoneInfo]:
    zone = ZoneInfo(catalogue_on_sale(hub, connection, order.event_id).timezone)
    placed = load_books(connection, [order.id]).placed[order.id]
    return fields_of(placed, gifts_of(connection, order.id), zone, utc_now()), zone


def _barred(error: CantBeCharged) -> str:
    """Returns what to say: the bounds that the page can name are those of cards, whatever PayPal's are."""
    return _BARS[error.bar if error.provider is Provider.STRIPE else Bar.CURRENCY]


def _may_not_have(
    request: Request,
    hub: Hub,
    order: WebOrder,
    given: dict[str, str],
    shown: Sequence[GiftFields],
    error: NotOnSale | TooManyFree,
) -> Response:
    """Says why what is held can't be bought: its sale has ended meanwhile, or this buyer has as much as is free."""
    if isinstance(error, TooManyFree):
        return _checkout_page(request, hub, order, given, status=422, says="free-most", gifts=shown)
    shop_of(request).cancel(order.id)
    return RedirectResponse(f"{shop_of_event(hub, order.event_id)}?says=off-sale", 303)


def _over(order: WebOrder, shop: str) -> str | None:
    """Returns where an order leads that can't be paid now: what is paid or held, or has come to nothing."""
    if order.is_held or order.is_paid:
        return "/payment/success"
    if order.status is OrderState.FAILED:
        word = "not-paid" if order.was_refused else "canceled" if order.seconds_left else "lapsed"
        return f"{shop}?says={word}"
    return None


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
    gifts: Sequence[GiftFields] | None = None,
) -> HTMLResponse:
    with hub.database.reading() as connection:
        fields, _ = _gift_fields(hub, connection, order)
        by_cards = card_parts(connection, order.id)
    known = {"email": order.email or "", "name": order.name or "", "phone": order.phone or "", "way": "card"}
    rows = rows_of(request, hub, order)
    page = render(
        request,
        hub,
        "checkout",
        status,
        path="/checkout",
        heading=event_heading(request, hub, order.event_id),
        shop=shop_of_event(hub, order.event_id),
        order=order,
        given=given or known,
        wrong=wrong or {},
        rows=rows,
        total=total_of(order),
        due=due_of(order),
        by_cards=[(each.tender_id, masked(each.last4), str(each.amount)) for each in by_cards],
        gifts=fields if gifts is None else gifts,
        most_words=MOST_WORDS,
        has_places=rows.count > len(fields),
        in_cart=rows.count,
        says=says,
        may_convert=hub.settings.stripe_adaptive_pricing,
        bounds=bounds_of(Currency(order.currency)),
        has_paypal=shop_of(request).checkouts.taking.takes("paypal", Money(order.due, Currency(order.currency))),
    )
    return with_forms_to(page, payment_pages(hub.settings))


def _read_customer(speaks: Language, email: str, name: str, phone: str) -> tuple[dict[str, str], dict[str, str]]:
    """Returns who buys, as it was read, and what to say beside each field that can't be used."""
    given, wrong = {"email": read_line(email), "name": read_line(name), "phone": read_line(phone)}, {}
    try:
        given["email"] = read_email(email)
    except BadAddress as error:
        wrong["email"] = speaks.say(error.wrong.value)
    try:
        given["name"] = read_name(name)
    except BadInput:
        is_long = len(given["name"]) > MOST_NAME
        wrong["name"] = (
            speaks.say("A name has up to {most} letters.").format(most=MOST_NAME)
            if is_long
            else speaks.say("Please give the name that the tickets are for.")
        )
    try:
        given["phone"] = read_phone(phone)
    except BadInput:
        wrong["phone"] = speaks.say("This does not look like a telephone number. It may be left empty.")
    return given, wrong


def _leave_others(request: Request, hub: Hub, attempt: str) -> None:
    """Gives back what this browser held for an earlier cart."""
    order = newest(request, hub)
    if order is not None and order.is_open and not shop_of(request).is_attempt(order.id, f"page-{attempt}"):
        give_up(request, hub)

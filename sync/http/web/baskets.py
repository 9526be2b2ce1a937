"""What a visitor's browser keeps for the shop: the cart, and the orders that it may see. None of it is trusted."""

from dataclasses import dataclass, replace
from secrets import token_urlsafe
from typing import Final
from urllib.parse import quote, unquote

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from starlette.requests import Request
from starlette.responses import Response

from boxoffice.core.catalogue import Catalogue, ProductKind
from boxoffice.core.errors import BadInput
from boxoffice.core.ids import PriceKindId, ProductId
from boxoffice.core.money import Money
from boxoffice.core.orders import Channel
from boxoffice.core.pricing import MAX_QUANTITY, Cart, CartLine, check_cart
from boxoffice.core.reading import read_code
from sync import bounded_json
from sync.ledger.hub import Hub
from sync.orders.access import opened_by, token_for

CART: Final = "boxoffice_cart"
ORDERS: Final = "boxoffice_orders"
DONE: Final = "boxoffice_done"
FORM: Final = "boxoffice_shop"
_LONGEST: Final = 3_500
_KEPT_ORDERS: Final = 8
_WEEK_S: Final = 7 * 24 * 3600
_YEAR_S: Final = 365 * 24 * 3600


class _Line(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    p: str = Field(max_length=40)
    q: int = Field(ge=1, le=MAX_QUANTITY)
    a: int | None = None
    o: str | None = Field(default=None, max_length=80)
    k: str | None = Field(default=None, max_length=40)


class _Kept(BaseModel):
    lines: tuple[_Line, ...] = Field(default=(), max_length=30)
    promo: str | None = Field(default=None, max_length=100)


@dataclass(frozen=True, slots=True)
class Basket:
    """What the visitor has chosen; only lines that the catalogue can sell are in it."""

    lines: tuple[CartLine, ...] = ()
    promo: str | None = None

    @property
    def cart(self) -> Cart:
        return Cart(self.lines)

    @property
    def count(self) -> int:
        return sum(line.quantity for line in self.lines)

    def of(self, product: str) -> int:
        return sum(line.quantity for line in self.lines if line.product_id == product)

    def places(self, catalogue: Catalogue) -> int:
        """Returns how many tickets and goods are in it."""
        return sum(line.quantity for line in self.lines if catalogue.products_by_id[line.product_id].pools)

    def more(self, line: CartLine, *, is_card: bool = False) -> "Basket":
        """Returns the basket with the line added to its like; a donation takes the place of the one before.

        Gift cards (`is_card`) are alike that hold the same.
        """
        like = [each for each in self.lines if _is_like(each, line) and (not is_card or each.amount == line.amount)]
        others = tuple(each for each in self.lines if each not in like)
        before = sum(each.quantity for each in like)
        is_new = line.amount is not None and not is_card
        quantity = line.quantity if is_new else min(MAX_QUANTITY, before + line.quantity)
        position = next((i for i, each in enumerate(self.lines) if each in like), len(others))
        merged = replace(line, quantity=quantity)
        return replace(self, lines=(*others[:position], merged, *others[position:]))

    def cards(self, catalogue: Catalogue) -> int:
        """Returns how many gift cards are in it."""
        kinds = ((line, catalogue.products_by_id[line.product_id].kind) for line in self.lines)
        return sum(line.quantity for line, kind in kinds if kind is ProductKind.GIFT_CARD)

    def of_option(self, product: str, option: str | None) -> int:
        return sum(line.quantity for line in self.lines if (line.product_id, line.option) == (product, option))

    def less(
        self, product: str, option: str | None, price_kind: str | None = None, minor: int | None = None
    ) -> "Basket":
        """Returns the basket with one unit less of the product (its newest line if nothing of it is named)."""
        mine = [
            each
            for each in self.lines
            if each.product_id == product
            and option in (None, each.option)
            and price_kind in (None, each.price_kind)
            and minor in (None, None if each.amount is None else each.amount.minor)
        ]
        if not mine:
            return self
        last = mine[-1]
        fewer = replace(last, quantity=last.quantity - 1)
        lines = tuple(fewer if each is last else each for each in self.lines)
        return replace(self, lines=tuple(line for line in lines if line.quantity > 0))


def read_basket(request: Request, hub: Hub, catalogue: Catalogue) -> Basket:
    """Returns the basket of this browser; what can't be sold (any more) is left out, and a code that was not tried."""
    try:
        kept = _Kept.model_validate(
            bounded_json.read(unquote(request.cookies.get(_cart(catalogue.id), "{}")), _LONGEST)
        )
    except (ValidationError, bounded_json.BadJson):
        return Basket()
    lines = [
        CartLine(
            ProductId(line.p),
            line.q,
            None if line.a is None else Money(line.a, catalogue.currency),
            line.o,
            None if line.k is None else PriceKindId(line.k),
        )
        for line in kept.lines
    ]
    code, _, signature = (kept.promo or "").partition(".")
    is_tried = hub.sealer.is_signed("promo", code, signature)
    is_good = is_tried and (catalogue.promo(code) is not None or catalogue.unlocks(code))
    typed = read_code(code) if is_good else None
    return Basket(tuple(line for line in lines if is_sellable(catalogue, line, typed)), typed)


def is_sellable(catalogue: Catalogue, line: CartLine, code: str | None = None) -> bool:
    """Returns whether the catalogue has this line as it stands, for who has typed this code."""
    product = catalogue.products_by_id.get(line.product_id)
    if product is None or not product.shelf.is_offered(Channel.WEB, code):
        return False
    if product.options and line.option is None and product.kind is not ProductKind.DONATION:
        return False
    try:
        check_cart(catalogue, Cart((line,)), Channel.WEB)
    except BadInput:
        return False
    return True


def keep_basket(answer: Response, hub: Hub, event_id: str, basket: Basket) -> None:
    """Keeps an event's basket in the browser; the code is signed, or cookies could be used to guess at codes."""
    lines = tuple(
        _Line(
            p=line.product_id,
            q=line.quantity,
            a=None if line.amount is None else line.amount.minor,
            o=line.option,
            k=line.price_kind,
        )
        for line in basket.lines
    )
    promo = None if basket.promo is None else f"{basket.promo}.{hub.sealer.sign('promo', basket.promo)}"
    text = quote(_Kept(lines=lines, promo=promo).model_dump_json(exclude_none=True))
    if len(text) <= _LONGEST:
        _set(answer, _cart(event_id), text, _WEEK_S, is_https=is_https(hub))


def drop_basket(answer: Response, event_id: str) -> None:
    answer.delete_cookie(_cart(event_id))


def _cart(event_id: str) -> str:
    """Returns the cookie of an event's cart: several events are bought of side by side."""
    return f"{CART}-{event_id}"


def orders_of(request: Request, hub: Hub) -> list[str]:
    """Returns the ids of the orders that this browser bought or opened by their links, the newest first."""
    kept = [each.partition(".") for each in request.cookies.get(ORDERS, "").split("~")[:_KEPT_ORDERS]]
    return opened_by(hub, [(order_id, token) for order_id, _, token in kept])


def keep_order(request: Request, answer: Response, hub: Hub, order_id: str) -> None:
    """Lets this browser see the order from now on."""
    known = [order_id, *(each for each in orders_of(request, hub) if each != order_id)][:_KEPT_ORDERS]
    with hub.database.reading() as connection:
        text = "~".join(f"{each}.{token_for(hub, connection, each)}" for each in known)
    _set(answer, ORDERS, text, _YEAR_S, is_https=is_https(hub))


def form_token(request: Request) -> str:
    """Returns the token that this browser's forms carry, a new one if it has none."""
    return request.cookies.get(FORM) or token_urlsafe(18)


def keep_form_token(answer: Response, token: str, *, is_https: bool) -> None:
    _set(answer, FORM, token, _WEEK_S, is_https=is_https)


def is_https(hub: Hub) -> bool:
    return hub.public_url.startswith("https://")


def _set(answer: Response, name: str, value: str, age_s: int, *, is_https: bool) -> None:
    answer.set_cookie(name, value, max_age=age_s, httponly=True, samesite="lax", secure=is_https)


def _is_like(one: CartLine, other: CartLine) -> bool:
    return (one.product_id, one.option, one.price_kind) == (other.product_id, other.option, other.price_kind)

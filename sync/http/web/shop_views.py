"""What the shop's pages show, in texts: no rule of the business is here."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Final
from zoneinfo import ZoneInfo

from boxoffice.core.catalogue import Catalogue, Product, ProductKind
from boxoffice.core.charging import Provider, limits_of
from boxoffice.core.event_page import EventPage
from boxoffice.core.ids import PoolId, ProductId
from boxoffice.core.money import Currency, Money
from boxoffice.core.orders import OrderState
from boxoffice.core.payloads.orders import OrderPlaced
from boxoffice.core.pricing import PricedOrder
from boxoffice.core.sale_times import SaleState
from boxoffice.core.sales import line_part
from boxoffice.core.sums import paid_of, sums_of
from boxoffice.core.texts import Texts
from boxoffice.documents.languages import Language, language, later
from boxoffice.documents.papers import end_rows
from boxoffice.documents.sums import included_rows, tax_words
from sync.http.web.baskets import Basket
from sync.inventory.on_sale import OnSale
from sync.orders.order_details import facts_about
from sync.store.database import Transaction
from sync.store.ledger import load_books
from sync.store.web_orders import WebOrder

_LOW_SHARE: Final = 0.15
_PAID_FOR: Final = later("The last ones are being paid for. Try again from %s.")
_AT_THE_DOOR: Final = later("The last ones are at the door. Try again from %s.")
_GIVEN_BACK: Final = (OrderState.REFUNDED, OrderState.PARTIALLY_REFUNDED)


@dataclass(frozen=True, slots=True)
class Bounds:
    """What one payment by card may be, in words."""

    least: str
    most: str
    step: str


def bounds_of(currency: Currency) -> Bounds | None:
    """Returns the bounds in a currency, or None if no card pays in it."""
    limits = limits_of(Provider.STRIPE, currency)
    return None if limits is None else Bounds(str(limits.least), str(limits.most or ""), str(limits.step))


@dataclass(frozen=True, slots=True)
class OptionRow:
    """`value` is the option's own name, by which it is sold; `text` is what the visitor reads."""

    value: str
    text: str


@dataclass(frozen=True, slots=True)
class ProductRow:
    id: str
    name: str
    detail: str
    price: str
    left: int | None
    is_low: bool
    is_donation: bool
    options: tuple[OptionRow, ...]
    chosen: int
    can_add: bool
    is_tax_added: bool
    closed: str
    """Why it is not on sale at all now, if so."""
    wait: str
    """Why none is to be had now, where it is not sold out, and from when to try again."""
    when: tuple[str, ...] = ()
    """Its days with their times, if anyone has said when one of them begins."""


@dataclass(frozen=True, slots=True)
class Group:
    name: str
    products: tuple[ProductRow, ...]


@dataclass(frozen=True, slots=True)
class OrderRow:
    text: str
    amount: str
    product: str = ""
    option: str = ""


@dataclass(frozen=True, slots=True)
class Summary:
    """An order as its panel shows it, in rows that add up; `count` is of items, and 0 for an empty cart.

    `taxes` are on top, `included` within the total; `ends` tell what of it went back.
    """

    rows: tuple[OrderRow, ...]
    discount: str | None
    promo: str | None
    taxes: tuple[tuple[str, str], ...]
    total: str
    count: int
    included: tuple[tuple[str, str], ...] = ()
    ends: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Heading:
    """What all pages say of the event. `opens` is when its first day begins, `page` what the organizers tell."""

    name: str
    days: str
    venue: str
    city: str
    opens: str = ""
    description: str = ""
    page: EventPage = field(default_factory=EventPage)


def heading_of(catalogue: Catalogue, speaks: Language) -> Heading:
    name = Texts(catalogue, speaks.code).event_name
    return Heading(
        name=name,
        days=speaks.days(catalogue.days),
        venue=catalogue.venue,
        city=catalogue.city.split(",")[0],
        opens=_opens(catalogue, speaks),
        description=catalogue.page.described(speaks.code),
        page=catalogue.page,
    )


def _opens(catalogue: Catalogue, speaks: Language) -> str:
    """Returns when the event begins, if anyone has said."""
    day = min(catalogue.days)
    hours = catalogue.hours_of(None, day)
    return "" if hours is None else f"{speaks.day(day)}, {speaks.time(hours.starts)}"


def _when(catalogue: Catalogue, product_id: ProductId | None, day: date, speaks: Language) -> str:
    """Returns a day with when it begins and ends, as far as that is known."""
    hours = catalogue.hours_of(product_id, day)
    return speaks.day(day) if hours is None else f"{speaks.day(day)}, {speaks.hours(hours.starts, hours.ends)}"


def groups_of(sale: OnSale, basket: Basket, texts: Texts, language: Language) -> list[Group]:
    """Returns the products by category, in the catalogue's order."""
    products = sale.catalogue.products
    names = list(dict.fromkeys(product.category for product in products))
    capacity = {pool.id: pool.capacity for pool in sale.catalogue.pools}
    return [
        Group(
            texts.category_of(name),
            tuple(_row(sale, basket, p, capacity, texts, language) for p in products if p.category == name),
        )
        for name in names
    ]


def summary_of(priced: PricedOrder | None, basket: Basket, zero: str, texts: Texts) -> Summary:
    if priced is None:
        return Summary((), None, basket.promo, (), zero, 0)
    sums = sums_of([line_part(line) for line in priced.lines])
    speaks, currency = language(texts.language), priced.total.currency
    rows = tuple(
        OrderRow(
            f"{line.quantity} × {_named(texts, line.product.id, line.product.name, line.option)}",
            str(line.subtotal),
            line.product.id,
            line.option or "",
        )
        for line in priced.lines
    )
    return Summary(
        rows=rows,
        discount=str(-priced.discount) if priced.discount.minor else None,
        promo=basket.promo,
        taxes=tuple((tax_words(tax, speaks), str(Money(tax.amount, currency))) for tax in sums.added),
        total=str(priced.total),
        count=basket.count,
        included=included_rows(sums, priced.exempt, speaks, currency),
    )


def order_rows(connection: Transaction, order: WebOrder, texts: Texts) -> Summary:
    """Returns an order as it was agreed, whatever the price list says now."""
    placed = load_books(connection, [order.id]).placed[order.id]
    currency, speaks, sums = Currency(placed.currency), language(texts.language), sums_of(placed.lines)
    return Summary(
        rows=tuple(
            OrderRow(
                f"{line.quantity} × {_named(texts, line.product_id, line.name, line.option)}",
                str(Money(line.subtotal, currency)),
            )
            for line in placed.lines
        ),
        discount=str(Money(-placed.discount, currency)) if placed.discount else None,
        promo=order.promo,
        taxes=tuple((tax_words(tax, speaks), str(Money(tax.amount, currency))) for tax in sums.added),
        total=str(Money(placed.total, currency)),
        count=sum(line.quantity for line in placed.lines),
        included=included_rows(sums, placed.exempt, speaks, currency),
        ends=_ends(connection, placed, speaks) if order.status in _GIVEN_BACK else (),
    )


def _ends(connection: Transaction, placed: OrderPlaced, speaks: Language) -> tuple[tuple[str, str], ...]:
    """Returns what of an order's money went back."""
    return end_rows(paid_of(placed, facts_about(connection, placed.order_id)), speaks, Currency(placed.currency))


def too_many(sale: OnSale, basket: Basket) -> Sequence[Product]:
    """Returns the products of which the basket has more than can be bought."""
    return [
        product
        for product in sale.catalogue.products
        if basket.of(product.id) > sale.left.get(product.id, basket.of(product.id)) and product.id not in sale.closed
    ]


def off_sale_in(sale: OnSale, basket: Basket) -> Sequence[Product]:
    """Returns the products in the basket that are not on sale (any more)."""
    return [product for product in sale.catalogue.products if basket.of(product.id) and product.id in sale.closed]


def _row(
    sale: OnSale, basket: Basket, product: Product, capacity: dict[PoolId, int], texts: Texts, language: Language
) -> ProductRow:
    left, chosen = sale.left.get(product.id), basket.of(product.id)
    share = min((capacity[pool] for pool in product.uses), default=0) * _LOW_SHARE
    return ProductRow(
        id=product.id,
        name=texts.name_of(product.id, product.name),
        detail=texts.detail_of(product.id, product.detail),
        price=str(product.price) if product.price is not None else "",
        left=left,
        is_low=left is not None and left <= share,
        is_donation=product.kind is ProductKind.DONATION,
        options=tuple(OptionRow(option, texts.option_of(product.id, option)) for option in product.options),
        chosen=chosen,
        can_add=(left is None or chosen < left) and product.id not in sale.closed,
        closed=_closed_words(sale, product, language),
        wait="" if left is None or left > 0 else _wait_words(sale, product, language),
        when=_times(sale.catalogue, product, language),
        is_tax_added=any(not tax.is_included for tax in sale.catalogue.taxes_at(product, sale.at)),
    )


def _closed_words(sale: OnSale, product: Product, language: Language) -> str:
    times = sale.closed.get(product.id)
    if times is None:
        return ""
    if times.state(sale.at) is SaleState.ENDED or times.starts is None:
        return language.say("Sale ended %s") % language.day(times.last_moment.date())
    starts = f"{language.day(times.starts.date())}, {language.time(times.starts)}"
    return language.say("On sale from %s") % starts


def _wait_words(sale: OnSale, product: Product, language: Language) -> str:
    wait = sale.waits.get(product.id)
    if wait is None:
        return ""
    at = None if wait.retry_at is None else wait.retry_at.astimezone(ZoneInfo(sale.catalogue.timezone))
    if at is None:
        return language.say("The last ones are being paid for. Try again later.")
    return language.say(_PAID_FOR if wait.held else _AT_THE_DOOR) % language.time(at)


def _times(catalogue: Catalogue, product: Product, speaks: Language) -> tuple[str, ...]:
    if product.kind is not ProductKind.TICKET:
        return ()
    days = product.days or catalogue.days
    if not any(catalogue.hours_of(product.id, day) for day in days):
        return ()
    if len(days) == 1:
        return (_when(catalogue, product.id, days[0], speaks),)
    hours = [(day, catalogue.hours_of(product.id, day)) for day in days]
    return tuple(speaks.short_day(day) + (f" {speaks.time(at.starts)}" if at else "") for day, at in hours)


def _named(texts: Texts, product_id: str, name: str, option: str | None) -> str:
    shown = texts.name_of(product_id, name)
    return shown if option is None else f"{shown}, {texts.option_of(product_id, option)}"

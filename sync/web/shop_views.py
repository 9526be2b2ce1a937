"""What the shop's pages show, in texts: no rule of the business is here."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Final

from sqlalchemy import Connection

from boxoffice.core.catalogue import Catalogue, Product, ProductKind
from boxoffice.core.event_page import EventPage
from boxoffice.core.ids import PoolId, ProductId
from boxoffice.core.money import Currency, Money
from boxoffice.core.pricing import PricedOrder
from boxoffice.core.texts import Texts
from boxoffice.documents.languages import Language, language
from sync.services.shop.events import OnSale
from sync.services.shop.web_orders import WebOrder
from sync.store.ledger import load_books
from sync.web.baskets import Basket

_LOW_SHARE: Final = 0.15


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
    """An order as its panel shows it; `count` is of items, and 0 for an empty cart."""

    rows: tuple[OrderRow, ...]
    discount: str | None
    promo: str | None
    tax: str | None
    """What is added to the prices."""
    tax_included: str | None
    """What the prices hold already."""
    total: str
    count: int


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


def groups_of(sale: OnSale, basket: Basket, texts: Texts) -> list[Group]:
    """Returns the products by category, in the catalogue's order."""
    names = list(dict.fromkeys(product.category for product in sale.catalogue.products))
    capacity = {pool.id: pool.capacity for pool in sale.catalogue.pools}
    return [
        Group(
            texts.category_of(name),
            tuple(_row(sale, basket, p, capacity, texts) for p in sale.catalogue.products if p.category == name),
        )
        for name in names
    ]


def summary_of(priced: PricedOrder | None, basket: Basket, zero: str, texts: Texts) -> Summary:
    if priced is None:
        return Summary((), None, basket.promo, None, None, zero, 0)
    included = priced.tax_total - priced.tax_added
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
        tax=str(priced.tax_added) if priced.tax_added.minor else None,
        tax_included=str(included) if included.minor else None,
        total=str(priced.total),
        count=basket.count,
    )


def order_rows(connection: Connection, order: WebOrder, texts: Texts) -> Summary:
    """Returns an order as it was agreed, whatever the price list says now."""
    placed = load_books(connection, [order.id]).placed[order.id]
    currency = Currency(placed.currency)
    added = placed.total - placed.subtotal + placed.discount
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
        tax=str(Money(added, currency)) if added else None,
        tax_included=str(Money(placed.tax - added, currency)) if placed.tax != added else None,
        total=str(Money(placed.total, currency)),
        count=sum(line.quantity for line in placed.lines),
    )


def too_many(sale: OnSale, basket: Basket) -> Sequence[Product]:
    """Returns the products of which the basket has more than can be bought."""
    return [
        product
        for product in sale.catalogue.products
        if basket.of(product.id) > sale.left.get(product.id, basket.of(product.id))
    ]


def _row(sale: OnSale, basket: Basket, product: Product, capacity: dict[PoolId, int], texts: Texts) -> ProductRow:
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
        can_add=left is None or chosen < left,
        when=_times(sale.catalogue, product, texts.language),
        is_tax_added=product.tax is not None and not sale.catalogue.taxes_by_id[product.tax].is_included,
    )


def _times(catalogue: Catalogue, product: Product, code: str) -> tuple[str, ...]:
    if product.kind is not ProductKind.TICKET:
        return ()
    days = product.days or catalogue.days
    if not any(catalogue.hours_of(product.id, day) for day in days):
        return ()
    speaks = language(code)
    if len(days) == 1:
        return (_when(catalogue, product.id, days[0], speaks),)
    hours = [(day, catalogue.hours_of(product.id, day)) for day in days]
    return tuple(speaks.short_day(day) + (f" {speaks.time(at.starts)}" if at else "") for day, at in hours)


def _named(texts: Texts, product_id: str, name: str, option: str | None) -> str:
    shown = texts.name_of(product_id, name)
    return shown if option is None else f"{shown}, {texts.option_of(product_id, option)}"

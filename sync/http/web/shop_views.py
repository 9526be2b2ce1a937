"""What the shop's pages show, in texts: no rule of the business is here."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Final
from zoneinfo import ZoneInfo

from boxoffice.core import gift_cards
from boxoffice.core.catalogue import Catalogue, Product, ProductKind
from boxoffice.core.charging import Provider, limits_of, step_of
from boxoffice.core.event_page import EventPage
from boxoffice.core.ids import PoolId, PriceKindId, ProductId
from boxoffice.core.money import Currency, Money, total_of
from boxoffice.core.orders import Channel, OrderState
from boxoffice.core.payloads.lines import LinePart
from boxoffice.core.payloads.orders import OrderPlaced
from boxoffice.core.pricing import CartLine, PricedLine, PricedOrder
from boxoffice.core.sale_times import SaleState
from boxoffice.core.sales import line_part
from boxoffice.core.sums import paid_of, sums_of
from boxoffice.core.tariffs import Asked
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
_BRING: Final = later("Bring your card")
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


def card_bounds_of(currency: Currency) -> Bounds:
    """Returns what a gift card may hold when it is sold."""
    least, most = gift_cards.whole(gift_cards.LEAST, currency), gift_cards.whole(gift_cards.MOST, currency)
    return Bounds(str(least), str(most), str(step_of(currency)))


@dataclass(frozen=True, slots=True)
class OptionRow:
    """`value` is the option's own name, by which it is sold; `text` is what the visitor reads."""

    value: str
    text: str
    is_out: bool = False


@dataclass(frozen=True, slots=True)
class KindRow:
    """Who may have a product for less, with what it costs then, and what to bring."""

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
    kinds: tuple[KindRow, ...] = ()
    groups: tuple[str, ...] = ()
    """From how many on it costs less, and how much."""
    picture: str = ""
    presets: tuple[str, ...] = ()
    """Amounts of a donation to choose from."""
    numbers: str = ""
    """How many one order must have of it, and may."""
    amounts: tuple[tuple[str, str], ...] = ()
    """What a gift card may hold, to choose from: as it is typed, and as it is read. Any other may be typed."""


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
    price_kind: str = ""
    note: str = ""
    """What to bring for it at this price."""
    minor: int | None = None
    """What a gift card holds, where its buyer says that."""


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
    total_minor: int = 0
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
    products = [each for each in sale.catalogue.products if each.shelf.is_offered(Channel.WEB, basket.promo)]
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
    rows = tuple(_cart_row(priced.of_item(i), line, texts, speaks, currency) for i, line in enumerate(basket.lines))
    return Summary(
        rows=rows,
        discount=str(-priced.discount) if priced.discount.minor else None,
        promo=basket.promo,
        taxes=tuple((tax_words(tax, speaks), str(Money(tax.amount, currency))) for tax in sums.added),
        total=str(priced.total),
        count=basket.count,
        total_minor=priced.total.minor,
        included=included_rows(sums, priced.exempt, speaks, currency),
    )


def _cart_row(
    sold: Sequence[PricedLine], line: CartLine, texts: Texts, speaks: Language, currency: Currency
) -> OrderRow:
    """Returns a line of the cart: what it is, what it comes to, and by what it is taken out."""
    product, kind = sold[0].bundle or sold[0].product, _kind(sold[0], texts)
    return OrderRow(
        f"{line.quantity} × {_named(texts, product.id, product.name, line.option, kind)}",
        str(total_of((each.subtotal for each in sold), currency)),
        product.id,
        line.option or "",
        line.price_kind or "",
        speaks.say(_BRING) if line.price_kind else "",
        None if line.amount is None else line.amount.minor,
    )


def order_rows(connection: Transaction, order: WebOrder, texts: Texts) -> Summary:
    """Returns an order as it was agreed, whatever the price list says now."""
    placed = load_books(connection, [order.id]).placed[order.id]
    currency, speaks, sums = Currency(placed.currency), language(texts.language), sums_of(placed.lines)
    return Summary(
        rows=tuple(
            OrderRow(
                f"{line.quantity} × {_named(texts, line.product_id, line.name, line.option, _kind_then(line, texts))}",
                str(Money(line.subtotal, currency)),
                note=_note_of(line, texts, speaks),
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
    """Returns the products of which the basket has more than can be bought, of an option or of all."""
    by_option = {
        line.product_id
        for line in basket.lines
        if (left := sale.catalogue.products_by_id[line.product_id].left(sale.free, line.option)) is not None
        and basket.of_option(line.product_id, line.option) > left
    }
    return [
        product
        for product in sale.catalogue.products
        if basket.of(product.id) > sale.left.get(product.id, basket.of(product.id)) or product.id in by_option
        if product.id not in sale.closed
    ]


def off_sale_in(sale: OnSale, basket: Basket) -> Sequence[Product]:
    """Returns the products in the basket that are not on sale (any more)."""
    return [product for product in sale.catalogue.products if basket.of(product.id) and product.id in sale.closed]


def _row(
    sale: OnSale, basket: Basket, product: Product, capacity: dict[PoolId, int], texts: Texts, language: Language
) -> ProductRow:
    left, chosen = sale.left.get(product.id), basket.of(product.id)
    share = min((capacity[pool] for pool in product.pools), default=0) * _LOW_SHARE
    return ProductRow(
        id=product.id,
        name=texts.name_of(product.id, product.name),
        detail=texts.detail_of(product.id, product.detail) or texts.made_of(product),
        price=str(_price_of(sale, product)) if product.tariff is not None else "",
        left=left,
        is_low=left is not None and left <= share,
        is_donation=product.kind is ProductKind.DONATION,
        options=tuple(_option(sale, product, option, texts) for option in product.options),
        chosen=chosen,
        can_add=(left is None or chosen < left) and product.id not in sale.closed,
        closed=_closed_words(sale, product, language),
        wait="" if left is None or left > 0 else _wait_words(sale, product, language),
        when=_times(sale.catalogue, product, language),
        kinds=tuple(_kinds(sale, product, texts, language)),
        groups=tuple(_groups(sale, product, language)),
        picture=product.shelf.picture,
        presets=tuple(str(each) for each in product.shelf.presets),
        numbers=_numbers(product, language),
        amounts=_amounts(sale, product),
        is_tax_added=any(not tax.is_included for tax in sale.catalogue.taxes_at(product, sale.at)),
    )


def _numbers(product: Product, speaks: Language) -> str:
    least, most = product.shelf.least, product.shelf.most
    told = [speaks.say("at least %(count)s") % {"count": least}] if least > 1 else []
    told += [] if most is None else [speaks.say("at most %(count)s") % {"count": most}]
    return speaks.say("In one order: %(amounts)s") % {"amounts": ", ".join(told)} if told else ""


def _amounts(sale: OnSale, product: Product) -> tuple[tuple[str, str], ...]:
    if product.kind is not ProductKind.GIFT_CARD or product.price is not None:
        return ()
    shown = gift_cards.suggested(sale.catalogue.currency)
    return tuple((str(units), str(amount)) for units, amount in zip(gift_cards.SUGGESTED, shown, strict=True))


def _asked(sale: OnSale, kind: PriceKindId | None = None) -> Asked:
    return Asked(Channel.WEB, sale.at, sale.catalogue.zone, kind=kind)


def _price_of(sale: OnSale, product: Product, kind: PriceKindId | None = None) -> Money | None:
    return None if product.tariff is None else product.tariff.pick(_asked(sale, kind))


def _option(sale: OnSale, product: Product, option: str, texts: Texts) -> OptionRow:
    left = product.left(sale.free, option) if option in product.option_pools else None
    return OptionRow(option, texts.option_of(product.id, option), is_out=left is not None and left <= 0)


def _kinds(sale: OnSale, product: Product, texts: Texts, speaks: Language) -> Iterator[KindRow]:
    """Yields who pays another price here now."""
    tariff = product.tariff
    for kind in () if tariff is None else tariff.kinds(Channel.WEB):
        price = _price_of(sale, product, kind)
        if price != _price_of(sale, product):
            words = speaks.say("%(kind)s, %(price)s (bring your card)")
            yield KindRow(kind, words % {"kind": texts.price_kind_of(kind), "price": price})


def _groups(sale: OnSale, product: Product, speaks: Language) -> Iterator[str]:
    for size, price in () if product.tariff is None else product.tariff.group_sizes(_asked(sale)):
        yield speaks.say("From %(count)s: %(price)s each") % {"count": size, "price": price}


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


def _named(texts: Texts, product_id: str, name: str, option: str | None, kind: str = "") -> str:
    shown = (texts.name_of(product_id, name), "" if option is None else texts.option_of(product_id, option), kind)
    return ", ".join(each for each in shown if each)


def _kind(line: PricedLine, texts: Texts) -> str:
    return "" if line.price_kind is None else texts.price_kind_of(line.price_kind.id, line.price_kind.name)


def _note_of(line: LinePart, texts: Texts, speaks: Language) -> str:
    """Returns what a line is a part of, and what to bring for it."""
    bundle = texts.name_of(line.bundle, line.bundle_name)
    return ", ".join(each for each in (bundle, speaks.say(_BRING) if line.price_kind else "") if each)


def _kind_then(line: LinePart, texts: Texts) -> str:
    return texts.price_kind_of(line.price_kind, line.price_name)

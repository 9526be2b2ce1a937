"""What an event sells: pools that can run out, products that draw on them, prices and taxes."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import Enum
from functools import cached_property

from boxoffice.core.event_page import EventPage, Hours, hours_on
from boxoffice.core.ids import EventId, PoolId, ProductId, TaxRateId
from boxoffice.core.money import Currency, Money
from boxoffice.core.reading import read_code


class ProductKind(Enum):
    TICKET = "ticket"
    MERCHANDISE = "merchandise"
    DONATION = "donation"


class Rounding(Enum):
    """Where tax is rounded to whole minor units; either way the lines add up to the total."""

    PER_LINE = "per_line"
    PER_ORDER = "per_order"


@dataclass(frozen=True, slots=True)
class Pool:
    """A countable capacity, such as the places of one day."""

    id: PoolId
    name: str
    capacity: int


@dataclass(frozen=True, slots=True)
class TaxRate:
    """`rate_ppm` is parts per million (8.845 % is 88,450); `is_included` says whether prices hold it already."""

    id: TaxRateId
    name: str
    rate_ppm: int
    is_included: bool


@dataclass(frozen=True, slots=True)
class ProductTexts:
    """A product in another language; what is left out is the same there. `options` stand in the product's own order."""

    name: str | None = None
    detail: str | None = None
    category: str | None = None
    options: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Product:
    """Something to sell. A donation has no price and no pool; the rest take `uses` units of each pool.

    `taxes` are all to be had on it, such as those of state, county and city; `texts` are translations, by language.
    `sale_starts` and `sale_ends` are times on a clock at the event; without an end it is sold until its last day is
    over (see `sale_times`).
    """

    id: ProductId
    name: str
    kind: ProductKind
    category: str
    price: Money | None
    uses: Mapping[PoolId, int]
    days: tuple[date, ...] = ()
    detail: str = ""
    taxes: tuple[TaxRateId, ...] = ()
    options: tuple[str, ...] = ()
    texts: Mapping[str, ProductTexts] = field(default_factory=dict)
    sale_starts: datetime | None = None
    sale_ends: datetime | None = None


@dataclass(frozen=True, slots=True)
class Promo:
    """A code that makes an order cheaper: by `percent`, or by `amount` once an order or for each item.

    `products` are those that it is good for; none means all but donations. `limit` is how many orders may use it.
    """

    code: str
    percent: int | None
    amount: Money | None
    is_per_item: bool = False
    products: frozenset[ProductId] = frozenset()
    limit: int | None = None

    def covers(self, product: Product) -> bool:
        if product.kind is ProductKind.DONATION:
            return False
        return not self.products or product.id in self.products


@dataclass(frozen=True)
class Catalogue:
    """One event with all that it sells, at one revision. `names` are its name in other languages."""

    id: EventId
    revision: int
    name: str
    venue: str
    address: str
    city: str
    timezone: str
    currency: Currency
    days: tuple[date, ...]
    rounding: Rounding
    pools: tuple[Pool, ...]
    taxes: tuple[TaxRate, ...]
    products: tuple[Product, ...]
    promos: tuple[Promo, ...] = ()
    names: Mapping[str, str] = field(default_factory=dict)
    hours: tuple[Hours, ...] = ()
    page: EventPage = field(default_factory=EventPage)

    @cached_property
    def products_by_id(self) -> Mapping[ProductId, Product]:
        return {product.id: product for product in self.products}

    @cached_property
    def taxes_by_id(self) -> Mapping[TaxRateId, TaxRate]:
        return {tax.id: tax for tax in self.taxes}

    def hours_of(self, product_id: str | None, day: date) -> Hours | None:
        """Returns when a product (or the event itself) begins on a day, if anyone has said."""
        return hours_on(self.hours, None if product_id is None else ProductId(product_id), day)

    def promo(self, code: str) -> Promo | None:
        """Returns the promo of a code as people type it."""
        wanted = read_code(code)
        return next((promo for promo in self.promos if promo.code == wanted), None)

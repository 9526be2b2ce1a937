"""What an event sells: pools that can run out, products that draw on them, prices and taxes."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from enum import Enum
from functools import cached_property
from typing import Any, Final
from zoneinfo import ZoneInfo

from boxoffice.core.cash_rules import NO_RULES, CashRules
from boxoffice.core.comp_budget import NO_BUDGET, CompBudget
from boxoffice.core.doors import NO_DOORS, Doors, Zone
from boxoffice.core.event_page import EventPage, Hours, hours_on
from boxoffice.core.ids import EventId, PlaceId, PoolId, PriceKindId, ProductId, TaxRateId
from boxoffice.core.limits import NO_LIMITS, Limits
from boxoffice.core.money import Currency, Money
from boxoffice.core.own_words import NO_WORDS, OwnWords
from boxoffice.core.reading import read_code
from boxoffice.core.shelves import EVERYWHERE, Shelf
from boxoffice.core.tariffs import PriceKind, PriceRule, Tariff
from boxoffice.core.taxes import Place, TaxClass, TaxRate
from boxoffice.core.training import is_training


class ProductKind(Enum):
    TICKET = "ticket"
    MERCHANDISE = "merchandise"
    DONATION = "donation"
    BUNDLE = "bundle"
    """Several of the others at one price: what is sold are those."""
    GIFT_CARD = "gift_card"


TAX_CLASSES: Final[Mapping[ProductKind, TaxClass]] = {
    ProductKind.TICKET: TaxClass.ADMISSION,
    ProductKind.MERCHANDISE: TaxClass.GOODS,
    ProductKind.DONATION: TaxClass.DONATION,
    ProductKind.BUNDLE: TaxClass.GOODS,
    ProductKind.GIFT_CARD: TaxClass.SERVICE,
}
"""How each kind is taxed where nothing else is said; a gift card is money, and never is."""
FREE_AMOUNTS: Final = frozenset({ProductKind.DONATION, ProductKind.GIFT_CARD})
"""Kinds whose buyers may say what they pay: all donations, and gift cards without a price."""


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
class ProductTexts:
    """A product in another language; what is left out is the same there. `options` stand in the product's own order."""

    name: str | None = None
    detail: str | None = None
    category: str | None = None
    options: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class BundlePart:
    """So many of a product in a bundle, in this option if the bundle names one; else the buyer chooses it."""

    product_id: ProductId
    quantity: int = 1
    option: str | None = None


@dataclass(frozen=True, slots=True)
class Product:
    """Something to sell. A donation has no price and no pool; the rest take `uses` units of each pool. A gift card
    takes none, and may have a price: what is on it.

    It is taxed as its place of sale taxes the `taxed_as` class (its kind's own, where it names none), but by `taxes`
    alone where it names some itself. `texts` are translations, by language.
    `sale_starts` and `sale_ends` are times on a clock at the event; without an end it is sold until its last day is
    over (see `sale_times`). `prices` are those beside its own (see `tariffs`). An option that is counted has a pool of
    its own among `option_pools`, of which one in this option takes one unit. A bundle has `parts`, and what follows
    from them (see `bundles`). `shelf` is where, to whom and how many of it are offered.
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
    taxed_as: TaxClass | None = None
    prices: tuple[PriceRule, ...] = ()
    option_pools: Mapping[str, PoolId] = field(default_factory=dict)
    parts: tuple[BundlePart, ...] = ()
    shelf: Shelf = EVERYWHERE

    @property
    def tariff(self) -> Tariff | None:
        """All prices; None where the amount is free."""
        return None if self.price is None else Tariff(self.price, self.prices)

    def takes(self, option: str | None) -> Mapping[PoolId, int]:
        """Returns the units that one takes, in this option."""
        pool = self.option_pools.get(option or "")
        return self.uses if pool is None else {**self.uses, pool: self.uses.get(pool, 0) + 1}

    @property
    def pools(self) -> frozenset[PoolId]:
        """All pools that it may take units of."""
        return frozenset(self.uses) | frozenset(self.option_pools.values())

    def left(self, free: Mapping[PoolId, int], option: str | None = None) -> int | None:
        """Returns how many can be had of what is free, in this option or in whichever; None where nothing is counted.

        A pool of which nothing is known counts as empty.
        """
        counts = [
            free.get(pool, 0) // each for pool, each in (self.uses if option is None else self.takes(option)).items()
        ]
        if option is None and self.options and len(self.option_pools) == len(self.options):
            counts.append(sum(max(free.get(pool, 0), 0) for pool in self.option_pools.values()))
        return min(counts, default=None)

    @property
    def tax_class(self) -> TaxClass:
        return self.taxed_as or TAX_CLASSES[self.kind]


_CODE: Final = "code:"
"""Opens the name of a pool that counts a code's uses; no pool of an event file is called so."""


def code_pool(code: str) -> PoolId:
    return PoolId(f"{_CODE}{code}")


def code_of(pool: str) -> str | None:
    """Returns the code whose uses a pool counts; None for a pool of places or goods."""
    return pool.removeprefix(_CODE) if pool.startswith(_CODE) else None


def limited_codes(file: Mapping[str, Any]) -> Mapping[str, int]:
    """Returns how often each limited code of an event file may be used."""
    return {each["code"]: each["limit"] for each in file.get("promos", ()) if each.get("limit") is not None}


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

    @property
    def pool_id(self) -> PoolId | None:
        """The pool that counts its uses, if they are limited: they are held, leased and sold as places are."""
        return None if self.limit is None else code_pool(self.code)

    def covers(self, product: Product) -> bool:
        if product.kind in FREE_AMOUNTS:
            return False
        return not self.products or product.id in self.products


@dataclass(frozen=True)
class Catalogue:
    """One event with all that it sells, at one revision. `names` are its name in other languages.

    `place_id` is its place of sale, one of `places`; an organizer who need not collect taxes is `exempt` by a number.
    `price_kinds` are what its products' prices may be for: students, members. One that `is_archived` is over: it is
    sold nowhere, and listed apart.
    """

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
    places: tuple[Place, ...] = ()
    place_id: PlaceId | None = None
    exempt: str = ""
    cash: CashRules = NO_RULES
    price_kinds: tuple[PriceKind, ...] = ()
    doors: Doors = NO_DOORS
    comps: CompBudget = NO_BUDGET
    limits: Limits = NO_LIMITS
    is_archived: bool = False
    papers: OwnWords = NO_WORDS

    @property
    def is_training(self) -> bool:
        """Whether it is a copy to practise with."""
        return is_training(self.id)

    @cached_property
    def products_by_id(self) -> Mapping[ProductId, Product]:
        return {product.id: product for product in self.products}

    @cached_property
    def counted(self) -> tuple[Pool, ...]:
        """All pools: those of places and goods, and those of the uses of limited codes."""
        codes = tuple(
            Pool(each.pool_id, each.code, each.limit or 0) for each in self.promos if each.pool_id is not None
        )
        return (*self.pools, *codes)

    @cached_property
    def taxes_by_id(self) -> Mapping[TaxRateId, TaxRate]:
        return {tax.id: tax for tax in self.taxes}

    @cached_property
    def price_kinds_by_id(self) -> Mapping[PriceKindId, PriceKind]:
        return {kind.id: kind for kind in self.price_kinds}

    @cached_property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.timezone)

    @cached_property
    def place(self) -> Place | None:
        return next((place for place in self.places if place.id == self.place_id), None)

    def day_of(self, at: datetime) -> date:
        """Returns the day that it is where the event is."""
        return at.astimezone(self.zone).date()

    def taxes_of(self, product: Product) -> tuple[TaxRate, ...]:
        """Returns the taxes on a product at any time, in or on top of its price as is the custom of its place."""
        if self.exempt or product.kind is ProductKind.GIFT_CARD:
            return ()
        if product.parts:
            of_parts = (self.taxes_of(self.products_by_id[part.product_id]) for part in product.parts)
            return tuple(dict.fromkeys(tax for taxes in of_parts for tax in taxes))
        if product.taxes:
            return tuple(self.taxes_by_id[tax] for tax in product.taxes)
        named = None if self.place is None else self.place.classes.get(product.tax_class)
        if named is None:
            return ()
        return tuple(replace(self.taxes_by_id[tax], is_included=named.is_included) for tax in named.taxes)

    def taxes_at(self, product: Product, at: datetime) -> tuple[TaxRate, ...]:
        """Returns the taxes on a product that is sold at this moment, by the day where the event is."""
        day = self.day_of(at)
        return tuple(tax for tax in self.taxes_of(product) if tax.is_valid_on(day))

    def hours_of(self, product_id: str | None, day: date) -> Hours | None:
        """Returns when a product (or the event itself) begins on a day, if anyone has said."""
        return hours_on(self.hours, None if product_id is None else ProductId(product_id), day)

    def opens(self, product_id: ProductId, zone: Zone) -> bool:
        """Returns whether tickets of a product let people into a zone; one that is sold no more opens what it did."""
        if not zone.products and not zone.pools:
            return True
        product = self.products_by_id.get(product_id)
        uses = frozenset[PoolId]() if product is None else frozenset(product.uses)
        return product_id in zone.products or bool(uses & zone.pools)

    def unlocks(self, code: str | None) -> bool:
        """Returns whether a code, as people type it, shows products that are hidden without it."""
        wanted = read_code(code or "")
        return bool(wanted) and any(product.shelf.code == wanted for product in self.products)

    def promo(self, code: str) -> Promo | None:
        """Returns the promo of a code as people type it."""
        wanted = read_code(code)
        return next((promo for promo in self.promos if promo.code == wanted), None)

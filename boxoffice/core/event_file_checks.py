"""What of an event file does not fit together, however much of it is broken."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import combinations
from typing import Any, Final, TypeVar
from zoneinfo import ZoneInfo

from pydantic import (
    TypeAdapter,
    ValidationError,
)

from boxoffice.core.catalogue import FREE_AMOUNTS, ProductKind
from boxoffice.core.errors import BadInput, FieldError
from boxoffice.core.event_file_shape import (
    DoorsEntry,
    HoursEntry,
    OwnHoursEntry,
    PlaceEntry,
    ProductEntry,
    PromoEntry,
    TaxEntry,
    at_the_event,
)
from boxoffice.core.money import Currency
from boxoffice.core.prices_in_file import bundle_problems, problems_of
from boxoffice.core.sale_times import end_of
from boxoffice.core.taxes import TaxClass

_T = TypeVar("_T")
_SECTIONS: Final = ("pools", "taxes", "places", "products", "promos", "hours", "price_kinds")


@dataclass(frozen=True, slots=True)
class ReadableFile:
    """What can be read of a file, so that what does not fit together is told even if other parts are broken.

    `ids` are those of the pools, taxes, places, products, promos (their codes) and kinds of price, by section; one that
    is no list is left out. `days` is None if the event's days can't be read. `products`, `promos`, `places` and `hours`
    are the readable ones by their place in the file, `taxes` by id.
    """

    currency: str | None
    timezone: str | None
    days: frozenset[date] | None
    empty: tuple[str, ...]
    ids: Mapping[str, tuple[str, ...]]
    place: str | None
    taxes: Mapping[str, TaxEntry]
    places: Mapping[int, PlaceEntry]
    products: Mapping[int, ProductEntry]
    promos: Mapping[int, PromoEntry]
    hours: Mapping[int, HoursEntry]
    doors: DoorsEntry | None = None

    @classmethod
    def of(cls, data: Mapping[str, Any]) -> "ReadableFile":
        event = data.get("event")
        fields: Mapping[str, Any] = event if isinstance(event, Mapping) else {}
        given = {what: data[what] for what in _SECTIONS if what in data}
        sections = {"taxes": (), "places": (), "promos": (), "hours": (), "price_kinds": (), **given}
        lists = {what: found for what, found in sections.items() if isinstance(found, list | tuple)}
        readable = {i: _read(ProductEntry, product) for i, product in enumerate(lists.get("products", ()))}
        taxes = [_read(TaxEntry, tax) for tax in lists.get("taxes", ())]
        promos = {i: _read(PromoEntry, promo) for i, promo in enumerate(lists.get("promos", ()))}
        places = {i: _read(PlaceEntry, place) for i, place in enumerate(lists.get("places", ()))}
        hours = {i: _read(HoursEntry, each) for i, each in enumerate(lists.get("hours", ()))}
        return cls(
            currency=_read(str, fields.get("currency")),
            timezone=_read(str, fields.get("timezone")),
            days=_read(frozenset[date], fields.get("days")),
            empty=tuple(what for what in ("pools", "products") if what in lists and not lists[what]),
            ids={what: tuple(_ids(found)) for what, found in lists.items()},
            place=_read(str, fields.get("place")),
            taxes={tax.id: tax for tax in taxes if tax is not None},
            places={i: place for i, place in places.items() if place is not None},
            products={i: product for i, product in readable.items() if product is not None},
            promos={i: promo for i, promo in promos.items() if promo is not None},
            hours={i: each for i, each in hours.items() if each is not None},
            doors=_read(DoorsEntry, data.get("doors", {})),
        )


def _read(kind: type[_T], value: object) -> _T | None:
    try:
        return TypeAdapter(kind).validate_python(value)
    except ValidationError:
        return None


def _ids(items: Iterable[object]) -> Iterator[str]:
    for item in items:
        name = item.get("id", item.get("code")) if isinstance(item, Mapping) else None
        if isinstance(name, str):
            yield name


def cross_checks(parts: ReadableFile) -> Iterator[FieldError]:
    if parts.currency is not None:
        try:
            Currency(parts.currency)
        except BadInput as error:
            yield FieldError("event.currency", error.problems[0].message)
    if parts.timezone is not None and not _is_timezone(parts.timezone):
        yield FieldError("event.timezone", f"“{parts.timezone}” is not an IANA time zone")
    for what in parts.empty:
        yield FieldError(what, "is empty")
    for what, ids in parts.ids.items():
        yield from (FieldError(what, f"“{name}” is there {n} times") for name, n in Counter(ids).items() if n > 1)
    for i, product in parts.products.items():
        yield from _product_problems(f"products[{i}]", product, parts)
    yield from _place_problems(parts)
    yield from _text_problems(parts.products)
    for i, promo in parts.promos.items():
        yield from _promo_problems(f"promos[{i}]", promo, parts)
    yield from _all_hours_problems(parts)
    if parts.doors is not None:
        yield from _door_problems(parts.doors, parts)


def _is_timezone(name: str) -> bool:
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        return False
    return True


def _product_problems(place: str, product: ProductEntry, parts: ReadableFile) -> Iterator[FieldError]:
    is_donation = product.kind is ProductKind.DONATION
    if is_donation and product.price_minor is not None:
        yield FieldError(f"{place}.price_minor", "a donation's amount is free: leave the price out")
    if is_donation and product.pools:
        yield FieldError(f"{place}.pools", "a donation takes no places")
    if product.kind not in FREE_AMOUNTS and product.price_minor is None:
        yield FieldError(f"{place}.price_minor", "a price is missing")
    if product.kind is ProductKind.TICKET and not product.pools:
        yield FieldError(f"{place}.pools", "a ticket must take places of at least one pool")
    yield from _tax_problems(place, product, parts)
    for pool in product.pools.keys() - set(parts.ids.get("pools", product.pools)):
        yield FieldError(f"{place}.pools.{pool}", f"there is no pool “{pool}”")
    for day in product.days:
        if parts.days is not None and day not in parts.days:
            yield FieldError(f"{place}.days", f"{day.isoformat()} is not a day of the event")
    yield from _offer_problems(place, product, parts)
    yield from _sale_problems(place, product, parts)
    if product.kind is ProductKind.GIFT_CARD:
        yield from _card_problems(place, product)
    yield from _shelf_problems(place, product)


def _shelf_problems(place: str, product: ProductEntry) -> Iterator[FieldError]:
    if product.least is not None and product.most is not None and product.most < product.least:
        yield FieldError(f"{place}.most", "is less than the least of one order")
    if product.presets and product.kind is not ProductKind.DONATION:
        yield FieldError(f"{place}.presets", "only a donation has amounts to choose from")
    if len(set(product.channels)) < len(product.channels):
        yield FieldError(f"{place}.channels", "names one twice")


def _card_problems(place: str, product: ProductEntry) -> Iterator[FieldError]:
    if product.pools or product.days:
        yield FieldError(f"{place}.pools", "a gift card takes no places, and is of no day")
    if product.taxes or product.taxed_as is not None:
        yield FieldError(f"{place}.tax", "a gift card is money: it is not taxed")
    if product.options:
        yield FieldError(f"{place}.options", "a gift card has no options")
    if product.price_minor == 0:
        yield FieldError(f"{place}.price_minor", "a gift card must hold something")


def _offer_problems(place: str, product: ProductEntry, parts: ReadableFile) -> Iterator[FieldError]:
    """Yields what is wrong with a product's prices, its counted options, or what it is made of."""
    for option, pool in product.option_pools.items():
        if pool not in parts.ids.get("pools", (pool,)):
            yield FieldError(f"{place}.option_pools.{option}", f"there is no pool “{pool}”")
    zone = parts.timezone if parts.timezone is not None and _is_timezone(parts.timezone) else "UTC"
    if set(parts.ids.get("products", ())) == {each.id for each in parts.products.values()}:
        yield from bundle_problems(place, product, {each.id: each for each in parts.products.values()})
    yield from problems_of(place, product, parts.ids.get("price_kinds"), ZoneInfo(zone))


def _sale_problems(place: str, product: ProductEntry, parts: ReadableFile) -> Iterator[FieldError]:
    if parts.timezone is None or not _is_timezone(parts.timezone) or product.sale_starts is None:
        return
    zone = ZoneInfo(parts.timezone)
    starts, ends = at_the_event(product.sale_starts, zone), at_the_event(product.sale_ends, zone)
    days = product.days or parts.days
    last = ends or (end_of(max(days)) if days else None)
    if starts is not None and last is not None and starts >= last:
        yield FieldError(f"{place}.sale_starts", f"must be before the end of its sale, {last.isoformat(sep=' ')}")


def _tax_problems(place: str, product: ProductEntry, parts: ReadableFile) -> Iterator[FieldError]:
    for tax in product.taxes:
        if tax not in parts.ids.get("taxes", (tax,)):
            yield FieldError(f"{place}.tax", f"there is no tax “{tax}”")
    if len(set(product.taxes)) < len(product.taxes):
        yield FieldError(f"{place}.tax", "names a tax twice")
    named = [parts.taxes[tax] for tax in product.taxes if tax in parts.taxes]
    for each in named:
        if each.included is None:
            yield FieldError(f"{place}.tax", f"“{each.id}” must say whether it is included: no place says it for it")
    if len({each.included for each in named} - {None}) > 1:
        yield FieldError(f"{place}.tax", "can't be in the price and on top of it at once")
    yield from _meeting(f"{place}.tax", named)


def _place_problems(parts: ReadableFile) -> Iterator[FieldError]:
    if parts.place is not None and parts.place not in parts.ids.get("places", (parts.place,)):
        yield FieldError("event.place", f"there is no place “{parts.place}”")
    for i, place in parts.places.items():
        for each, named in place.classes.items():
            where = f"places[{i}].{each.value}.taxes"
            for tax in named.taxes:
                if tax not in parts.ids.get("taxes", (tax,)):
                    yield FieldError(where, f"there is no tax “{tax}”")
            if len(set(named.taxes)) < len(named.taxes):
                yield FieldError(where, "names a tax twice")
            told = dict.fromkeys(named.taxes, named.included) | _told_elsewhere(parts, place, each)
            if mixed := sorted(tax for tax in named.taxes if told[tax] is not named.included):
                words = f"“{mixed[0]}” is in the price of some and on top of others: make it two taxes"
                yield FieldError(where, words)
            yield from _meeting(where, [parts.taxes[tax] for tax in dict.fromkeys(named.taxes) if tax in parts.taxes])


def _told_elsewhere(parts: ReadableFile, place: PlaceEntry, besides: TaxClass) -> dict[str, bool]:
    """Returns which taxes the other classes of a place, or products by themselves, have in their prices."""
    classes = [named for each, named in place.classes.items() if each is not besides]
    alone = [tax for product in parts.products.values() for tax in product.taxes] if place.id == parts.place else []
    by_products = {tax: bool(parts.taxes[tax].included) for tax in alone if tax in parts.taxes}
    return by_products | {tax: named.included for named in classes for tax in named.taxes}


def _meeting(where: str, taxes: Iterable[TaxEntry]) -> Iterator[FieldError]:
    """Yields what would be taken twice: a tax of one authority by two rates on the same day."""
    for one, other in combinations([tax for tax in taxes if tax.authority], 2):
        starts = max(one.valid_from or date.min, other.valid_from or date.min)
        ends = min(one.valid_until or date.max, other.valid_until or date.max)
        is_same = (one.authority, one.kind, one.name) == (other.authority, other.kind, other.name)
        if one.id != other.id and is_same and starts <= ends:
            yield FieldError(where, f"“{one.id}” and “{other.id}” are the same tax, and both are valid on one day")


def _text_problems(products: Mapping[int, ProductEntry]) -> Iterator[FieldError]:
    """Looks at what translations translate. A category may be told at one of its products or at each, but as one."""
    told: dict[tuple[str, str], str] = {}
    for i, product in products.items():
        for code, texts in product.texts.items():
            place = f"products[{i}].texts.{code}"
            if texts.options and len(texts.options) != len(product.options):
                yield FieldError(f"{place}.options", f"must be {len(product.options)}, in the order of the options")
            if texts.category is None:
                continue
            first = told.setdefault((code, product.category), texts.category)
            if first != texts.category:
                yield FieldError(f"{place}.category", f"“{product.category}” is “{first}” at a product before")


def _all_hours_problems(parts: ReadableFile) -> Iterator[FieldError]:
    for i, each in parts.hours.items():
        yield from _hours_problems(f"hours[{i}]", each, parts)
        for named in sorted(set(each.products) - set(parts.ids.get("products", each.products))):
            yield FieldError(f"hours[{i}].products", f"there is no product “{named}”")
    for i, product in parts.products.items():
        for j, own in enumerate(product.hours):
            yield from _hours_problems(f"products[{i}].hours[{j}]", own, parts)


def _hours_problems(place: str, hours: OwnHoursEntry, parts: ReadableFile) -> Iterator[FieldError]:
    if parts.days is not None and hours.day not in parts.days:
        yield FieldError(f"{place}.day", f"{hours.day.isoformat()} is not a day of the event")
    if hours.starts.tzinfo is not None or (hours.ends is not None and hours.ends.tzinfo is not None):
        yield FieldError(f"{place}.starts", "is a time on a clock at the event: leave the offset out")


def _door_problems(doors: DoorsEntry, parts: ReadableFile) -> Iterator[FieldError]:
    if doors.day_starts is not None and doors.day_starts.tzinfo is not None:
        yield FieldError("doors.day_starts", "is a time on a clock at the event: leave the offset out")
    for product in sorted(set(doors.looks) - set(parts.ids.get("products", doors.looks))):
        yield FieldError("doors.looks", f"there is no product “{product}”")
    for name, times in Counter(zone.id for zone in doors.zones).items():
        if times > 1:
            yield FieldError("doors.zones", f"“{name}” is there {times} times")
    for i, zone in enumerate(doors.zones):
        place = f"doors.zones[{i}]"
        for what, word, named in (("products", "product", zone.products), ("pools", "pool", zone.pools)):
            for each in sorted(set(named) - set(parts.ids.get(what, named))):
                yield FieldError(f"{place}.{what}", f"there is no {word} “{each}”")
        if len(set(zone.gates)) < len(zone.gates):
            yield FieldError(f"{place}.gates", "names a gate twice")


def _promo_problems(place: str, promo: PromoEntry, parts: ReadableFile) -> Iterator[FieldError]:
    if (promo.percent is None) == (promo.amount_minor is None):
        yield FieldError(place, "needs either percent or amount_minor")
    if promo.percent is not None and promo.per == "item":
        yield FieldError(f"{place}.per", "a percentage is always of the whole")
    for product in sorted(set(promo.products) - set(parts.ids.get("products", promo.products))):
        yield FieldError(f"{place}.products", f"there is no product “{product}”")

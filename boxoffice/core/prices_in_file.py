"""Prices, kinds of price and counted options as event files write them, and as tills are told of them."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final
from zoneinfo import ZoneInfo

from boxoffice.core.catalogue import FREE_AMOUNTS, BundlePart, Catalogue, Product, ProductKind
from boxoffice.core.errors import FieldError
from boxoffice.core.event_file_shape import (
    PartEntry,
    PriceEntry,
    PriceKindEntry,
    ProductEntry,
    at_the_event,
)
from boxoffice.core.ids import PriceKindId, ProductId
from boxoffice.core.money import Currency, Money
from boxoffice.core.orders import Channel
from boxoffice.core.shelves import COLOURS, PICTURES, shelf_entry
from boxoffice.core.tariffs import PriceKind, PriceKindTexts, PriceRule

_CHANNELS: Final = tuple(channel.value for channel in Channel)
_LOOKS: Final = ("colour", "picture", "presets")
_BESIDE: Final = ("prices", *_LOOKS)
"""What a till of before sells well enough without: it takes the product's own price, and its shelf's colour."""
_AT_KIOSKS: Final = "kiosk_prices"
"""Prices of a channel that tills of before don't know, each with its place among a product's prices."""
_UNKNOWN: Final = ("option_pools", "parts", "channels", "code", "least", "most")
"""What makes a product one that a till of before can't sell as it should."""


def kind_of(entry: PriceKindEntry) -> PriceKind:
    texts = {code: PriceKindTexts(said.name, said.prompt) for code, said in entry.texts.items()}
    return PriceKind(PriceKindId(entry.id), entry.name, entry.prompt, texts)


def kind_entry(kind: PriceKind) -> dict[str, Any]:
    said = {code: {"name": each.name, "prompt": each.prompt} for code, each in kind.texts.items()}
    texts = {code: {what: text for what, text in each.items() if text} for code, each in said.items()}
    return {"id": kind.id, "name": kind.name, "prompt": kind.prompt} | ({"texts": texts} if texts else {})


def rule_of(entry: PriceEntry, currency: Currency, zone: ZoneInfo) -> PriceRule:
    return PriceRule(
        price=Money(entry.price_minor, currency),
        channel=entry.channel,
        starts=at_the_event(entry.starts, zone),
        ends=at_the_event(entry.ends, zone),
        days=entry.days,
        from_quantity=entry.from_quantity or 1,
        kind=None if entry.kind is None else PriceKindId(entry.kind),
    )


def rule_entry(rule: PriceRule) -> dict[str, Any]:
    said = {
        "channel": None if rule.channel is None else rule.channel.value,
        "starts": None if rule.starts is None else rule.starts.isoformat(),
        "ends": None if rule.ends is None else rule.ends.isoformat(),
        "days": [day.isoformat() for day in rule.days] or None,
        "from_quantity": rule.from_quantity if rule.from_quantity > 1 else None,
        "kind": rule.kind,
    }
    return {"price_minor": rule.price.minor} | {what: given for what, given in said.items() if given is not None}


def product_entry(product: Product) -> dict[str, Any]:
    """Returns what an event file says of a product's prices and counted options: nothing where it says nothing."""
    said: dict[str, Any] = {
        "prices": [rule_entry(rule) for rule in product.prices],
        "option_pools": {} if product.parts else {option: str(pool) for option, pool in product.option_pools.items()},
        "parts": [_part_entry(part) for part in product.parts],
    }
    return {what: given for what, given in said.items() if given} | dict(shelf_entry(product.shelf))


def _part_entry(part: BundlePart) -> dict[str, Any]:
    said = {"quantity": part.quantity if part.quantity > 1 else None, "option": part.option}
    return {"product": str(part.product_id)} | {what: given for what, given in said.items() if given is not None}


def part_of(entry: PartEntry) -> BundlePart:
    return BundlePart(ProductId(entry.product), entry.quantity, entry.option)


def file_entry(catalogue: Catalogue) -> list[dict[str, Any]]:
    return [kind_entry(kind) for kind in catalogue.price_kinds]


def problems_of(
    place: str, product: ProductEntry, kinds: tuple[str, ...] | None, zone: ZoneInfo
) -> Iterator[FieldError]:
    """Yields what of a product's prices does not fit together. `kinds` are those of the file, if they can be read."""
    if product.prices and product.kind is ProductKind.DONATION:
        yield FieldError(f"{place}.prices", "a donation's amount is free: it has no prices")
    told: dict[PriceEntry, int] = {}
    for i, entry in enumerate(product.prices):
        where = f"{place}.prices[{i}]"
        if entry.kind is not None and kinds is not None and entry.kind not in kinds:
            yield FieldError(f"{where}.kind", f"there is no kind of price “{entry.kind}”")
        if len(set(entry.days)) < len(entry.days):
            yield FieldError(f"{where}.days", "names a day twice")
        starts, ends = at_the_event(entry.starts, zone), at_the_event(entry.ends, zone)
        if starts is not None and ends is not None and starts >= ends:
            yield FieldError(f"{where}.starts", "must be before its end")
        if entry.kind is not None and entry.price_minor > (product.price_minor or 0):
            yield FieldError(f"{where}.price_minor", "is more than all others pay: nobody would show a card for it")
        first = told.setdefault(entry.model_copy(update={"price_minor": 0}), i)
        if first != i:
            yield FieldError(where, f"holds when prices[{first}] does")
    yield from _option_problems(place, product)


def _option_problems(place: str, product: ProductEntry) -> Iterator[FieldError]:
    if product.option_pools and product.kind is not ProductKind.MERCHANDISE:
        yield FieldError(f"{place}.option_pools", "only goods are counted by option: make each a ticket of its own")
    for option, pool in product.option_pools.items():
        if option not in product.options:
            yield FieldError(f"{place}.option_pools", f"“{option}” is not an option of it")
        if pool in product.pools:
            yield FieldError(f"{place}.option_pools", f"“{pool}” is taken by every option already")


def bundle_problems(place: str, product: ProductEntry, products: Mapping[str, ProductEntry]) -> Iterator[FieldError]:
    """Yields what of a bundle does not fit together. `products` are the readable ones of the file, by id."""
    if (product.kind is ProductKind.BUNDLE) != bool(product.parts):
        yield FieldError(f"{place}.parts", "are what a bundle is made of, and nothing else has any")
    if product.kind is not ProductKind.BUNDLE:
        return
    own = {"pools": product.pools, "days": product.days, "options": product.options, "tax": product.tax}
    for what in (what for what, said in {**own, "taxed_as": product.taxed_as}.items() if said):
        yield FieldError(f"{place}.{what}", "a bundle has those of its parts: leave it out")
    choices = 0
    for i, part in enumerate(product.parts):
        where, each = f"{place}.parts[{i}]", products.get(part.product)
        if each is None:
            yield FieldError(f"{where}.product", f"there is no product “{part.product}”")
            continue
        if each.kind in (ProductKind.BUNDLE, *FREE_AMOUNTS):
            yield FieldError(f"{where}.product", f"a {each.kind.value.replace('_', ' ')} is no part of a bundle")
        if part.option is not None and part.option not in each.options:
            yield FieldError(f"{where}.option", f"“{part.option}” is not an option of {each.name}")
        choices += part.option is None and bool(each.options)
    if choices > 1:
        yield FieldError(f"{place}.parts", "leave more than one choice open: name an option of all but one")
    if len({(part.product, part.option) for part in product.parts}) < len(product.parts):
        yield FieldError(f"{place}.parts", "name a product twice: give it a quantity")


def offers(file: Mapping[str, Any]) -> dict[str, Any]:
    """Returns what of an event file's products and prices tills of before don't know; nothing if they know it all.

    Products that they can't sell as they should are in it whole, each with its place among the others.
    """
    hidden = _hidden(file)
    products = [_without_kiosks(product) for product in file["products"]]
    beside = {
        product["id"]: {what: product[what] for what in (*_BESIDE, _AT_KIOSKS) if what in product}
        for product in products
        if product["id"] not in hidden
    }
    whole = [
        {"at": i, "product": {what: given for what, given in product.items() if what not in {"texts", _AT_KIOSKS}}}
        | {what: given for what, given in product.items() if what == _AT_KIOSKS}
        for i, product in enumerate(products)
        if product["id"] in hidden
    ]
    said = {
        "price_kinds": file.get("price_kinds", []),
        "products": {product: given for product, given in beside.items() if given},
        "whole": whole,
        "promos": file.get("promos", []) if hidden else [],
    }
    return {what: given for what, given in said.items() if given}


def without_offers(file: Mapping[str, Any]) -> dict[str, Any]:
    """Returns an event file's mapping as tills of before know it."""
    hidden = _hidden(file)
    products = [
        {what: given for what, given in product.items() if what not in _BESIDE}
        for product in file["products"]
        if product["id"] not in hidden
    ]
    rest = {what: given for what, given in file.items() if what not in {"price_kinds", "promos"}}
    promos = [promo for promo in file.get("promos", ()) if hidden.isdisjoint(promo["products"])]
    return {**rest, "products": products} | ({"promos": promos} if promos else {})


def with_offers(file: Mapping[str, Any], said: Mapping[str, Any]) -> dict[str, Any]:
    """Returns an event file's mapping with all put back that `without_offers` took out.

    What a hub of a later version says beyond what is known here is left out: no till stops selling for it.
    """
    beside = said.get("products", {})
    products = [{**product, **_known(beside.get(product["id"], {}))} for product in file["products"]]
    for each in sorted(said.get("whole", ()), key=lambda each: int(each["at"])):
        if each["product"].keys() <= ProductEntry.model_fields.keys():
            products.insert(each["at"], _whole(each["product"], each))
    kinds = [
        {what: given for what, given in kind.items() if what in PriceKindEntry.model_fields}
        for kind in said.get("price_kinds", ())
    ]
    there = {product["id"] for product in products}
    promos = [promo for promo in said.get("promos", ()) if there.issuperset(promo["products"])]
    more = {"price_kinds": kinds, "promos": promos}
    return {**file, "products": products} | {what: given for what, given in more.items() if given}


def _without_kiosks(product: Mapping[str, Any]) -> dict[str, Any]:
    """Returns a product with its kiosks' prices apart: a till of before would read no event that has one."""
    placed = [
        {"at": i, "price": price}
        for i, price in enumerate(product.get("prices", ()))
        if price.get("channel") == Channel.KIOSK.value
    ]
    if not placed:
        return dict(product)
    rest = [price for price in product["prices"] if price.get("channel") != Channel.KIOSK.value]
    kept = {what: given for what, given in product.items() if what != "prices"}
    return kept | ({"prices": rest} if rest else {}) | {_AT_KIOSKS: placed}


def _whole(product: Mapping[str, Any], said: Mapping[str, Any]) -> dict[str, Any]:
    rest = {what: given for what, given in product.items() if what not in _LOOKS}
    return rest | _known({**product, **said}, product.get("prices", ()))


def _known(said: Mapping[str, Any], others: Iterable[Any] | None = None) -> dict[str, Any]:
    """Returns what is known of a product's prices; a rule of a later version can't be told from one of now."""
    prices = list(said.get("prices", ()) if others is None else others)
    for each in sorted(said.get(_AT_KIOSKS, ()), key=lambda each: int(each["at"])):
        prices.insert(each["at"], each["price"])
    read = [rule for rule in prices if _can_read(rule)]
    looks = {what: given for what in _LOOKS if (given := said.get(what)) in _OURS.get(what, (given,))}
    return ({"prices": read} if read else {}) | {what: given for what, given in looks.items() if given}


_OURS: Final = {"colour": COLOURS, "picture": PICTURES}
"""A later hub may name others: the till then shows its own."""


def _can_read(rule: Mapping[str, Any]) -> bool:
    return rule.keys() <= PriceEntry.model_fields.keys() and rule.get("channel") in (None, *_CHANNELS)


def _hidden(file: Mapping[str, Any]) -> frozenset[str]:
    return frozenset(product["id"] for product in file["products"] if any(what in product for what in _UNKNOWN))

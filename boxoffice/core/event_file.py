"""Reads an organizer's event file into a catalogue, or tells every problem with its place; and writes it back."""

from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Annotated, Any
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from boxoffice.core.catalogue import Catalogue, Pool, Product, ProductKind, Rounding, TaxRate
from boxoffice.core.errors import BadInput, Problem
from boxoffice.core.ids import EventId, PoolId, ProductId, TaxRateId
from boxoffice.core.money import Currency, Money

Slug = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=40)]
Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=80)]
MAX_MINOR = 100_000_000


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class _Pool(_Strict):
    id: Slug
    name: Name
    capacity: Annotated[int, Field(ge=0, le=10_000_000, strict=True)]


class _Tax(_Strict):
    id: Slug
    name: Name
    rate_ppm: Annotated[int, Field(ge=0, le=1_000_000, strict=True)]
    included: bool


class _Product(_Strict):
    id: Slug
    name: Name
    kind: ProductKind
    category: Name
    price_minor: Annotated[int, Field(ge=0, le=MAX_MINOR, strict=True)] | None = None
    pools: dict[Slug, Annotated[int, Field(ge=1, le=100, strict=True)]] = {}
    days: tuple[date, ...] = ()
    detail: Annotated[str, StringConstraints(max_length=80)] = ""
    tax: Slug | None = None
    options: tuple[Name, ...] = ()


class _Event(_Strict):
    id: Slug
    name: Name
    venue: Name
    address: Name
    city: Name
    timezone: str
    currency: str
    days: Annotated[tuple[date, ...], Field(min_length=1, max_length=31)]
    rounding: Rounding = Rounding.PER_LINE


class _File(_Strict):
    event: _Event
    pools: tuple[_Pool, ...]
    taxes: tuple[_Tax, ...] = ()
    products: tuple[_Product, ...]


def catalogue_from(data: Mapping[str, Any], revision: int) -> Catalogue:
    """Returns the catalogue that an event file's mapping describes (as TOML or JSON give it).

    Raises:
        BadInput: with every problem and its place, such as `products[2].pools`.
    """
    try:
        file = _File.model_validate(data)
    except ValidationError as error:
        raise BadInput([Problem(_place(e["loc"]), _words(e)) for e in error.errors()]) from error
    problems = list(_cross_checks(file))
    if problems:
        raise BadInput(problems)
    return _catalogue(file, revision)


def event_file_of(catalogue: Catalogue) -> dict[str, Any]:
    """Returns the mapping that `catalogue_from` reads back to the same catalogue, in JSON's own types."""
    event = {
        "id": catalogue.id,
        "name": catalogue.name,
        "venue": catalogue.venue,
        "address": catalogue.address,
        "city": catalogue.city,
        "timezone": catalogue.timezone,
        "currency": catalogue.currency.code,
        "days": [day.isoformat() for day in catalogue.days],
        "rounding": catalogue.rounding.value,
    }
    products = [
        {
            "id": p.id,
            "name": p.name,
            "kind": p.kind.value,
            "category": p.category,
            "price_minor": None if p.price is None else p.price.minor,
            "pools": dict(p.uses),
            "days": [day.isoformat() for day in p.days],
            "detail": p.detail,
            "tax": p.tax,
            "options": list(p.options),
        }
        for p in catalogue.products
    ]
    pools = [{"id": p.id, "name": p.name, "capacity": p.capacity} for p in catalogue.pools]
    taxes = [{"id": t.id, "name": t.name, "rate_ppm": t.rate_ppm, "included": t.is_included} for t in catalogue.taxes]
    return {"event": event, "pools": pools, "taxes": taxes, "products": products}


def _catalogue(file: _File, revision: int) -> Catalogue:
    currency = Currency(file.event.currency)
    return Catalogue(
        id=EventId(file.event.id),
        revision=revision,
        name=file.event.name,
        venue=file.event.venue,
        address=file.event.address,
        city=file.event.city,
        timezone=file.event.timezone,
        currency=currency,
        days=file.event.days,
        rounding=file.event.rounding,
        pools=tuple(Pool(PoolId(p.id), p.name, p.capacity) for p in file.pools),
        taxes=tuple(TaxRate(TaxRateId(t.id), t.name, t.rate_ppm, t.included) for t in file.taxes),
        products=tuple(_product(p, currency) for p in file.products),
    )


def _product(p: _Product, currency: Currency) -> Product:
    return Product(
        id=ProductId(p.id),
        name=p.name,
        kind=p.kind,
        category=p.category,
        price=None if p.price_minor is None else Money(p.price_minor, currency),
        uses={PoolId(pool): units for pool, units in p.pools.items()},
        days=p.days,
        detail=p.detail,
        tax=None if p.tax is None else TaxRateId(p.tax),
        options=p.options,
    )


def _cross_checks(file: _File) -> Iterator[Problem]:
    try:
        Currency(file.event.currency)
    except BadInput as error:
        yield Problem("event.currency", error.problems[0].message)
    try:
        ZoneInfo(file.event.timezone)
    except (KeyError, ValueError, OSError):
        yield Problem("event.timezone", f"“{file.event.timezone}” is not an IANA time zone")
    for what in ("pools", "products"):
        if not getattr(file, what):
            yield Problem(what, "is empty")
    for what in ("pools", "taxes", "products"):
        seen = Counter(item.id for item in getattr(file, what))
        yield from (Problem(what, f"“{name}” is there {n} times") for name, n in seen.items() if n > 1)
    pools, taxes = {p.id for p in file.pools}, {t.id for t in file.taxes}
    for i, product in enumerate(file.products):
        yield from _product_problems(f"products[{i}]", product, pools, taxes, set(file.event.days))


def _product_problems(
    place: str, product: _Product, pools: set[str], taxes: set[str], days: set[date]
) -> Iterator[Problem]:
    is_donation = product.kind is ProductKind.DONATION
    if is_donation and product.price_minor is not None:
        yield Problem(f"{place}.price_minor", "a donation's amount is free: leave the price out")
    if is_donation and product.pools:
        yield Problem(f"{place}.pools", "a donation takes no places")
    if not is_donation and product.price_minor is None:
        yield Problem(f"{place}.price_minor", "a price is missing")
    if product.kind is ProductKind.TICKET and not product.pools:
        yield Problem(f"{place}.pools", "a ticket must take places of at least one pool")
    if product.tax is not None and product.tax not in taxes:
        yield Problem(f"{place}.tax", f"there is no tax “{product.tax}”")
    for pool in product.pools.keys() - pools:
        yield Problem(f"{place}.pools.{pool}", f"there is no pool “{pool}”")
    for day in product.days:
        if day not in days:
            yield Problem(f"{place}.days", f"{day.isoformat()} is not a day of the event")


def _place(loc: tuple[int | str, ...]) -> str:
    out = ""
    for part in loc:
        out += f"[{part}]" if isinstance(part, int) else f".{part}" if out else part
    return out


def _words(error: Any) -> str:
    words = {"missing": "is missing", "extra_forbidden": "is not a known field"}
    return words.get(error["type"], str(error["msg"]).removeprefix("Value error, "))

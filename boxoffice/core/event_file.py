"""Reads an organizer's event file into a catalogue, or tells every problem with its place; and writes it back."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, fields
from datetime import date, datetime, time
from typing import Annotated, Any, Final, Literal, Self, TypeVar
from zoneinfo import ZoneInfo

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
    TypeAdapter,
    ValidationError,
    model_validator,
)

from boxoffice.core.catalogue import Catalogue, Pool, Product, ProductKind, ProductTexts, Promo, Rounding, TaxRate
from boxoffice.core.errors import BadInput, FieldError
from boxoffice.core.event_page import EventPage, Hours
from boxoffice.core.ids import EventId, PoolId, ProductId, TaxRateId
from boxoffice.core.languages import LANGUAGES
from boxoffice.core.money import Currency, Money
from boxoffice.core.reading import read_line, read_note
from boxoffice.core.sale_times import end_of

Slug = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=40)]
Code = Annotated[str, StringConstraints(pattern=r"^[A-Z0-9]+(-[A-Z0-9]+)*$", min_length=3, max_length=20)]
_Read = BeforeValidator(lambda text: read_line(text) if isinstance(text, str) else text)
Line = Annotated[str, StringConstraints(max_length=80), _Read]
Name = Annotated[str, StringConstraints(min_length=1, max_length=80), _Read]
MAX_MINOR: Final = 999_999_999_999
"""No provider charges more of any currency; what one charges at most is checked where an event is loaded."""
_SALE_TIMES: Final = ("sale_starts", "sale_ends")

_T = TypeVar("_T")


def _spoken(code: str) -> str:
    if code not in LANGUAGES:
        raise ValueError(f"is not a language of the shop, which speaks {', '.join(LANGUAGES)}")
    return code


_Language = Annotated[str, AfterValidator(_spoken)]


def _day_of(value: object) -> date | None:
    """Returns the day that is meant where a day stands instead of a time: TOML has days of their own, JSON texts."""
    if isinstance(value, date):
        return None if isinstance(value, datetime) else value
    if isinstance(value, str):
        with suppress(ValueError):
            return date.fromisoformat(value.strip())
    return None


def _from_the_first(value: object) -> object:
    day = _day_of(value)
    return _moment(value) if day is None else datetime.combine(day, time())


def _to_the_last(value: object) -> object:
    day = _day_of(value)
    return _moment(value) if day is None else end_of(day)


def _moment(value: object) -> object:
    if isinstance(value, int | float) or (isinstance(value, str) and value.strip().isdigit()):
        raise ValueError("must be a day or a time, such as 2026-05-15 or 2026-05-15T23:00:00")
    return value


_Starts = Annotated[datetime, BeforeValidator(_from_the_first)]
_Ends = Annotated[datetime, BeforeValidator(_to_the_last)]
"""A day alone is meant whole. Without an offset it is the time on a clock at the event."""


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


class _EventTexts(_Strict):
    name: Name


class _ProductTexts(_Strict):
    name: Name | None = None
    detail: Name | None = None
    category: Name | None = None
    options: tuple[Name, ...] = ()

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if not (self.name or self.detail or self.category or self.options):
            raise ValueError("is empty")
        return self


class _OwnHours(_Strict):
    day: date
    starts: time
    ends: time | None = None


class _Hours(_OwnHours):
    products: tuple[Slug, ...] = ()


class _Product(_Strict):
    id: Slug
    name: Name
    kind: ProductKind
    category: Name
    price_minor: Annotated[int, Field(ge=0, le=MAX_MINOR, strict=True)] | None = None
    pools: dict[Slug, Annotated[int, Field(ge=1, le=100, strict=True)]] = {}
    days: tuple[date, ...] = ()
    detail: Line = ""
    tax: Slug | Annotated[tuple[Slug, ...], Field(min_length=1, max_length=10)] | None = None
    options: tuple[Name, ...] = ()
    texts: dict[_Language, _ProductTexts] = {}
    sale_starts: _Starts | None = None
    sale_ends: _Ends | None = None
    hours: tuple[_OwnHours, ...] = ()

    @property
    def taxes(self) -> tuple[str, ...]:
        return () if self.tax is None else (self.tax,) if isinstance(self.tax, str) else self.tax


class _Promo(_Strict):
    code: Code
    percent: Annotated[int, Field(ge=1, le=100, strict=True)] | None = None
    amount_minor: Annotated[int, Field(ge=1, le=MAX_MINOR, strict=True)] | None = None
    per: Literal["order", "item"] = "order"
    products: tuple[Slug, ...] = ()
    limit: Annotated[int, Field(ge=1, le=10_000_000, strict=True)] | None = None


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
    texts: dict[_Language, _EventTexts] = {}


_ReadNote = BeforeValidator(lambda text: read_note(text) if isinstance(text, str) else text)


class _PageTexts(_Strict):
    description: Annotated[str, StringConstraints(min_length=1, max_length=600), _ReadNote]


_Link = Annotated[str, StringConstraints(pattern=r"^https://[^\s\"'<>]+$", max_length=300), _Read]
_Short = Annotated[str, StringConstraints(max_length=120), _Read]


class _Page(_Strict):
    description: Annotated[str, StringConstraints(max_length=600), _ReadNote] = ""
    picture: Literal["", "rueda"] = ""
    map_url: _Link | None = None
    terms_url: _Link | None = None
    privacy_url: _Link | None = None
    contact: _Short = ""
    seller: _Short = ""
    seller_address: _Short = ""
    tax_number: _Short = ""
    texts: dict[_Language, _PageTexts] = {}


class _File(_Strict):
    event: _Event
    pools: tuple[_Pool, ...]
    taxes: tuple[_Tax, ...] = ()
    products: tuple[_Product, ...]
    promos: tuple[_Promo, ...] = ()
    hours: tuple[_Hours, ...] = ()
    page: _Page = _Page()


def catalogue_from(data: Mapping[str, Any], revision: int) -> Catalogue:
    """Returns the catalogue that an event file's mapping describes (as TOML or JSON give it).

    Raises:
        BadInput: with every problem and its place, such as `products[2].pools`.
    """
    try:
        file = _File.model_validate(data)
    except ValidationError as error:
        shape = [FieldError(_place(e["loc"]), _words(e)) for e in error.errors()]
        raise BadInput([*shape, *_cross_checks(_Parts.of(data))]) from error
    problems = list(_cross_checks(_Parts.of(data)))
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
    } | _section({code: {"name": name} for code, name in catalogue.names.items()})
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
            "tax": _tax_entry(p.taxes),
            "options": list(p.options),
        }
        | _section({code: _texts_entry(texts) for code, texts in p.texts.items()})
        | _sale_times_entry(p)
        for p in catalogue.products
    ]
    pools = [{"id": p.id, "name": p.name, "capacity": p.capacity} for p in catalogue.pools]
    taxes = [{"id": t.id, "name": t.name, "rate_ppm": t.rate_ppm, "included": t.is_included} for t in catalogue.taxes]
    file = {"event": event, "pools": pools, "taxes": taxes, "products": products}
    promos = [_promo_entry(p) for p in catalogue.promos]
    optional = {
        "promos": promos,
        "hours": [_hours_entry(h) for h in catalogue.hours],
        "page": _page_entry(catalogue.page),
    }
    return file | {what: given for what, given in optional.items() if given}


def _section(texts: Mapping[str, Any]) -> dict[str, Any]:
    """Returns the translations as a part of what they belong to: no part at all where there are none."""
    return {"texts": texts} if texts else {}


def _sale_times_entry(product: Product) -> dict[str, str]:
    """Returns when a product is sold as an event file says it: nothing where it says nothing."""
    given = {"sale_starts": product.sale_starts, "sale_ends": product.sale_ends}
    return {what: at.isoformat() for what, at in given.items() if at is not None}


def _tax_entry(taxes: Sequence[TaxRateId]) -> str | list[str] | None:
    """Returns no tax, one by its name, or several as a list: tills of before know no list, and refuse the event."""
    return None if not taxes else taxes[0] if len(taxes) == 1 else list(taxes)


def _texts_entry(texts: ProductTexts) -> dict[str, Any]:
    given = {"name": texts.name, "detail": texts.detail, "category": texts.category, "options": list(texts.options)}
    return {what: text for what, text in given.items() if text}


def in_its_own_words(file: Mapping[str, Any]) -> dict[str, Any]:
    """Returns an event file's mapping without its translations: tills sell in the event's own language.

    A till of the version before theirs would not know what they are, and refuse the event. What came later than the
    first tills goes beside it for the same reason: see `beside_the_event`.
    """
    known = frozenset({"texts", "hours", *_SALE_TIMES})
    products = [{key: value for key, value in product.items() if key not in known} for product in file["products"]]
    event = {key: value for key, value in file["event"].items() if key != "texts"}
    rest = {key: value for key, value in file.items() if key not in {"hours", "page"}}
    return {**rest, "event": event, "products": products}


def beside_the_event(file: Mapping[str, Any]) -> dict[str, Any]:
    """Returns what an event file says that goes to tills beside the event, by the names that it has on the wire."""
    return {"sales": times_of_sales(file), "hours": file.get("hours", []), "page": file.get("page", {})}


def whole_event(
    file: Mapping[str, Any],
    sales: Mapping[str, Mapping[str, str]],
    hours: Iterable[Mapping[str, Any]],
    page: Mapping[str, Any],
) -> dict[str, Any]:
    """Returns an event file's mapping with all put back that `beside_the_event` took out.

    What a hub of a later version says beyond what is known here is left out: no till stops selling for it.
    """
    known_hours = [_known(_Hours, each) for each in hours]
    known_page = _known(_Page, page)
    rest = {what: said for what, said in {"hours": known_hours, "page": known_page}.items() if said}
    return with_times_of_sales(file, sales) | rest


def _known(model: type[BaseModel], said: Mapping[str, Any]) -> dict[str, Any]:
    return {what: given for what, given in said.items() if what in model.model_fields}


def times_of_sales(file: Mapping[str, Any]) -> dict[str, dict[str, str]]:
    """Returns what an event file says of when its products are sold, by product."""
    said = {product["id"]: {key: product[key] for key in _SALE_TIMES if key in product} for product in file["products"]}
    return {product: times for product, times in said.items() if times}


def with_times_of_sales(file: Mapping[str, Any], times: Mapping[str, Mapping[str, str]]) -> dict[str, Any]:
    """Returns an event file's mapping with the times put back that `times_of_sales` took out."""
    return {**file, "products": [{**product, **times.get(product["id"], {})} for product in file["products"]]}


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
        products=tuple(_product(p, currency, ZoneInfo(file.event.timezone)) for p in file.products),
        promos=tuple(_promo(p, currency) for p in file.promos),
        names={code: texts.name for code, texts in file.event.texts.items()},
        hours=tuple(_hours(file)),
        page=_page(file.page),
    )


def _hours(file: _File) -> Iterator[Hours]:
    """Yields the event's hours, and those that stand with a product."""
    for each in file.hours:
        yield Hours(each.day, each.starts, each.ends, frozenset(ProductId(product) for product in each.products))
    for product in file.products:
        for own in product.hours:
            yield Hours(own.day, own.starts, own.ends, frozenset({ProductId(product.id)}))


def _page(page: _Page) -> EventPage:
    plain = page.model_dump(exclude={"texts"})
    descriptions = {code: texts.description for code, texts in page.texts.items()}
    return EventPage(**{what: given or "" for what, given in plain.items()}, descriptions=descriptions)


def _page_entry(page: EventPage) -> dict[str, Any]:
    plain = {each.name: getattr(page, each.name) for each in fields(page) if each.name != "descriptions"}
    texts = _section({code: {"description": text} for code, text in page.descriptions.items()})
    return {what: text for what, text in plain.items() if text} | texts


def _hours_entry(hours: Hours) -> dict[str, Any]:
    ends = {} if hours.ends is None else {"ends": hours.ends.isoformat("minutes")}
    products = {"products": sorted(hours.products)} if hours.products else {}
    return {"day": hours.day.isoformat(), "starts": hours.starts.isoformat("minutes")} | ends | products


def _promo(p: _Promo, currency: Currency) -> Promo:
    return Promo(
        code=p.code,
        percent=p.percent,
        amount=None if p.amount_minor is None else Money(p.amount_minor, currency),
        is_per_item=p.per == "item",
        products=frozenset(ProductId(each) for each in p.products),
        limit=p.limit,
    )


def _promo_entry(promo: Promo) -> dict[str, Any]:
    return {
        "code": promo.code,
        "percent": promo.percent,
        "amount_minor": None if promo.amount is None else promo.amount.minor,
        "per": "item" if promo.is_per_item else "order",
        "products": sorted(promo.products),
        "limit": promo.limit,
    }


def _at_the_event(at: datetime | None, zone: ZoneInfo) -> datetime | None:
    """Returns an instant as a clock at the event shows it."""
    return at if at is None or at.tzinfo is None else at.astimezone(zone).replace(tzinfo=None)


def _product(p: _Product, currency: Currency, zone: ZoneInfo) -> Product:
    return Product(
        id=ProductId(p.id),
        name=p.name,
        kind=p.kind,
        category=p.category,
        price=None if p.price_minor is None else Money(p.price_minor, currency),
        uses={PoolId(pool): units for pool, units in p.pools.items()},
        days=p.days,
        detail=p.detail,
        taxes=tuple(TaxRateId(tax) for tax in p.taxes),
        options=p.options,
        texts={
            code: ProductTexts(texts.name, texts.detail, texts.category, texts.options)
            for code, texts in p.texts.items()
        },
        sale_starts=_at_the_event(p.sale_starts, zone),
        sale_ends=_at_the_event(p.sale_ends, zone),
    )


@dataclass(frozen=True, slots=True)
class _Parts:
    """What can be read of a file, so that what does not fit together is told even if other parts are broken.

    `ids` are those of the pools, taxes, products and promos (their codes), by section; a section that is no list is
    left out. `days` is None if the event's days can't be read. `products` and `promos` are the readable ones by place.
    """

    currency: str | None
    timezone: str | None
    days: frozenset[date] | None
    empty: tuple[str, ...]
    ids: Mapping[str, tuple[str, ...]]
    included: Mapping[str, bool]
    products: Mapping[int, _Product]
    promos: Mapping[int, _Promo]
    hours: Mapping[int, _Hours]

    @classmethod
    def of(cls, data: Mapping[str, Any]) -> "_Parts":
        event = data.get("event")
        fields: Mapping[str, Any] = event if isinstance(event, Mapping) else {}
        given = {what: data[what] for what in ("pools", "taxes", "products", "promos", "hours") if what in data}
        sections = {"taxes": (), "promos": (), "hours": (), **given}
        lists = {what: found for what, found in sections.items() if isinstance(found, list | tuple)}
        readable = {i: _read(_Product, product) for i, product in enumerate(lists.get("products", ()))}
        taxes = [_read(_Tax, tax) for tax in lists.get("taxes", ())]
        promos = {i: _read(_Promo, promo) for i, promo in enumerate(lists.get("promos", ()))}
        hours = {i: _read(_Hours, each) for i, each in enumerate(lists.get("hours", ()))}
        return cls(
            currency=_read(str, fields.get("currency")),
            timezone=_read(str, fields.get("timezone")),
            days=_read(frozenset[date], fields.get("days")),
            empty=tuple(what for what in ("pools", "products") if what in lists and not lists[what]),
            ids={what: tuple(_ids(found)) for what, found in lists.items()},
            included={tax.id: tax.included for tax in taxes if tax is not None},
            products={i: product for i, product in readable.items() if product is not None},
            promos={i: promo for i, promo in promos.items() if promo is not None},
            hours={i: each for i, each in hours.items() if each is not None},
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


def _cross_checks(parts: _Parts) -> Iterator[FieldError]:
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
    yield from _text_problems(parts.products)
    for i, promo in parts.promos.items():
        yield from _promo_problems(f"promos[{i}]", promo, parts)
    yield from _all_hours_problems(parts)


def _is_timezone(name: str) -> bool:
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        return False
    return True


def _product_problems(place: str, product: _Product, parts: _Parts) -> Iterator[FieldError]:
    is_donation = product.kind is ProductKind.DONATION
    if is_donation and product.price_minor is not None:
        yield FieldError(f"{place}.price_minor", "a donation's amount is free: leave the price out")
    if is_donation and product.pools:
        yield FieldError(f"{place}.pools", "a donation takes no places")
    if not is_donation and product.price_minor is None:
        yield FieldError(f"{place}.price_minor", "a price is missing")
    if product.kind is ProductKind.TICKET and not product.pools:
        yield FieldError(f"{place}.pools", "a ticket must take places of at least one pool")
    yield from _tax_problems(place, product, parts)
    for pool in product.pools.keys() - set(parts.ids.get("pools", product.pools)):
        yield FieldError(f"{place}.pools.{pool}", f"there is no pool “{pool}”")
    for day in product.days:
        if parts.days is not None and day not in parts.days:
            yield FieldError(f"{place}.days", f"{day.isoformat()} is not a day of the event")
    yield from _sale_problems(place, product, parts)


def _sale_problems(place: str, product: _Product, parts: _Parts) -> Iterator[FieldError]:
    if parts.timezone is None or not _is_timezone(parts.timezone) or product.sale_starts is None:
        return
    zone = ZoneInfo(parts.timezone)
    starts, ends = _at_the_event(product.sale_starts, zone), _at_the_event(product.sale_ends, zone)
    days = product.days or parts.days
    last = ends or (end_of(max(days)) if days else None)
    if starts is not None and last is not None and starts >= last:
        yield FieldError(f"{place}.sale_starts", f"must be before the end of its sale, {last.isoformat(sep=' ')}")


def _tax_problems(place: str, product: _Product, parts: _Parts) -> Iterator[FieldError]:
    for tax in product.taxes:
        if tax not in parts.ids.get("taxes", (tax,)):
            yield FieldError(f"{place}.tax", f"there is no tax “{tax}”")
    if len(set(product.taxes)) < len(product.taxes):
        yield FieldError(f"{place}.tax", "names a tax twice")
    if len({parts.included[tax] for tax in product.taxes if tax in parts.included}) > 1:
        yield FieldError(f"{place}.tax", "can't be in the price and on top of it at once")


def _text_problems(products: Mapping[int, _Product]) -> Iterator[FieldError]:
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


def _all_hours_problems(parts: _Parts) -> Iterator[FieldError]:
    for i, each in parts.hours.items():
        yield from _hours_problems(f"hours[{i}]", each, parts)
        for named in sorted(set(each.products) - set(parts.ids.get("products", each.products))):
            yield FieldError(f"hours[{i}].products", f"there is no product “{named}”")
    for i, product in parts.products.items():
        for j, own in enumerate(product.hours):
            yield from _hours_problems(f"products[{i}].hours[{j}]", own, parts)


def _hours_problems(place: str, hours: _OwnHours, parts: _Parts) -> Iterator[FieldError]:
    if parts.days is not None and hours.day not in parts.days:
        yield FieldError(f"{place}.day", f"{hours.day.isoformat()} is not a day of the event")
    if hours.starts.tzinfo is not None or (hours.ends is not None and hours.ends.tzinfo is not None):
        yield FieldError(f"{place}.starts", "is a time on a clock at the event: leave the offset out")


def _promo_problems(place: str, promo: _Promo, parts: _Parts) -> Iterator[FieldError]:
    if (promo.percent is None) == (promo.amount_minor is None):
        yield FieldError(place, "needs either percent or amount_minor")
    if promo.percent is not None and promo.per == "item":
        yield FieldError(f"{place}.per", "a percentage is always of the whole")
    for product in sorted(set(promo.products) - set(parts.ids.get("products", promo.products))):
        yield FieldError(f"{place}.products", f"there is no product “{product}”")


def _place(loc: tuple[int | str, ...]) -> str:
    out = ""
    for part in loc:
        if part == "[key]":  # pydantic's mark that a table's key is wrong, which is named already
            continue
        out += f"[{part}]" if isinstance(part, int) else f".{part}" if out else part
    return out


def _words(error: Any) -> str:
    words = {
        "missing": "is missing",
        "extra_forbidden": "is not a known field",
        "model_type": "must be a table",
        "dict_type": "must be a table",
        "tuple_type": "must be a list",
    }
    return words.get(error["type"], str(error["msg"]).removeprefix("Value error, "))

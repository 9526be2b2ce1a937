"""Reads an organizer's event file into a catalogue, or tells every problem with its place; and writes it back."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, fields
from datetime import date
from typing import Any, Final
from zoneinfo import ZoneInfo

from pydantic import (
    BaseModel,
    ValidationError,
)

from boxoffice.core.bundles import put_together
from boxoffice.core.cash_in_file import cash_entry, cash_rules_of
from boxoffice.core.catalogue import Catalogue, Pool, Product, ProductTexts, Promo, code_of
from boxoffice.core.comp_budget import CompBudget
from boxoffice.core.doors_in_file import doors_entry, doors_of
from boxoffice.core.errors import BadInput, FieldError
from boxoffice.core.event_file_checks import ReadableFile, cross_checks
from boxoffice.core.event_file_shape import (
    SALE_TIMES,
    CashEntry,
    CompsEntry,
    DoorsEntry,
    EventFile,
    HoursEntry,
    LimitsEntry,
    PageEntry,
    PapersEntry,
    ProductEntry,
    PromoEntry,
    SellerLimits,
    ZoneEntry,
    at_the_event,
)
from boxoffice.core.event_page import EventPage, Hours
from boxoffice.core.ids import EventId, PlaceId, PoolId, ProductId, TaxRateId
from boxoffice.core.limits import Limits
from boxoffice.core.money import Currency, Money
from boxoffice.core.own_words import OwnWords, Said
from boxoffice.core.prices_in_file import (
    file_entry,
    kind_of,
    offers,
    part_of,
    product_entry,
    rule_of,
    with_offers,
    without_offers,
)
from boxoffice.core.shelves import Shelf
from boxoffice.core.taxes_in_file import (
    event_entry,
    place_entry,
    place_of,
    tax_entry,
    tax_of,
    taxation,
    with_plain_taxes,
    with_taxation,
)


def catalogue_from(data: Mapping[str, Any], revision: int) -> Catalogue:
    """Returns the catalogue that an event file's mapping describes (as TOML or JSON give it).

    Raises:
        BadInput: with every problem and its place, such as `products[2].pools`.
    """
    try:
        file = EventFile.model_validate(data)
    except ValidationError as error:
        shape = [FieldError(_place(e["loc"]), _words(e)) for e in error.errors()]
        raise BadInput([*shape, *cross_checks(ReadableFile.of(data))]) from error
    problems = list(cross_checks(ReadableFile.of(data)))
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
    event |= {"archived": True} if catalogue.is_archived else {}
    products = [
        {
            "id": p.id,
            "name": p.name,
            "kind": p.kind.value,
            "category": p.category,
            "price_minor": None if p.price is None else p.price.minor,
            "pools": {} if p.parts else dict(p.uses),
            "days": [day.isoformat() for day in p.days],
            "detail": p.detail,
            "tax": _tax_entry(p.taxes),
            "options": [] if p.parts else list(p.options),
        }
        | _section({code: _texts_entry(texts) for code, texts in p.texts.items()})
        | _sale_times_entry(p)
        | ({} if p.taxed_as is None else {"taxed_as": p.taxed_as.value})
        | product_entry(p)
        for p in catalogue.products
    ]
    pools = [{"id": p.id, "name": p.name, "capacity": p.capacity} for p in catalogue.pools]
    taxes = [tax_entry(tax) for tax in catalogue.taxes]
    file = {"event": event | event_entry(catalogue), "pools": pools, "taxes": taxes, "products": products}
    promos = [_promo_entry(p) for p in catalogue.promos]
    optional = {
        "places": [place_entry(place) for place in catalogue.places],
        "promos": promos,
        "hours": [_hours_entry(h) for h in catalogue.hours],
        "page": _page_entry(catalogue.page),
        "cash": cash_entry(catalogue.cash),
        "price_kinds": file_entry(catalogue),
        "doors": doors_entry(catalogue.doors),
        "comps": {what: limit for what, limit in asdict(catalogue.comps).items() if limit is not None},
        "limits": _limits_entry(catalogue.limits),
        "papers": _papers_entry(catalogue.papers),
    }
    return file | {what: given for what, given in optional.items() if given}


def _limits_entry(limits: Limits) -> dict[str, Any]:
    seller = {f"{what}_minor": most for what, most in asdict(limits).items() if most is not None}
    return {"seller": seller} if seller else {}


def _limits(entry: SellerLimits) -> Limits:
    return Limits(entry.discount_minor, entry.comp_minor, entry.refund_minor)


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


def with_capacity(file: Mapping[str, Any], pool: str, units: int) -> dict[str, Any]:
    """Returns an event file's mapping with so many units of one pool: places of it, or uses of its code."""
    code = code_of(pool)
    if code is None:
        pools = [{**each, "capacity": units} if each["id"] == pool else each for each in file["pools"]]
        return {**file, "pools": pools}
    promos = [{**each, "limit": units} if each["code"] == code else each for each in file.get("promos", ())]
    return {**file, "promos": promos}


_BESIDE: Final = frozenset({"hours", "page", "cash", "doors", "comps", "limits", "papers"})


def in_its_own_words(file: Mapping[str, Any], on: date) -> dict[str, Any]:
    """Returns an event file's mapping without its translations: tills sell in the event's own language.

    A till of the version before theirs would not know what they are, and refuse the event. What came later than the
    first tills goes beside it for the same reason: see `beside_the_event`. The taxes are those of the day.
    """
    file = without_offers(with_plain_taxes(file, on))
    known = frozenset({"texts", "hours", *SALE_TIMES})
    products = [{key: value for key, value in product.items() if key not in known} for product in file["products"]]
    event = {key: value for key, value in file["event"].items() if key not in {"texts", "archived"}}
    rest = {key: value for key, value in file.items() if key not in _BESIDE}
    return {**rest, "event": event, "products": products}


def beside_the_event(file: Mapping[str, Any]) -> dict[str, Any]:
    """Returns what an event file says that goes to tills beside the event, by the names that it has on the wire."""
    return {
        "sales": times_of_sales(file),
        "hours": file.get("hours", []),
        "page": file.get("page", {}),
        "taxation": taxation(file),
        "cash": file.get("cash", {}),
        "offers": offers(file),
        "doors": file.get("doors", {}),
        "comps": file.get("comps", {}),
        "limits": file.get("limits", {}),
        "papers": file.get("papers", {}),
    }


def whole_event(  # noqa: PLR0917  # one for each part
    file: Mapping[str, Any],
    sales: Mapping[str, Mapping[str, str]],
    hours: Iterable[Mapping[str, Any]],
    page: Mapping[str, Any],
    taxation: Mapping[str, Any],
    cash: Mapping[str, Any] = {},
    doors: Mapping[str, Any] = {},
    offers: Mapping[str, Any] = {},
    comps: Mapping[str, Any] = {},
    limits: Mapping[str, Any] = {},
    papers: Mapping[str, Any] = {},
) -> dict[str, Any]:
    """Returns an event file's mapping with all put back that `beside_the_event` took out.

    What a hub of a later version says beyond what is known here is left out: no till stops selling for it.
    """
    known_hours = [_known(HoursEntry, each) for each in hours]
    known_page, known_cash = _known(PageEntry, page), _known(CashEntry, cash)
    named = {"hours": known_hours, "page": known_page, "cash": known_cash, "doors": _known_doors(doors)}
    named |= {
        "comps": _known(CompsEntry, comps),
        "limits": _known_limits(limits),
        "papers": _known(PapersEntry, papers),
    }
    rest = {what: said for what, said in named.items() if said}
    return with_taxation(with_times_of_sales(with_offers(file, offers), sales), taxation) | rest


def _known_doors(doors: Mapping[str, Any]) -> dict[str, Any]:
    zones = [_known(ZoneEntry, zone) for zone in doors.get("zones", ())]
    return _known(DoorsEntry, doors) | ({"zones": zones} if zones else {})


def _known_limits(limits: Mapping[str, Any]) -> dict[str, Any]:
    seller = _known(SellerLimits, limits.get("seller", {}))
    return _known(LimitsEntry, limits) | ({"seller": seller} if seller else {})


def _known(model: type[BaseModel], said: Mapping[str, Any]) -> dict[str, Any]:
    return {what: given for what, given in said.items() if what in model.model_fields}


def times_of_sales(file: Mapping[str, Any]) -> dict[str, dict[str, str]]:
    """Returns what an event file says of when its products are sold, by product."""
    said = {product["id"]: {key: product[key] for key in SALE_TIMES if key in product} for product in file["products"]}
    return {product: times for product, times in said.items() if times}


def with_times_of_sales(file: Mapping[str, Any], times: Mapping[str, Mapping[str, str]]) -> dict[str, Any]:
    """Returns an event file's mapping with the times put back that `times_of_sales` took out."""
    return {**file, "products": [{**product, **times.get(product["id"], {})} for product in file["products"]]}


def _catalogue(file: EventFile, revision: int) -> Catalogue:
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
        taxes=tuple(tax_of(tax) for tax in file.taxes),
        products=_products(file, currency),
        promos=tuple(_promo(p, currency) for p in file.promos),
        names={code: texts.name for code, texts in file.event.texts.items()},
        hours=tuple(_hours(file)),
        page=_page(file.page),
        places=tuple(place_of(place) for place in file.places),
        place_id=None if file.event.place is None else PlaceId(file.event.place),
        exempt=file.event.exempt,
        cash=cash_rules_of(file.cash, currency),
        price_kinds=tuple(kind_of(kind) for kind in file.price_kinds),
        doors=doors_of(file.doors),
        comps=CompBudget(**file.comps.model_dump()),
        limits=_limits(file.limits.seller),
        is_archived=file.event.archived,
        papers=_papers(file.papers),
    )


def _papers(entry: PapersEntry) -> OwnWords:
    return OwnWords(
        Said(entry.ticket, entry.receipt, entry.mail),
        {code: Said(said.ticket, said.receipt, said.mail) for code, said in entry.texts.items()},
    )


def _papers_entry(papers: OwnWords) -> dict[str, Any]:
    """Returns what an event file says of it: nothing where there is nothing to say."""
    texts = {code: said for code, each in papers.texts.items() if (said := _said(each))}
    return _said(papers.own) | _section(texts)


def _said(said: Said) -> dict[str, str]:
    return {what: words for what, words in asdict(said).items() if words}


def _hours(file: EventFile) -> Iterator[Hours]:
    """Yields the event's hours, and those that stand with a product."""
    for each in file.hours:
        yield Hours(each.day, each.starts, each.ends, frozenset(ProductId(product) for product in each.products))
    for product in file.products:
        for own in product.hours:
            yield Hours(own.day, own.starts, own.ends, frozenset({ProductId(product.id)}))


def _page(page: PageEntry) -> EventPage:
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


def _promo(p: PromoEntry, currency: Currency) -> Promo:
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


def _products(file: EventFile, currency: Currency) -> tuple[Product, ...]:
    """Returns the products, bundles with what follows from their parts."""
    zone = ZoneInfo(file.event.timezone)
    products = [_product(entry, currency, zone) for entry in file.products]
    known = {product.id: product for product in products}
    return tuple(put_together(product, known) if product.parts else product for product in products)


def _product(p: ProductEntry, currency: Currency, zone: ZoneInfo) -> Product:
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
        sale_starts=at_the_event(p.sale_starts, zone),
        sale_ends=at_the_event(p.sale_ends, zone),
        taxed_as=p.taxed_as,
        prices=tuple(rule_of(rule, currency, zone) for rule in p.prices),
        option_pools={option: PoolId(pool) for option, pool in p.option_pools.items()},
        parts=tuple(part_of(part) for part in p.parts),
        shelf=Shelf(
            channels=p.channels,
            code=p.code or "",
            least=p.least or 1,
            most=p.most,
            colour=p.colour or "",
            picture=p.picture or "",
            presets=tuple(Money(minor, currency) for minor in p.presets),
        ),
    )


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

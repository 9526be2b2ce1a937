"""Taxes and places of sale as event files write them, as tills are told of them, and as lines may name them."""

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from typing import Any, Final

from boxoffice.core.catalogue import TAX_CLASSES, Catalogue, ProductKind
from boxoffice.core.event_file_shape import PlaceEntry, TaxEntry
from boxoffice.core.ids import PlaceId, TaxRateId
from boxoffice.core.taxes import Place, PlaceTaxes, TaxKind, TaxRate, tax_name

_PLAIN: Final = ("id", "name", "rate_ppm", "included")
"""What tills of before know of a tax."""


def tax_of(entry: TaxEntry) -> TaxRate:
    return TaxRate(
        id=TaxRateId(entry.id),
        name=entry.name,
        rate_ppm=entry.rate_ppm,
        is_included=bool(entry.included),
        authority=entry.authority,
        kind=entry.kind,
        valid_from=entry.valid_from,
        valid_until=entry.valid_until,
        checked=entry.checked,
    )


def tax_entry(tax: TaxRate) -> dict[str, Any]:
    """Returns a tax as an event file says it: a plain one as it always was."""
    days = {"valid_from": tax.valid_from, "valid_until": tax.valid_until, "checked": tax.checked}
    return (
        {"id": tax.id, "name": tax.name, "rate_ppm": tax.rate_ppm, "included": tax.is_included}
        | ({"authority": tax.authority} if tax.authority else {})
        | ({} if tax.kind is TaxKind.SALES else {"kind": tax.kind.value})
        | {what: day.isoformat() for what, day in days.items() if day is not None}
    )


def place_of(entry: PlaceEntry) -> Place:
    classes = {
        each: PlaceTaxes(tuple(TaxRateId(tax) for tax in named.taxes), named.included)
        for each, named in entry.classes.items()
    }
    return Place(PlaceId(entry.id), entry.name, classes)


def place_entry(place: Place) -> dict[str, Any]:
    classes = {
        each.value: {"taxes": list(named.taxes), "included": named.is_included} for each, named in place.classes.items()
    }
    return {"id": place.id, "name": place.name} | classes


def event_entry(catalogue: Catalogue) -> dict[str, str]:
    """Returns what an event says of its taxes: nothing where it says nothing."""
    given = {"place": catalogue.place_id, "exempt": catalogue.exempt}
    return {what: str(said) for what, said in given.items() if said}


def taxation(file: Mapping[str, Any]) -> dict[str, Any]:
    """Returns what of an event file's taxes tills of before don't know; nothing if they know all of it."""
    said = ("tax", "taxed_as")
    products = {
        product["id"]: {what: product[what] for what in said if what in product} for product in file["products"]
    }
    event = {what: file["event"][what] for what in ("place", "exempt") if what in file["event"]}
    is_plain = all(tax.keys() <= set(_PLAIN) for tax in file.get("taxes", ()))
    if is_plain and not event and not file.get("places") and not any("taxed_as" in each for each in products.values()):
        return {}
    return {"event": event, "taxes": file["taxes"], "places": file.get("places", []), "products": products}


def with_taxation(file: Mapping[str, Any], said: Mapping[str, Any]) -> dict[str, Any]:
    """Returns an event file's mapping with all put back that `with_plain_taxes` took out.

    What a hub of a later version says beyond what is known here is left out.
    """
    if not said:
        return dict(file)
    products = [{**product, **said["products"].get(product["id"], {})} for product in file["products"]]
    taxes = [{what: given for what, given in tax.items() if what in TaxEntry.model_fields} for tax in said["taxes"]]
    places = [
        {what: given for what, given in place.items() if what in PlaceEntry.model_fields} for place in said["places"]
    ]
    more = {"places": places} if places else {}
    return {**file, "event": {**file["event"], **said["event"]}, "taxes": taxes, "products": products, **more}


def with_plain_taxes(file: Mapping[str, Any], on: date) -> dict[str, Any]:
    """Returns an event file's mapping as tills of before know it, with the taxes that are valid on a day.

    They learn of the next ones when the event is revised.
    """
    if not taxation(file):
        return dict(file)
    products = [
        {what: given for what, given in product.items() if what != "taxed_as"}
        | {"tax": _entry([tax["id"] for tax in _taxes_on(file, product, on)])}
        for product in file["products"]
    ]
    used = {tax["id"]: tax for product in file["products"] for tax in _taxes_on(file, product, on)}
    taxes = [{what: tax[what] for what in _PLAIN} | {"name": _plain_name(tax)} for tax in used.values()]
    event = {what: given for what, given in file["event"].items() if what not in {"place", "exempt"}}
    rest = {what: given for what, given in file.items() if what != "places"}
    return {**rest, "event": event, "taxes": taxes, "products": products}


def tax_sets(file: Mapping[str, Any], product: Mapping[str, Any]) -> frozenset[tuple[str, ...]]:
    """Returns which taxes a line of a product may have, by whatever day it was sold on: no clock decides it here."""
    taxes = list(_taxes_of(file, product))
    starts = [date.fromisoformat(tax["valid_from"]) for tax in taxes if "valid_from" in tax]
    ends = [date.fromisoformat(tax["valid_until"]) for tax in taxes if "valid_until" in tax]
    turns = {date.min, *starts, *(end + timedelta(days=1) for end in ends)}
    return frozenset(tuple(tax["id"] for tax in taxes if _is_valid(tax, day)) for day in turns)


def _taxes_on(file: Mapping[str, Any], product: Mapping[str, Any], on: date) -> list[Mapping[str, Any]]:
    return [tax for tax in _taxes_of(file, product) if _is_valid(tax, on)]


def _taxes_of(file: Mapping[str, Any], product: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """Yields the taxes on a product at any time, as `Catalogue.taxes_of` does of what it has read."""
    taxes = {tax["id"]: tax for tax in file["taxes"]}
    places: Mapping[str, Mapping[str, Any]] = {each["id"]: each for each in file.get("places", ())}
    tax_class = product.get("taxed_as") or TAX_CLASSES[ProductKind(product["kind"])].value
    named = places.get(file["event"].get("place", ""), {}).get(tax_class)
    if file["event"].get("exempt") or product["kind"] == ProductKind.GIFT_CARD.value:
        return
    if product["tax"] is not None:
        yield from (taxes[tax] for tax in _ids(product["tax"]))
    elif named is not None:
        yield from ({**taxes[tax], "included": named["included"]} for tax in named["taxes"])


def _is_valid(tax: Mapping[str, Any], day: date) -> bool:
    starts, ends = str(tax.get("valid_from", date.min)), str(tax.get("valid_until", date.max))
    return date.fromisoformat(starts) <= day <= date.fromisoformat(ends)


def _ids(entry: str | list[str]) -> list[str]:
    return [entry] if isinstance(entry, str) else entry


def _entry(taxes: list[str]) -> str | list[str] | None:
    return None if not taxes else taxes[0] if len(taxes) == 1 else taxes


def _plain_name(tax: Mapping[str, Any]) -> str:
    return tax_name(str(tax["name"]), str(tax.get("authority", "")), str(tax.get("kind", TaxKind.SALES.value)))[:80]

"""Between an event file and a form: what stands in each field, and the file that follows from what was typed."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date, datetime, time
from decimal import Decimal, InvalidOperation
from typing import Any, Final

from boxoffice.core.amounts import Twofold, read_amount
from boxoffice.core.errors import BadInput
from boxoffice.core.event_changes import NAMED, Path, is_empty, name_of, value_at, with_value
from boxoffice.core.languages import later
from boxoffice.core.money import Currency
from boxoffice.core.reading import read_line, read_note
from boxoffice.core.slugs import slug_of
from sync.editing.fields import Block, Kind, items

NEW: Final = "+"
"""Names the row that is not there yet."""
_CHOSEN: Final = frozenset({Kind.CHOICE, Kind.YES_NO})
_PPM: Final = 10_000
_MOST_DIGITS: Final = 8
_NO_CURRENCY: Final = "USD"
Given = Mapping[str, Sequence[str]]
"""What a form said, by the names of its fields."""


@dataclass(frozen=True, slots=True)
class Typed:
    """What a form came to: the file, and what could not be read, by the name of the field."""

    file: dict[str, Any]
    wrong: Mapping[str, str] = field(default_factory=dict)


def name_in_form(path: Path) -> str:
    return "/".join(path)


def opened(file: Mapping[str, Any]) -> dict[str, Any]:
    """Returns the file as forms have it: days with their hours, and sizes with their stock."""
    event = file.get("event") or {}
    hours = [each for each in file.get("hours") or () if isinstance(each, Mapping)]
    general = {str(each.get("day")): each for each in hours if not each.get("products")}
    days = [
        {"day": str(day)} | {what: _clock(general[str(day)].get(what)) for what in ("starts", "ends")}
        if str(day) in general
        else {"day": str(day)}
        for day in event.get("days") or ()
    ]
    pools = {pool["id"]: pool for pool in items(file, "pools")}
    out = dict(file)
    if days:
        out["days"] = [{what: said for what, said in day.items() if said} for day in days]
    if "products" in file:
        out["products"] = [_opened_product(each, hours, pools) for each in file["products"]]
    return out


def _opened_product(product: Any, hours: Sequence[Mapping[str, Any]], pools: Mapping[str, Any]) -> Any:
    if not isinstance(product, Mapping):
        return product
    es = (product.get("texts") or {}).get("es", {}).get("options") or ()
    counted = product.get("option_pools") or {}
    sizes = [
        {"name": option}
        | ({"es": es[i]} if i < len(es) else {})
        | ({"stock": pools[counted[option]].get("capacity")} if counted.get(option) in pools else {})
        for i, option in enumerate(product.get("options") or ())
    ]
    mine = [each for each in hours if list(each.get("products") or ()) == [product.get("id")]]
    inline = list(product.get("hours") or ())
    told = [
        {"day": str(h["day"])} | {w: _clock(h[w]) for w in ("starts", "ends") if h.get(w)} for h in (*inline, *mine)
    ]
    rest = {what: said for what, said in product.items() if what != "hours"}
    return rest | ({"sizes": sizes} if sizes else {}) | ({"hours": told} if told else {})


def _clock(value: Any) -> str:
    return value.isoformat("minutes") if isinstance(value, time) else str(value or "")[:5]


def closed(form: Mapping[str, Any], before: Mapping[str, Any]) -> dict[str, Any]:
    """Returns the event file of what forms have; `before` is the file that was opened."""
    was = opened(before)
    out = {what: said for what, said in form.items() if what != "days"}
    hours_then, hours_now = (
        [each.get("days"), {p["id"]: p.get("hours") for p in items(each, "products")}] for each in (was, form)
    )
    if hours_now == hours_then:
        out["products"] = [_without(each, "hours") for each in form.get("products") or ()]
        inline = {p["id"]: p["hours"] for p in items(before, "products") if p.get("hours")}
        out["products"] = [
            each | ({"hours": inline[each["id"]]} if each.get("id") in inline else {}) for each in out["products"]
        ]
    else:
        days = [each for each in form.get("days") or () if each.get("day")]
        out = with_value(out, ("event", "days"), sorted({str(each["day"]) for each in days}))
        general = [
            {what: each[what] for what in ("day", "starts", "ends") if each.get(what)}
            for each in sorted(days, key=lambda each: str(each["day"]))
            if each.get("starts")
        ]
        shared = [each for each in before.get("hours") or () if len(each.get("products") or ()) > 1]
        out = with_value(out, ("hours",), [*general, *shared])
    out["products"] = list(out.get("products") or ())
    sizes_then = {p["id"]: p.get("sizes") for p in items(was, "products")}
    for product in items(out, "products"):
        if product.get("sizes") != sizes_then.get(product["id"]):
            out = _with_sizes(out, product)
    out["products"] = [_without(each, "sizes") for each in out["products"]]
    out["pools"] = list(out.get("pools") or ())
    return out


def _without(item: Any, what: str) -> dict[str, Any]:
    return {name: said for name, said in item.items() if name != what}


def _with_sizes(file: Mapping[str, Any], product: Mapping[str, Any]) -> dict[str, Any]:
    """Returns the file with a product's options as its sizes are, each with a pool of its own if it is counted."""
    sizes = [each for each in product.get("sizes") or () if each.get("name")]
    base, counted = ("products", str(product["id"])), dict(product.get("option_pools") or {})
    names = [str(each["name"]) for each in sizes]
    spanish = [str(each.get("es") or each["name"]) for each in sizes]
    out = with_value(file, (*base, "options"), names)
    out = with_value(out, (*base, "texts", "es", "options"), spanish if any(each.get("es") for each in sizes) else None)
    pools: dict[str, str] = {}
    for each in sizes:
        if each.get("stock") is None:
            continue
        option, taken = str(each["name"]), {str(pool["id"]) for pool in items(out, "pools")}
        pool = counted.get(option) or slug_of(f"{product['id']} {option}", taken)
        entry = {"id": pool, "name": f"{product.get('name', '')}, {option}"[:80], "capacity": each["stock"]}
        out = with_value(out, ("pools", pool), {**(value_at(out, ("pools", pool)) or entry), "capacity": each["stock"]})
        pools[option] = pool
    return with_value(out, (*base, "option_pools"), pools)


def rows_of(block: Block, form: Mapping[str, Any]) -> list[str]:
    """Returns by what the items of a block's list go, in their order."""
    found = value_at(form, block.path)
    return [name_of(item, i) for i, item in enumerate(found)] if isinstance(found, list | tuple) else []


def text_of(kind: Kind, value: Any, currency: Currency) -> str | list[str]:
    """Returns what stands in a field; what no reader of its kind has made stands there as it is."""
    if kind is Kind.TICKS:
        return [value] if isinstance(value, str) else [str(each) for each in value or ()]
    if value is None:
        return ""
    try:
        return _TEXTS[kind](value, currency) if kind in _TEXTS else str(value)
    except (TypeError, ValueError, ArithmeticError):
        return str(value)


def plain_amount(minor: int, currency: Currency) -> str:
    """Returns an amount as it is typed: `30.00`."""
    whole, part = divmod(minor, 10**currency.exponent)
    return f"{whole}.{part:0{currency.exponent}d}" if currency.exponent else str(whole)


_TEXTS: Final[Mapping[Kind, Callable[[Any, Currency], str]]] = {
    Kind.LINES: lambda value, _: "\n".join(str(each) for each in value),
    Kind.YES_NO: lambda value, _: "yes" if value else "no",
    Kind.MONEY: plain_amount,
    Kind.MONEYS: lambda value, currency: " ".join(plain_amount(each, currency) for each in value),
    Kind.RATE: lambda value, _: f"{(Decimal(value) / _PPM).normalize():f}",
    Kind.MOMENT: lambda value, _: str(value).replace(" ", "T")[:16],
    Kind.TIME: lambda value, _: _clock(value),
}
"""How what stands in a file is typed, where that is something else."""


def currency_of(file: Mapping[str, Any]) -> Currency:
    """Returns the event's currency; where it has none that is known, one to read amounts by until it has."""
    with suppress(BadInput, TypeError):
        return Currency(str((file.get("event") or {}).get("currency")))
    return Currency(_NO_CURRENCY)


def take(blocks: Iterable[Block], before: Mapping[str, Any], given: Given, language: str) -> Typed:
    """Returns the file with what a form said of these blocks; the rest stays as it is."""
    form, wrong, currency = opened(before), dict[str, str](), currency_of(before)
    ticked = frozenset(given.get("shown", ()))
    for block in blocks:
        for typed_at, is_new in _bases(block, form, given):
            form, base = _with_row(block, form, typed_at, given) if is_new else (form, typed_at)
            for each in block.fields:
                name = name_in_form(each.path(typed_at))
                if each.is_new_only or (name not in given and name not in ticked):
                    continue
                try:
                    value = read(each.kind, given.get(name, ()), currency, language)
                except BadInput as error:
                    wrong[name] = error.problems[0].message
                except ValueError as error:
                    wrong[name] = str(error)
                else:
                    form = with_value(form, each.path(base), value)
    for path in given.get("drop", ()):
        form = with_value(form, tuple(path.split("/")), None)
    return Typed(closed(form, before), wrong)


def _bases(block: Block, form: Mapping[str, Any], given: Given) -> Iterator[tuple[Path, bool]]:
    """Yields where a block's fields stand: the thing itself, or each item and the new one, if it says anything."""
    if not block.is_rows:
        yield block.path, False
        return
    for row in rows_of(block, form):
        yield (*block.path, row), False
    # What stands in a list of choices was perhaps not chosen, but where the button of the row was pressed.
    is_pressed = name_in_form(block.path) in given.get("add", ())
    names = [
        name_in_form(each.path((*block.path, NEW))) for each in block.fields if is_pressed or each.kind not in _CHOSEN
    ]
    if any(said.strip() for name in names for said in given.get(name, ())):
        yield (*block.path, NEW), True


def _with_row(block: Block, form: Mapping[str, Any], base: Path, given: Given) -> tuple[dict[str, Any], Path]:
    """Returns the form with a new item at the end of a list, and where that stands."""
    taken = rows_of(block, form)
    if block.path[-1] not in NAMED:
        return dict(form), (*block.path, str(len(taken)))
    first = block.fields[0]
    typed = given.get(name_in_form(first.path(base)), ("",))[0]
    if first.is_new_only:
        code = re.sub(r"[^A-Z0-9]+", "-", read_line(typed).upper()).strip("-")
        return with_value(form, (*block.path, code), {"code": code}), (*block.path, code)
    name = slug_of(typed, {*taken, *(str(each["id"]) for each in items(form, block.path[-1]))})
    return with_value(form, (*block.path, name), {"id": name}), (*block.path, name)


def read(kind: Kind, said: Sequence[str], currency: Currency, language: str) -> Any:
    """Returns what was typed as the file has it; None for nothing.

    Raises:
        ValueError, BadInput: with words for who typed it.
    """
    if kind in _SEVERAL:
        return [each for each in said if each] or None
    text = (said[0] if said else "").strip()
    if not text:
        return None
    if kind in _AMOUNTS:
        return _AMOUNTS[kind](text, currency, language)
    value = _READERS.get(kind, read_line)(text)
    return None if is_empty(value) else value


def _amount(text: str, currency: Currency, language: str) -> int:
    try:
        return read_amount(text, currency, language).minor
    except Twofold:
        raise
    except BadInput as error:
        raise ValueError(later("Give an amount, such as 30.00.")) from error


def _count(text: str) -> int:
    digits = text.replace(",", "").replace(" ", "")
    if not (digits.isascii() and digits.isdigit() and len(digits) <= _MOST_DIGITS):
        raise ValueError(later("Give a whole number, such as 250."))
    return int(digits)


def _rate(text: str) -> int:
    try:
        ppm = Decimal(text.rstrip("%").strip().replace(",", ".")) * _PPM
    except InvalidOperation as error:
        raise ValueError(later("Give a rate in percent, such as 8.845.")) from error
    if not ppm.is_finite() or ppm != ppm.to_integral_value() or not 0 <= ppm <= 100 * _PPM:
        raise ValueError(later("Give a rate in percent, such as 8.845."))
    return int(ppm)


def _day(text: str) -> str:
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError as error:
        raise ValueError(later("Give a day, such as 2026-05-15.")) from error


def _time(text: str) -> str:
    try:
        return time.fromisoformat(text).isoformat("minutes")
    except ValueError as error:
        raise ValueError(later("Give a time, such as 17:00.")) from error


def _moment(text: str) -> str:
    try:
        return datetime.fromisoformat(text).isoformat()
    except ValueError as error:
        raise ValueError(later("Give a day and a time, such as 2026-05-15 23:00.")) from error


def _lines(text: str) -> list[str]:
    return [line for each in text.splitlines() if (line := read_line(each))]


def _amounts(text: str, currency: Currency, language: str) -> list[int]:
    return [_amount(each, currency, language) for each in text.split()]


def _is_yes(text: str) -> bool:
    return text == "yes"


_SEVERAL: Final = frozenset({Kind.TICKS})
_AMOUNTS: Final[Mapping[Kind, Callable[[str, Currency, str], Any]]] = {Kind.MONEY: _amount, Kind.MONEYS: _amounts}
_READERS: Final[Mapping[Kind, Callable[[str], Any]]] = {
    Kind.NOTE: read_note,
    Kind.YES_NO: _is_yes,
    Kind.LINES: _lines,
    Kind.COUNT: _count,
    Kind.RATE: _rate,
    Kind.DAY: _day,
    Kind.TIME: _time,
    Kind.MOMENT: _moment,
}
"""How what was typed is read; what is in no row is a line of text."""


def moved_on_shelf(file: Mapping[str, Any], product: str, by: int) -> dict[str, Any]:
    """Returns the file with a product further up or down, past the next one of its own shelf."""
    products = list(file.get("products") or ())
    at = next((i for i, each in enumerate(products) if each.get("id") == product), None)
    if at is None:
        return dict(file)
    shelf = products[at].get("category")
    others = [i for i, each in enumerate(products) if each.get("category") == shelf and (i - at) * by > 0]
    if others:
        to = min(others, key=lambda i: abs(i - at))
        products[at], products[to] = products[to], products[at]
    return {**file, "products": products}

"""The forms of an event as templates draw them: blocks, rows and fields, with what stands in each and what is wrong."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final
from zoneinfo import available_timezones

from boxoffice.core.catalogue import ProductKind, Rounding
from boxoffice.core.currencies import CURRENCIES
from boxoffice.core.event_changes import Path, value_at
from boxoffice.core.languages import later
from boxoffice.core.shelves import COLOURS, PICTURES
from boxoffice.core.taxes import TaxClass, TaxKind, tax_name
from boxoffice.documents.languages import Language
from sync.editing.fields import CHANNEL_WORDS, Block, Field, Kind, items
from sync.editing.forms import NEW, Given, currency_of, name_in_form, opened, rows_of, text_of
from sync.store.event_list import PoolNow

KINDS: Final = {
    ProductKind.TICKET.value: later("Ticket"),
    ProductKind.MERCHANDISE.value: later("Goods"),
    ProductKind.DONATION.value: later("A donation"),
    ProductKind.BUNDLE.value: later("Bundle"),
    ProductKind.GIFT_CARD.value: later("Gift card"),
}
_CLASSES: Final = {
    "": later("as its kind"),
    TaxClass.ADMISSION.value: later("Tickets"),
    TaxClass.GOODS.value: later("Goods"),
    TaxClass.DONATION.value: later("Donations"),
    TaxClass.SERVICE.value: later("Services"),
}
_COLOURS: Final = {
    "coral": later("Coral"),
    "ink": later("Ink"),
    "stone": later("Stone"),
    "green": later("Green"),
    "blue": later("Blue"),
    "violet": later("Violet"),
    "amber": later("Amber"),
}
_PICTURES: Final = {
    "rueda": later("Couples in a wheel"),
    "pass": later("A pass"),
    "night": later("A night of dance"),
    "workshop": later("Two who dance"),
    "shirt": later("A shirt"),
    "heart": later("A heart"),
}
_FIXED: Final[Mapping[str, Mapping[str, str]]] = {
    "roundings": {Rounding.PER_LINE.value: later("in each line"), Rounding.PER_ORDER.value: later("in the order")},
    "yes-no": {"": "—", "yes": later("yes"), "no": later("no, on top of it")},
    "tax-kinds": {TaxKind.SALES.value: later("Sales"), TaxKind.ADMISSIONS.value: later("Admissions")},
    "kinds": KINDS,
    "classes": _CLASSES,
    "pers": {"order": later("once an order"), "item": later("each item")},
    "reentries": {
        "": later("with a stamp"),
        "out": later("once they were scanned out"),
        "never": later("never"),
    },
    "roundings-of-cash": {"": later("nothing"), "5": "0.05", "10": "0.10", "50": "0.50", "100": "1.00"},
    "ways-of-rounding": {"nearest": later("to the nearest"), "customer": later("for the customer")},
    "channels": CHANNEL_WORDS,
    "any-channel": {"": later("everywhere"), **CHANNEL_WORDS},
    "colours": {"": later("as its shelf"), **{each: _COLOURS[each] for each in COLOURS}},
    "pictures": {"": later("none"), **{each: _PICTURES[each] for each in PICTURES}},
}
_NUMBERS: Final = frozenset({"roundings-of-cash"})
COMMON_ZONES: Final = tuple(
    sorted(zone for zone in available_timezones() if "/" in zone and not zone.startswith("Etc/"))
)


@dataclass(frozen=True, slots=True)
class Shown:
    """What a page of forms is drawn from: `typed` is what could not be saved, with what is `wrong` of it.

    `problems` are what speaks against publishing, by the names of the fields. `places` are those of sale that can be
    chosen, with what they are called.
    """

    file: Mapping[str, Any]
    speaks: Language
    pools: Mapping[str, PoolNow] = field(default_factory=dict)
    places: Sequence[tuple[str, str]] = ()
    typed: Given = field(default_factory=dict)
    wrong: Mapping[str, str] = field(default_factory=dict)
    problems: Mapping[str, str] = field(default_factory=dict)


def views_of(blocks: Iterable[Block], shown: Shown) -> list[dict[str, Any]]:
    """Returns the blocks as the template draws them."""
    form = opened(shown.file)
    return [_block(block, form, shown) for block in blocks]


def _block(block: Block, form: Mapping[str, Any], shown: Shown) -> dict[str, Any]:
    say = shown.speaks.say
    head = {"title": say(block.title), "hint": say(block.hint), "is_rows": block.is_rows, "add": say(block.add)}
    head |= {"id": "-".join(block.path), "path": name_in_form(block.path)}
    if not block.is_rows:
        return head | {
            "fields": [_field(each, block.path, form, shown) for each in block.fields],
            "rows": [],
            "new": [],
        }
    rows = []
    for row in rows_of(block, form):
        base = (*block.path, row)
        rows.append(
            {
                "title": _title(base, form),
                "path": name_in_form(base),
                "notes": _notes(base, form, shown),
                "fields": [_field(each, base, form, shown) for each in block.fields if not each.is_new_only],
            }
        )
    return head | {
        "fields": [],
        "rows": rows,
        "new": [_field(f, (*block.path, NEW), form, shown) for f in block.fields],
    }


def _title(base: Path, form: Mapping[str, Any]) -> str:
    item = value_at(form, base)
    return str(item.get("name") or item.get("authority") or item.get("code") or item.get("day") or "") if item else ""


def _notes(base: Path, form: Mapping[str, Any], shown: Shown) -> list[tuple[str, str]]:
    """Returns how a pool stands now, where the row is about one."""
    say, name = shown.speaks.say, base[-1]
    if base[0] == "products" and base[2:3] == ("sizes",):
        product = next((each for each in items(shown.file, "products") if each["id"] == base[1]), {})
        size = (value_at(form, base) or {}).get("name", "")
        name = (product.get("option_pools") or {}).get(size, "")
    elif base[0] != "pools":
        return []
    pool = shown.pools.get(name)
    if pool is None:
        return []
    told = [(say("Sold"), pool.sold), (say("Being paid for"), pool.held), (say("With tills"), pool.leased)]
    return [(label, f"{n:,}") for label, n in told if n or label == say("Sold")] + [(say("Left"), f"{pool.left:,}")]


def _field(each: Field, base: Path, form: Mapping[str, Any], shown: Shown) -> dict[str, Any]:
    say, path = shown.speaks.say, each.path(base)
    name = name_in_form(path)
    stored = text_of(each.kind, value_at(form, path), currency_of(form))
    was_typed = name in shown.typed or (each.kind is Kind.TICKS and name in shown.typed.get("shown", ()))
    typed: str | list[str] = stored
    if was_typed:
        given = shown.typed.get(name, ())
        typed = list(given) if each.kind is Kind.TICKS else (given[0] if given else "")
    values = typed if isinstance(typed, list) else [typed]
    return {
        "name": name,
        "id": name.replace("/", "-").replace("+", "new"),
        "label": say(each.label),
        "kind": each.kind.value,
        "value": "" if isinstance(typed, list) else typed,
        "values": values,
        "choices": [] if not each.choices else _choices(each.choices, values, form, shown),
        "list": each.choices if each.kind is Kind.LINE and each.choices else "",
        "hint": say(each.hint),
        "error": say(shown.wrong.get(name) or shown.problems.get(name, "")),
        "now": _said(stored) if was_typed and typed != stored else "",
    }


def _said(stored: str | list[str]) -> str:
    return ", ".join(stored) if isinstance(stored, list) else stored


def _choices(what: str, chosen: Sequence[str], form: Mapping[str, Any], shown: Shown) -> list[tuple[str, str, bool]]:
    """Returns what may be chosen: its value, its words, and whether it is. What stands there already is among it."""
    found = _all_choices(what, form, shown)
    known = {value for value, _ in found}
    more = [(each, each) for each in chosen if each and each not in known]
    return [(value, words, value in chosen) for value, words in (*found, *more)]


def _all_choices(what: str, form: Mapping[str, Any], shown: Shown) -> list[tuple[str, str]]:
    say = shown.speaks.say
    if what in _FIXED:
        return [(value, words if what in _NUMBERS and value else say(words)) for value, words in _FIXED[what].items()]
    return _OWN[what](form, shown) if what in _OWN else _named(_products(what, form))


def _days(form: Mapping[str, Any], shown: Shown) -> list[tuple[str, str]]:
    days = [str(each) for each in (form.get("event") or {}).get("days") or ()]
    return [(day, shown.speaks.day(date.fromisoformat(day))) for day in days]


def _categories(form: Mapping[str, Any], _: Shown) -> list[tuple[str, str]]:
    shelves = [str(each.get("category", "")) for each in items(form, "products")]
    return [(shelf, shelf) for shelf in dict.fromkeys(shelves) if shelf]


def _currencies(_form: Mapping[str, Any], _: Shown) -> list[tuple[str, str]]:
    return [(code, code) for code, rules in sorted(CURRENCIES.items()) if rules.stripe is not None]


def _places(_: Mapping[str, Any], shown: Shown) -> list[tuple[str, str]]:
    return [("", shown.speaks.say("none: nothing is taxed but what names its taxes")), *shown.places]


def _tax(each: Mapping[str, Any], shown: Shown) -> str:
    name, authority = str(each.get("name", "")), str(each.get("authority", ""))
    said = tax_name(name, authority, str(each.get("kind", TaxKind.SALES.value)), shown.speaks.say)
    until = each.get("valid_until")
    return f"{said}, {shown.speaks.say('until {day}').format(day=until)}" if until else said


def _products(what: str, form: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """Returns the products that may be chosen: all, tickets alone, or what may be a part of a bundle."""
    kinds = {"tickets": ("ticket",), "parts": ("ticket", "merchandise")}.get(what)
    return [each for each in items(form, "products") if kinds is None or each.get("kind") in kinds]


def _named(found: Iterable[Mapping[str, Any]]) -> list[tuple[str, str]]:
    return [(str(each["id"]), str(each.get("name") or each.get("authority") or each["id"])) for each in found]


_OWN: Final[Mapping[str, Callable[[Mapping[str, Any], Shown], list[tuple[str, str]]]]] = {
    "zones": lambda _form, _shown: [(zone, zone) for zone in COMMON_ZONES],
    "currencies": _currencies,
    "places": _places,
    "days": _days,
    "categories": _categories,
    "price-kinds": lambda form, shown: [("", shown.speaks.say("everybody")), *_named(items(form, "price_kinds"))],
    "taxes": lambda form, shown: [(str(each["id"]), _tax(each, shown)) for each in items(form, "taxes")],
}
"""What may be chosen that depends on the event."""

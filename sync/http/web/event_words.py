"""How the places of an event file are called on organizers' pages, and how what stands there is said."""

import re
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from datetime import date, datetime, time
from typing import Any, Final

from boxoffice.core.errors import FieldError
from boxoffice.core.event_changes import ORDER, Path, name_of, value_at
from boxoffice.core.languages import later
from boxoffice.core.money import Currency, Money
from boxoffice.documents.languages import Language
from sync.editing.fields import SECTIONS, Kind, blocks_of, pools_of_options
from sync.editing.forms import currency_of, text_of

_SECTION_OF: Final = {
    "event": "basics",
    "hours": "basics",
    "page": "basics",
    "taxes": "taxes",
    "places": "taxes",
    "pools": "places",
    "products": "products",
    "promos": "prices",
    "price_kinds": "prices",
    "doors": "doors",
    "cash": "rules",
    "comps": "rules",
    "limits": "rules",
    "papers": "papers",
}
_OTHER: Final = {
    "days": later("Days"),
    "hours": later("Times"),
    "options": later("Sizes"),
    "option_pools": later("Sizes that are counted"),
    "prices": later("Other prices"),
    "parts": later("Made of"),
    "pools": later("Places"),
    "products": later("Products"),
    "archived": later("Archived"),
    "capacity": later("How many"),
    "floats": later("What drawers begin with"),
    "looks": later("What is looked at"),
    ORDER: later("Order on the shelf"),
}
"""Places that no field of a form has as they stand in the file."""
_MINOR: Final = re.compile(r"_minor$")
_TOKEN: Final = re.compile(r"([^.\[\]]+)|\[(\d+)\]")


def path_of(problem: FieldError, file: Mapping[str, Any]) -> Path:
    """Returns where a problem is: items of lists by their names."""
    path: list[str] = []
    found: Any = file
    for key, number in _TOKEN.findall(problem.place):
        at = found
        if number:
            is_there = isinstance(at, Sequence) and int(number) < len(at)
            item = at[int(number)] if is_there else None
            path.append(name_of(item, int(number)))
            found = item if isinstance(item, Mapping | list) else {}
        else:
            path.append(key)
            found = at.get(key, {}) if isinstance(at, Mapping) else {}
    return tuple(path)


def section_of(path: Path, file: Mapping[str, Any]) -> str:
    """Returns on which page something stands."""
    head = path[0] if path else "event"
    if path[:2] in (("event", "place"), ("event", "exempt")):
        return "taxes"
    if head == "pools" and len(path) > 1 and path[1] in pools_of_options(file):
        return "products"
    return _SECTION_OF.get(head, "basics")


def item_of(path: Path, file: Mapping[str, Any], speaks: Language) -> str:
    """Returns what the thing at a place is called: a product's name, or the section's."""
    if len(path) > 1 and path[0] in ("products", "pools", "taxes", "places", "price_kinds", "promos"):
        item = value_at(file, path[:2])
        if isinstance(item, Mapping):
            return str(item.get("name") or item.get("authority") or item.get("code") or path[1])
        return path[1] if path[1] != ORDER else ""
    title = next((each.title for each in SECTIONS if each.id == section_of(path, file)), "")
    return speaks.say(title)


def label_of(path: Path, file: Mapping[str, Any], speaks: Language) -> str:
    """Returns what a place is called, as forms call it."""
    found = field_at(path, file)
    if found is not None:
        label, is_spanish = found[0], "texts" in path
        own = field_at(tuple(each for each in path if each not in ("texts", "es")), file) if is_spanish else None
        words = speaks.say(label)
        return words if own is None else f"{speaks.say(own[0])}, {words[:1].lower()}{words[1:]}"
    key = next((each for each in reversed(path) if each in _OTHER), "")
    return speaks.say(_OTHER[key]) if key else _MINOR.sub("", path[-1]).replace("_", " ")


def field_at(path: Path, file: Mapping[str, Any]) -> tuple[str, Kind] | None:
    """Returns the label and kind of the field at a place, if a form has it."""
    product = path[1] if path[0] == "products" and len(path) > 1 else ""
    for block in blocks_of(section_of(path, file), file, product):
        for field in block.fields:
            base = (*block.path, path[len(block.path)]) if block.is_rows and len(path) > len(block.path) else block.path
            if field.path(base) == path:
                return field.label, field.kind
    return None


_SAID: Final[Mapping[Kind, Callable[[int, Currency, Language], str]]] = {
    Kind.YES_NO: lambda value, _, speaks: speaks.say("yes") if value else speaks.say("no"),
    Kind.MONEY: lambda value, currency, _: str(Money(value, currency)),
}
"""How what stands in a file as a number is said, where that is something else."""


def value_words(path: Path, value: Any, file: Mapping[str, Any], speaks: Language) -> str:
    """Returns what stands at a place, for people."""
    if value is None:
        return speaks.say("nothing")
    found, currency = field_at(path, file), currency_of(file)
    kind = Kind.LINE if found is None else found[1]
    if path[-1] == ORDER:
        return " · ".join(str((value_at(file, (*path[:-1], each)) or {}).get("name", each)) for each in value)
    if kind in _SAID and isinstance(value, int):
        return _SAID[kind](value, currency, speaks)
    is_whole = isinstance(value, Mapping) or (isinstance(value, list) and any(isinstance(e, Mapping) for e in value))
    said = _whole(value, currency, speaks) if is_whole else text_of(kind, value, currency)
    if isinstance(value, list) and not is_whole and kind not in (Kind.TICKS, Kind.MONEYS):
        said = [str(each) for each in value]
    return ", ".join(_said(each, speaks) for each in (said if isinstance(said, list) else [said]))


def _whole(value: Any, currency: Currency, speaks: Language) -> str:
    """Returns all that a thing says, in one line."""
    if isinstance(value, Mapping):
        named = [
            (key, each) for key, each in value.items() if key not in ("id", "texts") and each not in (None, "", [])
        ]
        parts = [
            str(Money(each, currency))
            if key.endswith("_minor") and isinstance(each, int)
            else _plain(key, each, speaks)
            for key, each in named
            if not isinstance(each, bool)
        ]
        return ", ".join(part for part in parts if part)
    return "; ".join(_whole(each, currency, speaks) if isinstance(each, Mapping) else str(each) for each in value)


def _plain(key: str, value: Any, speaks: Language) -> str:
    if isinstance(value, Mapping):
        return ", ".join(f"{each} × {what}" if isinstance(each, int) else str(what) for what, each in value.items())
    if isinstance(value, list):
        if all(isinstance(each, str) for each in value):
            return ", ".join(_said(each, speaks) for each in value)
        return str(len(value))
    if key == "capacity":
        return f"{value:,}"
    return _said(str(value), speaks) if not isinstance(value, int) else str(value)


def _said(text: str, speaks: Language) -> str:
    """Returns a day or a time as people say it; any other text as it is."""
    with suppress(ValueError):
        return speaks.day(date.fromisoformat(text))
    with suppress(ValueError):
        if "T" in text:
            return speaks.instant(datetime.fromisoformat(text))
    with suppress(ValueError):
        if ":" in text:
            return speaks.time(time.fromisoformat(text))
    return text

"""What parameters a call takes: a small language for them, and the reader that answers as Stripe for the rest."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from boxoffice.sandbox.errors import StripeError, invalid, missing, unknown
from boxoffice.sandbox.form import Node


@dataclass(frozen=True, slots=True)
class Text:
    """A string; an empty one unsets, and is read as None."""

    most: int = 5000


@dataclass(frozen=True, slots=True)
class Whole:
    """An integer within bounds."""

    least: int | None = None
    most: int | None = None


@dataclass(frozen=True, slots=True)
class Flag:
    """`true` or `false`."""


@dataclass(frozen=True, slots=True)
class OneOf:
    """One of Stripe's own words."""

    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Many:
    """A list."""

    of: "Kind"


@dataclass(frozen=True, slots=True)
class Keyed:
    """Metadata: at most 50 keys of 40 characters with values of 500; an empty value unsets its key."""


@dataclass(frozen=True, slots=True)
class Opaque:
    """A parameter that Stripe knows and the stand-in takes without acting on it."""


@dataclass(frozen=True, slots=True)
class Group:
    """A map of named parameters."""

    fields: "Mapping[str, Kind]" = field(default_factory=dict)
    needs: frozenset[str] = frozenset()


Kind = Text | Whole | Flag | OneOf | Many | Keyed | Opaque | Group

_METADATA_KEYS: Final = 50
_WHOLE: Final = re.compile(r"[+-]?\d{1,18}")
EXPAND: Final = Many(Text())


def shape(needs: Sequence[str] = (), opaque: str = "", **fields: Kind) -> Group:
    """Returns the parameters of a call: its own, those it takes without acting on (by name), and `expand`."""
    ignored: dict[str, Kind] = {name: Opaque() for name in opaque.split()}
    return Group({**ignored, **fields, "expand": EXPAND}, frozenset(needs))


def listing(opaque: str = "", **fields: Kind) -> Group:
    """Returns the parameters of a list: its filters, and Stripe's paging."""
    paging: dict[str, Kind] = {"limit": Whole(1, 100), "starting_after": Text(), "ending_before": Text()}
    return shape((), opaque, **paging, **fields)


def read(kind: Kind, raw: Node, at: str = "") -> Any:
    """Returns the typed value.

    Raises:
        StripeError: 400, naming the first parameter that is unknown, missing or wrong.
    """
    match kind:
        case Group():
            return _group(kind, raw, at)
        case Many():
            return _many(kind, raw, at)
        case Keyed():
            return _keyed(raw, at)
        case Opaque():
            return raw
        case _:
            return _scalar(kind, raw, at)


def _group(kind: Group, raw: Node, at: str) -> dict[str, Any]:
    if raw in ("", []):
        return {}
    if not isinstance(raw, dict):
        raise invalid("Invalid object", at)
    for name in raw:
        if name not in kind.fields:
            raise unknown(_below(at, name))
    for name in kind.fields:
        if name in kind.needs and name not in raw:
            raise missing(_below(at, name))
    return {name: read(kind.fields[name], value, _below(at, name)) for name, value in raw.items()}


def _many(kind: Many, raw: Node, at: str) -> list[Any]:
    if raw == "":
        return []
    if not isinstance(raw, list):
        raise invalid("Invalid array", at)
    return [read(kind.of, each, f"{at}[{place}]") for place, each in enumerate(raw)]


def _keyed(raw: Node, at: str) -> dict[str, str]:
    if raw == "":
        return {}
    if isinstance(raw, list):  # keys that are all numbers look like a list
        raw = {str(place): value for place, value in enumerate(raw)}
    if not isinstance(raw, dict):
        raise invalid("Invalid object", at)
    if len(raw) > _METADATA_KEYS:
        raise invalid(f"Metadata can have at most {_METADATA_KEYS} keys.", at)
    found: dict[str, str] = {}
    for key, value in raw.items():
        if not isinstance(value, str):
            raise invalid("Metadata values must be strings.", _below(at, key))
        if len(key) > 40 or len(value) > 500:
            raise invalid("Metadata keys can have up to 40 characters, values up to 500.", _below(at, key))
        found[key] = value
    return found


def _scalar(kind: Text | Whole | Flag | OneOf, raw: Node, at: str) -> str | int | bool | None:
    if not isinstance(raw, str):
        raise invalid("Invalid string", at)
    if raw == "":
        if isinstance(kind, Text):
            return None
        raise _empty(at)
    match kind:
        case Text():
            return _text(kind, raw, at)
        case Whole():
            return _whole(kind, raw, at)
        case Flag():
            return _flag(raw, at)
        case OneOf():
            return _one_of(kind, raw, at)


def _empty(at: str) -> StripeError:
    message = (
        f"You passed an empty string for '{at}'. We assume empty values are an attempt to unset a parameter; "
        f"however '{at}' cannot be unset. You should remove '{at}' from your request or supply a non-empty value."
    )
    return invalid(message, at, "parameter_invalid_empty")


def _text(kind: Text, raw: str, at: str) -> str:
    if len(raw) > kind.most:
        raise invalid(f"Invalid string: must be at most {kind.most} characters", at)
    return raw


def _flag(raw: str, at: str) -> bool:
    if raw not in ("true", "false"):
        raise invalid(f"Invalid boolean: {raw}", at)
    return raw == "true"


def _one_of(kind: OneOf, raw: str, at: str) -> str:
    if raw not in kind.words:
        raise invalid(f"Invalid {at}: must be one of {_or(kind.words)}", at)
    return raw


def _whole(kind: Whole, raw: str, at: str) -> int:
    if not _WHOLE.fullmatch(raw):
        raise invalid(f"Invalid integer: {raw}", at, "parameter_invalid_integer")
    value = int(raw)
    if kind.least is not None and value < kind.least:
        message = f"This value must be greater than or equal to {kind.least}."
        raise invalid(message, at, "parameter_invalid_integer")
    if kind.most is not None and value > kind.most:
        raise invalid(f"This value must be less than or equal to {kind.most}.", at, "parameter_invalid_integer")
    return value


def _below(at: str, name: str) -> str:
    return f"{at}[{name}]" if at else name


def _or(words: Sequence[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])}, or {words[-1]}"

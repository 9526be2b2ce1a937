"""Reads an operation's parameters by its own table: unknown ones are refused, as Stripe refuses them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from boxoffice.standin.errors import StripeError, missing


@dataclass(frozen=True, slots=True)
class Kind:
    """What a parameter may be: `int`, `bool`, `str`, `map` (free names), `list` of `inner`, or `object` of `fields`."""

    name: str
    inner: "Kind | None" = None
    fields: "Mapping[str, Kind] | None" = None
    choices: tuple[str, ...] = ()
    required: bool = False


TEXT: Final = Kind("str")
NUMBER: Final = Kind("int")
FLAG: Final = Kind("bool")
MAP: Final = Kind("map")
TEXTS: Final = Kind("list", TEXT)
ANY: Final = Kind("any")


def must(kind: Kind) -> Kind:
    return Kind(kind.name, kind.inner, kind.fields, kind.choices, required=True)


def one_of(*choices: str) -> Kind:
    return Kind("str", choices=choices)


def list_of(inner: Kind) -> Kind:
    return Kind("list", inner)


def fields(**parts: Kind) -> Kind:
    return Kind("object", fields=parts)


def read(params: Mapping[str, Any], spec: Mapping[str, Kind], path: str = "") -> dict[str, Any]:
    """Returns the parameters in their types.

    Raises:
        StripeError: for the first that is unknown, missing or of another type.
    """
    for name in params:
        if name not in spec:
            at = _at(path, name)
            raise StripeError(f"Received unknown parameter: {at}", code="parameter_unknown", param=at)
    for name, kind in spec.items():
        if kind.required and name not in params:
            raise missing(_at(path, name))
    return {name: _value(value, spec[name], _at(path, name)) for name, value in params.items()}


def _at(path: str, name: str) -> str:
    return f"{path}[{name}]" if path else name


def _value(value: Any, kind: Kind, path: str) -> Any:
    if kind.name == "list" and kind.inner is not None:
        if not isinstance(value, list):
            raise StripeError("Invalid array", param=path)
        return [_value(each, kind.inner, f"{path}[{i}]") for i, each in enumerate(value)]
    if kind.name == "object" and kind.fields is not None:
        if not isinstance(value, dict):
            raise StripeError("Invalid object", param=path)
        return read(value, kind.fields, path)
    if kind.name in ("map", "any"):
        return value
    if not isinstance(value, str):
        raise StripeError(f"Invalid {kind.name}", param=path)
    return _scalar(value, kind, path)


def _scalar(value: str, kind: Kind, path: str) -> str | int | bool:
    if kind.name == "int":
        try:
            return int(value)
        except ValueError as error:
            raise StripeError(f"Invalid integer: {value}", code="parameter_invalid_integer", param=path) from error
    if kind.name == "bool":
        if value not in ("true", "false"):
            raise StripeError(f"Invalid boolean: {value}", param=path)
        return value == "true"
    if kind.choices and value not in kind.choices:
        raise StripeError(f"Invalid {path}: must be one of {', '.join(kind.choices)}", param=path)
    return value

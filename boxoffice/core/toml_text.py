"""Writes an event file's mapping as TOML that people can read and change, and that reads back to the same."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

_BARE: Final = re.compile(r"[A-Za-z0-9_-]+")
_ESCAPES: Final = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t", "\b": "\\b", "\f": "\\f"}
_FIRST_CONTROL, _DELETE = 0x20, 0x7F


def to_toml(data: Mapping[str, Any]) -> str:
    """Returns JSON's types as TOML: tables, and lists of tables, each under its head; what is None is left out."""
    return "\n".join(_table((), data)).strip("\n") + "\n"


def _table(path: tuple[str, ...], data: Mapping[str, Any]) -> Iterator[str]:
    inner = {key: each for key, each in data.items() if _stands_apart(each)}
    yield from (f"{_key(key)} = {_value(each)}" for key, each in data.items() if key not in inner and each is not None)
    for key, each in inner.items():
        head = ".".join(map(_key, (*path, key)))
        if isinstance(each, Mapping):
            yield f"\n[{head}]"
            yield from _table((*path, key), each)
        else:
            for item in each:
                yield f"\n[[{head}]]"
                yield from _table((*path, key), item)


def _stands_apart(value: Any) -> bool:
    if isinstance(value, Mapping):
        return any(isinstance(each, Mapping | list | tuple | str) for each in value.values())
    is_list = isinstance(value, list | tuple)
    return is_list and bool(value) and all(isinstance(item, Mapping) and len(item) > 0 for item in value)


def _value(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return f'"{"".join(_letter(each) for each in value)}"'
    if isinstance(value, Mapping):
        inner = ", ".join(f"{_key(key)} = {_value(each)}" for key, each in value.items() if each is not None)
        return f"{{ {inner} }}" if inner else "{}"
    if isinstance(value, Sequence):
        return f"[{', '.join(_value(each) for each in value)}]"
    return str(value)


def _key(key: str) -> str:
    return key if _BARE.fullmatch(key) else _value(key)


def _letter(letter: str) -> str:
    if letter in _ESCAPES:
        return _ESCAPES[letter]
    return f"\\u{ord(letter):04x}" if ord(letter) < _FIRST_CONTROL or ord(letter) == _DELETE else letter

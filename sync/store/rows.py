"""Rows as values: what leaves the store is a frozen dataclass, so that nobody else has to guess what a row holds."""

from collections.abc import Callable, Hashable, Mapping
from enum import Enum
from functools import cache
from types import NoneType, UnionType
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints

from sqlalchemy import Row

V = TypeVar("V")


def value_of(kind: type[V], row: Row[*tuple[Any, ...]], **more: object) -> V:
    """Returns a row as a dataclass whose fields are named as its columns; enums are made of what they are called.

    Args:
        kind: the dataclass.
        row: with a column for each field; others are left out.
        more: fields that the row has no column for, or says otherwise.

    Raises:
        ValueError: if a column holds what its enum does not know.
    """
    readers = _readers(kind)  # type: ignore[arg-type]  # a class can be hashed
    return kind(**more, **{name: read(getattr(row, name)) for name, read in readers.items() if name not in more})


@cache
def _readers(kind: Hashable) -> Mapping[str, Callable[[Any], Any]]:
    hints = get_type_hints(kind)
    return {name: _reader(hints[name]) for name in hints}


def _reader(hint: Any) -> Callable[[Any], Any]:
    """Returns what makes a value of that type of what the database gives."""
    if get_origin(hint) in (Union, UnionType):
        (only,) = [_reader(each) for each in get_args(hint) if each is not NoneType][:1]
        return lambda found: None if found is None else only(found)
    if isinstance(hint, type) and issubclass(hint, Enum):
        return hint
    if hint is int:  # what Postgres adds up comes as a decimal
        return int
    return tuple if get_origin(hint) is tuple else _as_it_is


def _as_it_is(found: Any) -> Any:
    return found

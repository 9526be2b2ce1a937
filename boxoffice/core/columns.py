"""The columns that rows of the core need in a table, at till and hub alike: read off their fields, and back."""

from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from functools import cache
from types import NoneType
from typing import Any, Final, TypeVar, get_args, get_type_hints

from boxoffice.core.facts import Draft, Fact, instant
from boxoffice.core.rows import Keeping, Kept

K = TypeVar("K", bound=Kept)


REFERENCES: Final[Mapping[str, str]] = {"order_id": "orders", "payment_id": "payments"}


@dataclass(frozen=True, slots=True)
class Field:
    """A column, as a row's field says it: `type` is `str`, `int`, `bool`, `datetime`, or an enum: its word is kept."""

    name: str
    type: type
    is_optional: bool

    @property
    def refers_to(self) -> str | None:
        """Returns the table whose `id` it holds."""
        return REFERENCES.get(self.name)


def fields_of(row: type) -> tuple[Field, ...]:
    """Returns the columns that rows of this type need."""
    return _fields_of(row)


@cache
def _fields_of(row: Hashable) -> tuple[Field, ...]:
    return tuple(_field(name, hint) for name, hint in get_type_hints(row).items())


def _field(name: str, hint: Any) -> Field:
    types = [each for each in get_args(hint) if each is not NoneType] or [hint]
    return Field(name, types[0], is_optional=NoneType in get_args(hint))


def row_of(row: type[K], words: Mapping[Any, Any]) -> K:
    """Returns the row whose words a table holds, by the names of its columns; others are left out.

    Raises:
        ValueError: if a column holds what its enum does not know.
    """
    return row(**{each.name: _said(each, words[each.name]) for each in fields_of(row)})


def _said(field: Field, word: Any) -> Any:
    if word is None or isinstance(word, datetime):
        return word
    if field.type is datetime:
        return instant(word)
    return field.type(word) if issubclass(field.type, Enum | bool) else word


def ids_named(kept: Keeping, facts: Iterable[Fact | Draft]) -> list[str]:
    """Returns by what facts name rows by themselves, sorted; nothing for those that are found by their order."""
    found = (fact.payload.get(kept.named) for fact in facts) if kept.named is not None else ()
    return sorted({each for each in found if isinstance(each, str)})


def words_of(kept: Kept) -> dict[str, Any]:
    """Returns the fields of a row as tables hold them: of what an enum says, its word."""
    found = ((name, getattr(kept, name)) for name in kept.__slots__)
    return {name: each.value if isinstance(each, Enum) else each for name, each in found}

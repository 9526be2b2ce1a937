"""The tables that follow from the rows of the core."""

from collections.abc import Mapping
from datetime import datetime
from enum import Enum
from typing import Any, Final

from sqlalchemy import BigInteger, Boolean, CheckConstraint, Column, DateTime, ForeignKey, Table, Text
from sqlalchemy.types import TypeEngine

from boxoffice.core.closed_sets import listed
from boxoffice.core.columns import Field, fields_of
from boxoffice.core.rows import Keeping
from sync.store.schema.metadata import metadata

_KINDS: Final[Mapping[type, TypeEngine[Any]]] = {
    bool: Boolean(),
    int: BigInteger(),
    datetime: DateTime(timezone=True),
}


def table_of(kept: Keeping) -> Table:
    """Makes the table of rows of the core of which no more is to be said than the core says."""
    fields = fields_of(kept.row)
    closed = [(each.name, each.type) for each in fields if issubclass(each.type, Enum)]
    words = (CheckConstraint(f"{name} IN ({listed(words)})", name=name) for name, words in closed)
    beside = (Column(name, Text, nullable=False, server_default="") for name in kept.beside)
    return Table(kept.table, metadata, *(_column(each, kept) for each in fields), *beside, *words)


def _column(field: Field, kept: Keeping) -> Column[Any]:
    keys = () if field.refers_to is None else (ForeignKey(f"{field.refers_to}.id"),)
    kind = _KINDS.get(field.type, Text())
    is_key = field.name == "id"
    is_sought = field.refers_to is not None or (field.name == kept.by and not is_key)
    return Column(field.name, kind, *keys, primary_key=is_key, nullable=field.is_optional, index=is_sought)

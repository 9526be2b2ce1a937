"""The tables of rows that only the core describes."""

from typing import Any

from sqlalchemy import Column, ForeignKey, Integer, Table, Text

from boxoffice.core.columns import Field, fields_of
from boxoffice.core.rows import Keeping
from boxoffice.till.store.schema.metadata import metadata


def table_of(kept: Keeping) -> Table:
    beside = (Column(name, Text, nullable=False, server_default="") for name in kept.beside)
    return Table(kept.table, metadata, *(_column(each, kept) for each in fields_of(kept.row)), *beside)


def _column(field: Field, kept: Keeping) -> Column[Any]:
    keys = () if field.refers_to is None else (ForeignKey(f"{field.refers_to}.id"),)
    kind = Integer if issubclass(field.type, int) else Text
    is_key = field.name == "id"
    is_sought = field.refers_to is not None or (field.name == kept.by and not is_key)
    return Column(field.name, kind, *keys, primary_key=is_key, nullable=field.is_optional, index=is_sought)

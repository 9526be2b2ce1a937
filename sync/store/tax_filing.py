"""Who collects which authority's taxes, and which returns were filed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from sqlalchemy import Connection, select
from sqlalchemy.dialects.postgresql import insert

from sync.store import tables as t
from sync.store.rows import value_of

_f: Final = t.filed_returns.c
_MOST: Final = 60


@dataclass(frozen=True, slots=True)
class Collector:
    """Who collects an authority's taxes. A marketplace `pays` them itself: they are reported, and not paid again."""

    collected_by: str
    pays: bool


@dataclass(frozen=True, slots=True)
class Filed:
    """A return that was filed with an office, in minor units. `reference` is the office's own number for it."""

    authority: str
    month: date
    currency: str
    amount: int
    reference: str
    by: str
    at: datetime


def collectors(connection: Connection) -> Mapping[str, Collector]:
    """Returns who collects, by authority, where it is not the authority itself."""
    rows = connection.execute(select(t.tax_collectors))
    return {row.authority: value_of(Collector, row) for row in rows}


def set_collector(connection: Connection, authority: str, collected_by: str, by: str, *, pays: bool) -> None:
    """Says who collects an authority's taxes; nobody named is the authority itself."""
    c = t.tax_collectors
    if not collected_by:
        connection.execute(c.delete().where(c.c.authority == authority))
        return
    named = {"collected_by": collected_by, "pays": pays, "by": by}
    row = insert(c).values(authority=authority, **named)
    connection.execute(row.on_conflict_do_update(index_elements=["authority"], set_=named))


def note_filed(connection: Connection, filed: Filed) -> None:
    """Keeps that a return was filed; filed again, the newest counts."""
    now = {"amount": filed.amount, "reference": filed.reference, "by": filed.by, "at": filed.at}
    row = insert(t.filed_returns).values(authority=filed.authority, month=filed.month, currency=filed.currency, **now)
    connection.execute(row.on_conflict_do_update(index_elements=["authority", "month", "currency"], set_=now))


def filed_returns(connection: Connection) -> Sequence[Filed]:
    """Returns what was filed, the newest month first."""
    query = select(t.filed_returns).order_by(_f.month.desc(), _f.authority, _f.currency).limit(_MOST)
    return [value_of(Filed, row) for row in connection.execute(query)]

"""How many things wait for a person, and what the remedies of a problem could take."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from sqlalchemy import Connection, func, select

from sync.exception_kinds import ExceptionKind
from sync.store import tables as t

_x: Final = t.exceptions.c


@dataclass(frozen=True, slots=True)
class Counts:
    """How many problems wait for a decision, and how many are over."""

    open: int
    done: int


@dataclass(frozen=True, slots=True)
class Places:
    """A pool, and how many of its units can be had at once."""

    name: str
    available: int


def count_problems(connection: Connection) -> Counts:
    """Returns how many problems there are."""
    rows = connection.execute(select(_x.status, func.count()).group_by(_x.status))
    counts: dict[str, int] = {row[0]: row[1] for row in rows}
    return Counts(counts.get("open", 0), counts.get("resolved", 0))


def count_open(connection: Connection, kind: ExceptionKind) -> int:
    """Returns how many problems of a kind wait for a decision."""
    query = select(func.count()).select_from(t.exceptions).where(_x.kind == kind, _x.status == "open")
    return connection.execute(query).scalar_one()


def places_left(connection: Connection, event_ids: Iterable[str]) -> dict[tuple[str, str], Places]:
    """Returns every pool of these events by event and id, with what can be had at once."""
    p, events = t.pools.c, list(event_ids)
    query = select(p.event_id, p.id, p.name, p.available).where(p.event_id.in_(events))
    rows = connection.execute(query) if events else ()
    return {(row.event_id, row.id): Places(row.name, row.available) for row in rows}

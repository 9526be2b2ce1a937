"""The list of what a person must decide or has decided, with who is affected."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import Connection, func, literal, select
from sqlalchemy.dialects.postgresql import JSONB

from sync.services.problems import ProblemKind
from sync.store import tables as t

MOST: Final = 100
_x: Final = t.exceptions.c
_ONLY_TO_SEE: Final = _x.remedies.in_([literal(each, JSONB) for each in ([], ["seen"])])


@dataclass(frozen=True, slots=True)
class ListedProblem:
    """A problem of the list. What belongs to an order is None if it is about none, or about one that is not known."""

    id: str
    kind: str
    detail: str
    subject_id: str | None
    remedies: tuple[str, ...]
    raised_at: datetime
    remedy: str
    resolved_at: datetime | None
    resolved_by: str
    order_id: str | None
    order_number: str | None
    customer_name: str | None
    customer_email: str | None
    customer_phone: str | None
    timezone: str | None
    till: str | None


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


def listed_problems(connection: Connection, *, is_done: bool) -> Sequence[ListedProblem]:
    """Returns the newest problems: the open ones with those first that wait for a decision."""
    o, e, d = t.orders.c, t.events.c, t.devices.c
    query = (
        select(
            _x.id,
            _x.kind,
            _x.detail,
            _x.subject_id,
            _x.remedies,
            _x.raised_at,
            _x.remedy,
            _x.resolved_at,
            _x.resolved_by,
            o.id.label("order_id"),
            o.order_number,
            o.customer_name,
            o.customer_email,
            o.customer_phone,
            e.timezone,
            d.name.label("till"),
        )
        .select_from(t.exceptions)
        .outerjoin(t.orders, o.id == _x.order_id)
        .outerjoin(t.events, e.id == o.event_id)
        .outerjoin(t.devices, (d.id == func.coalesce(_x.device_id, o.placed_by)) & (d.kind == "till"))
        .where(_x.status == ("resolved" if is_done else "open"))
        .limit(MOST)
    )
    order = (_x.resolved_at.desc(),) if is_done else (_ONLY_TO_SEE, _x.raised_at.desc())
    return [
        ListedProblem(
            id=row.id,
            kind=row.kind,
            detail=row.detail,
            subject_id=row.subject_id,
            remedies=tuple(row.remedies),
            raised_at=row.raised_at,
            remedy=row.remedy or "",
            resolved_at=row.resolved_at,
            resolved_by=row.resolved_by or "",
            order_id=row.order_id,
            order_number=row.order_number,
            customer_name=row.customer_name,
            customer_email=row.customer_email,
            customer_phone=row.customer_phone,
            timezone=row.timezone,
            till=row.till,
        )
        for row in connection.execute(query.order_by(*order))
    ]


def count_problems(connection: Connection) -> Counts:
    """Returns how many problems there are."""
    rows = connection.execute(select(_x.status, func.count()).group_by(_x.status))
    counts: dict[str, int] = {row[0]: row[1] for row in rows}
    return Counts(counts.get("open", 0), counts.get("resolved", 0))


def count_open(connection: Connection, kind: ProblemKind) -> int:
    """Returns how many problems of a kind wait for a decision."""
    query = select(func.count()).select_from(t.exceptions).where(_x.kind == kind, _x.status == "open")
    return connection.execute(query).scalar_one()


def places_left(connection: Connection, event_ids: Iterable[str]) -> dict[tuple[str, str], Places]:
    """Returns every pool of these events by event and id, with what can be had at once."""
    p, events = t.pools.c, list(event_ids)
    query = select(p.event_id, p.id, p.name, p.available).where(p.event_id.in_(events))
    rows = connection.execute(query) if events else ()
    return {(row.event_id, row.id): Places(row.name, row.available) for row in rows}

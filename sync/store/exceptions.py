"""What a person must decide or know of, with the order and the till that it is about."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, Select, func, literal, select, true
from sqlalchemy.dialects.postgresql import JSONB

from boxoffice.core.orders import Channel
from boxoffice.core.rows import ExceptionStatus
from sync.store import tables as t
from sync.store.rows import value_of

_x: Final = t.exceptions.c
_ONLY_TO_SEE: Final = _x.remedies.in_([literal(each, JSONB) for each in ([], ["seen"])])


@dataclass(frozen=True, slots=True)
class Raised:
    """Something put before a person. `kind` and `remedies` may be a newer hub's, which this one does not know.

    `subject_id` is what it is about besides its order: a payment, a refund, a dispute, an event of a provider.
    """

    id: str
    kind: str
    status: ExceptionStatus
    order_id: str | None
    device_id: str | None
    subject_id: str | None
    detail: str
    remedies: tuple[str, ...]
    raised_at: datetime
    remedy: str | None
    resolved_at: datetime | None
    resolved_by: str | None


@dataclass(frozen=True, slots=True)
class Listed:
    """The same as the inbox shows it. What is of the order is None if there is none; `till` is a till's name."""

    raised: Raised
    order_number: str | None
    channel: Channel | None
    customer_name: str | None
    customer_email: str | None
    customer_phone: str | None
    timezone: str | None
    till: str | None


def order_of(connection: Connection, exception_id: str) -> tuple[str | None] | None:
    """Returns the order that an exception is about, or None in a tuple; None if there is no such exception."""
    row = connection.execute(select(_x.order_id).where(_x.id == exception_id)).one_or_none()
    return None if row is None else (row.order_id,)


def subject_of(connection: Connection, exception_id: str) -> str | None:
    """Returns what an exception is about besides its order."""
    found: str | None = connection.execute(select(_x.subject_id).where(_x.id == exception_id)).scalar_one_or_none()
    return found


def is_open(connection: Connection, exception_id: str) -> bool:
    mine = (_x.id == exception_id, _x.status == ExceptionStatus.OPEN.value)
    return connection.execute(select(_x.id).where(*mine)).first() is not None


def open_about(connection: Connection, kinds: Collection[str], subject_id: str | None) -> Sequence[str]:
    """Returns what of these kinds is open about a subject, and keeps it so until the transaction ends."""
    mine = (_x.kind.in_(kinds), _x.subject_id == subject_id, _x.status == ExceptionStatus.OPEN.value)
    return connection.scalars(select(_x.id).where(*mine).order_by(_x.id).with_for_update()).all()


def open_at(connection: Connection, kind: str, device_id: str) -> Sequence[str]:
    """Returns what of a kind is open about a till, and keeps it so until the transaction ends."""
    mine = (_x.kind == kind, _x.device_id == device_id, _x.status == ExceptionStatus.OPEN.value)
    return connection.scalars(select(_x.id).where(*mine).order_by(_x.id).with_for_update()).all()


def was_told(connection: Connection, kind: str, subject_id: str) -> bool:
    """Returns whether it was ever put before a person."""
    return connection.execute(select(_x.id).where(_x.kind == kind, _x.subject_id == subject_id)).first() is not None


def locked(connection: Connection, exception_id: str) -> Raised:
    """Returns an exception as it is now, and keeps it so until the transaction ends."""
    query = select(t.exceptions).where(_x.id == exception_id).with_for_update()
    return value_of(Raised, connection.execute(query).one())


def resolved_of(connection: Connection, order_id: str) -> Sequence[Raised]:
    """Returns what was decided about an order."""
    ended = select(t.exceptions).where(_x.order_id == order_id, _x.status == ExceptionStatus.RESOLVED.value)
    return [value_of(Raised, row) for row in connection.execute(ended)]


def newest(connection: Connection, status: ExceptionStatus, most: int) -> Sequence[Listed]:
    """Returns the newest exceptions: the open ones with those first that wait for a decision."""
    is_done = status is ExceptionStatus.RESOLVED
    order = (_x.resolved_at.desc(),) if is_done else (_ONLY_TO_SEE, _x.raised_at.desc())
    return _read(connection, _LISTED.where(_x.status == status.value).order_by(*order).limit(most))


def open_for(connection: Connection, device_id: str | None, most: int) -> Sequence[Listed]:
    """Returns what is open about a till or its orders, or for None all that is, as `newest` does."""
    mine = true() if device_id is None else (_x.device_id == device_id) | (t.orders.c.placed_by == device_id)
    query = _LISTED.where(_x.status == ExceptionStatus.OPEN.value, mine)
    return _read(connection, query.order_by(_ONLY_TO_SEE, _x.raised_at.desc(), _x.id).limit(most))


def _read(connection: Connection, query: Select[Any]) -> Sequence[Listed]:
    return [value_of(Listed, row, raised=value_of(Raised, row)) for row in connection.execute(query)]


def _listed() -> Select[Any]:
    o, e, d = t.orders.c, t.events.c, t.devices.c
    return (
        select(
            t.exceptions,
            o.order_number,
            o.channel,
            o.customer_name,
            o.customer_email,
            o.customer_phone,
            e.timezone,
            d.name.label("till"),
        )
        .outerjoin(t.orders, o.id == _x.order_id)
        .outerjoin(t.events, e.id == o.event_id)
        .outerjoin(t.devices, (d.id == func.coalesce(_x.device_id, o.placed_by)) & (d.kind == "till"))
    )


_LISTED: Final = _listed()

"""What people did at the tills: the facts that have somebody's name on them, the newest first."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import Enum
from typing import Any, Final
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Connection, func, or_, select

from boxoffice.core.fact_kinds import FactKind
from sync.store import tables as t
from sync.store.staff import names_of_staff

MOST: Final = 100
"""So many stand on one page."""


class Sort(Enum):
    """What an act is about; one may look at a sort alone."""

    SALES = "sales"
    BACK = "back"
    CASH = "cash"
    TICKETS = "tickets"


SORTS: Final[Mapping[FactKind, Sort]] = {
    FactKind.PAYMENT_CAPTURED: Sort.SALES,
    FactKind.REFUND_REQUESTED: Sort.BACK,
    FactKind.ORDER_COLLECTED: Sort.TICKETS,
    FactKind.TICKET_VOIDED: Sort.TICKETS,
    FactKind.TICKET_REISSUED: Sort.TICKETS,
    FactKind.TICKET_SCANNED: Sort.TICKETS,
    FactKind.SHIFT_OPENED: Sort.CASH,
    FactKind.SHIFT_HANDED_OVER: Sort.CASH,
    FactKind.SHIFT_CLOSED: Sort.CASH,
    FactKind.CASH_MOVED: Sort.CASH,
    FactKind.CASH_COUNTED: Sort.CASH,
    FactKind.DRAWER_OPENED: Sort.CASH,
}
"""The kinds of facts that say what somebody did; the others follow from these."""

_f: Final = t.facts.c
_by: Final[ColumnElement[Any]] = func.coalesce(_f.staff_id, _f.payload["asked_by"].astext)
_approved: Final[ColumnElement[Any]] = _f.payload["approved_by"].astext


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which acts to look at: of one person, of one sort, on one day in a time zone, before one that was shown."""

    who: str = ""
    sort: Sort | None = None
    day: date | None = None
    zone: str = "UTC"
    before: int | None = None


@dataclass(frozen=True, slots=True)
class Done:
    """One act. `by` and `approved_by` are names, empty for somebody whom nobody knows any more.

    What somebody signs in their own name, nobody else has approved.
    """

    position: int
    at: datetime
    kind: FactKind
    payload: Mapping[str, Any]
    till: str
    by: str
    approved_by: str
    order_id: str
    order_number: str


def acts(connection: Connection, wanted: Wanted) -> tuple[Sequence[Done], bool]:
    """Returns the newest acts that are wanted, and whether there are more."""
    kinds = [kind.value for kind, sort in SORTS.items() if wanted.sort in (None, sort)]
    o, d = t.orders.c, t.devices.c
    query = (
        select(
            _f.position,
            _f.occurred_at,
            _f.kind,
            _f.payload,
            d.name.label("till"),
            _by.label("by"),
            _approved.label("approved_by"),
            o.id.label("order_id"),
            o.order_number,
        )
        .join(t.devices, d.id == _f.device_id)
        .outerjoin(t.orders, o.id == _f.payload["order_id"].astext)
        .where(_f.kind.in_(kinds), _f.is_applied, _by.is_not(None))
        .order_by(_f.position.desc())
        .limit(MOST + 1)
    )
    if wanted.who:
        query = query.where(or_(_by == wanted.who, _approved == wanted.who))
    if wanted.day is not None:
        begins = datetime.combine(wanted.day, time.min, ZoneInfo(wanted.zone))
        ends = datetime.combine(wanted.day + timedelta(days=1), time.min, ZoneInfo(wanted.zone))
        query = query.where(_f.occurred_at >= begins, _f.occurred_at < ends)
    if wanted.before is not None:
        query = query.where(_f.position < wanted.before)
    rows = connection.execute(query).mappings().all()
    names = names_of_staff(connection, [each[column] for each in rows for column in ("by", "approved_by")])
    done = [
        Done(
            position=row["position"],
            at=row["occurred_at"],
            kind=FactKind(row["kind"]),
            payload=row["payload"],
            till=row["till"] or "",
            by=names.get(row["by"], ""),
            approved_by="" if row["approved_by"] == row["by"] else names.get(row["approved_by"] or "", ""),
            order_id=row["order_id"] or "",
            order_number=row["order_number"] or "",
        )
        for row in rows[:MOST]
    ]
    return done, len(rows) > MOST


def last_seen(connection: Connection, ids: Sequence[str]) -> Mapping[str, datetime]:
    """Returns when each of these people last did something at a till, by what hubs have heard."""
    found = {}
    for staff_id in ids:
        newest = select(_f.occurred_at).where(_by == staff_id).order_by(_f.position.desc()).limit(1)
        at = connection.execute(newest).scalar_one_or_none()
        if at is not None:
            found[staff_id] = at
    return found

"""The shifts of all tills: which are open, which are closed, and the report of each from its facts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, TextClause, select, text, tuple_

from boxoffice.core.columns import row_of
from boxoffice.core.fact_kinds import FactKind
from boxoffice.core.facts import Fact
from boxoffice.core.money import Currency, Money
from boxoffice.core.payloads.orders import OrderPlaced
from boxoffice.core.rows import ShiftRow, ShiftStatus
from boxoffice.core.shift_report import COUNTED, Placed, ShiftReport, report_of
from boxoffice.documents.z_report import ShiftHead
from sync.store import tables as t
from sync.store.chain import read_facts
from sync.store.staff import read_all

MOST: Final = 200
"""So many shifts stand on one page."""
_s: Final = t.metadata.tables["shifts"]
_f: Final = t.facts.c
_PLACES: Final = text("""
    SELECT p.account, p.currency, sum(p.amount)::bigint AS held, max(f.occurred_at) AS last_at
    FROM ledger_postings p JOIN facts f ON f.id = p.fact_id
    WHERE p.account = 'safe' OR p.account LIKE 'cash:%'
        OR (p.account LIKE 'transit:%' AND f.kind = 'cash_moved')
    GROUP BY p.account, p.currency HAVING sum(p.amount) <> 0 ORDER BY p.account, p.currency
""")


_UNDER_WAY: Final = text("""
    SELECT p.account, p.currency, sum(p.amount)::bigint AS held, max(f.occurred_at) AS last_at
    FROM facts f JOIN ledger_postings p ON p.fact_id = f.id AND p.account LIKE 'transit:%'
    WHERE f.kind = 'cash_moved' GROUP BY 1, 2 HAVING sum(p.amount) > 0 ORDER BY 1, 2
""")


@dataclass(frozen=True, slots=True)
class ShiftAt:
    """A shift with its till's name; people by name, empty where nobody is named."""

    row: ShiftRow
    till: str
    opened_by: str
    held_by: str
    closed_by: str
    approved_by: str

    @property
    def difference(self) -> Money | None:
        """Returns how much was over when it was closed; negative for what was short."""
        if self.row.status is ShiftStatus.OPEN or self.row.counted_amount is None:
            return None
        return Money(self.row.counted_amount - (self.row.expected_amount or 0), Currency(self.row.currency))


@dataclass(frozen=True, slots=True)
class CashPlace:
    """Where cash is now: a drawer, the safe, or somebody's hands; `since` is when it changed last."""

    kind: str
    name: str
    amount: Money
    since: datetime


@dataclass(frozen=True, slots=True)
class ReportAt:
    """A shift's report as its facts add up; `agrees` says whether its till has signed the same."""

    shift: ShiftAt
    head: ShiftHead
    report: ShiftReport
    names: Mapping[str, str]

    @property
    def agrees(self) -> bool:
        row = self.shift.row
        return row.status is ShiftStatus.OPEN or row.expected_amount == self.report.drawer.expected


def list_shifts(connection: Connection, most: int = MOST) -> Sequence[ShiftAt]:
    """Returns the shifts, those that are open first, the newest of each first."""
    order = (_s.c.status.desc(), _s.c.opened_at.desc(), _s.c.id)
    rows = connection.execute(select(_s).order_by(*order).limit(most)).mappings()
    found, names, tills = [row_of(ShiftRow, row) for row in rows], _names(connection), _tills(connection)
    return [_named(row, tills, names) for row in found]


def closed_shifts_of(connection: Connection, event_id: str) -> Sequence[str]:
    """Returns the shifts of an event that were closed, as they were."""
    mine = (_s.c.event_id == event_id, _s.c.status == ShiftStatus.CLOSED.value)
    return [str(each) for each in connection.scalars(select(_s.c.id).where(*mine).order_by(_s.c.closed_at, _s.c.id))]


def report_at(connection: Connection, shift_id: str, language: str = "en") -> ReportAt | None:
    """Returns a shift with its report; None if there is no such shift."""
    found = connection.execute(select(_s).where(_s.c.id == shift_id)).mappings().first()
    if found is None:
        return None
    row, names = row_of(ShiftRow, found), _names(connection)
    shift = _named(row, _tills(connection), names)
    event = connection.execute(select(t.events).where(t.events.c.id == row.event_id)).one()
    zone, facts = ZoneInfo(event.timezone), _facts(connection, row)
    report = report_of(
        facts,
        device_id=row.device_id,
        currency=row.currency,
        hour_of=lambda at: at.astimezone(zone).hour,
        placed=_placed(connection, facts),
    )
    head = ShiftHead(
        event_name=event.name,
        venue=event.file["event"]["venue"],
        timezone=event.timezone,
        device_name=shift.till,
        drawer=row.drawer,
        number=row.z_number or _next_z(connection, row.device_id),
        opened_at=row.opened_at.astimezone(zone),
        closed_at=row.closed_at,
        opened_by=shift.opened_by,
        closed_by=shift.closed_by,
        approved_by=shift.approved_by,
        why=row.why,
        is_closed=row.status is ShiftStatus.CLOSED,
        language=language,
    )
    return ReportAt(shift, head, report, names)


def cash_places(connection: Connection) -> Sequence[CashPlace]:
    """Returns where cash is now by the books, also under way."""
    return _places(connection, _PLACES)


def cash_under_way(connection: Connection) -> Sequence[CashPlace]:
    """Returns what is carried now, by whom, and since when nothing of it has been taken in or handed on."""
    return _places(connection, _UNDER_WAY)


def _places(connection: Connection, query: TextClause) -> Sequence[CashPlace]:
    names, found = _names(connection), []
    for row in connection.execute(query):
        kind, _, name = row.account.partition(":")
        amount = Money(row.held, Currency(row.currency))
        found.append(CashPlace(kind, names.get(name, name), amount, row.last_at))
    return found


def _facts(connection: Connection, row: ShiftRow) -> Sequence[Fact]:
    """Returns what a shift is made of: its till's facts, and what that had heard of the hub until it was closed.

    Of a shift that is open, all counts that the hub has written of the till's orders since.
    """
    place = tuple_(_f.epoch, _f.seq)
    own = [_f.device_id == row.device_id, place >= tuple_(row.first_epoch, row.first_seq)]
    if row.last_epoch is not None and row.last_seq is not None:
        own.append(place <= tuple_(row.last_epoch, row.last_seq))
    facts = read_facts(connection, select(t.facts).where(*own).order_by(_f.epoch, _f.seq))
    closing = facts[-1] if facts and facts[-1].kind is FactKind.SHIFT_CLOSED else None
    if closing is not None:
        heard = read_facts(connection, select(t.facts).where(_f.id.in_(closing.payload.get("heard", []))))
        return [*facts[:-1], *sorted(heard, key=lambda fact: fact.occurred_at), closing]
    kinds = [kind.value for kind in COUNTED]
    mine = select(t.orders.c.id).where(t.orders.c.placed_by == row.device_id)
    others = (
        _f.kind.in_(kinds),
        _f.device_id != row.device_id,
        _f.occurred_at >= row.opened_at,
        _f.is_applied,
        _f.payload["order_id"].astext.in_(mine),
    )
    return [*facts, *read_facts(connection, select(t.facts).where(*others).order_by(_f.position))]


def _placed(connection: Connection, facts: Sequence[Fact]) -> Mapping[str, Placed]:
    """Returns what was said of the orders that were placed before."""
    here = {fact.payload["order_id"] for fact in facts if fact.kind is FactKind.ORDER_PLACED}
    named = {str(fact.payload["order_id"]) for fact in facts if "order_id" in fact.payload} - here
    query = select(_f.payload, _f.staff_id).where(
        _f.kind == FactKind.ORDER_PLACED.value, _f.payload["order_id"].astext.in_(sorted(named))
    )
    rows = connection.execute(query) if named else ()
    return {row.payload["order_id"]: Placed(OrderPlaced.model_validate(row.payload), row.staff_id) for row in rows}


def _next_z(connection: Connection, device_id: str) -> int:
    numbers = connection.scalars(select(_s.c.z_number).where(_s.c.device_id == device_id))
    return 1 + max((number for number in numbers if number is not None), default=0)


def _names(connection: Connection) -> Mapping[str, str]:
    return {each.row.id: each.name for each in read_all(connection)}


def _tills(connection: Connection) -> Mapping[str, str]:
    return {row.id: row.name for row in connection.execute(select(t.devices.c.id, t.devices.c.name))}


def _named(row: ShiftRow, tills: Mapping[str, str], names: Mapping[str, str]) -> ShiftAt:
    def name(who: str | None) -> str:
        return names.get(who or "", "")

    by = (row.opened_by, row.held_by, row.closed_by, row.approved_by)
    opened_by, held_by, closed_by, approved_by = map(name, by)
    return ShiftAt(row, tills.get(row.device_id, row.drawer), opened_by, held_by, closed_by, approved_by)

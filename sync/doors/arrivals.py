"""Who has come in: by quarter of an hour and gate, as tills have told it, and who is inside."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, select, text

from boxoffice.core.catalogue import Catalogue
from boxoffice.core.doors import Zone
from boxoffice.core.event_file import catalogue_from
from boxoffice.core.ids import ProductId
from boxoffice.core.scans import Direction
from sync.store import tables as t

_COUNTED: Final = text("""
    SELECT date_bin('15 minutes', scanned_at, timestamptz '2000-01-01') AS quarter, gate, direction, count(*) AS passed
    FROM scans
    WHERE event_id = :event AND day = :day AND zone = :zone AND outcome = 'admitted' AND NOT is_undone
        AND seen IS DISTINCT FROM 'stamp'
    GROUP BY 1, 2, 3 ORDER BY 1, 2, 3
""")
_REFUSED: Final = text("""
    SELECT outcome, count(*) AS times FROM scans
    WHERE event_id = :event AND day = :day AND zone = :zone AND outcome <> 'admitted' AND NOT is_undone
    GROUP BY 1 ORDER BY 2 DESC, 1
""")
_ENTERED: Final = text("""
    SELECT count(DISTINCT ticket_id) FROM scans
    WHERE event_id = :event AND day = :day AND zone = :zone AND outcome = 'admitted' AND NOT is_undone
        AND direction = 'in'
""")
_VALID: Final = text("""
    SELECT k.product_id, count(*) AS tickets FROM tickets k JOIN orders o ON o.id = k.order_id
    WHERE o.event_id = :event AND k.status = 'valid' GROUP BY 1
""")
_DAYS: Final = text("SELECT DISTINCT day FROM scans WHERE event_id = :event ORDER BY day")
_ENTRIES: Final = text("""
    SELECT s.ticket_id, s.direction, s.outcome, s.gate, s.day, s.clock, s.seen, s.is_undone, s.scanned_at,
           coalesce(d.name, '') AS till
    FROM scans s JOIN tickets k ON k.id = s.ticket_id LEFT JOIN devices d ON d.id = s.device_id
    WHERE k.order_id = :order ORDER BY s.scanned_at, s.id
""")


@dataclass(frozen=True, slots=True)
class Quarter:
    """A quarter of an hour by a clock at the event: who came and went by each gate, and who was inside at its end."""

    at: datetime
    ins: Mapping[str, int]
    outs: int
    inside: int

    @property
    def came(self) -> int:
        return sum(self.ins.values())


@dataclass(frozen=True, slots=True)
class Arrivals:
    """One zone on one day. `refused` are the answers that let nobody in, by how often."""

    catalogue: Catalogue
    zone: Zone
    day: date
    days: tuple[date, ...]
    quarters: tuple[Quarter, ...]
    refused: tuple[tuple[str, int], ...]
    expected: int
    entered: int

    @property
    def gates(self) -> tuple[str, ...]:
        """Returns the gates of the zone, and those that people came by which are no more."""
        used = {gate for quarter in self.quarters for gate in quarter.ins}
        return (*self.zone.gates, *sorted(used - set(self.zone.gates)))

    @property
    def by_gate(self) -> Counter[str]:
        return sum((Counter(quarter.ins) for quarter in self.quarters), Counter[str]())

    @property
    def came(self) -> int:
        return sum(quarter.came for quarter in self.quarters)

    @property
    def left(self) -> int:
        return sum(quarter.outs for quarter in self.quarters)

    @property
    def inside(self) -> int:
        return max(0, self.came - self.left)

    @property
    def to_arrive(self) -> int:
        return max(0, self.expected - self.entered)


@dataclass(frozen=True, slots=True)
class Entry:
    """One scan of a ticket of an order; `till` is the machine at the gate."""

    ticket_id: str
    direction: Direction
    outcome: str
    gate: str
    clock: str
    day: str
    till: str
    is_undone: bool
    scanned_at: datetime


def stored_catalogue(connection: Connection, event_id: str | None) -> Catalogue | None:
    """Returns an event as it was last revised: the one that is named, else the newest that somebody has come to."""
    e = t.events.c
    query = select(e.file, e.revision)
    if event_id is not None:
        row = connection.execute(query.where(e.id == event_id)).one_or_none()
    else:
        come_to = select(t.scans.c.event_id).order_by(t.scans.c.scanned_at.desc()).limit(1).scalar_subquery()
        row = connection.execute(query.order_by((e.id == come_to).desc().nulls_last(), e.created_at.desc())).first()
    return None if row is None else catalogue_from(row.file, row.revision)


def arrivals(connection: Connection, catalogue: Catalogue, zone_id: str, day: date | None, now: datetime) -> Arrivals:
    """Returns who has come into a zone on a day: today, if it is one of the event, or else the last that has scans."""
    zone, clock = catalogue.doors.zone(zone_id), ZoneInfo(catalogue.timezone)
    known = [date.fromisoformat(each) for each in connection.scalars(_DAYS, {"event": catalogue.id})]
    days = tuple(sorted({*catalogue.days, *known}))
    chosen = day or _day_now(catalogue, days, known, now.astimezone(clock))
    named = {"event": catalogue.id, "day": chosen.isoformat(), "zone": zone.id}
    return Arrivals(
        catalogue=catalogue,
        zone=zone,
        day=chosen,
        days=days,
        quarters=_quarters(connection.execute(_COUNTED, named).all(), clock),
        refused=tuple((row.outcome, row.times) for row in connection.execute(_REFUSED, named)),
        expected=sum(
            row.tickets
            for row in connection.execute(_VALID, {"event": catalogue.id})
            if opens_on(catalogue, row.product_id, zone, chosen)
        ),
        entered=int(connection.execute(_ENTERED, named).scalar_one()),
    )


def opens_on(catalogue: Catalogue, product_id: str, zone: Zone, day: date) -> bool:
    """Returns whether tickets of a product let people into a zone on a day."""
    product = catalogue.products_by_id.get(ProductId(product_id))
    is_on_day = product is None or not product.days or day in product.days
    return is_on_day and catalogue.opens(ProductId(product_id), zone)


def entries_of(connection: Connection, order_id: str) -> list[Entry]:
    """Returns every scan of the tickets of an order, in the order in which they were."""
    return [
        Entry(
            row.ticket_id,
            Direction(row.direction),
            row.outcome,
            row.gate,
            row.clock,
            row.day,
            row.till,
            row.is_undone,
            row.scanned_at,
        )
        for row in connection.execute(_ENTRIES, {"order": order_id})
    ]


def ticket_of_scan(connection: Connection, scan_id: str) -> str | None:
    """Returns whose scan it was; None for none, and for what was no ticket."""
    found = select(t.scans.c.ticket_id).where(t.scans.c.id == scan_id)
    return connection.execute(found).scalar_one_or_none()


def _day_now(catalogue: Catalogue, days: Sequence[date], known: Sequence[date], local: datetime) -> date:
    today = catalogue.doors.day_of(local)
    return today if today in days else max(known, default=days[0])


def _quarters(rows: Sequence[tuple[datetime, str, str, int]], clock: ZoneInfo) -> tuple[Quarter, ...]:
    found: dict[datetime, tuple[dict[str, int], int]] = {}
    for at, gate, direction, passed in rows:
        ins, outs = found.get(at, ({}, 0))
        if direction == Direction.IN.value:
            ins = {**ins, gate: passed}
        found[at] = (ins, outs if direction == Direction.IN.value else outs + passed)
    quarters, inside = list[Quarter](), 0
    for at, (ins, outs) in sorted(found.items()):
        inside = max(0, inside + sum(ins.values()) - outs)
        quarters.append(Quarter(at.astimezone(clock), ins, outs, inside))
    return tuple(quarters)

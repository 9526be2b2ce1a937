"""A sales report: what was asked for, beside another event at the same distance to its doors."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from itertools import accumulate, groupby
from typing import Final
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from sync.reporting.asked import Asked, beside, midnight
from sync.store.reports import ReportEvent
from sync.store.sales_entries import keep_up
from sync.store.sales_figures import (
    ArrivalFigures,
    Figures,
    Part,
    TimeFigures,
    arrivals_by_hour,
    figures,
    sold_between,
    tickets_by_day,
)

AT_ONCE: Final = 5_000
"""So many orders are counted while somebody waits for a page; the worker counts the others."""
_FEW_DAYS: Final = 4
_ALL: Final = datetime(1970, 1, 1, tzinfo=ZoneInfo("UTC")), datetime(9000, 1, 1, tzinfo=ZoneInfo("UTC"))


@dataclass(frozen=True, slots=True)
class Point:
    """How many tickets were sold up to the end of a day, `days` before the first (negative) or after."""

    days: int
    tickets: int


@dataclass(frozen=True, slots=True)
class SalesReport:
    """`first` and `last` are days in it. `by_hour` is of a few days only. `uncounted` orders are not in it yet."""

    event: ReportEvent
    asked: Asked
    part: Part
    first: date
    last: date
    at: datetime
    figures: Figures
    by_day: Sequence[TimeFigures]
    by_hour: Sequence[TimeFigures]
    curve: Sequence[Point]
    arrivals: Sequence[ArrivalFigures]
    other: ReportEvent | None
    others: Figures | None
    others_curve: Sequence[Point]
    uncounted: int

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.event.timezone)


def sales_report(
    connection: Connection, events: Sequence[ReportEvent], asked: Asked, now: datetime
) -> SalesReport | None:
    """Returns what was asked for; None if there is no such event.

    Args:
        connection: in a transaction that writes: what has changed since the last report is counted first.
        events: all that there are.
        asked: what is meant; nothing of an event means the newest.
        now: as far as which another event is compared.
    """
    event = next((each for each in events if each.id == asked.event or not asked.event), None)
    if event is None:
        return None
    other = next((each for each in events if each.id == asked.against and each.id != event.id), None)
    uncounted = sum(keep_up(connection, each.id, AT_ONCE) for each in (event, other) if each is not None)
    today = now.astimezone(ZoneInfo(event.timezone)).date()
    first, last = asked.days(event, today, sold_between(connection, event.id, event.timezone))
    part = asked.part(event, (first, last))
    theirs = None if other is None else beside(asked, part, event, other, now)
    found = figures(connection, part)
    return SalesReport(
        event=event,
        asked=asked,
        part=part,
        first=first,
        last=last,
        at=now,
        figures=found,
        by_day=_by_day(found.hours, ZoneInfo(event.timezone)),
        by_hour=found.hours if (last - first).days < _FEW_DAYS else (),
        curve=_curve(connection, part, event),
        arrivals=arrivals_by_hour(connection, part),
        other=None if theirs is None else other,
        others=None if theirs is None else figures(connection, theirs),
        others_curve=() if other is None or theirs is None else _curve(connection, theirs, other),
        uncounted=uncounted,
    )


def _curve(connection: Connection, part: Part, event: ReportEvent) -> list[Point]:
    """Returns how the tickets of an event grew, whatever days are asked for."""
    if not event.days:
        return []
    days = tickets_by_day(connection, replace(part, first=_ALL[0], end=_ALL[1]))
    zone, start = ZoneInfo(part.zone), event.days[0]
    sums = accumulate(tickets for _, tickets in days)
    return [Point((at.astimezone(zone).date() - start).days, sold) for (at, _), sold in zip(days, sums, strict=True)]


def _by_day(hours: Sequence[TimeFigures], zone: ZoneInfo) -> list[TimeFigures]:
    """Returns the days that hours make, by a clock at the event."""
    days = groupby(hours, key=lambda each: each.at.astimezone(zone).date())
    return [
        TimeFigures(
            at=midnight(day, zone.key),
            orders=sum(each.orders for each in mine),
            tickets=sum(each.tickets for each in mine),
            paid=sum(each.paid for each in mine),
        )
        for day, mine in ((day, list(those)) for day, those in days)
    ]

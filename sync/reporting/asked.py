"""What a sales report is asked for: event, days, and which part of the sales, as a page's address says it."""

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from datetime import date, datetime, time, timedelta
from enum import Enum
from typing import Final
from urllib.parse import parse_qsl, urlencode
from zoneinfo import ZoneInfo

from boxoffice.core.reading import read_line
from sync.store.reports import ReportEvent
from sync.store.sales_figures import Part

_LONGEST: Final = 200
_WEEK: Final = timedelta(days=6)
_DAY: Final = timedelta(days=1)


class Span(Enum):
    """Days that are meant without a date: a report that is kept, or mailed, goes on with the calendar."""

    ALL = "all"
    TODAY = "today"
    YESTERDAY = "yesterday"
    WEEK = "week"
    DOORS = "doors"


@dataclass(frozen=True, slots=True)
class Asked:
    """`first` and `last` are days at the event, and stand before `span`. `against` is an event, by its id."""

    event: str = ""
    span: Span = Span.ALL
    first: date | None = None
    last: date | None = None
    channel: str = ""
    till: str = ""
    seller: str = ""
    product: str = ""
    tender: str = ""
    against: str = ""

    @property
    def query(self) -> str:
        """Returns what an address says of it; `read` reads it back."""
        said = {each.name: _text(getattr(self, each.name)) for each in fields(self)}
        if self.span is Span.ALL:
            del said["span"]
        return urlencode({name: value for name, value in said.items() if value})

    @property
    def is_narrowed(self) -> bool:
        return any((self.channel, self.till, self.seller, self.product, self.tender))

    def days(self, event: ReportEvent, today: date, sold: tuple[date, date] | None) -> tuple[date, date]:
        """Returns the first and the last day that are meant, where there are sales from `sold[0]` to `sold[1]`."""
        if self.first is not None or self.last is not None:
            first = self.first or (sold[0] if sold else today)
            return first, max(first, self.last or today)
        match self.span:
            case Span.TODAY:
                return today, today
            case Span.YESTERDAY:
                return today - _DAY, today - _DAY
            case Span.WEEK:
                return today - _WEEK, today
            case Span.DOORS if event.days:
                return event.days[0], event.days[-1]
            case _:
                return sold or (today, today)

    def part(self, event: ReportEvent, days: tuple[date, date]) -> Part:
        """Returns the entries that are meant: days end at midnight by a clock at the event."""
        first, end = midnight(days[0], event.timezone), midnight(days[1] + _DAY, event.timezone)
        narrowed = {name: getattr(self, name) for name in ("channel", "till", "seller", "product", "tender")}
        return Part(event.id, first, end, event.timezone, **narrowed)


def read(said: Mapping[str, str]) -> Asked:
    """Reads what an address says; what it does not know, or can't read, is left out."""
    known = {each.name: read_line(said.get(each.name, ""))[:_LONGEST].strip() for each in fields(Asked)}
    named = known.pop("span")
    span = next((each for each in Span if each.value == named), Span.ALL)
    first, last = _day(known.pop("first")), _day(known.pop("last"))
    return Asked(**known, span=span, first=first, last=last)


def read_query(query: str) -> Asked:
    return read(dict(parse_qsl(query)))


def beside(asked: Asked, part: Part, event: ReportEvent, other: ReportEvent, now: datetime) -> Part | None:
    """Returns the same part of another event, as far from its first day: up to now, where this one is still under way.

    None if either has no days.
    """
    if not event.days or not other.days:
        return None
    here, there = midnight(event.days[0], event.timezone), midnight(other.days[0], other.timezone)
    end = min(part.end, now) if part.first < now else part.end
    mine = replace(part, event_id=other.id, zone=other.timezone, first=there + (part.first - here))
    return replace(mine, end=there + (end - here), till="", seller="", product=asked.product)


def midnight(day: date, zone: str) -> datetime:
    return datetime.combine(day, time.min, ZoneInfo(zone))


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _text(value: str | Span | date | None) -> str:
    if value is None:
        return ""
    return value.value if isinstance(value, Span) else str(value)

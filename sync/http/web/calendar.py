"""Tickets as entries of a calendar (RFC 5545): one for each product and day, whole days where no time is known.

Times are written in UTC, which every calendar shows in its owner's own zone, in summer and winter.
"""

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from boxoffice.core.event_page import Hours
from sync.shop.belongings import TicketDay

_LINE_BYTES: Final = 73
"""A line has 75 bytes at most, with the blank that goes on with it."""


def calendar_of(
    entries: Sequence[TicketDay], *, order_id: str, event_name: str, where: str, about: str, zone: str, now: datetime
) -> str:
    """Returns the calendar file of an order."""
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Boxoffice//Tickets//EN", "CALSCALE:GREGORIAN"]
    for entry in entries:
        many = f" ({entry.count} ×)" if entry.count > 1 else ""
        lines += [
            "BEGIN:VEVENT",
            f"UID:{order_id}-{entry.product_id}-{entry.day:%Y%m%d}@boxoffice",
            f"DTSTAMP:{now.astimezone(UTC):%Y%m%dT%H%M%SZ}",
            *_when(entry.day, entry.hours, ZoneInfo(zone)),
            f"SUMMARY:{_escaped(f'{event_name}: {entry.name}{many}')}",
            f"LOCATION:{_escaped(where)}",
            f"DESCRIPTION:{_escaped(about)}",
            "END:VEVENT",
        ]
    lines += ["END:VCALENDAR", ""]
    return "\r\n".join(part for line in lines for part in _folded(line))


def _when(day: date, hours: Hours | None, zone: ZoneInfo) -> Iterator[str]:
    if hours is None:
        yield f"DTSTART;VALUE=DATE:{day:%Y%m%d}"
        yield f"DTEND;VALUE=DATE:{day + timedelta(days=1):%Y%m%d}"
        return
    yield f"DTSTART:{_utc(day, hours.starts, zone)}"
    if hours.ends is not None:
        last = day if hours.ends > hours.starts else day + timedelta(days=1)
        yield f"DTEND:{_utc(last, hours.ends, zone)}"


def _utc(day: date, at: time, zone: ZoneInfo) -> str:
    return f"{datetime.combine(day, at, zone).astimezone(UTC):%Y%m%dT%H%M%SZ}"


def _escaped(text: str) -> str:
    """Returns a text as iCalendar writes it (RFC 5545, 3.3.11)."""
    plain = text.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,")
    return plain.replace("\r\n", "\\n").replace("\n", "\\n").replace("\r", "")


def _folded(line: str) -> Iterator[str]:
    """Yields a long line in parts (RFC 5545, 3.1); no letter is cut in two."""
    part, size = "", 0
    for letter in line:
        size += len(letter.encode())
        if size > _LINE_BYTES:
            yield part
            part, size = " ", 1 + len(letter.encode())
        part += letter
    yield part

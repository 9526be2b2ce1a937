"""Instants as people at the event read them: in its own time zone, which a page names once."""

from collections.abc import Iterable
from datetime import datetime
from zoneinfo import ZoneInfo

from babel.dates import get_timezone_name
from sqlalchemy import Connection, select

from boxoffice.documents.languages import Language
from sync.store import tables as t


def when(at: datetime, zone: str) -> str:
    """Returns such as `Fri, May 15, 9:14 pm`, with the year if it is another one than now."""
    local, now = at.astimezone(ZoneInfo(zone)), datetime.now(ZoneInfo(zone))
    year = "" if local.year == now.year else f" {local.year}"
    half = "am" if local.hour < 12 else "pm"
    return f"{local:%a, %b} {local.day}{year}, {local.hour % 12 or 12}:{local:%M} {half}"


def house_zone(connection: Connection) -> str:
    """Returns the time zone for what belongs to no event: that of the newest one."""
    e = t.events.c
    return connection.execute(select(e.timezone).order_by(e.created_at.desc()).limit(1)).scalar_one_or_none() or "UTC"


def zone_note(zones: Iterable[str]) -> str:
    """Returns the sentence that names a page's time zone: `Times are Mountain Time (Denver).`"""
    names = sorted({_zone_name(zone) for zone in zones})
    if len(names) > 1:
        return f"Times are those of each event: {', '.join(names)}."
    return f"Times are {names[0] if names else 'UTC'}."


def _zone_name(zone: str) -> str:
    if "/" not in zone:
        return zone
    city = zone.rsplit("/", 1)[1].replace("_", " ")
    return f"{get_timezone_name(ZoneInfo(zone), locale='en')} ({city})"


def when_in(speaks: Language, at: datetime, zone: str) -> str:
    """Returns a day and a time as people who read this language say it."""
    return speaks.instant(at.astimezone(ZoneInfo(zone)))

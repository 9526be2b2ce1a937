"""Instants as people at the event read them: in its own time zone, which a page names once."""

from collections.abc import Iterable
from datetime import datetime
from zoneinfo import ZoneInfo

from babel.dates import get_timezone_name

from boxoffice.documents.languages import Language, language


def when(at: datetime, zone: str, speaks: Language | None = None) -> str:
    """Returns such as `Fri, May 15, 9:14 pm`, with the year if it is another one than now."""
    local, now = at.astimezone(ZoneInfo(zone)), datetime.now(ZoneInfo(zone))
    if speaks is not None and speaks.code != "en":
        day = speaks.day(local.date()) if local.year == now.year else speaks.days([local.date()])
        return f"{day}, {speaks.time(local)}"
    year = "" if local.year == now.year else f" {local.year}"
    half = "am" if local.hour < 12 else "pm"
    return f"{local:%a, %b} {local.day}{year}, {local.hour % 12 or 12}:{local:%M} {half}"


def zone_note(zones: Iterable[str], speaks: Language | None = None) -> str:
    """Returns the sentence that names a page's time zone: `Times are Mountain Time (Denver).`"""
    speaks = speaks or language("en")
    names = sorted({_zone_name(zone, speaks.code) for zone in zones}) or ["UTC"]
    if len(names) > 1:
        return speaks.say("Times are those of each event: {zones}.").format(zones=", ".join(names))
    return speaks.say("Times are {zone}.").format(zone=names[0])


def _zone_name(zone: str, code: str) -> str:
    if "/" not in zone:
        return zone
    city = zone.rsplit("/", 1)[1].replace("_", " ")
    return f"{get_timezone_name(ZoneInfo(zone), locale=code)} ({city})"


def when_in(speaks: Language, at: datetime, zone: str) -> str:
    """Returns a day and a time as people who read this language say it."""
    return speaks.instant(at.astimezone(ZoneInfo(zone)))

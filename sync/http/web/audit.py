"""The page of what was changed about configuration and rights, filtered and as a file."""

import csv
import io
from datetime import date
from typing import Annotated, Final
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Query
from starlette.responses import Response

from boxoffice.core.languages import later
from boxoffice.documents.languages import language
from sync.http.access import TheHub
from sync.http.web.audit_words import ABOUT, sentence
from sync.http.web.pages import render
from sync.http.web.signed_in import Viewer
from sync.http.web.times import when, zone_note
from sync.http.web.views import BOM, safe_cells
from sync.inventory.events import house_zone
from sync.organizers.audit import MOST_IN_FILE, About, Wanted, changes, who_changed
from sync.store.reports import report_events

router: Final = APIRouter(include_in_schema=False)
Who = Annotated[str, Query(max_length=100)]
Word = Annotated[str, Query(max_length=200)]
Before = Annotated[int | None, Query(ge=1, lt=2**63)]
_HEADS: Final = (later("Time"), later("Person"), later("About"), later("What"), later("Event"), later("Fact"))


@router.get("/audit")
def audit_page(
    hub: TheHub,
    organizer: Viewer,
    who: Who = "",
    about: Word = "",
    event: Word = "",
    since: Word = "",
    until: Word = "",
    before: Before = None,
) -> Response:
    speaks = language(organizer.language)
    with hub.database.reading() as connection:
        zone = house_zone(connection)
        wanted = _wanted(who, about, event, since, until, zone, before)
        found, has_more = changes(connection, wanted)
        people = who_changed(connection)
        events = [(each.id, each.name) for each in report_events(connection)]
    chosen = _chosen(wanted)
    kept = {name: value for name, value in chosen.items() if value}
    return render(
        "audit.html",
        organizer=organizer,
        here="audit",
        people=people,
        events=events,
        abouts=[(each.value, speaks.say(words)) for each, words in ABOUT.items()],
        chosen=chosen,
        rows=[
            {
                "at": when(each.at, zone, speaks),
                "who": each.by or speaks.say("by itself"),
                "about": speaks.say(ABOUT[each.about]),
                "what": sentence(each, speaks),
                "event": each.event,
                "fact": each.fact_id[-8:],
            }
            for each in found
        ],
        older=urlencode({**kept, "before": found[-1].position}) if has_more else "",
        file=urlencode(kept),
        zone=zone_note([zone], speaks),
    )


@router.get("/audit.csv")
def audit_file(
    hub: TheHub,
    organizer: Viewer,
    who: Who = "",
    about: Word = "",
    event: Word = "",
    since: Word = "",
    until: Word = "",
) -> Response:
    """Returns the same as a file, in the reader's language; times with their offset, no cell a formula."""
    speaks, out = language(organizer.language), io.StringIO()
    with hub.database.reading() as connection:
        zone = house_zone(connection)
        found, _ = changes(connection, _wanted(who, about, event, since, until, zone), MOST_IN_FILE)
    out.write(BOM)
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow([speaks.say(each) for each in _HEADS])
    for each in found:
        at = each.at.astimezone(ZoneInfo(zone)).isoformat(timespec="seconds")
        words = (each.by, speaks.say(ABOUT[each.about]), sentence(each, speaks), each.event, each.fact_id)
        writer.writerow([at, *safe_cells(words)])
    headers = {"Content-Disposition": 'attachment; filename="changes.csv"'}
    return Response(out.getvalue(), media_type="text/csv", headers=headers)


def _wanted(who: str, about: str, event: str, since: str, until: str, zone: str, before: int | None = None) -> Wanted:
    sort = next((each for each in About if each.value == about), None)
    return Wanted(who, sort, event, _day(since), _day(until), zone, before)


def _chosen(wanted: Wanted) -> dict[str, str]:
    return {
        "who": wanted.by,
        "about": wanted.about.value if wanted.about else "",
        "event": wanted.event_id,
        "since": wanted.since.isoformat() if wanted.since else "",
        "until": wanted.until.isoformat() if wanted.until else "",
    }


def _day(typed: str) -> date | None:
    try:
        return date.fromisoformat(typed)
    except ValueError:
        return None

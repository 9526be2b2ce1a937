"""Who has come in tonight, by quarter of an hour and gate, who is inside, and the list for the door."""

from datetime import UTC, date, datetime
from typing import Annotated, Final

from fastapi import APIRouter, HTTPException, Query
from starlette.responses import Response

from boxoffice.core.languages import later
from boxoffice.documents.door_list import door_list_pdf
from boxoffice.documents.languages import Language, language
from sync.doors.arrivals import Arrivals, arrivals, stored_catalogue
from sync.doors.door_list import door_list
from sync.http.access import TheHub
from sync.http.web.pages import render
from sync.http.web.preflights import look_lines
from sync.http.web.signed_in import Viewer
from sync.http.web.times import zone_note
from sync.inventory.events import list_events
from sync.ledger.hub import Hub
from sync.tills.preflights import looked_at

router: Final = APIRouter(include_in_schema=False)

OUTCOME_WORDS: Final = {
    "admitted": later("Let in"),
    "look_id": later("Not let in: no ID"),
    "already_in": later("Already in"),
    "wrong_day": later("Not today"),
    "wrong_zone": later("Another door"),
    "wrong_event": later("Another event"),
    "void": later("Void"),
    "not_a_ticket": later("Not our ticket"),
}
Name = Annotated[str | None, Query(max_length=60)]


@router.get("/arrivals")
def arrivals_page(hub: TheHub, organizer: Viewer, event: Name = None, zone: Name = None, day: Name = None) -> Response:
    speaks = language(organizer.language)
    found = _arrivals(hub, event, zone, day)
    with hub.database.reading() as connection:
        events = [(each.id, each.name) for each in list_events(connection)]
        looks = () if found is None else looked_at(connection, found.catalogue.id)
    return render(
        "arrivals.html",
        organizer=organizer,
        here="arrivals",
        events=events,
        found=None if found is None else _view(found, speaks),
        looks=() if found is None else look_lines(looks, found.catalogue.timezone, datetime.now(UTC), speaks),
    )


@router.get("/arrivals.pdf")
def door_list_file(hub: TheHub, organizer: Viewer, event: Name = None, zone: Name = None, day: Name = None) -> Response:
    found = _arrivals(hub, event, zone, day)
    if found is None:
        raise HTTPException(404, "There is no such event.")
    with hub.database.reading() as connection:
        doors = door_list(connection, found.catalogue, found.zone, found.day, datetime.now(UTC), organizer.language)
    name = f"door-list-{found.zone.id}-{found.day.isoformat()}.pdf"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(door_list_pdf(doors), media_type="application/pdf", headers=headers)


def _arrivals(hub: Hub, event: str | None, zone: str | None, day: str | None) -> Arrivals | None:
    with hub.database.reading() as connection:
        catalogue = stored_catalogue(connection, event)
        if catalogue is None:
            return None
        return arrivals(connection, catalogue, zone or "", _day(day), datetime.now(UTC))


def _day(text: str | None) -> date | None:
    try:
        return None if text is None else date.fromisoformat(text)
    except ValueError:
        return None


def _view(found: Arrivals, speaks: Language) -> dict[str, object]:
    capacity, most = found.zone.capacity, max((quarter.came for quarter in found.quarters), default=0)
    return {
        "event": found.catalogue.id,
        "event_name": found.catalogue.name,
        "zone": found.zone.id,
        "zones": [(each.id, each.name) for each in found.catalogue.doors.zones],
        "day": found.day.isoformat(),
        "days": [(each.isoformat(), speaks.day(each)) for each in found.days],
        "inside": f"{found.inside:,}",
        "capacity": "" if capacity is None else f"{capacity:,}",
        "percent": None if not capacity else min(100, 100 * found.inside // capacity),
        "is_over": capacity is not None and found.inside > capacity,
        "came": f"{found.came:,}",
        "left": f"{found.left:,}",
        "to_arrive": f"{found.to_arrive:,}",
        "gates": found.gates,
        "by_gate": [(gate, f"{found.by_gate[gate]:,}") for gate in found.gates],
        "quarters": [
            {
                "at": speaks.time(each.at),
                "gates": [each.ins.get(gate, 0) for gate in found.gates],
                "came": each.came,
                "outs": each.outs,
                "inside": each.inside,
                "percent": 100 * each.came // most if most else 0,
            }
            for each in found.quarters
        ],
        "refused": [(speaks.say(OUTCOME_WORDS.get(outcome, outcome)), times) for outcome, times in found.refused],
        "zone_note": zone_note([found.catalogue.timezone], speaks),
    }

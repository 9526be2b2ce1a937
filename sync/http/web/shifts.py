"""The shifts of all tills, what is open, where the cash is, and the Z report of each."""

from typing import Final

from fastapi import APIRouter, HTTPException
from starlette.responses import Response

from boxoffice.core.languages import later
from boxoffice.documents.languages import Language, language
from boxoffice.documents.slip_pdf import slip_pdf
from boxoffice.documents.z_report import sections_of, title_of, z_slip
from sync.http.access import TheHub
from sync.http.web.pages import render
from sync.http.web.signed_in import Viewer
from sync.http.web.times import when, zone_note
from sync.inventory.events import house_zone
from sync.ledger.hub import Hub
from sync.tills.shifts import CashPlace, ReportAt, ShiftAt, cash_places, list_shifts, report_at

router: Final = APIRouter(include_in_schema=False)

_PLACES: Final = {
    "cash": later("Drawer {name}"),
    "safe": later("Safe"),
    "transit": later("Under way with {name}"),
}
_NOBODY: Final = "cash"


@router.get("/shifts")
def shifts_page(hub: TheHub, organizer: Viewer) -> Response:
    speaks = language(organizer.language)
    with hub.database.reading() as connection:
        shifts, places, zone = list_shifts(connection), cash_places(connection), house_zone(connection)
    rows = [_row(each, zone, speaks) for each in shifts]
    return render(
        "shifts.html",
        organizer=organizer,
        here="shifts",
        shifts=rows,
        places=[(_place(each, speaks), str(each.amount), when(each.since, zone, speaks)) for each in places],
        zone=zone_note([zone], speaks),
    )


@router.get("/shifts/{shift_id}.pdf")
def shift_pdf(hub: TheHub, organizer: Viewer, shift_id: str) -> Response:
    found = _report(hub, shift_id, organizer.language)
    slip = z_slip(found.head, found.report, (), lambda who: found.names.get(who, ""))
    headers = {"Content-Disposition": f'attachment; filename="{"z" if found.head.is_closed else "x"}-{shift_id}.pdf"'}
    return Response(slip_pdf(slip), media_type="application/pdf", headers=headers)


@router.get("/shifts/{shift_id}")
def shift_page(hub: TheHub, organizer: Viewer, shift_id: str) -> Response:
    found = _report(hub, shift_id, organizer.language)
    sections = sections_of(found.head, found.report, (), lambda who: found.names.get(who, ""))
    return render(
        "shift.html",
        organizer=organizer,
        here="shifts",
        title=title_of(found.head),
        till=found.shift.till,
        shift=found.shift.row,
        sections=sections,
        agrees=found.agrees,
    )


def _report(hub: Hub, shift_id: str, spoken: str) -> ReportAt:
    with hub.database.reading() as connection:
        found = report_at(connection, shift_id, spoken)
    if found is None:
        raise HTTPException(404, "There is no such shift.")
    return found


def _place(place: CashPlace, speaks: Language) -> str:
    name = speaks.say("somebody") if place.kind == "transit" and place.name == _NOBODY else place.name
    return speaks.say(_PLACES[place.kind]).format(name=name)


def _row(shift: ShiftAt, zone: str, speaks: Language) -> dict[str, object]:
    row, difference = shift.row, shift.difference
    is_open, say = difference is None, speaks.say
    if difference is None:
        state, tone = say("Open"), "warn"
    elif difference.minor == 0:
        state, tone = say("Equal"), "ok"
    else:
        words = say("Over {amount}") if difference.minor > 0 else say("Short {amount}")
        state, tone = words.format(amount=difference if difference.minor > 0 else -difference), "warn"
    return {
        "id": row.id,
        "name": f"Z {row.z_number}" if row.z_number else say("Shift"),
        "till": shift.till,
        "who": shift.held_by if is_open else shift.closed_by or shift.held_by,
        "opened": when(row.opened_at, zone, speaks),
        "closed": "" if row.closed_at is None else when(row.closed_at, zone, speaks),
        "is_open": is_open,
        "state": state,
        "tone": tone,
    }

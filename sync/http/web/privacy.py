"""The page on which a person's data is shown, given out and erased on request, and how long it is kept at all."""

import json
from collections.abc import Sequence
from typing import Annotated, Any, Final

from fastapi import APIRouter, Form, Query, Request
from starlette.responses import RedirectResponse, Response

from boxoffice.core.errors import BadInput
from boxoffice.core.languages import later
from boxoffice.documents.languages import Language, language
from sync.http.access import TheHub
from sync.http.services import services_of
from sync.http.web.order_words import STATE_WORDS
from sync.http.web.pages import render
from sync.http.web.signed_in import Admin, must_be_ours
from sync.http.web.times import when, zone_note
from sync.inventory.events import house_zone
from sync.orders import personal
from sync.orders.personal import KEPT_DAYS, KeptOfOrder
from sync.organizers.sessions import Organizer

router: Final = APIRouter(include_in_schema=False)
Text = Annotated[str, Form(max_length=300)]
Words = Annotated[str, Query(max_length=200)]
Ids = Annotated[Sequence[str], Form(max_length=personal.MOST)]
_YEAR: Final = 365


@router.get("/privacy")
def privacy_page(request: Request, organizer: Admin, q: Words = "") -> Response:
    return _page(request, organizer, q)


@router.post("/privacy/export")
def export_person(hub: TheHub, organizer: Admin, csrf: Text, order: Ids = ()) -> Response:
    """Gives out all that is kept of whom the chosen orders are for, as a file that programs and people can read."""
    must_be_ours(organizer, csrf)
    with hub.database.transaction() as connection:
        found = personal.export(hub, connection, order, str(organizer.id))
    headers = {"Content-Disposition": 'attachment; filename="personal-data.json"', "Cache-Control": "no-store"}
    said = json.dumps(found, default=str, ensure_ascii=False, indent=2)
    return Response(said, media_type="application/json", headers=headers)


@router.post("/privacy/erase")
def erase_person(
    request: Request, hub: TheHub, organizer: Admin, csrf: Text, q: Text = "", typed: Text = "", order: Ids = ()
) -> Response:
    """Asks for the number of orders first: this can't be undone."""
    must_be_ours(organizer, csrf)
    if not order:
        return _page(request, organizer, q, words=later("Choose at least one order."), status=422)
    if typed.strip() != str(len(set(order))):
        wrong = later("Type the number of orders, to confirm.") if typed else ""
        return _page(request, organizer, q, chosen=order, words=wrong, status=422 if typed else 200)
    with hub.database.transaction() as connection:
        personal.erase(hub, connection, sorted(set(order)), str(organizer.id))
    return _page(request, organizer, q, done=later("It is erased here. Tills erase it as soon as they hear of it."))


@router.post("/privacy/kept")
def set_kept(request: Request, hub: TheHub, organizer: Admin, csrf: Text, days: Text) -> Response:
    must_be_ours(organizer, csrf)
    try:
        wanted = None if days == personal.FOREVER else int(days) if days.isdecimal() else -1
        with hub.database.transaction() as connection:
            personal.set_kept_days(hub, connection, wanted, str(organizer.id))
    except BadInput as error:
        return _page(request, organizer, words=error.problems[0].message, status=422)
    return RedirectResponse("/privacy", 303)


def _page(
    request: Request,
    organizer: Organizer,
    q: str = "",
    *,
    chosen: Sequence[str] = (),
    words: str = "",
    done: str = "",
    status: int = 200,
) -> Response:
    """Returns the page; with `chosen` orders it asks once more before they are erased."""
    speaks = language(organizer.language)
    with services_of(request).hub.database.transaction() as connection:
        zone, days = house_zone(connection), personal.kept_days(connection)
        found = personal.of_orders(connection, chosen) if chosen else personal.kept_of(connection, q)
        due = 0 if days is None else personal.count_due(connection, days)
    answer = render(
        "privacy.html",
        status,
        organizer=organizer,
        here="privacy",
        q=q,
        rows=[_row(each, zone, speaks) for each in found],
        is_sure=bool(chosen),
        valid=sum(each.tickets for each in found),
        days=personal.FOREVER if days is None else str(days),
        choices=[(personal.FOREVER, speaks.say("For ever")), *((str(each), _span(each, speaks)) for each in KEPT_DAYS)],
        due=due,
        error=speaks.say(words) if words else "",
        done=speaks.say(done) if done else "",
        zone=zone_note([zone], speaks),
    )
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _row(each: KeptOfOrder, zone: str, speaks: Language) -> dict[str, Any]:
    counted = (
        (each.mails, later("mails: {count}")),
        (each.notices, later("notices: {count}")),
        (each.tickets, later("valid tickets: {count}")),
        (int(each.is_guest), later("on the guest list")),
    )
    return {
        "id": each.id,
        "number": each.number,
        "event": each.event,
        "at": when(each.at, zone, speaks),
        "status": speaks.say(STATE_WORDS[each.status]),
        "known": [said for said in (each.name, each.email, each.phone, each.note) if said],
        "more": [speaks.say(words).format(count=count) for count, words in counted if count],
        "is_erased": each.is_erased,
    }


def _span(days: int, speaks: Language) -> str:
    years, rest = divmod(days, _YEAR)
    if years and not rest:
        words = later("{count} years") if years > 1 else later("1 year")
        return speaks.say(words).format(count=years)
    return speaks.say("{count} days").format(count=days)

"""The page of who is signed in where: seen, and ended; and when sessions that nobody uses end by themselves."""

from collections.abc import Mapping
from typing import Annotated, Any, Final

from fastapi import APIRouter, Form, Request
from starlette.responses import RedirectResponse, Response

from boxoffice.core.errors import BadInput
from boxoffice.core.languages import later
from boxoffice.core.payloads.office import Subject
from boxoffice.documents.languages import Language, language
from sync.http.access import TheHub
from sync.http.services import services_of
from sync.http.web.pages import render
from sync.http.web.signed_in import Admin, Oneself, Viewer, must_be_ours
from sync.http.web.times import when, zone_note
from sync.inventory.events import house_zone
from sync.ledger.office import note_change
from sync.organizers import sessions
from sync.organizers.sessions import IDLE_MINUTES, Organizer, SecondFactor, Way
from sync.store.database import Transaction

router: Final = APIRouter(include_in_schema=False)
Text = Annotated[str, Form(max_length=300)]
_HOUR: Final = 60
_WAYS: Final[Mapping[Way, str]] = {
    Way.PASSWORD: later("password"),
    Way.LINK: later("mailed link"),
    Way.PASSKEY: later("passkey"),
    Way.INVITATION: later("invitation"),
}
_SECOND: Final[Mapping[SecondFactor, tuple[str, str]]] = {
    SecondFactor.OWN_CHOICE: (later("Everyone chooses"), later("A password alone lets in who has not added one.")),
    SecondFactor.ADMINS: (
        later("Admins must"),
        later("Who may change the hub adds one at the next page, or sees nothing."),
    ),
    SecondFactor.ALL: (later("Everyone must"), later("Each organizer adds one at the next page, or sees nothing.")),
}


@router.get("/sessions")
def sessions_page(request: Request, organizer: Viewer) -> Response:
    return _page(request, organizer)


@router.post("/sessions/rules")
def set_rules(
    request: Request,
    hub: TheHub,
    organizer: Admin,
    csrf: Text,
    idle: Annotated[int, Form(ge=1, le=100_000)],
    second: Annotated[SecondFactor, Form()],
) -> Response:
    must_be_ours(organizer, csrf)
    try:
        with hub.database.transaction() as connection:
            sessions.set_rules(hub, connection, idle, second, str(organizer.id))
    except BadInput as error:
        return _page(request, organizer, error)
    return RedirectResponse("/sessions", 303)


@router.post("/sessions/others")
def end_others(hub: TheHub, organizer: Oneself, csrf: Text) -> Response:
    """Ends all of one's own sessions but this one."""
    must_be_ours(organizer, csrf)
    with hub.database.transaction() as connection:
        if sessions.end_sessions(connection, organizer.id, organizer.session_id):
            note_change(hub, connection, Subject.ORGANIZER, str(organizer.id), "sessions_ended", str(organizer.id))
    return RedirectResponse("/account#sessions", 303)


@router.post("/sessions/end")
def end_session(
    request: Request, hub: TheHub, organizer: Oneself, csrf: Text, session: Text, back: Text = ""
) -> Response:
    """Ends one session: one's own, or anybody's for who may change the hub."""
    must_be_ours(organizer, csrf)
    to = "/sessions" if back == "sessions" else "/account#sessions"
    try:
        with hub.database.transaction() as connection:
            sessions.end_session(hub, connection, session, organizer)
    except BadInput as error:
        return _page(request, organizer, error)
    return RedirectResponse(to, 303)


def session_rows(
    connection: Transaction, organizer: Organizer, zone: str, speaks: Language, *, is_own: bool = False
) -> list[dict[str, Any]]:
    """Returns the open sessions of one's own, or of all, in words."""
    found = sessions.open_sessions(connection, organizer.id if is_own else None)
    return [
        {
            "id": each.id,
            "who": each.name or each.email,
            "email": each.email,
            "browser": each.browser or speaks.say("Unknown browser"),
            "address": each.address,
            "since": when(each.since, zone, speaks),
            "last_seen": when(each.last_seen_at, zone, speaks),
            "way": speaks.say(_WAYS[each.way]),
            "is_second": each.is_second,
            "is_this": each.id == organizer.session_id,
            "may_end": organizer.may_control or each.organizer_id == organizer.id,
        }
        for each in found
    ]


def idle_choices(speaks: Language) -> list[tuple[int, str]]:
    """Returns the times after which an idle session may end, in words."""
    found = []
    for each in IDLE_MINUTES:
        words, count = (later("{count} min"), each) if each < _HOUR else (later("{count} h"), each // _HOUR)
        found.append((each, speaks.say(words).format(count=count)))
    return found


def _page(request: Request, organizer: Organizer, error: BadInput | None = None) -> Response:
    speaks = language(organizer.language)
    with services_of(request).hub.database.transaction() as connection:
        zone = house_zone(connection)
        rows = session_rows(connection, organizer, zone, speaks, is_own=not organizer.may_control)
        idle, second = sessions.idle_minutes(connection), sessions.second_factor(connection)
    return render(
        "sessions.html",
        200 if error is None else 422,
        organizer=organizer,
        here="sessions",
        sessions=rows,
        idle=idle,
        idles=idle_choices(speaks),
        second=second.value,
        seconds=[(each.value, speaks.say(name), speaks.say(words)) for each, (name, words) in _SECOND.items()],
        errors=[] if error is None else [speaks.say(each.message) for each in error.problems],
        zone=zone_note([zone], speaks),
    )

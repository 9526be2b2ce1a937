"""Pages for the organizers' own accounts: invited by mail, given roles everywhere or at one event, ended."""

from collections.abc import Callable, Mapping, Sequence
from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Form, HTTPException, Path, Request
from starlette.responses import RedirectResponse, Response

from boxoffice.core.errors import BadInput, FieldError
from boxoffice.core.languages import LANGUAGES, later
from boxoffice.documents.languages import Language, language
from sync.http.access import TheHub
from sync.http.services import services_of
from sync.http.web.pages import render
from sync.http.web.signed_in import Admin, Viewer, must_be_ours
from sync.http.web.times import when
from sync.inventory.events import house_zone
from sync.organizers import accounts, second_factors
from sync.organizers.accounts import LONGEST_NAME, Account, Status
from sync.organizers.invitations import New
from sync.organizers.roles import AT_EVENTS, Role
from sync.organizers.sessions import Organizer
from sync.store.database import Transaction
from sync.store.reports import report_events

router: Final = APIRouter(include_in_schema=False)
Text = Annotated[str, Form(max_length=300)]
Anywhere = Annotated[Role, Form()]
At = Annotated[Sequence[str], Form(max_length=1_000)]
"""Roles at events, each as `event:role`."""
Number = Annotated[int, Path(ge=1, lt=2**63)]
ROLES: Final[Mapping[Role, tuple[str, str]]] = {
    Role.ADMIN: (later("Admin"), later("may do all of it: people, tills, events, messages to customers")),
    Role.FINANCE: (later("Finance"), later("also gives money back, decides problems, sends receipts again")),
    Role.VIEWER: (later("Viewer"), later("sees sales, orders and problems, and changes nothing")),
    Role.NONE: (later("Only some events"), later("sees nothing but what is chosen below")),
}
_STATES: Final[Mapping[Status, tuple[str, str]]] = {
    Status.INVITED: (later("Invited"), "warn"),
    Status.ACTIVE: (later("Active"), "ok"),
    Status.ENDED: (later("Ended"), "danger"),
}
_PLACES: Final = {
    "email": later("E-mail"),
    "name": later("Name"),
    "role": later("Role"),
    "event": later("Event"),
    "organizer": later("Account"),
}


def _new(email: Text, role: Anywhere, name: Text = "", speaks: Text = "en", at: At = ()) -> New:
    return New(email, name, role, _events(at), speaks if speaks in LANGUAGES else "en")


Invitation = Annotated[New, Depends(_new)]
"""What a form says of whom to invite."""


@router.get("/organizers")
def organizers_page(request: Request, organizer: Viewer) -> Response:
    return _page(request, organizer)


@router.post("/organizers")
def invite(
    request: Request,
    hub: TheHub,
    organizer: Admin,
    csrf: Text,
    new: Invitation,
) -> Response:
    """Invites somebody; where the hub sends no mail, the link is shown this once."""
    must_be_ours(organizer, csrf)
    invitations = services_of(request).invitations
    try:
        with hub.database.transaction() as connection:
            made, link = invitations.invite(connection, new, str(organizer.id))
    except BadInput as error:
        return _page(request, organizer, error=error, status=422, typed=new)
    return _page(request, organizer, made, link=link, is_invited=True)


@router.get("/organizers/{organizer_id}")
def account_page(request: Request, organizer: Viewer, organizer_id: Number) -> Response:
    return _page(request, organizer, organizer_id)


@router.post("/organizers/{organizer_id}")
def change_account(
    request: Request, hub: TheHub, organizer: Admin, organizer_id: Number, csrf: Text, role: Anywhere, at: At = ()
) -> Response:
    def change(connection: Transaction, by: str) -> None:
        accounts.set_roles(hub, connection, organizer_id, role, _events(at), by)

    return _do(request, organizer, csrf, organizer_id, change)


@router.post("/organizers/{organizer_id}/invite")
def invite_again(request: Request, hub: TheHub, organizer: Admin, organizer_id: Number, csrf: Text) -> Response:
    must_be_ours(organizer, csrf)
    invitations = services_of(request).invitations
    try:
        with hub.database.transaction() as connection:
            link = invitations.again(connection, organizer_id, organizer.language, str(organizer.id))
    except BadInput as error:
        return _page(request, organizer, organizer_id, error=error, status=422)
    return _page(request, organizer, organizer_id, link=link, is_invited=True)


@router.post("/organizers/{organizer_id}/second")
def reset_second(request: Request, hub: TheHub, organizer: Admin, organizer_id: Number, csrf: Text) -> Response:
    """Takes telephone and passkeys off an account that has lost them."""
    return _do(request, organizer, csrf, organizer_id, lambda c, by: second_factors.reset(hub, c, organizer_id, by))


@router.post("/organizers/{organizer_id}/end")
def end_account(request: Request, hub: TheHub, organizer: Admin, organizer_id: Number, csrf: Text) -> Response:
    return _do(request, organizer, csrf, organizer_id, lambda c, by: accounts.end(hub, c, organizer_id, by))


def _do(
    request: Request, organizer: Organizer, csrf: str, organizer_id: int, change: Callable[[Transaction, str], object]
) -> Response:
    must_be_ours(organizer, csrf)
    try:
        with services_of(request).hub.database.transaction() as connection:
            change(connection, str(organizer.id))
    except BadInput as error:
        return _page(request, organizer, organizer_id, error=error, status=422)
    return RedirectResponse(f"/organizers/{organizer_id}", 303)


def _events(at: Sequence[str]) -> Mapping[str, Role]:
    """Returns the roles at events, of `event:role`; what is none is left out."""
    words = {role.value: role for role in AT_EVENTS}
    parted = (each.rpartition(":") for each in at)
    return {event: words[role] for event, _, role in parted if event and role in words}


def _page(
    request: Request,
    organizer: Organizer,
    organizer_id: int | None = None,
    *,
    error: BadInput | None = None,
    status: int = 200,
    typed: New | None = None,
    link: str = "",
    is_invited: bool = False,
) -> Response:
    """Returns the page of all, beside it the one who is chosen; a `link` is shown this once."""
    services, speaks = services_of(request), language(organizer.language)
    with services.hub.database.transaction() as connection:
        found, zone = accounts.all_accounts(connection), house_zone(connection)
        events = [(each.id, each.name) for each in report_events(connection)]
    names = dict(events)

    def view(each: Account) -> dict[str, Any]:
        state, tone = _STATES[each.status]
        return {
            "id": each.id,
            "name": each.name or each.email,
            "email": each.email if each.name else "",
            "initials": "".join(part[0] for part in (each.name or each.email).split()[:2]).upper(),
            "role": each.role.value,
            "role_words": speaks.say(ROLES[each.role][0]),
            "at": {event: role.value for event, role in each.at_events.items()},
            "at_words": [f"{names.get(e, e)}: {speaks.say(ROLES[r][0])}" for e, r in sorted(each.at_events.items())],
            "state": speaks.say(state),
            "tone": tone,
            "status": each.status.value,
            "second": _second(each, speaks),
            "has_second": each.has_second,
            "sessions": each.sessions,
            "seen": "" if each.last_seen_at is None else when(each.last_seen_at, zone, speaks),
            "until": "" if each.invited_until is None else when(each.invited_until, zone, speaks),
            "is_me": each.id == organizer.id,
        }

    listed = [view(each) for each in found]
    chosen = next((each for each in listed if each["id"] == organizer_id), None)
    if organizer_id is not None and chosen is None:
        raise HTTPException(404, "There is no such account.")
    answer = render(
        "organizers.html",
        status,
        organizer=organizer,
        here="organizers" if chosen is None else f"organizers/{organizer_id}",
        accounts=listed,
        chosen=chosen,
        events=events,
        roles=[(role.value, speaks.say(name), speaks.say(words)) for role, (name, words) in ROLES.items()],
        event_roles=[(role.value, speaks.say(ROLES[role][0])) for role in AT_EVENTS],
        typed=typed or New(""),
        typed_at={event: role.value for event, role in ((typed and typed.at_events) or {}).items()},
        link=link,
        is_invited=is_invited,
        is_mailed=services.invitations.are_mailed,
        errors=[] if error is None else [_said(each, speaks) for each in error.problems],
        longest=LONGEST_NAME,
    )
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _second(each: Account, speaks: Language) -> str:
    """Returns what proves somebody beyond a password, in words; empty for nothing."""
    words = [speaks.say("Telephone")] if each.has_totp else []
    if each.passkeys:
        many = speaks.say("{count} passkeys") if each.passkeys > 1 else speaks.say("Passkey")
        words.append(many.format(count=each.passkeys))
    return ", ".join(words)


def _said(problem: FieldError, speaks: Language) -> str:
    return f"{speaks.say(_PLACES.get(problem.place, problem.place))}: {speaks.say(problem.message)}"

"""Pages for the people who work at the tills: who they are, what they sign in with, and who may do what."""

from collections.abc import Callable, Mapping
from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Form, HTTPException, Request
from starlette.responses import RedirectResponse, Response

from boxoffice.core.errors import BadInput, FieldError
from boxoffice.core.languages import LANGUAGES, later
from boxoffice.core.rights import RIGHTS, Answer
from boxoffice.core.staff import LONGEST_LIMIT, LONGEST_NAME, StaffRole
from boxoffice.documents.badges import Badge, badges_pdf
from boxoffice.documents.languages import Language, language
from sync.http.access import TheHub
from sync.http.services import services_of
from sync.http.web.pages import render
from sync.http.web.signed_in import Admin, Viewer, must_be_ours
from sync.http.web.times import when
from sync.inventory.events import house_zone
from sync.ledger.hub import Hub
from sync.organizers.sessions import Organizer
from sync.store.database import Transaction
from sync.store.staff import KeptStaff, read_all
from sync.tills import staff
from sync.tills.done import last_seen
from sync.tills.staff import About

router: Final = APIRouter(include_in_schema=False)
Text = Annotated[str, Form(max_length=300)]
Role = Annotated[StaffRole, Form()]
Percent = Annotated[int, Form(ge=0, le=LONGEST_LIMIT)]

STAFF_ROLES: Final[Mapping[StaffRole, tuple[str, str]]] = {
    StaffRole.STEWARD: (later("Steward"), later("scans only")),
    StaffRole.SELLER: (later("Seller"), later("sells, counts the own drawer")),
    StaffRole.SUPERVISOR: (later("Supervisor"), later("refunds, approves, sees what is expected")),
    StaffRole.ORGANIZER: (later("Organizer"), later("may do all of it at the till")),
}
_ANSWERS: Final[Mapping[Answer, tuple[str, str]]] = {
    Answer.YES: ("✓", later("yes")),
    Answer.LIMIT: ("✓", later("up to the own limit")),
    Answer.ASK: ("⚷", later("with an approval")),
    Answer.NO: ("–", later("no")),
}
_PLACES: Final[Mapping[str, str]] = {
    "name": later("Name"),
    "pin": later("PIN"),
    "email": later("E-mail"),
    "language": later("Language at the till"),
    "discount_limit": later("Discount alone, up to percent"),
}


def _about(name: Text, role: Role, speaks: Text = "en", discount_limit: Percent = 0) -> About:
    return About(name, role, speaks, discount_limit)


Said = Annotated[About, Depends(_about)]
"""What a form says of somebody."""


@router.get("/staff")
def staff_page(request: Request, organizer: Viewer) -> Response:
    return _page(request, organizer)


@router.post("/staff")
def add_person(
    request: Request,
    hub: TheHub,
    organizer: Admin,
    csrf: Text,
    about: Said,
    email: Text = "",
) -> Response:
    """Adds somebody with a new PIN that is shown this once, or has them choose their own by a mailed link."""
    must_be_ours(organizer, csrf)
    pin = ""
    try:
        with hub.database.transaction() as connection:
            added = staff.add(hub, connection, about, str(organizer.id))
            if email.strip():
                services_of(request).pin_links.ask(connection, added, email, str(organizer.id))
            else:
                pin = staff.give_pin(hub, connection, added, str(organizer.id))
    except BadInput as error:
        return _page(request, organizer, error=error, status=422, typed=about, email=email)
    return _page(request, organizer, added, pin=pin, mailed=bool(email.strip()))


@router.get("/staff/badges.pdf")
def all_badges(hub: TheHub, organizer: Admin) -> Response:
    with hub.database.transaction() as connection:
        found = [each for each in read_all(connection) if each.is_active and each.row.has_badge]
    if not found:
        raise HTTPException(404, language(organizer.language).say("Nobody has a badge yet."))
    return _pdf([_badge(hub, each) for each in found])


@router.get("/staff/{staff_id}")
def person_page(request: Request, organizer: Viewer, staff_id: str) -> Response:
    return _page(request, organizer, staff_id)


@router.post("/staff/{staff_id}")
def change_person(
    request: Request,
    hub: TheHub,
    organizer: Admin,
    staff_id: str,
    csrf: Text,
    about: Said,
) -> Response:
    return _do(request, organizer, csrf, staff_id, lambda c, by: staff.change(hub, c, staff_id, about, by))


@router.post("/staff/{staff_id}/pin")
def new_pin(request: Request, hub: TheHub, organizer: Admin, staff_id: str, csrf: Text, pin: Text = "") -> Response:
    """Sets the PIN that was typed, or makes one; that one is shown this once."""
    must_be_ours(organizer, csrf)
    try:
        with hub.database.transaction() as connection:
            made = staff.give_pin(hub, connection, staff_id, str(organizer.id), pin or None)
    except BadInput as error:
        return _page(request, organizer, staff_id, error=error, status=422)
    return RedirectResponse(f"/staff/{staff_id}", 303) if pin else _page(request, organizer, staff_id, pin=made)


@router.post("/staff/{staff_id}/pin/link")
def mail_pin_link(request: Request, hub: TheHub, organizer: Admin, staff_id: str, csrf: Text, email: Text) -> Response:
    """Mails a link by which somebody chooses their own PIN; until then the one that they have stays good."""
    must_be_ours(organizer, csrf)
    try:
        with hub.database.transaction() as connection:
            services_of(request).pin_links.ask(connection, staff_id, email, str(organizer.id))
    except BadInput as error:
        return _page(request, organizer, staff_id, error=error, status=422, email=email)
    return _page(request, organizer, staff_id, mailed=True)


@router.post("/staff/{staff_id}/badge")
def new_badge(request: Request, hub: TheHub, organizer: Admin, staff_id: str, csrf: Text) -> Response:
    return _do(request, organizer, csrf, staff_id, lambda c, by: staff.give_badge(hub, c, staff_id, by))


@router.post("/staff/{staff_id}/badge/lost")
def badge_is_lost(request: Request, hub: TheHub, organizer: Admin, staff_id: str, csrf: Text) -> Response:
    return _do(request, organizer, csrf, staff_id, lambda c, by: staff.end_badge(hub, c, staff_id, by))


@router.get("/staff/{staff_id}/badge.pdf")
def print_badge(hub: TheHub, organizer: Admin, staff_id: str) -> Response:
    with hub.database.transaction() as connection:
        found = next((each for each in read_all(connection) if each.row.id == staff_id and each.row.has_badge), None)
    if found is None:
        raise HTTPException(404, language(organizer.language).say("Nobody has a badge yet."))
    return _pdf([_badge(hub, found)])


@router.post("/staff/{staff_id}/end")
def end_person(request: Request, hub: TheHub, organizer: Admin, staff_id: str, csrf: Text) -> Response:
    return _do(request, organizer, csrf, staff_id, lambda c, by: staff.end(hub, c, staff_id, by))


@router.post("/staff/{staff_id}/back")
def take_person_back(request: Request, hub: TheHub, organizer: Admin, staff_id: str, csrf: Text) -> Response:
    return _do(request, organizer, csrf, staff_id, lambda c, by: staff.take_back(hub, c, staff_id, by))


def _do(
    request: Request, organizer: Organizer, csrf: str, staff_id: str, change: Callable[[Transaction, str], object]
) -> Response:
    must_be_ours(organizer, csrf)
    try:
        with services_of(request).hub.database.transaction() as connection:
            change(connection, str(organizer.id))
    except BadInput as error:
        return _page(request, organizer, staff_id, error=error, status=422)
    return RedirectResponse(f"/staff/{staff_id}", 303)


def _page(
    request: Request,
    organizer: Organizer,
    staff_id: str | None = None,
    *,
    pin: str = "",
    error: BadInput | None = None,
    status: int = 200,
    typed: About | None = None,
    email: str = "",
    mailed: bool = False,
) -> Response:
    """Returns the page of all, beside it the one who is chosen; `pin` is shown this once, or a link is `mailed`."""
    services = services_of(request)
    hub = services.hub
    with hub.database.transaction() as connection:
        people, zone = read_all(connection), house_zone(connection)
        seen = last_seen(connection, [each.row.id for each in people])
    chosen = next((each for each in people if each.row.id == staff_id), None)
    if staff_id is not None and chosen is None:
        raise HTTPException(404, "There is nobody of this id.")
    speaks = language(organizer.language)

    def view(each: KeptStaff) -> dict[str, Any]:
        return {
            "id": each.row.id,
            "name": each.name or speaks.say("Without a name"),
            "initials": "".join(part[0] for part in each.name.split()[:2]).upper(),
            "role": each.row.role.value,
            "role_words": speaks.say(STAFF_ROLES[each.row.role][0]),
            "language": each.row.language,
            "language_words": LANGUAGES.get(each.row.language, each.row.language),
            "limit": each.row.discount_limit,
            "is_active": each.is_active,
            "has_pin": bool(each.pin),
            "pin_at": "" if each.pin_set_at is None else when(each.pin_set_at, zone, speaks),
            "seen_at": "" if each.row.id not in seen else when(seen[each.row.id], zone, speaks),
            "badge": each.row.badge if each.row.has_badge else 0,
            "badge_at": "" if each.badge_set_at is None else when(each.badge_set_at, zone, speaks),
        }

    answer = render(
        "staff.html",
        status,
        organizer=organizer,
        here="staff" if chosen is None else f"staff/{staff_id}",
        people=[view(each) for each in people],
        chosen=None if chosen is None else view(chosen),
        roles=[(role.value, speaks.say(name), speaks.say(words)) for role, (name, words) in STAFF_ROLES.items()],
        rights=_rights(speaks),
        pin=pin,
        email=email,
        is_mailed=mailed,
        has_mail=services.pin_links.is_there,
        errors=[] if error is None else [_said(each, speaks) for each in error.problems],
        typed=typed or About(""),
        longest=LONGEST_NAME,
    )
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _said(problem: FieldError, speaks: Language) -> str:
    return f"{speaks.say(_PLACES.get(problem.place, problem.place))}: {speaks.say(problem.message)}"


def _rights(speaks: Language) -> list[tuple[str, list[tuple[str, str, str]]]]:
    """Returns each right with what each role has of it: a mark, words, and what they are about."""
    rows = []
    for row in RIGHTS.values():
        answers = [row.of(role) for role in StaffRole]
        cells = [(*_ANSWERS[each], each.value) for each in answers]
        rows.append((speaks.say(row.words), [(mark, speaks.say(words), kind) for mark, words, kind in cells]))
    return rows


def _badge(hub: Hub, each: KeptStaff) -> Badge:
    return Badge(each.name, each.row.role.value, staff.badge_of(hub, each.row))


def _pdf(badges: list[Badge]) -> Response:
    headers = {"Content-Disposition": 'inline; filename="badges.pdf"', "Cache-Control": "no-store"}
    return Response(badges_pdf(badges), media_type="application/pdf", headers=headers)

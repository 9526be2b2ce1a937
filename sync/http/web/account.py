"""One's own account: name and password, what else proves who one is, and where one is signed in."""

from typing import Annotated, Any, Final

from fastapi import APIRouter, Form, Request
from markupsafe import Markup
from starlette.responses import RedirectResponse, Response

from boxoffice.core.errors import BadInput
from boxoffice.core.languages import later
from boxoffice.core.payloads.office import Subject
from boxoffice.documents.languages import Language, language
from boxoffice.documents.qr import qr_svg
from sync.http.access import TheHub
from sync.http.services import services_of
from sync.http.web.pages import render
from sync.http.web.sessions import session_rows
from sync.http.web.signed_in import Oneself, must_be_ours
from sync.http.web.times import when, zone_note
from sync.inventory.events import house_zone
from sync.ledger.office import note_change
from sync.organizers import second_factors
from sync.organizers.accounts import LONGEST_NAME, set_name
from sync.organizers.organizers import LEAST_PASSWORD, is_password, set_password
from sync.organizers.passkeys import NoPasskey
from sync.organizers.second_factors import WrongCode
from sync.organizers.sessions import Organizer, is_second_asked_of
from sync.organizers.steps import StepOver
from sync.store.limits import TooManyTries

router: Final = APIRouter(include_in_schema=False)
Text = Annotated[str, Form(max_length=300)]
Said = Annotated[str, Form(max_length=20_000)]
_PLACES: Final = {"name": later("Name"), "password": later("Password")}


@router.get("/account")
def account_page(request: Request, organizer: Oneself) -> Response:
    return _page(request, organizer)


@router.post("/account/name")
def take_name(request: Request, hub: TheHub, organizer: Oneself, csrf: Text, name: Text = "") -> Response:
    must_be_ours(organizer, csrf)
    try:
        with hub.database.transaction() as connection:
            set_name(connection, organizer.id, name)
    except BadInput as error:
        return _page(request, organizer, error=error, status=422)
    return _back()


@router.post("/account/password")
def take_password(
    request: Request, hub: TheHub, organizer: Oneself, csrf: Text, old: Text, password: Text, again: Text
) -> Response:
    """Sets another password; the sessions of the old one end, but this one."""
    must_be_ours(organizer, csrf)
    if password != again:
        return _page(request, organizer, words=later("The two are not the same. Type them again."), status=422)
    try:
        second_factors.count_try(hub, organizer.id)
        with hub.database.transaction() as connection:
            if not is_password(connection, organizer.id, old):
                return _page(request, organizer, words=later("The password of before is not right."), status=403)
            set_password(connection, organizer.id, password, but_session=organizer.session_id)
            note_change(hub, connection, Subject.ORGANIZER, str(organizer.id), "password", str(organizer.id))
    except BadInput as error:
        return _page(request, organizer, error=error, status=422)
    except TooManyTries as error:
        return _wait(request, organizer, error)
    return _page(request, organizer, done=later("Your password is set. All your other sessions have ended."))


@router.post("/account/telephone")
def begin_telephone(hub: TheHub, organizer: Oneself, csrf: Text) -> Response:
    """Shows what an app on a telephone reads; it counts once a code of it was typed."""
    must_be_ours(organizer, csrf)
    with hub.database.transaction() as connection:
        second_factors.begin_totp(hub, connection, organizer.id, organizer.email)
    return _back("telephone")


@router.post("/account/telephone/proved")
def prove_telephone(request: Request, hub: TheHub, organizer: Oneself, csrf: Text, code: Text) -> Response:
    must_be_ours(organizer, csrf)
    try:
        second_factors.count_try(hub, organizer.id)
        with hub.database.transaction() as connection:
            is_first = not second_factors.has_second(connection, organizer.id)
            second_factors.prove_totp(hub, connection, organizer.id, code)
            codes = second_factors.new_recovery_codes(hub, connection, organizer.id) if is_first else []
    except WrongCode as error:
        return _page(request, organizer, words=str(error), status=403)
    except TooManyTries as error:
        return _wait(request, organizer, error)
    return _page(request, organizer, codes=codes, done=later("Your telephone counts from now on."))


@router.post("/account/telephone/off")
def end_telephone(request: Request, organizer: Oneself, csrf: Text, code: Text) -> Response:
    """Takes the telephone off the account, by one more of its codes."""
    return _with_code(request, organizer, csrf, code, is_end=True)


@router.post("/account/codes")
def make_codes(request: Request, organizer: Oneself, csrf: Text, code: Text) -> Response:
    """Makes new recovery codes, by one more code; those of before end."""
    return _with_code(request, organizer, csrf, code, is_end=False)


@router.post("/account/passkeys/options")
def passkey_options(request: Request, hub: TheHub, organizer: Oneself, csrf: Text) -> Response:
    must_be_ours(organizer, csrf)
    with hub.database.transaction() as connection:
        said = services_of(request).passkeys.to_add(connection, organizer.id, organizer.email)
    return Response(said, media_type="application/json")


@router.post("/account/passkeys")
def add_passkey(
    request: Request, hub: TheHub, organizer: Oneself, csrf: Text, credential: Said, name: Text = ""
) -> Response:
    must_be_ours(organizer, csrf)
    try:
        with hub.database.transaction() as connection:
            is_first = not second_factors.has_second(connection, organizer.id)
            services_of(request).passkeys.add(connection, organizer.id, credential, name)
            codes = second_factors.new_recovery_codes(hub, connection, organizer.id) if is_first else []
    except (NoPasskey, StepOver):
        words = later("The passkey was not added: what your browser said does not hold. Try again.")
        return _page(request, organizer, words=words, status=422)
    return _page(request, organizer, codes=codes, done=later("The passkey is added. Sign in with it the next time."))


@router.post("/account/passkeys/remove")
def remove_passkey(request: Request, hub: TheHub, organizer: Oneself, csrf: Text, passkey: Text) -> Response:
    must_be_ours(organizer, csrf)
    with hub.database.transaction() as connection:
        services_of(request).passkeys.remove(connection, organizer.id, passkey)
    return _back("passkeys")


def _with_code(request: Request, organizer: Organizer, csrf: str, code: str, *, is_end: bool) -> Response:
    """Does what only a code allows: an open page that somebody left must not be enough."""
    must_be_ours(organizer, csrf)
    hub = services_of(request).hub
    codes: list[str] = []
    try:
        second_factors.count_try(hub, organizer.id)
        with hub.database.transaction() as connection:
            second_factors.take_code(hub, connection, organizer.id, code)
            if is_end:
                second_factors.end_totp(hub, connection, organizer.id)
            else:
                codes = second_factors.new_recovery_codes(hub, connection, organizer.id)
    except WrongCode as error:
        return _page(request, organizer, words=str(error), status=403)
    except TooManyTries as error:
        return _wait(request, organizer, error)
    return _back("telephone") if is_end else _page(request, organizer, codes=codes)


def _back(part: str = "") -> Response:
    return RedirectResponse(f"/account#{part}" if part else "/account", 303)


def _wait(request: Request, organizer: Organizer, error: TooManyTries) -> Response:
    page = _page(request, organizer, words=later("Too many tries. Wait a few minutes, then try again."), status=429)
    page.headers["Retry-After"] = str(error.retry_after_s)
    return page


def _page(
    request: Request,
    organizer: Organizer,
    *,
    words: str = "",
    error: BadInput | None = None,
    done: str = "",
    codes: list[str] | None = None,
    status: int = 200,
) -> Response:
    """Returns the page; `codes` are shown this once."""
    services = services_of(request)
    hub, speaks = services.hub, language(organizer.language)
    with hub.database.transaction() as connection:
        zone = house_zone(connection)
        begun = second_factors.begun_totp(hub, connection, organizer.id, organizer.email)
        view: dict[str, Any] = {
            "has_totp": second_factors.has_totp(connection, organizer.id),
            "has_second": second_factors.has_second(connection, organizer.id),
            "codes_left": second_factors.codes_left(connection, organizer.id),
            "is_asked": is_second_asked_of(connection, organizer.role),
            "passkeys": [
                {
                    "id": each.id,
                    "name": each.name or speaks.say("Passkey"),
                    "since": when(each.created_at, zone, speaks),
                    "used": "" if each.last_used_at is None else when(each.last_used_at, zone, speaks),
                }
                for each in services.passkeys.of(connection, organizer.id)
            ],
            "sessions": session_rows(connection, organizer, zone, speaks, is_own=True),
        }
    said = [speaks.say(words)] if words else []
    said += [] if error is None else [_said(each.place, each.message, speaks) for each in error.problems]
    answer = render(
        "account.html",
        status,
        organizer=organizer,
        here="account",
        account=view,
        secret="" if begun is None else " ".join(begun[0][i : i + 4] for i in range(0, len(begun[0]), 4)),
        qr="" if begun is None else Markup(qr_svg(begun[1])),  # noqa: S704  # drawn by us, of our own text
        codes=codes or [],
        errors=said,
        done=speaks.say(done) if done else "",
        has_passkeys=services.passkeys.are_there,
        least=LEAST_PASSWORD,
        longest=LONGEST_NAME,
        zone=zone_note([zone], speaks),
    )
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _said(place: str, message: str, speaks: Language) -> str:
    return f"{speaks.say(_PLACES.get(place, place))}: {speaks.say(message)}"

"""The second step of signing in, by a code or a passkey; and signing in by a passkey alone, which is both in one."""

from typing import Annotated, Any, Final

from fastapi import APIRouter, Form, Request
from starlette.responses import RedirectResponse, Response

from boxoffice.core.languages import later
from sync.http.access import TheHub, address_of
from sync.http.services import services_of
from sync.http.web.browsers import seen_in
from sync.http.web.languages import language_of
from sync.http.web.sign_in import FORM, HALF, form_page, let_in
from sync.ledger.hub import Hub
from sync.organizers import steps
from sync.organizers.organizers import is_same
from sync.organizers.passkeys import NoPasskey
from sync.organizers.second_factors import WrongCode, count_try, has_totp, take_code
from sync.organizers.sessions import Way, open_session
from sync.organizers.steps import Purpose, StepOver
from sync.store.limits import TooManyTries

router: Final = APIRouter(include_in_schema=False)
_OLD: Final = later("The form was too old. Try again.")
Text = Annotated[str, Form(max_length=300)]
Said = Annotated[str, Form(max_length=20_000)]


@router.get("/sign-in/second")
def second_form(request: Request, hub: TheHub) -> Response:
    try:
        return _form(request, hub)
    except StepOver:
        return RedirectResponse("/sign-in", 303)


@router.post("/sign-in/second")
def take_second(request: Request, hub: TheHub, csrf: Text, code: Text) -> Response:
    """Takes a code of the telephone, or a recovery code."""
    try:
        if not is_same(csrf, request.cookies.get(FORM)):
            return _form(request, hub, _OLD, 403)
        half = request.cookies.get(HALF, "")
        with hub.database.transaction() as connection:
            organizer_id = steps.look(connection, Purpose.HALF_IN, half)
        count_try(hub, organizer_id)
        with hub.database.transaction() as connection:
            take_code(hub, connection, organizer_id, code)
            steps.take(connection, Purpose.HALF_IN, half)
            found = open_session(hub, connection, organizer_id, Way.PASSWORD, seen_in(request), is_second=True)
    except StepOver:
        return RedirectResponse("/sign-in", 303)
    except WrongCode as error:
        return _form(request, hub, str(error), 403)
    except TooManyTries as error:
        words = later("Too many codes that were not right. Wait a few minutes, then try again.")
        page = _form(request, hub, words, 429)
        page.headers["Retry-After"] = str(error.retry_after_s)
        return page
    return let_in(hub, found)


@router.post("/sign-in/passkey/options")
def passkey_options(request: Request, hub: TheHub, csrf: Text) -> Response:
    """Tells a browser what to ask a passkey for: one of the account whose password was right, or any."""
    if not is_same(csrf, request.cookies.get(FORM)):
        return Response("{}", 403, media_type="application/json")
    passkeys = services_of(request).passkeys
    try:
        with hub.database.transaction() as connection:
            passkeys.count_try(connection, address_of(request))
            half = request.cookies.get(HALF)
            mine = None if half is None else _whose(hub, half)
            said = passkeys.to_sign_in(connection, mine)
    except TooManyTries as error:
        return Response("{}", 429, {"Retry-After": str(error.retry_after_s)}, "application/json")
    return Response(said, media_type="application/json")


@router.post("/sign-in/passkey")
def take_passkey(request: Request, hub: TheHub, csrf: Text, credential: Said) -> Response:
    """Lets in whose passkey has answered."""
    if not is_same(csrf, request.cookies.get(FORM)):
        return _sign_in_form(request, hub, _OLD)
    try:
        with hub.database.transaction() as connection:
            organizer_id = services_of(request).passkeys.whose(connection, credential)
            found = open_session(hub, connection, organizer_id, Way.PASSKEY, seen_in(request), is_second=True)
    except (NoPasskey, StepOver) as error:
        return _sign_in_form(request, hub, str(error))
    return let_in(hub, found)


def _whose(hub: Hub, half: str) -> int | None:
    try:
        with hub.database.transaction() as connection:
            return steps.look(connection, Purpose.HALF_IN, half)
    except StepOver:
        return None


def _form(request: Request, hub: Hub, error: str = "", status: int = 200) -> Response:
    passkeys = services_of(request).passkeys
    with hub.database.transaction() as connection:
        organizer_id = steps.look(connection, Purpose.HALF_IN, request.cookies.get(HALF, ""))
        known: dict[str, Any] = {
            "has_passkeys": passkeys.are_there and bool(passkeys.of(connection, organizer_id)),
            "has_totp": has_totp(connection, organizer_id),
        }
    said = language_of(request).say(error) if error else ""
    return form_page(request, hub, "sign-in-second.html", status, error=said, **known)


def _sign_in_form(request: Request, hub: Hub, error: str) -> Response:
    services = services_of(request)
    known = {"has_links": services.sign_in_links.is_there, "has_passkeys": services.passkeys.are_there, "email": ""}
    return form_page(request, hub, "sign-in.html", 403, error=language_of(request).say(error), **known)

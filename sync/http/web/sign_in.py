"""Signing in and out: by password, or by a link that is mailed; a second proof is asked for on a page of its own."""

from secrets import token_urlsafe
from typing import Annotated, Any, Final

from fastapi import APIRouter, Form, Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from boxoffice.documents.languages import later
from sync.http.access import TheHub, address_of
from sync.http.services import services_of
from sync.http.web.browsers import seen_in
from sync.http.web.languages import language_of
from sync.http.web.pages import message, render
from sync.http.web.signed_in import SESSION, Viewer, must_be_ours, organizer_of_request
from sync.ledger.hub import Hub
from sync.organizers import steps
from sync.organizers.organizers import KNOWN_FOR, SignInRefused, is_same, sign_in
from sync.organizers.sessions import LASTS, SignedIn, sign_out
from sync.organizers.sign_in_links import LinkOver
from sync.organizers.steps import HalfIn
from sync.store.limits import TooManyTries

router: Final = APIRouter(include_in_schema=False)
FORM: Final = "boxoffice_form"
HALF: Final = "boxoffice_half"
"""What a browser keeps while a second proof is asked for."""
_KNOWN: Final = "boxoffice_known"
"""What a browser keeps of having signed in, so that strangers' tries do not count against it."""

Text = Annotated[str, Form(max_length=300)]


@router.get("/sign-in")
def sign_in_form(request: Request, hub: TheHub) -> Response:
    if organizer_of_request(request, hub) is not None:
        return RedirectResponse("/", 303)
    return _form(request, hub)


@router.post("/sign-in")
def take_sign_in(request: Request, hub: TheHub, csrf: Text, email: Text, password: Text) -> Response:
    if not is_same(csrf, request.cookies.get(FORM)):
        return _form(request, hub, later("The form was too old. Try again."), email, 403)
    try:
        seen = seen_in(request)
        found = sign_in(hub, email, password, seen.address, request.cookies.get(_KNOWN), seen.browser)
    except SignInRefused as error:
        return _form(request, hub, str(error), email, 403)
    except TooManyTries as error:
        return _wait(request, hub, email, error)
    return let_in(hub, found)


@router.post("/sign-in/link")
def ask_for_link(request: Request, hub: TheHub, csrf: Text, email: Text) -> Response:
    """Has a link mailed. The answer is the same whether there is such an account."""
    if not is_same(csrf, request.cookies.get(FORM)):
        return _form(request, hub, later("The form was too old. Try again."), email, 403)
    try:
        services_of(request).sign_in_links.ask(email, address_of(request))
    except TooManyTries as error:
        words = later("Several links were sent already. Each works once and for an hour: look into your mail.")
        page = _form(request, hub, words, email, 429)
        page.headers["Retry-After"] = str(error.retry_after_s)
        return page
    speaks = language_of(request)
    line = speaks.say(
        "If this address has an account, a link to sign in is on its way to it. It works once, for an hour."
    )
    back = ("/sign-in", speaks.say("Back to the password"))
    return message(speaks, speaks.say("Look into your mail"), line, link=back, here="sign-in")


@router.get("/sign-in/link/{token}")
def look_at_link(request: Request, hub: TheHub, token: str) -> Response:
    """Asks before it signs in: mail programs open links by themselves."""
    try:
        email = services_of(request).sign_in_links.look(token)
    except LinkOver as error:
        return _form(request, hub, str(error), "", 404)
    return form_page(request, hub, "sign-in-link.html", 200, email=email, token=token)


@router.post("/sign-in/link/{token}")
def use_link(request: Request, hub: TheHub, token: str, csrf: Text) -> Response:
    if not is_same(csrf, request.cookies.get(FORM)):
        return _form(request, hub, later("The form was too old. Open the link in your mail again."), "", 403)
    try:
        return let_in(hub, services_of(request).sign_in_links.use(token, seen_in(request)))
    except LinkOver as error:
        return _form(request, hub, str(error), "", 404)


@router.post("/sign-out")
def take_sign_out(request: Request, hub: TheHub, organizer: Viewer, csrf: Text) -> Response:
    must_be_ours(organizer, csrf)
    with hub.database.transaction() as connection:
        sign_out(connection, request.cookies[SESSION])
    answer = RedirectResponse("/", 303)
    answer.delete_cookie(SESSION)
    return answer


def let_in(hub: Hub, found: SignedIn | HalfIn, to: str = "/") -> Response:
    """Returns the way on for who has proved themselves, once or twice as their account wants it."""
    secure = hub.public_url.startswith("https://")
    if isinstance(found, HalfIn):
        half = RedirectResponse("/sign-in/second", 303)
        lasts_s = int(steps.LASTS.total_seconds())
        half.set_cookie(HALF, found.token, max_age=lasts_s, httponly=True, samesite="lax", secure=secure)
        return half
    answer = RedirectResponse(to, 303)
    answer.set_cookie(
        SESSION, found.token, max_age=int(LASTS.total_seconds()), httponly=True, samesite="lax", secure=secure
    )
    kept_s = int(KNOWN_FOR.total_seconds())
    answer.set_cookie(_KNOWN, found.device, max_age=kept_s, httponly=True, samesite="lax", secure=secure)
    for name in (FORM, HALF):
        answer.delete_cookie(name)
    return answer


def _wait(request: Request, hub: Hub, email: str, error: TooManyTries) -> Response:
    minutes = (error.retry_after_s + 59) // 60
    speaks = language_of(request)
    words = speaks.say("Too many tries from this network. The next one is possible in {minutes} min.").format(
        minutes=minutes
    )
    if services_of(request).sign_in_links.is_there:
        words += " " + speaks.say("If this is your account, have a link mailed to you: it works at once.")
    page = _form(request, hub, words, email, 429)
    page.headers["Retry-After"] = str(error.retry_after_s)
    return page


def _form(request: Request, hub: Hub, error: str = "", email: str = "", status: int = 200) -> HTMLResponse:
    has_links = services_of(request).sign_in_links.is_there
    said = language_of(request).say(error) if error else ""
    has_passkeys = services_of(request).passkeys.are_there
    known = {"has_links": has_links, "has_passkeys": has_passkeys}
    return form_page(request, hub, "sign-in.html", status, error=said, email=email, **known)


def form_page(request: Request, hub: Hub, template: str, status: int, **values: Any) -> HTMLResponse:
    """Returns a page for somebody who is not signed in, with a form that only this browser can send."""
    csrf = token_urlsafe(24)
    known = {"here": "sign-in", "language_code": language_of(request).code, **values}
    page = render(template, status, csrf=csrf, **known)
    page.set_cookie(
        FORM, csrf, max_age=3600, httponly=True, samesite="lax", secure=hub.public_url.startswith("https://")
    )
    return page

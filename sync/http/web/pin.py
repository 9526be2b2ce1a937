"""The page on which somebody who works at the tills chooses their own PIN, by the link that was mailed to them."""

from secrets import token_urlsafe
from typing import Annotated, Final

from fastapi import APIRouter, Form, Request
from starlette.responses import Response

from boxoffice.core.errors import BadInput
from boxoffice.core.languages import later
from boxoffice.documents.languages import Language, language
from sync.http.access import TheHub
from sync.http.services import services_of
from sync.http.web.languages import COOKIE, language_of
from sync.http.web.pages import message, render
from sync.ledger.hub import Hub
from sync.organizers.organizers import is_same
from sync.store.limits import TooManyTries
from sync.store.staff import KeptStaff
from sync.tills.pin_links import PinLinkOver

router: Final = APIRouter(include_in_schema=False)
_FORM: Final = "boxoffice_pin_form"
Text = Annotated[str, Form(max_length=300)]


@router.get("/pin/{token}")
def pin_form(request: Request, hub: TheHub, token: str) -> Response:
    """Asks for a PIN: looking changes nothing."""
    try:
        person = services_of(request).pin_links.look(token)
    except PinLinkOver as error:
        return _over(request, error)
    return _form(request, hub, person, token)


@router.post("/pin/{token}")
def choose_pin(request: Request, hub: TheHub, token: str, csrf: Text, pin: Text, again: Text) -> Response:
    links = services_of(request).pin_links
    try:
        person = links.look(token)
        if not is_same(csrf, request.cookies.get(_FORM)):
            return _form(request, hub, person, token, later("The form was too old. Try again."), 403)
        if pin != again:
            return _form(request, hub, person, token, later("The two are not the same. Type them again."), 422)
        links.use(token, pin)
    except PinLinkOver as error:
        return _over(request, error)
    except BadInput as error:
        speaks = _spoken(request, person)
        said = f"{speaks.say('PIN')}: {'; '.join(speaks.say(each.message) for each in error.problems)}."
        return _form(request, hub, person, token, said, 422)
    except TooManyTries as error:
        words = later("Too many tries. Ask an organizer for a new link.")
        answer = _form(request, hub, person, token, words, 429)
        answer.headers["Retry-After"] = str(error.retry_after_s)
        return answer
    speaks = _spoken(request, person)
    lines = (
        speaks.say("Sign in with it at any till, as {name}.").format(name=person.name),
        speaks.say("Nobody can read it, the organizers neither. If you forget it, they mail you a new link."),
    )
    answer = message(speaks, speaks.say("Your PIN is set"), *lines, is_good=True)
    answer.headers["Cache-Control"] = "no-store"
    answer.delete_cookie(_FORM)
    return answer


def _spoken(request: Request, person: KeptStaff) -> Language:
    """Returns what the visitor chose on our pages; else what the person reads at the till."""
    return language_of(request) if COOKIE in request.cookies else language(person.row.language)


def _over(request: Request, error: PinLinkOver) -> Response:
    speaks = language_of(request)
    return message(speaks, speaks.say("This link is over"), speaks.say(str(error)), status=404)


def _form(request: Request, hub: Hub, person: KeptStaff, token: str, error: str = "", status: int = 200) -> Response:
    csrf, speaks = token_urlsafe(24), _spoken(request, person)
    page = render(
        "pin.html",
        status,
        language_code=speaks.code,
        here=f"pin/{token}",
        csrf=csrf,
        person=person.name,
        token=token,
        error=speaks.say(error) if error else "",
    )
    secure = hub.public_url.startswith("https://")
    page.set_cookie(_FORM, csrf, max_age=3600, httponly=True, samesite="lax", secure=secure)
    page.headers["Cache-Control"] = "no-store"
    return page

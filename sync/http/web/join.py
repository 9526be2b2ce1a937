"""The page on which somebody who was invited to be an organizer chooses a password, by the link that was mailed."""

from typing import Annotated, Final

from fastapi import APIRouter, Form, Request
from starlette.responses import Response

from boxoffice.core.errors import BadInput
from boxoffice.core.languages import later
from boxoffice.documents.languages import Language, language
from sync.http.access import TheHub
from sync.http.services import services_of
from sync.http.web.browsers import seen_in
from sync.http.web.languages import COOKIE, language_of
from sync.http.web.pages import message
from sync.http.web.sign_in import FORM, form_page, let_in
from sync.ledger.hub import Hub
from sync.organizers.accounts import LONGEST_NAME
from sync.organizers.invitations import InvitationOver, Invited
from sync.organizers.organizers import LEAST_PASSWORD, is_same

router: Final = APIRouter(include_in_schema=False)
Text = Annotated[str, Form(max_length=300)]


@router.get("/join/{token}")
def join_form(request: Request, hub: TheHub, token: str) -> Response:
    """Asks for a password: looking changes nothing."""
    try:
        return _form(request, hub, services_of(request).invitations.look(token), token)
    except InvitationOver as error:
        return _over(request, error)


@router.post("/join/{token}")
def join(
    request: Request, hub: TheHub, token: str, csrf: Text, password: Text, again: Text, name: Text = ""
) -> Response:
    invitations = services_of(request).invitations
    try:
        invited = invitations.look(token)
        if not is_same(csrf, request.cookies.get(FORM)):
            return _form(request, hub, invited, token, later("The form was too old. Try again."), 403)
        if password != again:
            return _form(request, hub, invited, token, later("The two are not the same. Type them again."), 422)
        found = invitations.accept(token, name, password, seen_in(request))
    except InvitationOver as error:
        return _over(request, error)
    except BadInput as error:
        speaks = _spoken(request, invited)
        said = "; ".join(speaks.say(each.message) for each in error.problems)
        return _form(request, hub, invited, token, f"{speaks.say('Password')}: {said}.", 422)
    return let_in(hub, found, "/account")


def _spoken(request: Request, invited: Invited) -> Language:
    """Returns what the visitor chose on our pages; else what the invitation was written in."""
    return language_of(request) if COOKIE in request.cookies else language(invited.language)


def _over(request: Request, error: InvitationOver) -> Response:
    speaks = language_of(request)
    return message(speaks, speaks.say("This link is over"), speaks.say(str(error)), status=404)


def _form(request: Request, hub: Hub, invited: Invited, token: str, error: str = "", status: int = 200) -> Response:
    speaks = _spoken(request, invited)
    return form_page(
        request,
        hub,
        "join.html",
        status,
        language_code=speaks.code,
        here=f"join/{token}",
        email=invited.email,
        called=invited.name,
        token=token,
        least=LEAST_PASSWORD,
        longest=LONGEST_NAME,
        error=speaks.say(error) if error else "",
    )

"""Who asks decides how an error is answered: a person gets a page, a program a problem document. Nothing else does.

Routes, middlewares and the framework answer errors as problem documents and need not think of it. A page needs no
database: what broke may be just that.
"""

from typing import Final
from urllib.parse import quote

import structlog
from fastapi import FastAPI, Request
from starlette.datastructures import Headers
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from boxoffice.documents.languages import Language
from sync.http import problem_details
from sync.http.middleware.security import HEADERS
from sync.http.problem_details import ProblemAnswer
from sync.http.services import services_of
from sync.http.web.error_words import FIELDS, Words, words_for
from sync.http.web.forms import NoCookies, StaleForm
from sync.http.web.languages import language_of
from sync.http.web.shop_pages import render
from sync.http.web.shop_views import Heading, heading_of
from sync.http.web.signed_in import SESSION, NotYours, SecondFactorFirst, SignInFirst
from sync.ledger.hub import Hub
from sync.payments.switches import Stopped

_FOR_PROGRAMS: Final = ("/api/", "/static/", "/health", "/ready", "/metrics", "/openapi.json")
_KEPT: Final = ("retry-after", "allow", "www-authenticate")
"""Headers that say the same to people's browsers as to programs."""
_LATER: Final = (429, 503)


def install(app: FastAPI) -> None:
    """Makes the app answer errors this way."""
    app.add_exception_handler(Exception, _from_bug)
    app.add_exception_handler(SignInFirst, _to_sign_in)
    app.add_exception_handler(SecondFactorFirst, _to_account)
    for refused in (NotYours, StaleForm, NoCookies):
        app.add_exception_handler(refused, _refused)


def is_for_people(scope: Scope) -> bool:
    """Returns whether a person looks at the answer: a browser says so, and pages are for people unless told otherwise.

    Browsers name `text/html` when someone goes to an address, whatever the address is; scripts and programs don't.
    """
    headers = Headers(scope=scope)
    accept = headers.get("accept", "")
    if "text/html" in accept or headers.get("sec-fetch-mode") == "navigate":
        return True
    return not scope["path"].startswith(_FOR_PROGRAMS) and "json" not in accept


class PagesForPeople:
    """ASGI middleware. It stands around all that can answer with an error."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or not is_for_people(scope):
            await self.app(scope, receive, send)
            return
        told: list[ProblemAnswer] = []
        is_replaced = False

        async def as_page(message: Message) -> None:
            nonlocal is_replaced
            if message["type"] == "http.response.start" and told:
                is_replaced = True
                page = page_of(Request(scope), told[-1], Headers(raw=message["headers"]))
                await page(scope, receive, send)
            elif not is_replaced:
                await send(message)

        await self.app({**scope, problem_details.TOLD: told}, receive, as_page)


def page_of(request: Request, problem: ProblemAnswer, headers: Headers) -> HTMLResponse:
    """Returns the page that tells a person of a problem."""
    hub = services_of(request).hub
    speaks, words = language_of(request), words_for(problem.status_code, problem.kind)
    is_office = SESSION in request.cookies or problem.kind in (SignInFirst, SecondFactorFirst, NotYours)
    page = render(
        request,
        hub,
        "error",
        problem.status_code,
        heading=_known_heading(hub, speaks),
        path=_link_to(request),
        title=speaks.say(words.title),
        happened=_what_happened(speaks, problem, words),
        safe=speaks.say(words.safe),
        todo=speaks.say(words.todo),
        places=", ".join(dict.fromkeys(speaks.say(FIELDS[name]) for name in _fields(problem))),
        wait_s=_wait_s(problem, headers),
        again=_link_to(request) if words.can_repeat and request.method == "GET" else None,
        is_office=is_office,
        number=structlog.contextvars.get_contextvars().get("request_id", ""),
    )
    for name in _KEPT:
        if name in headers:
            page.headers[name] = headers[name]
    return page


def _fields(problem: ProblemAnswer) -> list[str]:
    names = (place.rpartition(".")[2].partition("[")[0] for place in problem.places)
    return [name for name in names if name in FIELDS][:8]


def _link_to(request: Request) -> str:
    """Returns the page's own address as a link: never to the host that one of `//host/` or `/\\host/` would name."""
    return quote("/" + request.url.path.lstrip("/"))


def _what_happened(speaks: Language, problem: ProblemAnswer, words: Words) -> str:
    """Returns what an organizer wrote for the public, or what the route itself says, or what the table says.

    A route's own words are English; who reads another language gets the table's.
    """
    if problem.kind is Stopped:
        public = problem.error.removesuffix(" Nothing was charged. Try again later.")
        return speaks.say(public)
    is_own = problem.kind is NotYours or (problem.kind is None and problem.status_code in (403, 404, 409))
    if is_own and speaks.code == "en" and problem.error.endswith("."):
        return problem.error
    return speaks.say(words.happened)


def _wait_s(problem: ProblemAnswer, headers: Headers) -> int | None:
    said = headers.get("retry-after", "")
    return int(said) if problem.status_code in _LATER and said.isdecimal() else None


def _known_heading(hub: Hub, speaks: Language) -> Heading | None:
    """Returns the event's head if this process knows it already."""
    known = hub.in_the_shop[:1]
    return heading_of(known[0], speaks) if known else None


def _refused(_request: Request, error: Exception) -> Response:
    return problem_details.answer(403, str(error), kind=type(error))


def _to_sign_in(request: Request, error: Exception) -> Response:
    if request.method == "GET":
        return RedirectResponse("/sign-in", 303)
    return _refused(request, error)


def _to_account(request: Request, error: Exception) -> Response:
    return RedirectResponse("/account", 303) if request.method == "GET" else _refused(request, error)


def _from_bug(request: Request, _error: Exception) -> Response:
    """Answers what nothing expected. It stands outside of all middleware, so the page's headers are given here."""
    words = "Something broke on our side. Nothing was half done. Try again; if it stays, tell the organizers."
    problem = problem_details.answer(500, words)
    answer = page_of(request, problem, problem.headers) if is_for_people(request.scope) else problem
    for name, value in (HEADERS | {"Cache-Control": "no-store"}).items():
        answer.headers.setdefault(name, value)
    return answer

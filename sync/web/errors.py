"""Errors for people as pages, for programs as problem documents: the path and the Accept header decide."""

from fastapi import FastAPI, Request
from starlette.exceptions import HTTPException
from starlette.responses import RedirectResponse, Response

from sync.api import problems
from sync.services.shop.access import NoSuchOrder
from sync.web.forms import StaleForm
from sync.web.languages import language_of
from sync.web.pages import message
from sync.web.shop_pages import render
from sync.web.signed_in import SESSION, NotYours, SignInFirst


def install(app: FastAPI) -> None:
    """Makes the app answer errors this way."""
    app.add_exception_handler(HTTPException, _from_http)
    app.add_exception_handler(Exception, _from_bug)
    app.add_exception_handler(SignInFirst, _to_sign_in)
    app.add_exception_handler(NotYours, _not_yours)
    for lost in (NoSuchOrder, StaleForm):
        app.add_exception_handler(lost, _from_shop)


def _from_shop(request: Request, error: Exception) -> Response:
    name, status = ("old", 403) if isinstance(error, StaleForm) else ("lost", 404)
    if not _is_for_people(request):
        return problems.answer(status, str(error))
    return render(request, request.app.state.hub, name, status)


def _to_sign_in(request: Request, error: Exception) -> Response:
    if request.method == "GET":
        return RedirectResponse("/sign-in", 303)
    return _not_yours(request, error)


def _not_yours(request: Request, error: Exception) -> Response:
    if not _is_for_people(request):
        return problems.answer(403, str(error))
    return message("This is not allowed", str(error), status=403, link=("/", "To the start"))


def _is_for_people(request: Request) -> bool:
    return not request.url.path.startswith("/api/") and "text/html" in request.headers.get("accept", "")


def _from_http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)  # noqa: S101  # registered for nothing else
    if not _is_for_people(request):
        return problems.from_http(error)
    say = language_of(request).say
    titles = {404: say("There is no such page"), 403: say("This is not allowed")}
    title = titles.get(error.status_code, say("This can’t be done"))
    line = say("Check the address.") if error.status_code == 404 else str(error.detail)
    return _page(request, title, line, error.status_code)


def _from_bug(request: Request, _error: Exception) -> Response:
    words = "Something broke on our side. Nothing was half done. Try again; if it stays, tell the organizers."
    if not _is_for_people(request):
        return problems.answer(500, words)
    say = language_of(request).say
    sorry = say("Something broke on our side. Nothing was half done. Try again; if it stays, tell the organizers.")
    return _page(request, say("Something broke"), sorry, 500)


def _page(request: Request, title: str, line: str, status: int) -> Response:
    """Returns a page that says one thing: organizers see it as theirs, all others in the shop and in their language."""
    if SESSION in request.cookies:
        return message(title, line, status=status, link=("/", "To the start"))
    # Without the event's head: what broke may be the database that it is in.
    return render(request, request.app.state.hub, "sorry", status, heading=None, title=title, line=line)

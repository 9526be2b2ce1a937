"""Errors for people as pages, for programs as problem documents: the path and the Accept header decide."""

from fastapi import FastAPI, Request
from starlette.exceptions import HTTPException
from starlette.responses import RedirectResponse, Response

from sync.api import problems
from sync.services.shop.access import NoSuchOrder
from sync.web.forms import StaleForm
from sync.web.pages import message
from sync.web.shop import render
from sync.web.signed_in import NotYours, SignInFirst


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
    titles = {404: "There is no such page", 403: "This is not allowed"}
    line = "Check the address." if error.status_code == 404 else str(error.detail)
    title = titles.get(error.status_code, "This can’t be done")
    return message(title, line, status=error.status_code, link=("/", "To the start"))


def _from_bug(request: Request, _error: Exception) -> Response:
    words = "Something broke on our side. Nothing was half done. Try again; if it stays, tell the organizers."
    if _is_for_people(request):
        return message("Something broke", words, status=500)
    return problems.answer(500, words)

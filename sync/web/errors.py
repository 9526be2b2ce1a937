"""Errors for people as pages, for programs as problem documents: the path and the Accept header decide."""

from fastapi import FastAPI, Request
from starlette.exceptions import HTTPException
from starlette.responses import Response

from sync.api import problems
from sync.services.shop.access import NoSuchOrder
from sync.web.forms import StaleForm
from sync.web.pages import message
from sync.web.shop import render


def install(app: FastAPI) -> None:
    """Makes the app answer errors this way."""
    app.add_exception_handler(HTTPException, _from_http)
    app.add_exception_handler(Exception, _from_bug)
    for lost in (NoSuchOrder, StaleForm):
        app.add_exception_handler(lost, _from_shop)


def _from_shop(request: Request, error: Exception) -> Response:
    name, status = ("old", 403) if isinstance(error, StaleForm) else ("lost", 404)
    if not _is_for_people(request):
        return problems.answer(status, str(error))
    return render(request, request.app.state.hub, name, status)


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

"""Errors as RFC 9457 problem documents that keep an `error` text: one table from error to answer."""

from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any, Final

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from sqlalchemy.exc import DataError, OperationalError
from sqlalchemy.exc import TimeoutError as NoConnection
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, Response

from boxoffice.core.errors import BadInput, BoxofficeError, OperationFailed, TryAgainLater
from boxoffice.core.inventory import NotEnoughLeft
from sync.services.checkouts import UnknownCheckout
from sync.services.limits import TooManyTries
from sync.services.line import InLine
from sync.services.mails import UnknownMail
from sync.services.pairing import PairingRefused
from sync.services.ports import Refused
from sync.services.shop.access import NoSuchOrder
from sync.services.shop.events import NothingOnSale
from sync.services.shop.orders import SoldOut
from sync.services.shop.replays import OtherBody
from sync.services.shop.web_orders import OrderOver
from sync.services.switches import Stopped

_STATUSES: Final[Mapping[type[BoxofficeError], int]] = {
    BadInput: 422,
    NotEnoughLeft: 409,
    PairingRefused: 403,
    TooManyTries: 429,
    InLine: 429,
    UnknownCheckout: 404,
    UnknownMail: 404,
    NoSuchOrder: 404,
    NothingOnSale: 404,
    SoldOut: 409,
    OrderOver: 409,
    OtherBody: 422,
    Refused: 502,
    TryAgainLater: 503,
    Stopped: 503,
    OperationFailed: 503,
}

_WORDS: Final = {
    "missing": "is missing",
    "extra_forbidden": "is not a known field",
    "json_invalid": "is not JSON",
}


def answer(
    status: int,
    error: str,
    details: Sequence[Mapping[str, Any]] = (),
    headers: Mapping[str, str] | None = None,
    **more: str,
) -> JSONResponse:
    """Returns a problem document; `more` are members of its own."""
    body: dict[str, Any] = {
        "type": "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": error,
        "error": error,
        "details": details,
        **more,
    }
    return JSONResponse(body, status, headers=headers, media_type="application/problem+json")


def details_of(error: BoxofficeError) -> list[dict[str, Any]]:
    """Returns what is wrong, item by item."""
    if isinstance(error, BadInput):
        return [_detail(problem.place, problem.message) for problem in error.problems]
    if isinstance(error, NotEnoughLeft):
        return [_detail(pool, f"{left} left") for pool, left in error.shortages.items()]
    if isinstance(error, SoldOut):
        return [
            _detail(product, f"{left} left") | {"id": product, "requested": error.wanted[product], "available": left}
            for product, left in error.left.items()
        ]
    return []


def _detail(place: str, message: str) -> dict[str, Any]:
    return {"place": place, "message": message}


def _from_error(_request: Request, error: Exception) -> Response:
    assert isinstance(error, BoxofficeError)  # noqa: S101  # registered for nothing else
    status = next((code for kind, code in _STATUSES.items() if isinstance(error, kind)), 500)
    headers = {"Retry-After": str(error.retry_after_s)} if isinstance(error, TooManyTries | InLine) else None
    if isinstance(error, Stopped):
        return answer(status, str(error), headers=headers, stopped=error.message)
    return answer(status, str(error), details_of(error), headers)


def _from_validation(_request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)  # noqa: S101  # registered for nothing else
    problems = [_detail(_place(e), _WORDS.get(e["type"], str(e["msg"]))) for e in error.errors()]
    return answer(422, "The request can't be used.", problems)


def _from_data(_request: Request, _error: Exception) -> Response:
    return answer(422, "The request can't be used.", [_detail("", "it holds a value that can't be stored")])


def _from_database(_request: Request, _error: Exception) -> Response:
    return answer(503, "The database can't be reached. Nothing was changed. Try again.", headers={"Retry-After": "1"})


def from_http(error: HTTPException) -> JSONResponse:
    """Returns the problem document of a plain HTTP error such as 404 or 405."""
    return answer(error.status_code, str(error.detail), headers=error.headers)


def install(app: FastAPI) -> None:
    """Makes the app answer errors this way."""
    app.add_exception_handler(BoxofficeError, _from_error)
    app.add_exception_handler(RequestValidationError, _from_validation)
    app.add_exception_handler(DataError, _from_data)
    app.add_exception_handler(OperationalError, _from_database)
    app.add_exception_handler(NoConnection, _from_database)


def _place(problem: Mapping[str, Any]) -> str:
    loc: Sequence[int | str] = problem["loc"]
    out = ""
    if problem["type"] == "json_invalid":  # its place is a number of bytes, which tells nobody anything
        return out
    for part in loc[1:] if loc and loc[0] in ("body", "query", "path") else loc:
        out += f"[{part}]" if isinstance(part, int) else f".{part}" if out else part
    return out

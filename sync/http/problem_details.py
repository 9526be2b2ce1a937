"""Errors as RFC 9457 problem documents that keep an `error` text: one table from error to answer."""

from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any, Final

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, Response
from starlette.types import Receive, Scope, Send

from boxoffice.core.errors import BadInput, BoxofficeError, OperationFailed, TryAgainLater
from boxoffice.core.ids import ProductId
from boxoffice.core.inventory import NotEnoughLeft
from boxoffice.core.sale_times import NotOnSale, SaleState, SaleTimes
from boxoffice.core.wire.protocol import BUSY, REVOKED
from sync.inventory.on_sale import NothingOnSale
from sync.ledger.turns import Busy
from sync.mail.mails import UnknownMail
from sync.operations.exceptions import NotDone
from sync.orders.access import NoSuchOrder
from sync.payments.checkouts import PaymentRefused, UnknownCheckout
from sync.payments.offers import NoSuchOffer
from sync.payments.switches import Stopped
from sync.ports import Refused
from sync.shop.replays import OtherBody
from sync.shop.sold_out import SoldOut
from sync.shop.waiting_room import InLine
from sync.shop.web_orders import OrderOver
from sync.store.database import UNREACHABLE, UNSTORABLE
from sync.store.limits import TooManyTries
from sync.tills.leases import TooManyForOneTill
from sync.tills.pairing import PairingRefused
from sync.tills.parked import NotTakenUp
from sync.tills.revoked import TillRevoked

_STATUSES: Final[Mapping[type[BoxofficeError], int]] = {
    BadInput: 422,
    NotEnoughLeft: 409,
    TooManyForOneTill: 422,
    PairingRefused: 403,
    TillRevoked: 401,
    TooManyTries: 429,
    InLine: 429,
    UnknownCheckout: 404,
    UnknownMail: 404,
    NoSuchOffer: 404,
    NoSuchOrder: 404,
    NothingOnSale: 404,
    SoldOut: 409,
    NotOnSale: 409,
    OrderOver: 409,
    NotDone: 409,
    NotTakenUp: 409,
    OtherBody: 422,
    PaymentRefused: 409,
    Refused: 502,
    TryAgainLater: 503,
    Stopped: 503,
    OperationFailed: 503,
}

_TYPES: Final[Mapping[type[Exception] | None, str]] = {TillRevoked: REVOKED, Busy: BUSY}

_WORDS: Final = {
    "missing": "is missing",
    "extra_forbidden": "is not a known field",
    "json_invalid": "is not JSON",
}


TOLD: Final = "boxoffice.problems"
"""Where a request's scope keeps the problems that were answered, for whoever shows them to a person instead."""


class ProblemAnswer(JSONResponse):
    """A problem document, which tells the request's scope of itself. `kind` is what was raised, if it was ours."""

    media_type = "application/problem+json"

    def __init__(
        self, body: Mapping[str, Any], headers: Mapping[str, str] | None, kind: type[Exception] | None
    ) -> None:
        super().__init__(body, body["status"], headers=headers)
        self.error: str = body["error"]
        self.places = tuple(str(each["place"]) for each in body["details"] if each.get("place"))
        self.kind = kind

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        scope.setdefault(TOLD, []).append(self)
        await super().__call__(scope, receive, send)


def answer(
    status: int,
    error: str,
    details: Sequence[Mapping[str, Any]] = (),
    headers: Mapping[str, str] | None = None,
    kind: type[Exception] | None = None,
    **more: str,
) -> ProblemAnswer:
    """Returns a problem document; its type names the kind where somebody must tell it from others.

    `more` are members of its own.
    """
    body: dict[str, Any] = {
        "type": _TYPES.get(kind, "about:blank"),
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": error,
        "error": error,
        "details": details,
        **more,
    }
    return ProblemAnswer(body, headers, kind)


def details_of(error: BoxofficeError) -> list[dict[str, Any]]:
    """Returns what is wrong, item by item."""
    match error:
        case BadInput():
            return [_detail(problem.place, problem.message) for problem in error.problems]
        case NotEnoughLeft():
            return [_detail(pool, f"{left} left") for pool, left in error.shortages.items()]
        case TooManyForOneTill():
            return [_detail(pool, f"at most {units} more at one till") for pool, units in error.allowed.items()]
        case SoldOut():
            return [_short(error, product, left) for product, left in error.left.items()]
        case NotOnSale():
            return [_off_sale(error, product, times) for product, times in error.products.items()]
        case _:
            return []


def _short(error: SoldOut, product: ProductId, left: int) -> dict[str, Any]:
    """Returns how many are left of a product; of one that is only taken for now, by how many and until when."""
    wait = error.waits.get(product)
    again = None if wait is None or wait.retry_at is None else error.local(wait.retry_at).isoformat(timespec="seconds")
    held = 0 if wait is None else wait.held
    words = f"{left} left" if left or wait is None else f"{held} being paid for" if held else "at the door"
    known = {"id": product, "requested": error.wanted[product], "available": left, "held": held, "retry_at": again}
    return _detail(product, words) | known


def _off_sale(error: NotOnSale, product: ProductId, times: SaleTimes) -> dict[str, Any]:
    starts = None if times.starts is None else times.starts.isoformat()
    words = "the sale has ended" if error.state(product) is SaleState.ENDED else "the sale has not begun"
    known = {"id": product, "available": 0, "sale_starts": starts, "sale_ends": times.ends.isoformat()}
    return _detail(product, words) | known


def _detail(place: str, message: str) -> dict[str, Any]:
    return {"place": place, "message": message}


def _from_error(_request: Request, error: Exception) -> Response:
    assert isinstance(error, BoxofficeError)  # noqa: S101  # registered for nothing else
    status = next((code for kind, code in _STATUSES.items() if isinstance(error, kind)), 500)
    wait_s = error.retry_after_s if isinstance(error, TooManyTries | InLine | SoldOut | Busy) else None
    headers = None if wait_s is None else {"Retry-After": str(wait_s)}
    more = {"stopped": error.message} if isinstance(error, Stopped) else {}
    return answer(status, str(error), details_of(error), headers, type(error), **more)


def _from_validation(_request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)  # noqa: S101  # registered for nothing else
    problems = [_detail(_place(e), _WORDS.get(e["type"], str(e["msg"]))) for e in error.errors()]
    return answer(422, "The request can't be used.", problems, kind=RequestValidationError)


def _from_data(_request: Request, _error: Exception) -> Response:
    return answer(422, "The request can't be used.", [_detail("", "it holds a value that can't be stored")])


def _from_database(_request: Request, _error: Exception) -> Response:
    return answer(503, "The database can't be reached. Nothing was changed. Try again.", headers={"Retry-After": "1"})


def _from_http(_request: Request, error: Exception) -> Response:
    """Returns the problem document of a plain HTTP error such as 404 or 405."""
    assert isinstance(error, HTTPException)  # noqa: S101  # registered for nothing else
    return answer(error.status_code, str(error.detail), headers=error.headers)


def install(app: FastAPI) -> None:
    """Makes the app answer errors this way; who is a person gets the page for it instead, wherever it came from."""
    app.add_exception_handler(BoxofficeError, _from_error)
    app.add_exception_handler(HTTPException, _from_http)
    app.add_exception_handler(RequestValidationError, _from_validation)
    app.add_exception_handler(UNSTORABLE, _from_data)
    for unreachable in UNREACHABLE:
        app.add_exception_handler(unreachable, _from_database)


def _place(problem: Mapping[str, Any]) -> str:
    loc: Sequence[int | str] = problem["loc"]
    out = ""
    if problem["type"] == "json_invalid":  # its place is a number of bytes, which tells nobody anything
        return out
    for part in loc[1:] if loc and loc[0] in ("body", "query", "path") else loc:
        out += f"[{part}]" if isinstance(part, int) else f".{part}" if out else part
    return out

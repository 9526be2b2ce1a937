"""PayPal's API over HTTP: tokens, request ids, faults and errors around the table of calls."""

import json
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Final

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from boxoffice.sandbox.breakage import Refusals, answered
from boxoffice.sandbox.call_log import CallLog
from boxoffice.sandbox.deliveries import Deliveries
from boxoffice.sandbox.errors import Document
from boxoffice.sandbox.faults import Fault, Faults, Rule
from boxoffice.sandbox.paypal.calls import CALLS, Asking, PayPalCall
from boxoffice.sandbox.paypal.errors import (
    CODES,
    REFUSALS,
    PayPalError,
    in_progress,
    malformed,
    named,
    new_debug_id,
    no_such,
    refused,
)
from boxoffice.sandbox.paypal.merchant import Merchant
from boxoffice.sandbox.paypal.replays import Claim, Replays
from boxoffice.sandbox.paypal.signing import CERTIFICATE_PATH
from boxoffice.sandbox.paypal.tokens import Tokens
from boxoffice.sandbox.paypal.webhooks import PayPalWebhooks

PATHS: Final = ("/v1/oauth2/", "/v1/notifications/", "/v1/reporting/", "/v2/")
"""What of the sandbox's paths is PayPal's."""

_ANY: Final = ["GET", "POST", "PUT", "PATCH", "DELETE"]
Work = Callable[[Request, Rule | None, str], Awaitable[Response]]


class PayPal:
    """The merchant, its webhooks, and the calls about them."""

    def __init__(
        self, base_url: str, now: Callable[[], float], deliveries: Deliveries, faults: Faults, calls: CallLog
    ) -> None:
        self.merchant = Merchant(base_url, now)
        self.webhooks = PayPalWebhooks(self.merchant, deliveries)
        self.merchant.publish = self.webhooks.publish
        self._faults = faults
        self._calls = calls
        self._tokens = Tokens(now)
        self._replays = Replays()

    def clear(self, *, keep_webhooks: bool) -> None:
        """Makes everything as at the start; webhook endpoints can stay."""
        self.merchant.clear()
        self._replays.clear()
        if not keep_webhooks:
            self.webhooks.endpoints.clear()

    def routes(self) -> list[Route]:
        """Returns the paths; an unknown one is answered as PayPal does."""
        return [
            Route("/v1/oauth2/token", self._noted(self._token), methods=["POST"]),
            Route(CERTIFICATE_PATH, self._certificate),
            *(Route(each.path, self._noted(partial(self._call, each)), methods=[each.method]) for each in CALLS),
            *(Route(f"{path}{{rest:path}}", self._noted(self._unknown), methods=_ANY) for path in PATHS),
        ]

    def _noted(self, work: Work) -> Callable[[Request], Awaitable[Response]]:
        """Returns an endpoint that answers errors as PayPal does, and keeps a note of each call."""

        async def endpoint(request: Request) -> Response:
            debug_id = new_debug_id()
            rule = self._faults.take_for_call(request.method, request.url.path)
            try:
                response = await work(request, rule, debug_id)
            except PayPalError as error:
                response = _failed(error, debug_id)
            response.headers["Paypal-Debug-Id"] = debug_id
            now = int(self.merchant.now_exact())
            self._calls.note(request, debug_id, response.status_code, rule, now)
            return response

        return endpoint

    async def _token(self, request: Request, rule: Rule | None, debug_id: str) -> Response:
        return await answered(request, rule, _refusals(debug_id), lambda: self._tokens.issue(request))

    async def _certificate(self, _request: Request) -> Response:
        return Response(self.webhooks.signer.certificate, media_type="application/x-pem-file")

    async def _unknown(self, request: Request, _rule: Rule | None, _debug_id: str) -> Response:
        self._tokens.check(request.headers.get("authorization"))
        raise no_such()

    async def _call(self, call: PayPalCall, request: Request, rule: Rule | None, debug_id: str) -> Response:
        """Answers a call: each kind of work once under its request id, and again from what was kept."""
        self._tokens.check(request.headers.get("authorization"))
        asking = await self._read(request)
        _refuse_as_told(request.headers.get("paypal-mock-response"))
        if rule is not None and rule.kind is Fault.REFUSED and rule.code in CODES:
            raise named(rule.code)
        path, request_id = request.url.path, asking.request_id
        claim = Claim(0.0)
        if request_id is not None:
            claim = self._replays.claim(path, request_id, self.merchant.now_exact())

        async def work() -> Response:
            if claim.answer is not None:
                return JSONResponse(claim.answer)
            try:
                claim.answer = call.answer(asking)
            except PayPalError as error:
                return _failed(error, debug_id)
            return JSONResponse(claim.answer, call.status)

        try:
            return await answered(request, rule, _refusals(debug_id), work)
        finally:
            if request_id is not None:
                self._replays.release(path, request_id, claim)

    async def _read(self, request: Request) -> Asking:
        raw = await request.body()
        is_post = request.method == "POST"
        if is_post and not request.headers.get("content-type", "").startswith("application/json"):
            message = "The server does not support the request payload's media type."
            raise PayPalError(415, "UNSUPPORTED_MEDIA_TYPE", message)
        return Asking(
            merchant=self.merchant,
            webhooks=self.webhooks,
            id=request.path_params.get("id", ""),
            body=_document(raw),
            text=raw.decode("utf-8", "replace"),
            query=dict(request.query_params),
            request_id=request.headers.get("paypal-request-id") if is_post else None,
            wants_all="return=representation" in request.headers.get("prefer", ""),
        )


def _document(raw: bytes) -> Document:
    try:
        body = json.loads(raw) if raw.strip() else {}
    except ValueError as error:
        raise malformed("MALFORMED_REQUEST_JSON") from error
    if not isinstance(body, dict):
        raise malformed("MALFORMED_REQUEST_JSON")
    return body


def _refuse_as_told(mock: str | None) -> None:
    """Refuses what the caller asks to have refused, as PayPal's own sandbox does for negative tests."""
    try:
        issue = json.loads(mock or "{}").get("mock_application_codes")
    except (ValueError, AttributeError):
        return
    if issue in REFUSALS:
        raise refused(issue)


def _refusals(debug_id: str) -> Refusals:
    def broken(status: int, name: str, message: str) -> Callable[[], Response]:
        return lambda: _failed(PayPalError(status, name, message), debug_id)

    internal = broken(500, "INTERNAL_SERVER_ERROR", "An internal server error has occurred.")
    return {
        Fault.ERROR_500: internal,
        Fault.ERROR_500_KEPT: internal,
        Fault.ERROR_503: broken(503, "SERVICE_UNAVAILABLE", "Service Unavailable."),
        Fault.RATE_LIMIT: broken(429, "RATE_LIMIT_REACHED", "Too many requests. Blocked due to rate limiting."),
        Fault.LOCKED: lambda: _failed(in_progress(), debug_id),
    }


def _failed(error: PayPalError, debug_id: str) -> Response:
    return JSONResponse(error.body(debug_id), error.status)

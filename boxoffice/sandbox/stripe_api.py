"""Stripe's API over HTTP: keys, idempotency, faults, parameters and errors around the table of calls."""

import asyncio
import json
from collections.abc import Sequence
from typing import Any, Final

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from boxoffice.sandbox import (
    access,
    balance,
    checkout_calls,
    disputes,
    event_calls,
    evidence,
    payment_calls,
    payouts,
    terminal_calls,
)
from boxoffice.sandbox.account import API_VERSION, Account, Cause, new_id
from boxoffice.sandbox.call_log import CallLog
from boxoffice.sandbox.calls import Call, Route
from boxoffice.sandbox.errors import Document, StripeError
from boxoffice.sandbox.expand import expand
from boxoffice.sandbox.faults import Fault, Faults, Rule
from boxoffice.sandbox.form import Node, decode
from boxoffice.sandbox.idempotency import Keys
from boxoffice.sandbox.lines import hang_up
from boxoffice.sandbox.params import read
from boxoffice.sandbox.refusals import REFUSALS, Refusal

ROUTES: Final[Sequence[Route]] = (
    *payment_calls.ROUTES,
    *checkout_calls.ROUTES,
    *terminal_calls.ROUTES,
    *event_calls.ROUTES,
    *payouts.ROUTES,
    *disputes.ROUTES,
    *evidence.ROUTES,
    *balance.ROUTES,
)


class NoAnswer(Exception):
    """The line breaks here: the client gets nothing."""


class StripeApi:
    """Everything under `/v1`, as an ASGI application."""

    def __init__(self, account: Account, faults: Faults, calls: CallLog) -> None:
        self._account = account
        self._faults = faults
        self._calls = calls
        self.keys = Keys()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        request_id = new_id("req", 14)
        rule = None
        try:
            rule = self._faults.take_for_call(request.method, request.url.path)
            response = await self._answer(request, request_id, rule)
        except StripeError as error:
            response = _json(error.status, error.body(request_id), error.headers)
        except NoAnswer:
            self._note(request, request_id, 0, rule)
            await hang_up(scope, receive)
            return
        response.headers["Request-Id"] = response.headers.get("Request-Id", request_id)
        response.headers["Stripe-Version"] = request.headers.get("Stripe-Version", API_VERSION)
        self._note(request, request_id, response.status_code, rule)
        await response(scope, receive, send)

    async def _answer(self, request: Request, request_id: str, rule: Rule | None) -> Response:
        body = await request.body()
        header = request.headers.get("authorization")
        kind = access.kind_of(header)
        route, path = _route(request)
        access.check(kind, request.method, request.url.path, header)
        _fail_early(rule)
        raw = decode(request.url.query if request.method == "GET" else body.decode("utf-8", "replace"))
        params = read(route.takes, raw) if raw else read(route.takes, {})
        access.check_page_params(kind, params)
        key = request.headers.get("idempotency-key") if request.method == "POST" else None
        call = Call(path, params, Cause(request_id, key), request.url.path)
        if key is None:
            await _wait(rule)
            status, answer = self._work(route, call, rule)
            return await _told(_json(status, answer), rule)
        return await self._once(route, call, key, raw, rule)

    async def _once(self, route: Route, call: Call, key: str, raw: dict[str, Node], rule: Rule | None) -> Response:
        """Works on a keyed call the first time, and replays its answer after that."""
        request_id = call.cause.request_id
        fingerprint = json.dumps([route.method, call.url, raw], sort_keys=True)
        kept = self.keys.claim(key, fingerprint, request_id, self._account.now_exact())
        headers = {"Idempotency-Key": key, "Original-Request": kept.request_id}
        if kept.status is not None:
            return _raw(kept.status, kept.body, {**headers, "Idempotent-Replayed": "true"})
        try:
            await _wait(rule)
            status, answer = self._work(route, call, rule)
            kept.status, kept.body = status, json.dumps(answer).encode()
        finally:
            if kept.status is None:
                self.keys.release(key, kept)
        return await _told(_raw(kept.status, kept.body, headers), rule)

    def _work(self, route: Route, call: Call, rule: Rule | None) -> tuple[int, Document]:
        """Returns the answer to keep.

        Raises:
            StripeError: for what an idempotency key does not keep.
        """
        if rule is not None and rule.kind is Fault.ERROR_500_KEPT:
            return 500, _broken().body(call.cause.request_id)
        self._account.cause = call.cause
        try:
            _refuse_at_work(rule)
            answer = route.answer(self._account, call)
            return 200, expand(self._account, answer, call.params.get("expand") or [])
        except StripeError as error:
            if not error.is_saved or call.cause.idempotency_key is None:
                raise
            return error.status, error.body(call.cause.request_id)
        finally:
            self._account.cause = None

    def _note(self, request: Request, request_id: str, status: int, rule: Rule | None) -> None:
        self._calls.note(request, request_id, status, rule, self._account.now())


def _route(request: Request) -> tuple[Route, dict[str, str]]:
    for route in ROUTES:
        found = route.match(request.method, request.url.path)
        if found is not None:
            return route, found
    message = (
        f"Unrecognized request URL ({request.method}: {request.url.path}). Please see https://stripe.com/docs or we "
        "can help at https://support.stripe.com/."
    )
    raise StripeError(404, message, is_saved=False)


def _fail_early(rule: Rule | None) -> None:
    """Raises what a rule says goes wrong before any work."""
    match rule.kind if rule else None:
        case Fault.ERROR_500:
            raise _broken()
        case Fault.ERROR_503:
            message = "The service is not available right now. Try again in a moment."
            raise StripeError(503, message, type="api_error", is_saved=False)
        case Fault.RATE_LIMIT:
            message = "Request rate limit exceeded. Learn more at https://docs.stripe.com/rate-limits"
            headers = {"Stripe-Rate-Limited-Reason": "endpoint-rate"}
            raise StripeError(429, message, code="rate_limit", headers=headers, is_saved=False)
        case Fault.LOCKED:
            message = (
                "This object cannot be accessed right now because another API request or Stripe process is currently "
                "accessing it. If you see this error intermittently, retry the request."
            )
            raise StripeError(429, message, code="lock_timeout", is_saved=False)
        case Fault.DROPPED:
            raise NoAnswer
        case Fault.REFUSED:
            refusal = _refusal_of(rule)
            if refusal is not None and not refusal.is_saved:
                raise refusal.error()
        case _:  # it goes wrong later, or not here
            pass


def _refuse_at_work(rule: Rule | None) -> None:
    """Raises what an idempotency key keeps: it comes once work has begun."""
    refusal = _refusal_of(rule)
    if refusal is not None:
        raise refusal.error()


def _refusal_of(rule: Rule | None) -> Refusal | None:
    if rule is None or rule.kind is not Fault.REFUSED:
        return None
    return REFUSALS.get(rule.code or "")


def _broken() -> StripeError:
    message = "An unknown error occurred."
    return StripeError(500, message, type="api_error", is_saved=False)


async def _wait(rule: Rule | None) -> None:
    if rule is not None and rule.kind is Fault.DELAY:
        await asyncio.sleep(rule.delay_s)


async def _told(response: Response, rule: Rule | None) -> Response:
    """Returns the answer, unless a rule says that it never comes."""
    if rule is not None and rule.kind is Fault.NO_ANSWER:
        await asyncio.sleep(rule.delay_s)
        raise NoAnswer
    return response


def _json(status: int, body: Any, headers: dict[str, str] | None = None) -> Response:
    return _raw(status, json.dumps(body).encode(), headers or {})


def _raw(status: int, body: bytes, headers: dict[str, str]) -> Response:
    return Response(body, status, {**headers, "Content-Type": "application/json"})

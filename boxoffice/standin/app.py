"""The stand-in's web application: the providers' APIs, and pages for people."""

import asyncio
from collections.abc import AsyncIterator

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request as HttpRequest
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from boxoffice.standin.control import Control
from boxoffice.standin.faults import Faults, Rule
from boxoffice.standin.operations import Stand
from boxoffice.standin.pages import Pages
from boxoffice.standin.sendgrid import Outbox
from boxoffice.standin.stripe_api import Request, StripeApi, as_bytes
from boxoffice.standin.webhooks import Webhooks

_ERRORS = {
    "error_500": (500, "api_error", "An unexpected error has occurred."),
    "error_503": (503, "api_error", "The service is unavailable."),
    "rate_limit": (429, "invalid_request_error", "Request rate limit exceeded."),
}


def build(stand: Stand, faults: Faults, webhooks: Webhooks, outbox: Outbox) -> Starlette:
    """Returns the application over the given parts."""
    api = StripeApi(stand)

    async def stripe(request: HttpRequest) -> Response:
        body = await request.body()
        asked = Request(request.method, request.url.path, request.url.query, dict(request.headers), body)
        rule = faults.take(f"{asked.method} {asked.path}")
        if rule is not None and rule.kind in _ERRORS:
            return _error(rule)
        if rule is not None and rule.kind == "delay":
            await asyncio.sleep(rule.delay_s)
        answer = await run_in_threadpool(api.handle, asked)
        if rule is not None and rule.kind == "timeout_after_success":
            return _silence(rule.delay_s)
        return Response(as_bytes(answer.body), answer.status, answer.headers, "application/json")

    async def mail(request: HttpRequest) -> Response:
        rule = faults.take("POST /v3/mail/send")
        if rule is not None and rule.kind in _ERRORS:
            return JSONResponse(
                {"errors": [{"message": rule.kind, "field": None, "help": None}]}, _ERRORS[rule.kind][0]
            )
        status, body, message_id = outbox.take(request.headers.get("authorization", ""), await request.body())
        if body is not None:
            return JSONResponse(body, status)
        return Response(status_code=status, headers={"X-Message-Id": message_id})

    return Starlette(
        routes=[
            Route("/v1/{rest:path}", stripe, methods=["GET", "POST", "DELETE"]),
            Route("/v3/mail/send", mail, methods=["POST"]),
            *Control(stand, faults, webhooks, outbox).routes(),
            *Pages(stand, faults, webhooks, outbox).routes(),
        ]
    )


def _error(rule: Rule) -> Response:
    status, kind, message = _ERRORS[rule.kind]
    return JSONResponse({"error": {"type": kind, "message": message}}, status)


def _silence(hold_s: float) -> Response:
    """Promises an answer, and breaks the line instead: the caller can't know that it was done."""

    async def nothing() -> AsyncIterator[bytes]:
        await asyncio.sleep(hold_s)
        yield b""

    return StreamingResponse(nothing(), headers={"Content-Length": "2"}, media_type="application/json")

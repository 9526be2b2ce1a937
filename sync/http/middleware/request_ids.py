"""Gives each request an id, tells it to the caller, and writes one line when it is answered."""

import re
from secrets import token_hex
from time import perf_counter
from typing import Final

import structlog
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

HEADER: Final = "X-Request-ID"
_GOOD: Final = re.compile(r"[A-Za-z0-9_.-]{8,64}")
_QUIET: Final = ("/static/", "/health", "/ready", "/metrics", "/api/till/wake")
_log: Final = structlog.get_logger()


class RequestIds:
    """ASGI middleware. An id that came from a balancer in front is taken over, so that its lines fit ours."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        given = Headers(scope=scope).get(HEADER, "")
        request_id = given if _GOOD.fullmatch(given) else token_hex(8)
        # Each request has a context of its own; it stays bound after an error, for whoever logs that.
        structlog.contextvars.bind_contextvars(request_id=request_id)
        started, status = perf_counter(), 500

        async def named(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                MutableHeaders(scope=message)[HEADER] = request_id
            await send(message)

        try:
            await self.app(scope, receive, named)
        finally:
            if not scope["path"].startswith(_QUIET):
                # The route's template: paths themselves hold ids and codes.
                route = getattr(scope.get("route"), "path", "unknown")
                took_ms = round(1000 * (perf_counter() - started), 1)
                _log.info("answered", method=scope["method"], route=route, status=status, took_ms=took_ms)

"""Refuses bodies that are too big, or nested too deep, before anything works on them."""

import contextlib
from collections.abc import Mapping
from typing import Final

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from sync.bounded_json import DEEPEST, nesting
from sync.http.problem_details import answer

DEFAULT_BYTES: Final = 64 * 1024
LIMITS_BYTES: Final[Mapping[str, int]] = {
    "/api/till/facts": 4 * 1024 * 1024,
    "/guests": 1024 * 1024,
    "/guests/check": 1024 * 1024,
    "/guests/file": 512 * 1024,
    "/api/till/parked": 1024 * 1024,
    "/api/webhooks/stripe": 256 * 1024,
    "/api/webhooks/paypal": 256 * 1024,
    "/api/webhooks/sendgrid": 1024 * 1024,
}
DEEPEST_AT: Final[Mapping[str, int]] = {"/api/till/facts": 256}
"""A fact that is signed must be taken, or all that follow it in its chain wait for ever: it is kept as it came."""


class _TooBig(Exception):
    pass


class BodyLimit:
    """ASGI middleware; counts what really arrives, whatever Content-Length says."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        limit = LIMITS_BYTES.get(scope["path"], DEFAULT_BYTES)
        received = 0
        is_too_big = False

        async def counted() -> Message:
            nonlocal received, is_too_big
            message = await receive()
            received += len(message.get("body", b""))
            if received > limit:
                is_too_big = True
                raise _TooBig
            return message

        async def unless_too_big(message: Message) -> None:
            # The framework takes our exception for a broken body and would answer 400.
            if not is_too_big:
                await send(message)

        with contextlib.suppress(_TooBig):
            if scope["path"].startswith("/api/"):
                await self._checked(scope, counted, unless_too_big)
            else:
                await self.app(scope, counted, unless_too_big)
        if is_too_big:
            await answer(413, f"The request is larger than {limit // 1024} KiB.")(scope, receive, send)

    async def _checked(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Looks how deep it is before anything follows it; what else may be wrong, the route says in its own words."""
        body = await _whole(receive)
        if body is None:
            return
        deepest = DEEPEST_AT.get(scope["path"], DEEPEST)
        if nesting(body) > deepest:
            await answer(400, f"The request can't be used: it is nested deeper than {deepest}.")(scope, receive, send)
            return
        messages: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

        async def again() -> Message:
            return messages.pop() if messages else await receive()

        await self.app(scope, again, send)


async def _whole(receive: Receive) -> bytes | None:
    """Returns the body, or None if whoever sent it is gone."""
    parts = []
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            return None
        parts.append(message.get("body", b""))
        if not message.get("more_body", False):
            return b"".join(parts)

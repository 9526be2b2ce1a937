"""Refuses bodies that are too big before anything reads them."""

import contextlib
from collections.abc import Mapping
from typing import Final

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from sync.api.problems import answer

DEFAULT_BYTES: Final = 64 * 1024
LIMITS_BYTES: Final[Mapping[str, int]] = {
    "/api/till/facts": 4 * 1024 * 1024,
    "/api/webhooks/stripe": 256 * 1024,
    "/api/webhooks/paypal": 256 * 1024,
    "/api/webhooks/sendgrid": 1024 * 1024,
}


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
            await self.app(scope, counted, unless_too_big)
        if is_too_big:
            await answer(413, f"The request is larger than {limit // 1024} KiB.")(scope, receive, send)

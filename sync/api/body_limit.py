"""Refuses bodies that are too big before anything reads them."""

from collections.abc import Mapping
from typing import Final

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from sync.api.problems import answer

DEFAULT_BYTES: Final = 64 * 1024
LIMITS_BYTES: Final[Mapping[str, int]] = {"/api/till/facts": 4 * 1024 * 1024, "/api/webhooks/stripe": 256 * 1024}


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

        async def counted() -> Message:
            nonlocal received
            message = await receive()
            received += len(message.get("body", b""))
            if received > limit:
                raise _TooBig
            return message

        try:
            await self.app(scope, counted, send)
        except _TooBig:
            await answer(413, f"The request is larger than {limit // 1024} KiB.")(scope, receive, send)

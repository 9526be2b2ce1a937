"""Lets pages of the customer's own site call the shop's API from the browser (CORS); all other origins get nothing."""

from collections.abc import Sequence
from typing import Final

from starlette.middleware.cors import CORSMiddleware
from starlette.types import ASGIApp, Receive, Scope, Send

_PATHS: Final = ("/api/payment/", "/api/orders/", "/api/inventory/")
_HEADERS: Final = ("Authorization", "Content-Type", "Idempotency-Key")
_KEPT_S: Final = 600


class OtherOrigins:
    """ASGI middleware. Cookies are never let through: an order is shown to whoever holds its access token."""

    def __init__(self, app: ASGIApp, allowed: Sequence[str]) -> None:
        self._plain = app
        self._shared = CORSMiddleware(
            app,
            allow_origins=[origin.rstrip("/") for origin in allowed],
            allow_methods=["GET", "POST"],
            allow_headers=_HEADERS,
            expose_headers=["Retry-After"],
            max_age=_KEPT_S,
        )
        self._is_shared = bool(allowed)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        is_shared = self._is_shared and scope["type"] == "http" and scope["path"].startswith(_PATHS)
        await (self._shared if is_shared else self._plain)(scope, receive, send)

"""Access tokens: any client gets one, and none is good for longer than nine hours."""

import base64
import binascii
import secrets
from collections.abc import Callable
from typing import Final

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from boxoffice.sandbox.errors import Document
from boxoffice.sandbox.paypal.errors import unauthenticated

LIFE_S: Final = 32_400
_SCOPE: Final = "https://uri.paypal.com/services/payments/payment https://uri.paypal.com/services/payments/refund"


class Tokens:
    """The tokens that were given out. They outlive a reset, as keys do."""

    def __init__(self, now: Callable[[], float]) -> None:
        self._now = now
        self._ends: dict[str, float] = {}

    def check(self, header: str | None) -> None:
        """Refuses a call without a good token.

        Raises:
            PayPalError: 401.
        """
        scheme, _, token = (header or "").partition(" ")
        if scheme.lower() != "bearer" or self._ends.get(token.strip(), 0.0) <= self._now():
            raise unauthenticated()

    async def issue(self, request: Request) -> Response:
        """Answers with a token; PayPal's errors here have a shape of their own."""
        if not _has_credentials(request.headers.get("authorization")):
            return _refused(401, "invalid_client", "Client Authentication failed")
        async with request.form() as form:
            grant = form.get("grant_type")
        if grant != "client_credentials":
            return _refused(400, "unsupported_grant_type", "unsupported grant_type")
        return JSONResponse(self._new())

    def _new(self) -> Document:
        token = "A21AA" + secrets.token_urlsafe(48)
        self._ends[token] = self._now() + LIFE_S
        return {
            "scope": _SCOPE,
            "access_token": token,
            "token_type": "Bearer",
            "app_id": "APP-SANDBOXBOXOFFICE",
            "expires_in": LIFE_S,
            "nonce": secrets.token_hex(16),
        }


def _has_credentials(header: str | None) -> bool:
    scheme, _, given = (header or "").partition(" ")
    if scheme.lower() != "basic":
        return False
    try:
        client_id, _, secret = base64.b64decode(given, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return False
    return bool(client_id and secret)


def _refused(status: int, error: str, description: str) -> Response:
    return JSONResponse({"error": error, "error_description": description}, status)

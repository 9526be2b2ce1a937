"""Cookies that only this very host can have set: over https all of ours are `__Host-` cookies.

The rest of the hub knows them by their plain names. Browsers refuse the prefix over plain http, so at home there is
none; a plain one that comes over https is not ours, and is not read.
"""

from collections.abc import Iterable
from typing import Final

from starlette.types import ASGIApp, Message, Receive, Scope, Send

_PREFIX: Final = b"__Host-"
_OURS: Final = b"boxoffice_"


class HostCookies:
    """ASGI middleware."""

    def __init__(self, app: ASGIApp, *, is_https: bool) -> None:
        self.app = app
        self._is_https = is_https

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if not self._is_https or scope["type"] != "http":
            await self.app(scope, receive, send)
            return

        async def named(message: Message) -> None:
            if message["type"] == "http.response.start":
                message = {**message, "headers": [_going_out(*header) for header in message["headers"]]}
            await send(message)

        await self.app({**scope, "headers": _coming_in(scope["headers"])}, receive, named)


def _coming_in(headers: Iterable[tuple[bytes, bytes]]) -> list[tuple[bytes, bytes]]:
    return [(name, _read(value)) if name == b"cookie" else (name, value) for name, value in headers]


def _read(cookies: bytes) -> bytes:
    each = [cookie.strip() for cookie in cookies.split(b";")]
    return b"; ".join(cookie.removeprefix(_PREFIX) for cookie in each if not cookie.startswith(_OURS))


def _going_out(name: bytes, value: bytes) -> tuple[bytes, bytes]:
    if name.lower() != b"set-cookie" or not value.startswith(_OURS):
        return name, value
    has = {part.strip().lower() for part in value.split(b";")}
    return name, _PREFIX + value + (b"" if b"secure" in has else b"; Secure")  # one that is taken back has none

"""Which names this hub answers to, and one address for each page: nothing is ever sent to where a request says."""

import re
from collections.abc import Sequence
from typing import Final
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.responses import RedirectResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from sync.http.problem_details import answer

_HERE: Final = frozenset({"localhost", "127.0.0.1", "::1"})
_LOOKED_AT: Final = frozenset({"/health", "/ready", "/metrics"})
"""Balancers and monitors ask each machine by its number."""
_HOST: Final = re.compile(r"(?:\[(?P<six>[0-9a-fA-F:.]+)\]|(?P<name>[A-Za-z0-9._-]+))(?::\d{1,5})?")


def host_of(header: str) -> str | None:
    """Returns the name in a Host header without its port, in lower case; None for what is no name."""
    found = _HOST.fullmatch(header)
    return (found["six"] or found["name"]).lower().rstrip(".") if found else None


class KnownHosts:
    """ASGI middleware. A hub that knows its public address answers to that name, to those it was told, and at home."""

    def __init__(self, app: ASGIApp, public_url: str | None, others: Sequence[str]) -> None:
        self.app = app
        public = urlsplit(public_url or "").hostname
        self._known = None if public is None else _HERE | {public, *(name.lower() for name in others)}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and not self._may(Headers(scope=scope), scope["path"]):
            refused = answer(421, "This hub does not answer to that name. Use the address that you were given.")
            await refused(scope, receive, send)
            return
        await self.app(scope, receive, send)

    def _may(self, headers: Headers, path: str) -> bool:
        if self._known is None or path in _LOOKED_AT:
            return True
        hosts = headers.getlist("host")
        return len(hosts) == 1 and host_of(hosts[0]) in self._known


class OneAddress:
    """ASGI middleware. `/tickets/` leads to `/tickets`, wherever this hub is reached: the place names no host."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        path: str = scope.get("raw_path", b"").decode("latin-1").partition("?")[0]
        is_page = scope["type"] == "http" and scope["method"] in ("GET", "HEAD")
        if not is_page or path == "/" or not path.endswith("/"):
            await self.app(scope, receive, send)
            return
        # With one slash at its beginning: two would be the beginning of a host.
        query = scope["query_string"].decode("latin-1")
        where = "/" + path.replace("\\", "/").strip("/") + (f"?{query}" if query else "")
        await RedirectResponse(where, 308)(scope, receive, send)

"""Keeps floods and other sites' forms out, before anything else looks at a request."""

import threading
from collections import OrderedDict
from time import monotonic
from typing import Final
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from sync.http.networks import network_of
from sync.http.problem_details import answer

_FREE: Final = ("/health", "/ready", "/static/", "/api/webhooks/", "/api/till/")
"""Looked at by balancers, cached by browsers, or proven by a signature or a token."""
_MOST_ADDRESSES: Final = 20_000
_BURST_S: Final = 4.0


class Buckets:
    """How much each address may still ask: so many a second, saved up for some seconds. Safe for many threads."""

    def __init__(self, per_second: float) -> None:
        self._rate = per_second
        self._most = per_second * _BURST_S
        self._levels: OrderedDict[str, tuple[float, float]] = OrderedDict()
        self._lock = threading.Lock()

    def wait_s(self, address: str, now: float) -> float:
        """Returns 0 and counts the request, or how long the address should wait."""
        with self._lock:
            level, at = self._levels.pop(address, (self._most, now))
            level = min(self._most, level + (now - at) * self._rate)
            is_allowed = level >= 1
            self._levels[address] = (level - 1 if is_allowed else level, now)
            if len(self._levels) > _MOST_ADDRESSES:
                self._levels.popitem(last=False)
        return 0.0 if is_allowed else (1 - level) / self._rate


class Guard:
    """ASGI middleware."""

    def __init__(self, app: ASGIApp, per_second: float) -> None:
        self.app = app
        self._buckets = Buckets(per_second)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        path: str = scope["path"]
        if not path.startswith(_FREE):
            wait_s = self._buckets.wait_s(network_of(scope), monotonic())
            if wait_s:
                headers = {"Retry-After": str(max(1, round(wait_s)))}
                refused = answer(429, "Too many requests. Wait a moment, then try again.", headers=headers)
                await refused(scope, receive, send)
                return
        if scope["method"] == "POST" and not path.startswith("/api/") and is_from_elsewhere(Headers(scope=scope)):
            await answer(403, "This form was sent by another site.")(scope, receive, send)
            return
        await self.app(scope, receive, send)


def is_from_elsewhere(headers: Headers) -> bool:
    """Returns whether a browser says that another site sent this. Programs say nothing, and carry no cookies."""
    site = headers.get("sec-fetch-site")
    if site is not None:
        return site not in ("same-origin", "none")
    origin = headers.get("origin")
    return origin is not None and urlsplit(origin).netloc != headers.get("host", "")

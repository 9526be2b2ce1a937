"""Headers on every answer: no scripts but our own, no frames, nothing from elsewhere, nothing kept by caches.

And nothing but https, where the hub is at home under it.
"""

from collections.abc import Iterable
from typing import Final, TypeVar

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from sync.http.problem_details import answer

T = TypeVar("T", bound=Response)

HEADERS: Final = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; connect-src 'self'; style-src 'self'; font-src 'self'; "
        "img-src 'self' data:; form-action 'self'; "
        "frame-ancestors 'none'; base-uri 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "X-XSS-Protection": "0",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=()",
}
_HTTPS: Final = {"Strict-Transport-Security": "max-age=63072000; includeSubDomains"}


def with_forms_to(answer: T, origins: Iterable[str]) -> T:
    """Returns the page with the right to send its forms on to these origins as well."""
    policy = HEADERS["Content-Security-Policy"].replace("form-action 'self'", f"form-action 'self' {' '.join(origins)}")
    answer.headers["Content-Security-Policy"] = policy
    return answer


class SecurityHeaders:
    """ASGI middleware."""

    def __init__(self, app: ASGIApp, *, is_https: bool) -> None:
        self.app = app
        self._headers = HEADERS | (_HTTPS if is_https else {})

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in self._headers.items():
                    headers.setdefault(name, value)
                if not scope["path"].startswith("/static/"):
                    headers.setdefault("Cache-Control", "no-store")
            await send(message)

        await self.app(scope, receive, with_headers)


class HttpsOnly:
    """ASGI middleware. What a proxy says came over plain http goes on to https, and is not acted on."""

    def __init__(self, app: ASGIApp, public_url: str) -> None:
        self.app = app
        self._home = public_url.rstrip("/") if public_url.startswith("https://") else None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if self._home is None or scope["type"] != "http" or Headers(scope=scope).get("x-forwarded-proto") != "http":
            await self.app(scope, receive, send)
        elif scope["method"] in ("GET", "HEAD"):
            query = scope["query_string"].decode("latin-1")
            path = scope["raw_path"].decode("latin-1").partition("?")[0]
            where = f"{self._home}{path}{'?' if query else ''}{query}"
            await RedirectResponse(where, 308)(scope, receive, send)
        else:
            refused = answer(403, "This came over plain http. Nothing was done. Send it over https.")
            await refused(scope, receive, send)

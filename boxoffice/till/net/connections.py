"""The till's real ways out. They are built when they are first used: HTTP takes longer to import than all of Qt."""

import socket
import threading
import time
from collections.abc import Callable
from typing import Any, Final, TypeVar, cast
from urllib.parse import urlsplit

from boxoffice.core.wire.pairing import PairAnswer, PairRequest
from boxoffice.till.usecases.ports import Hub, Terminal, Unreachable

T = TypeVar("T")
_REACH_S: Final = 6.0


class HttpConnections:
    """Implements `services.ports.Connections`."""

    def reach(self, url: str) -> float:
        parts = urlsplit(url)
        port = parts.port or (443 if parts.scheme == "https" else 80)
        began = time.monotonic()
        try:
            socket.create_connection((parts.hostname or "", port), timeout=_REACH_S).close()
        except OSError as error:
            raise Unreachable(
                f"“{parts.hostname}” can't be reached.", "Nothing was changed.", "Check this computer's network."
            ) from error
        return time.monotonic() - began

    def pair(self, hub_url: str, request: PairRequest) -> PairAnswer:
        from boxoffice.till.net.hub_client import pair_with  # noqa: PLC0415  # 0.12 s of a till's start

        return pair_with(hub_url, request)

    def hub(self, hub_url: str, token: str) -> Hub:
        def build() -> Hub:
            from boxoffice.till.net.hub_client import HubClient  # noqa: PLC0415  # 0.12 s of a till's start

            return HubClient(hub_url, token)

        return late(build)

    def terminal(self, stripe_base: str, key: str) -> Terminal:
        def build() -> Terminal:
            from boxoffice.till.net.stripe_terminal import StripeTerminal  # noqa: PLC0415  # 0.12 s of a till's start

            return StripeTerminal(stripe_base, key)

        return late(build)


def late(build: Callable[[], T]) -> T:
    """Returns something that stands for what `build` makes."""
    return cast("T", _Late(build))


class _Late:
    """Stands for what `build` makes, from the first time that something of it is asked for; made once."""

    def __init__(self, build: Callable[[], object]) -> None:
        self._build = build
        self._built: Any = None
        self._lock = threading.Lock()

    def close(self) -> None:
        if self._built is not None:
            self._built.close()

    def __getattr__(self, name: str) -> Any:
        with self._lock:
            if self._built is None:
                self._built = self._build()
        return getattr(self._built, name)

"""The till's real ways out. They are built when they are first used: HTTP takes longer to import than all of Qt."""

import threading
from collections.abc import Callable
from typing import Any, TypeVar, cast

from boxoffice.core.wire.pairing import PairAnswer, PairRequest
from boxoffice.till.usecases.ports import Hub, Terminal

T = TypeVar("T")


class HttpConnections:
    """Implements `services.ports.Connections`."""

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

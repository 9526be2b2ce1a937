"""Connections that the application can break: how a provider looks whose answer never comes."""

import asyncio
from typing import Final

from starlette.types import Receive, Scope
from uvicorn.protocols.http.h11_impl import H11Protocol

_HANG_UP: Final = "hang_up"


class BreakableLine(H11Protocol):
    """Hands each request, in its state, the way to break its connection."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn has it
        super().connection_made(transport)
        self.app_state = {**self.app_state, _HANG_UP: transport.abort}


async def hang_up(scope: Scope, receive: Receive) -> None:
    """Breaks the request's connection, and returns when it is gone."""
    scope["state"][_HANG_UP]()
    while (await receive())["type"] != "http.disconnect":
        continue

"""The sandbox's application: each provider under its own paths, and the pages and controls for people."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from typing import Final

from starlette.applications import Starlette
from starlette.types import ASGIApp, Receive, Scope, Send

from boxoffice.sandbox.charge_control import charge_control_routes
from boxoffice.sandbox.checkout import expire_due
from boxoffice.sandbox.control import Control
from boxoffice.sandbox.hosted_pages import hosted_routes
from boxoffice.sandbox.mail_control import mail_control_routes
from boxoffice.sandbox.outbox_pages import outbox_routes
from boxoffice.sandbox.paypal.api import PATHS
from boxoffice.sandbox.paypal.control import paypal_control_routes
from boxoffice.sandbox.paypal.pages import paypal_page_routes
from boxoffice.sandbox.people_pages import people_routes
from boxoffice.sandbox.rendering import file_routes
from boxoffice.sandbox.webhook_control import webhook_control_routes
from boxoffice.sandbox.world import World, after

_LOOK_EVERY_S: Final = 0.25


class App:
    """Made when its event loop runs, since everything in it lives on that loop."""

    def __init__(self, base_url: str) -> None:
        self._base_url = base_url
        self._world: World | None = None
        self._people: ASGIApp | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await Starlette(lifespan=self._lifespan)(scope, receive, send)
            return
        assert self._world is not None and self._people is not None  # noqa: S101, PT018  # the lifespan came first
        if scope["type"] == "http" and _is_stripes(scope["path"]):
            await self._world.stripe(scope, receive, send)
        else:
            await self._people(scope, receive, send)

    @contextlib.asynccontextmanager
    async def _lifespan(self, _app: Starlette) -> AsyncIterator[None]:
        world = World(self._base_url, after(asyncio.get_running_loop().call_later))
        self._world = world
        self._people = Starlette(
            routes=[
                *world.outbox.routes(),
                *world.analytics.routes(),
                *world.paypal.routes(),
                *Control(world).routes(),
                *webhook_control_routes(world),
                *charge_control_routes(world.account),
                *mail_control_routes(world),
                *paypal_control_routes(world.paypal.merchant),
                *paypal_page_routes(world.paypal.merchant),
                *hosted_routes(world),
                *people_routes(world),
                *outbox_routes(world),
                *file_routes(),
            ]
        )
        watch = asyncio.create_task(_expire_on_time(world))
        try:
            yield
        finally:
            watch.cancel()
            await world.deliveries.close()


def _is_stripes(path: str) -> bool:
    return (path == "/v1" or path.startswith("/v1/")) and not path.startswith(PATHS)


async def _expire_on_time(world: World) -> None:
    while True:
        await asyncio.sleep(_LOOK_EVERY_S)
        expire_due(world.account)

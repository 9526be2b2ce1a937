"""Every route of the hub, for what must hold for all of them."""

from collections.abc import Iterable, Iterator

from fastapi.routing import APIRoute
from starlette.routing import Mount


def walk(routes: Iterable[object]) -> Iterator[APIRoute]:
    """Yields every route of the application, those of included routers too."""
    for route in routes:
        inner = getattr(route, "original_router", None)
        if isinstance(route, APIRoute):
            yield route
        elif inner is not None:
            yield from walk(inner.routes)
        else:
            assert isinstance(route, Mount) or getattr(route, "path", "") == "/openapi.json", f"{route!r} has no rule"

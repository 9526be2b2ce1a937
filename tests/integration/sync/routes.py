"""Every route of the hub, for what must hold for all of them."""

from collections.abc import Iterable, Iterator

from fastapi.routing import APIRoute
from starlette.routing import Mount

from sync.organizers.roles import Role


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


def role_of(route: APIRoute) -> Role | None:
    """Returns the role that the route itself asks for."""
    found = [getattr(each.call, "role", None) for each in route.dependant.dependencies]
    return next((role for role in found if role is not None), None)

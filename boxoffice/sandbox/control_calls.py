"""How control calls are answered: JSON in, JSON out, and what can't be done said in `error`."""

import json
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from boxoffice.sandbox.errors import StripeError
from boxoffice.sandbox.faults import BadRule
from boxoffice.sandbox.paypal.errors import PayPalError

Endpoint = Callable[[Request], Awaitable[Response]]


def control_route(path: str, endpoint: Endpoint, methods: Sequence[str]) -> Route:
    """Returns the route of a control path."""

    async def guarded(request: Request) -> Response:
        try:
            return await endpoint(request)
        except (StripeError, PayPalError) as error:
            return JSONResponse({"error": str(error)}, error.status)
        except (BadRule, ValueError, TypeError, AttributeError) as error:
            return JSONResponse({"error": str(error)}, 400)

    return Route(f"/control/{path}", guarded, methods=list(methods))


async def json_of(request: Request) -> Any:
    raw = await request.body()
    return json.loads(raw) if raw.strip() else {}

"""What a fault does to a call: it takes longer, is refused, or its line breaks before the work or after it."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping

from starlette.requests import Request
from starlette.responses import Response

from boxoffice.sandbox.faults import Fault, Rule
from boxoffice.sandbox.lines import hang_up

Refusals = Mapping[Fault, Callable[[], Response]]
"""How a provider words the failures that come before any work."""


async def answered(
    request: Request, rule: Rule | None, refusals: Refusals, work: Callable[[], Awaitable[Response]]
) -> Response:
    """Returns the work's answer, or what the rule puts in its place."""
    if rule is None:
        return await work()
    if rule.kind is Fault.DELAY:
        await asyncio.sleep(rule.delay_s)
    if rule.kind is Fault.DROPPED:
        return await _nothing(request)
    if rule.kind in refusals:
        return refusals[rule.kind]()
    response = await work()
    if rule.kind is Fault.NO_ANSWER:
        await asyncio.sleep(rule.delay_s)
        return await _nothing(request)
    return response


async def _nothing(request: Request) -> Response:
    """Breaks the line; what is returned reaches nobody."""
    await hang_up(request.scope, request.receive)
    return Response(status_code=503)

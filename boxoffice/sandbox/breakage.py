"""What a fault does to a call: it takes longer, is refused, or its line breaks before the work or after it."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

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


class NoAnswer(Response):
    """What is left to say on a line that is broken: nothing, with status 0 for those who take notes."""

    def __init__(self) -> None:
        super().__init__(status_code=0)

    async def __call__(self, _scope: Scope, _receive: Receive, _send: Send) -> None:
        return


async def _nothing(request: Request) -> Response:
    await hang_up(request.scope, request.receive)
    return NoAnswer()

"""Webhooks on their way, whichever provider's: sent in the background, again with backoff until they are taken."""

import asyncio
import time
from collections import deque
from collections.abc import Callable, Coroutine, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Protocol

import httpx

from boxoffice.sandbox.account import Later
from boxoffice.sandbox.faults import Fault, Faults, Rule

PAUSES_S: Final = (0.2, 0.4, 0.8, 1.6, 3.2, 6.4, 12.8)
"""Before each further try: the providers' own three days, in 25 seconds."""

_AT_ONCE: Final = 16
_TIMEOUT_S: Final = 10.0
_KEPT: Final = 1000
_OLD_S: Final = 3600
_HOLD_S: Final = 0.5
_TURN_S: Final = 2.0


class Sign(Protocol):
    """How a provider signs."""

    def __call__(self, body: bytes, at: int, *, is_forged: bool) -> Mapping[str, str]:
        """Returns the headers of a body that is sent at a time; a forged one's signature is no good."""


@dataclass(frozen=True, slots=True)
class Post:
    """One event for one endpoint, as its provider writes it."""

    provider: str
    event: str
    type: str
    url: str
    body: bytes
    sign: Sign
    is_awaited: Callable[[], bool] = lambda: True
    on_taken: Callable[[], None] = lambda: None


@dataclass(frozen=True, slots=True)
class Delivery:
    """One try to send an event."""

    provider: str
    event: str
    type: str
    url: str
    attempt: int
    status: int | None
    note: str
    at: float


class Deliveries:
    """Sends events, on the server's event loop."""

    def __init__(self, faults: Faults, later: Later) -> None:
        self._faults = faults
        self._later = later
        self._http = httpx.AsyncClient(timeout=_TIMEOUT_S, follow_redirects=False, trust_env=False)
        self._gate = asyncio.Semaphore(_AT_ONCE)
        self._tasks: set[asyncio.Task[None]] = set()
        self._tried: dict[str, asyncio.Event] = {}
        self._held: list[Post] = []
        self.log: deque[Delivery] = deque(maxlen=_KEPT)

    def publish(self, posts: Sequence[Post]) -> None:
        """Sends one event to each endpoint that hears it, unless a fault says otherwise."""
        if not posts:
            return
        self._tried[posts[0].event] = asyncio.Event()
        rule = self._faults.take_for_event(posts[0].type)
        for post in posts:
            self._plan(post, rule)

    async def first_tried(self, event: str, timeout_s: float) -> None:
        """Returns when the event was tried once, or was never to be sent, or after the time."""
        tried = self._tried.get(event)
        if tried is None:
            return
        try:
            await asyncio.wait_for(tried.wait(), timeout_s)
        except TimeoutError:
            return

    def send_again(self, posts: Sequence[Post]) -> None:
        """Sends an event once more, as a person does from the provider's own pages."""
        for post in posts:
            self._run(self._send(post))

    async def close(self) -> None:
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._http.aclose()

    def clear(self) -> None:
        for task in list(self._tasks):
            task.cancel()
        self._held.clear()
        self._tried.clear()
        self.log.clear()

    def _plan(self, post: Post, rule: Rule | None) -> None:
        kind = None if rule is None else rule.kind
        if kind is Fault.DROP_WEBHOOK:
            self._note(post, 0, None, "dropped")
            self._is_tried(post)
        elif kind is Fault.REORDER_WEBHOOKS and rule is not None:
            self._hold(post, rule)
        elif kind is Fault.DELAY_WEBHOOK and rule is not None:
            self._later(rule.delay_s, lambda: self._run(self._send(post)))
        elif kind is Fault.BAD_SIGNATURE:
            self._run(self._send_badly(post, 0, is_forged=True))
        elif kind is Fault.OLD_TIMESTAMP:
            self._run(self._send_badly(post, _OLD_S, is_forged=False))
        else:
            for _ in range(2 if kind is Fault.DUPLICATE_WEBHOOK else 1):
                self._run(self._send(post))

    def _hold(self, post: Post, rule: Rule) -> None:
        """Keeps events back, and lets them go last first: when the rule is used up, or after a while."""
        self._held.append(post)
        if not self._faults.is_held_on(rule):
            self._let_go()
        elif len(self._held) == 1:
            self._later(rule.delay_s or _HOLD_S, self._let_go)

    def _let_go(self) -> None:
        held, self._held = self._held, []
        self._run(self._send_in_turn(held[::-1]))

    async def _send_in_turn(self, posts: Sequence[Post]) -> None:
        """Sends one after the other, so that they arrive in this order; a refused one does not stop the rest."""
        for post in posts:
            sending = asyncio.create_task(self._send(post))
            self._tasks.add(sending)
            sending.add_done_callback(self._tasks.discard)
            await asyncio.wait({sending}, timeout=_TURN_S)

    async def _send(self, post: Post) -> None:
        for attempt, pause_s in enumerate((*PAUSES_S, None), start=1):
            if await self._try(post, attempt, int(time.time()), is_forged=False):
                post.on_taken()
                return
            if pause_s is None or not post.is_awaited():
                return
            await asyncio.sleep(pause_s)

    async def _send_badly(self, post: Post, age_s: int, *, is_forged: bool) -> None:
        await self._try(post, 0, int(time.time()) - age_s, is_forged=is_forged)
        await self._send(post)

    async def _try(self, post: Post, attempt: int, at: int, *, is_forged: bool) -> bool:
        status, note = None, ""
        headers = dict(post.sign(post.body, at, is_forged=is_forged))
        try:
            async with self._gate:
                response = await self._http.post(post.url, content=post.body, headers=headers)
            status = response.status_code
        except httpx.HTTPError as error:
            note = type(error).__name__
        self._note(post, attempt, status, note)
        self._is_tried(post)
        return status is not None and 200 <= status < 300

    def _is_tried(self, post: Post) -> None:
        tried = self._tried.pop(post.event, None)
        if tried is not None:
            tried.set()

    def _note(self, post: Post, attempt: int, status: int | None, note: str) -> None:
        self.log.append(Delivery(post.provider, post.event, post.type, post.url, attempt, status, note, time.time()))

    def _run(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

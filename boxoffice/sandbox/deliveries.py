"""Webhooks on their way: signed on the raw body, sent in the background, again with backoff until they are taken."""

import asyncio
import hashlib
import hmac
import json
import time
from collections import deque
from collections.abc import Coroutine, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any, Final

import httpx

from boxoffice.sandbox.account import Account, sent
from boxoffice.sandbox.errors import Document
from boxoffice.sandbox.faults import Fault, Faults, Rule

PAUSES_S: Final = (0.2, 0.4, 0.8, 1.6, 3.2, 6.4, 12.8)
"""Before each further try: Stripe's own three days, in 25 seconds."""

_AT_ONCE: Final = 16
_TIMEOUT_S: Final = 10.0
_KEPT: Final = 1000
_OLD_S: Final = 3600
_HOLD_S: Final = 0.5
_TURN_S: Final = 2.0


@dataclass(frozen=True, slots=True)
class Delivery:
    """One try to send an event."""

    event: str
    type: str
    url: str
    attempt: int
    status: int | None
    note: str
    at: float


def signature(body: bytes, secret: str, timestamp: int) -> str:
    """Returns the Stripe-Signature header of a body."""
    digest = hmac.new(secret.encode(), f"{timestamp}.".encode() + body, hashlib.sha256).hexdigest()
    return f"t={timestamp},v1={digest}"


class Deliveries:
    """Sends events to the account's endpoints, on the server's event loop."""

    def __init__(self, account: Account, faults: Faults) -> None:
        self._account = account
        self._faults = faults
        self._http = httpx.AsyncClient(timeout=_TIMEOUT_S, follow_redirects=False, trust_env=False)
        self._gate = asyncio.Semaphore(_AT_ONCE)
        self._tasks: set[asyncio.Task[None]] = set()
        self._tried: dict[str, asyncio.Event] = {}
        self._held: list[tuple[Document, Document]] = []
        self.log: deque[Delivery] = deque(maxlen=_KEPT)

    def publish(self, event: Document) -> None:
        """Sends an event to whoever listens, unless a fault says otherwise."""
        endpoints = [each for each in self._account.all("webhook_endpoint") if _hears(each, event["type"])]
        event["pending_webhooks"] = len(endpoints)
        if not endpoints:
            return
        self._tried[event["id"]] = asyncio.Event()
        rule = self._faults.take_for_event(event["type"])
        for endpoint in endpoints:
            self._plan(event, endpoint, rule)

    async def first_tried(self, event: Document, timeout_s: float) -> None:
        """Returns when the event was tried once, or was never to be sent, or after the time."""
        tried = self._tried.get(event["id"])
        if tried is None:
            return
        try:
            await asyncio.wait_for(tried.wait(), timeout_s)
        except TimeoutError:
            return

    def send_again(self, event: Document) -> None:
        """Sends an event once more, as a person does from Stripe's dashboard."""
        for endpoint in self._account.all("webhook_endpoint"):
            self._run(self._send(event, endpoint))

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

    def _plan(self, event: Document, endpoint: Document, rule: Rule | None) -> None:
        kind = None if rule is None else rule.kind
        if kind is Fault.DROP_WEBHOOK:
            self._note(event, endpoint, 0, None, "dropped")
            self._is_tried(event)
        elif kind is Fault.REORDER_WEBHOOKS and rule is not None:
            self._hold(event, endpoint, rule)
        elif kind is Fault.DELAY_WEBHOOK and rule is not None:
            self._account.later(rule.delay_s, lambda: self._run(self._send(event, endpoint)))
        elif kind is Fault.BAD_SIGNATURE:
            self._run(self._send_badly(event, endpoint, "whsec_wrong", 0))
        elif kind is Fault.OLD_TIMESTAMP:
            self._run(self._send_badly(event, endpoint, endpoint["_secret"], _OLD_S))
        else:
            for _ in range(2 if kind is Fault.DUPLICATE_WEBHOOK else 1):
                self._run(self._send(event, endpoint))

    def _hold(self, event: Document, endpoint: Document, rule: Rule) -> None:
        """Keeps events back, and lets them go last first: when the rule is used up, or after a while."""
        self._held.append((event, endpoint))
        if not self._faults.is_held_on(rule):
            self._let_go()
        elif len(self._held) == 1:
            self._account.later(rule.delay_s or _HOLD_S, self._let_go)

    def _let_go(self) -> None:
        held, self._held = self._held, []
        self._run(self._send_in_turn(held[::-1]))

    async def _send_in_turn(self, events: Sequence[tuple[Document, Document]]) -> None:
        """Sends one after the other, so that they arrive in this order; a refused one does not stop the rest."""
        for event, endpoint in events:
            sending = asyncio.create_task(self._send(event, endpoint))
            self._tasks.add(sending)
            sending.add_done_callback(self._tasks.discard)
            await asyncio.wait({sending}, timeout=_TURN_S)

    async def _send(self, event: Document, endpoint: Document) -> None:
        body = json.dumps(sent(event)).encode()
        for attempt, pause_s in enumerate((*PAUSES_S, None), start=1):
            if await self._try(event, endpoint, body, attempt, endpoint["_secret"], int(time.time())):
                event["pending_webhooks"] = max(0, event["pending_webhooks"] - 1)
                return
            if pause_s is None or self._account.find(endpoint["id"]) is None:
                return
            await asyncio.sleep(pause_s)

    async def _send_badly(self, event: Document, endpoint: Document, secret: str, age_s: int) -> None:
        body = json.dumps(sent(event)).encode()
        await self._try(event, endpoint, body, 0, secret, int(time.time()) - age_s)
        await self._send(event, endpoint)

    async def _try(
        self, event: Document, endpoint: Document, body: bytes, attempt: int, secret: str, timestamp: int
    ) -> bool:
        headers = {
            "Content-Type": "application/json; charset=utf-8",
            "User-Agent": "Stripe/1.0 (+https://stripe.com/docs/webhooks)",
            "Stripe-Signature": signature(body, secret, timestamp),
        }
        status, note = None, ""
        try:
            async with self._gate:
                response = await self._http.post(endpoint["url"], content=body, headers=headers)
            status = response.status_code
        except httpx.HTTPError as error:
            note = type(error).__name__
        self._note(event, endpoint, attempt, status, note)
        self._is_tried(event)
        return status is not None and 200 <= status < 300

    def _is_tried(self, event: Document) -> None:
        tried = self._tried.pop(event["id"], None)
        if tried is not None:
            tried.set()

    def _note(self, event: Document, endpoint: Document, attempt: int, status: int | None, note: str) -> None:
        self.log.append(Delivery(event["id"], event["type"], endpoint["url"], attempt, status, note, time.time()))

    def _run(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


def _hears(endpoint: Document, type: str) -> bool:
    return endpoint["status"] == "enabled" and any(fnmatchcase(type, name) for name in endpoint["enabled_events"])

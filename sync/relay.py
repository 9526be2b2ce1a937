"""Accepted changes out to the tills that wait for them: Postgres notifies, server-sent events carry it on."""

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any, Final

import psycopg

from boxoffice.core.wire.feed import WakeEvent
from sync.operations.supervision import Beat
from sync.store.feed import CHANNEL

_PING_S: Final = 15
_ASK_S: Final = 10.0
"""A connection that was cut without a word looks like one on which nothing happens: so it is asked now and then."""
_CONNECT_S: Final = 5


@dataclass(eq=False, slots=True)
class _Listener:
    device_id: str
    queue: asyncio.Queue[WakeEvent | None] = field(default_factory=lambda: asyncio.Queue(maxsize=64))


class Relay:
    """Wakes tills. What it says may be lost: tills poll as well, so it only ever makes things faster."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._listeners: set[_Listener] = set()
        self._is_closed = False

    async def run(self, beat: Beat) -> None:
        """Hears Postgres until it is cancelled.

        Raises:
            psycopg.Error, TimeoutError: if the connection is lost, or does not answer.
        """
        async with asyncio.timeout(_CONNECT_S):
            connection = await psycopg.AsyncConnection.connect(self._url, autocommit=True)
        async with connection:
            await connection.execute(f"LISTEN {CHANNEL}")  # a constant of ours
            self._tell_all(WakeEvent(reason="feed"))  # whatever was said while nobody listened
            while True:
                beat()
                async for notice in connection.notifies(timeout=_ASK_S):
                    self._tell(json.loads(notice.payload))
                async with asyncio.timeout(_ASK_S):
                    await connection.execute("SELECT 1")

    async def events(self, device_id: str) -> AsyncIterator[WakeEvent]:
        """Yields what a till should look at, and a ping now and then."""
        listener = _Listener(device_id)
        self._listeners.add(listener)
        try:
            yield WakeEvent(reason="ping")
            while not self._is_closed:
                try:
                    event = await asyncio.wait_for(listener.queue.get(), _PING_S)
                except TimeoutError:
                    event = WakeEvent(reason="ping")
                if event is None:
                    return
                yield event
        finally:
            self._listeners.discard(listener)

    def close(self) -> None:
        """Ends all streams, so that the server can stop at once."""
        self._is_closed = True
        for listener in list(self._listeners):
            with contextlib.suppress(asyncio.QueueFull):
                listener.queue.put_nowait(None)

    def _tell(self, message: dict[str, Any]) -> None:
        event = WakeEvent(reason=message["reason"], tender_id=message["tender"])
        for listener in self._listeners:
            if message["device"] in (None, listener.device_id):
                _put(listener, event)

    def _tell_all(self, event: WakeEvent) -> None:
        for listener in self._listeners:
            _put(listener, event)


def _put(listener: _Listener, event: WakeEvent) -> None:
    # A full queue already tells the till to look; one more line would say nothing new.
    with contextlib.suppress(asyncio.QueueFull):
        listener.queue.put_nowait(event)

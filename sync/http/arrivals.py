"""What stands between webhooks and the database, so that a burst or a flood of them keeps nobody waiting."""

import asyncio
from collections.abc import Mapping, Sequence
from typing import Final

from anyio import CapacityLimiter, to_thread
from starlette.concurrency import run_in_threadpool

from boxoffice.core.errors import TryAgainLater
from sync.ledger.hub import Hub
from sync.payments.provider_events import EventReader
from sync.payments.webhooks import store_events
from sync.ports import PayPalProof, ProviderEvent


class Inbox:
    """Stores events that come in one burst with one transaction: a commit each would make the last ones wait."""

    def __init__(self, hub: Hub, reader: EventReader) -> None:
        self._hub = hub
        self._reader = reader
        self._waiting: list[tuple[ProviderEvent, asyncio.Future[None]]] = []
        self._writer: asyncio.Task[None] | None = None

    async def store(self, event: ProviderEvent) -> None:
        """Returns when the event is on disk."""
        stored: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append((event, stored))
        if self._writer is None or self._writer.done():
            self._writer = asyncio.create_task(self._write())
        await stored

    async def _write(self) -> None:
        while self._waiting:
            batch, self._waiting = self._waiting, []
            try:
                await run_in_threadpool(store_events, self._hub, self._reader, _once([event for event, _ in batch]))
            except Exception as error:  # noqa: BLE001  # each request that waits must hear of it
                for _, stored in batch:
                    stored.set_exception(error)
            else:
                for _, stored in batch:
                    if not stored.done():
                        stored.set_result(None)


class Proofs:
    """Asks PayPal whether webhooks are genuine, a few at a time: a flood of forged ones must keep nobody waiting."""

    AT_ONCE: Final = 4
    MOST_WAITING: Final = 60

    def __init__(self) -> None:
        self._limiter = CapacityLimiter(self.AT_ONCE)

    async def is_genuine(self, paypal: PayPalProof, headers: Mapping[str, str], body: bytes) -> bool:
        """Returns what PayPal says.

        Raises:
            TryAgainLater: if PayPal can't be reached, or too many wait already; PayPal sends a webhook for three days.
        """
        if self._limiter.statistics().tasks_waiting >= self.MOST_WAITING:
            raise TryAgainLater("Too many webhooks wait to be proven.", "Nothing was changed.", "Send it again.")
        return await to_thread.run_sync(paypal.is_genuine, headers, body, limiter=self._limiter)


def _once(events: Sequence[ProviderEvent]) -> list[ProviderEvent]:
    """Returns each event once: one statement can't insert the same one twice."""
    return list({event.id: event for event in events}.values())

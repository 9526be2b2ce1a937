"""Keeps running what runs beside the requests: a part that ends, fails or falls silent is started again.

Nothing that a part rests on may be able to end it for good. What stays silent all the same is named.
"""

import asyncio
import random
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from time import monotonic
from typing import Final, TypeAlias

import structlog

from boxoffice.core.supervision import Pulse, pause_s

Beat: TypeAlias = Callable[[], None]
_LOOK_S: Final = 1.0
_log: Final = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Part:
    """`run` goes on until it is cancelled, and calls what it is given at every sign of life."""

    name: str
    run: Callable[[Beat], Awaitable[None]]
    patience_s: float
    grace_s: float = 5.0
    """How long it may take to end; then it is left alone, and another takes its place."""


@dataclass(slots=True)
class Supervisor:
    """Runs parts. `chance` spreads the starts of processes that lost the same thing at once."""

    parts: Sequence[Part]
    clock: Callable[[], float] = monotonic
    chance: Callable[[], float] = random.random
    look_s: float = _LOOK_S
    _pulses: dict[str, Pulse] = field(default_factory=dict)

    def silent(self) -> list[str]:
        """Returns the names of the parts that were not heard of for longer than they may be."""
        now = self.clock()
        return [pulse.part for pulse in self._pulses.values() if pulse.is_silent(now)]

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Runs all parts while the block runs, and ends them with it."""
        now = self.clock()
        self._pulses = {part.name: Pulse(part.name, part.patience_s, now) for part in self.parts}
        keepers = [asyncio.create_task(self._keep(part), name=f"keeps {part.name}") for part in self.parts]
        try:
            yield
        finally:
            for keeper in keepers:
                keeper.cancel()
            await asyncio.gather(*keepers, return_exceptions=True)
            self._pulses = {}

    async def _keep(self, part: Part) -> None:
        pulse = self._pulses[part.name]
        while True:
            why = await self._run_once(part, pulse)
            pulse.failures += 1
            wait_s = pause_s(pulse.failures, self.chance())
            _log.warning("started again", part=part.name, why=why, wait_s=round(wait_s, 1), failures=pulse.failures)
            await asyncio.sleep(wait_s)

    async def _run_once(self, part: Part, pulse: Pulse) -> str:
        """Runs the part until it ends or falls silent; returns why it is over."""
        began = self.clock()
        task = asyncio.ensure_future(part.run(lambda: pulse.beat(self.clock())))
        try:
            while not task.done():
                await asyncio.wait([task], timeout=self.look_s)
                quiet_s = self.clock() - max(began, pulse.heard_at)
                if not task.done() and quiet_s > part.patience_s:
                    return f"was silent for {quiet_s:.0f} s"
        finally:
            await _end(task, part.grace_s)
        return _why(task)


async def _end(task: asyncio.Future[None], grace_s: float) -> None:
    """Ends the task, or leaves it alone if it can't be ended: a thread that hangs must not hang the next one."""
    task.cancel()
    task.add_done_callback(_look_at)
    await asyncio.wait([task], timeout=grace_s)


def _look_at(task: asyncio.Future[None]) -> None:
    if not task.cancelled():  # or asyncio complains that nobody wanted to know
        task.exception()


def _why(task: asyncio.Future[None]) -> str:
    error = None if task.cancelled() else task.exception()
    return "ended" if error is None else f"{type(error).__name__}: {str(error).strip()}".splitlines()[0]

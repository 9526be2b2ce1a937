"""Whether this process can serve, answered within seconds even while Postgres is there and says nothing."""

import asyncio
from collections.abc import Callable
from typing import Final

PATIENCE_S: Final = 3.0
"""Balancers wait about so long, and count what is slower as they like."""
STUCK: Final = "the database does not answer"


class Readiness:
    """Looks for all who ask at once: however long one look hangs, it is one thread and one connection."""

    def __init__(self, look: Callable[[], str | None], patience_s: float = PATIENCE_S) -> None:
        """`look` returns what is wrong in words for an operator, None for nothing; it may take its time."""
        self._look = look
        self._patience_s = patience_s
        self._looking: asyncio.Task[str | None] | None = None

    async def problem(self) -> str | None:
        """Returns what keeps this process from serving. Raises as `look`."""
        if self._looking is None or self._looking.done():
            self._looking = asyncio.create_task(asyncio.to_thread(self._look))
            self._looking.add_done_callback(_taken_note_of)
        done, _ = await asyncio.wait([self._looking], timeout=self._patience_s)
        return self._looking.result() if done else STUCK


def _taken_note_of(look: asyncio.Task[str | None]) -> None:
    """Lets a look fail that nobody waits for any more."""
    if not look.cancelled():
        look.exception()

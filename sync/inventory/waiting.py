"""Whoever finds too little waits a moment for what connected tills give back, first come first served.

Nobody waits for what cannot come: what is being paid for, what is with a till that does not answer, or what those who
came before will take.
"""

from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import timedelta
from time import monotonic
from typing import Final, TypeVar

from sqlalchemy import Connection

from boxoffice.core.errors import BoxofficeError
from boxoffice.core.leasing import ask_back
from sync.ledger.hub import Hub
from sync.store import claims, feed

T = TypeVar("T")

PATIENCE_S: Final = 3.0
"""How long a request may take for it; a till answers in a few tenths of a second."""
_LOOK_S: Final = 0.2
"""At another process of the hub, a till's answer rings no bell here."""
_CLAIM_LASTS: Final = timedelta(seconds=PATIENCE_S + 2)
_RECALL_LASTS: Final = timedelta(seconds=20)


class TooLittle(BoxofficeError):
    """Less is there than somebody wants, and tills have some of it; `wanted` are units of the event's pools."""

    def __init__(self, event: str, wanted: Mapping[str, int], error: BoxofficeError) -> None:
        self.event, self.wanted, self.error = event, wanted, error
        super().__init__(str(error))


def with_patience(hub: Hub, attempt: Callable[[int | None], T], device: str = "") -> T:
    """Returns what the attempt returns, which is made again when what it lacks has come back.

    Args:
        hub: whose tills are asked.
        attempt: is given the number of the claim that it is made for, None at first; it changes nothing unless all is
            there, and leaves those who wait already what they wait for.
        device: the till that wants it; empty for a buyer on the web.

    Raises:
        BoxofficeError: what the last attempt lacked.
    """
    try:
        return attempt(None)
    except TooLittle as short:
        if not hub.waiters.acquire(blocking=False):  # those who give back need to be heard, too
            raise short.error from short
        try:
            return _wait(hub, short, attempt, device)
        finally:
            hub.waiters.release()


def _wait(hub: Hub, short: TooLittle, attempt: Callable[[int | None], T], device: str) -> T:
    until = monotonic() + PATIENCE_S
    claim = hub.database.run(lambda connection: claims.put(connection, short.event, short.wanted, device, _CLAIM_LASTS))
    try:
        while monotonic() < until:
            seen = hub.returned.rings
            is_there, may_come = hub.database.run(lambda connection: _look(hub, connection, short.event, claim))
            if is_there:
                with suppress(TooLittle):
                    return attempt(claim)
            elif not may_come:
                break
            hub.returned.wait(seen, _LOOK_S)
        try:
            return attempt(claim)
        except TooLittle as last:
            raise last.error from last
    finally:
        hub.database.run(lambda connection: claims.drop(connection, claim))


def _look(hub: Hub, connection: Connection, event: str, claim: int) -> tuple[bool, bool]:
    """Returns whether all is there now, and whether it may come; asks tills for it."""
    idle = timedelta(minutes=hub.settings.lease_idle_minutes)
    pools = claims.lacking(connection, event, claim, idle)
    short = [pool for pool in pools if pool.units > 0]
    if not all(pool.may_come for pool in short):
        return False, False
    asked = {
        (device, pool.pool): units for pool in short for device, units in ask_back(pool.units, pool.holders).items()
    }
    to_wake = {
        device
        for (device, pool), units in sorted(asked.items())
        if claims.recall(connection, event, pool, device, units, _RECALL_LASTS)
    }
    for device in sorted(to_wake):
        feed.wake(connection, "feed", event, device)
    return not short, True

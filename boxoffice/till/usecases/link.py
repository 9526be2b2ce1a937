"""Whether the hub answers: every call goes through here, so that the status strip is always true."""

import threading
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import TypeVar

from boxoffice.core.facts import instant
from boxoffice.core.wire.feed import WakeEvent
from boxoffice.core.wire.protocol import REVOKED
from boxoffice.till.usecases.ports import Clock, Hub, HubRefused, Unreachable

T = TypeVar("T")


class Link:
    """The line to the hub. `on_change` is called when it breaks or comes back."""

    def __init__(self, hub: Hub, clock: Clock) -> None:
        self.on_change: Callable[[], None] = lambda: None
        self.on_revoked: Callable[[], None] = lambda: None
        """Called once, on whatever thread hears it first."""
        self._hub = hub
        self._clock = clock
        self._lock = threading.Lock()
        self.offline_since: datetime | None = None
        self.breaks = 0
        """How often the line broke."""
        self.is_revoked = False
        self.is_shut_out = False
        """The hub does not know this till just now: perhaps it is another hub, or one that was set back."""
        self.clock_off_s = 0

    @property
    def is_online(self) -> bool:
        return self.offline_since is None and not self.is_shut_out

    def call(self, ask: Callable[[Hub], T]) -> T:
        """Asks the hub, and remembers whether it answered.

        Raises:
            Unreachable: if no answer came.
            HubRefused: if the hub will not do it.
        """
        try:
            answer = ask(self._hub)
        except Unreachable:
            self._mark(is_online=False)
            raise
        except HubRefused as error:
            self._refused(error)
            raise
        self._mark(is_online=True)
        return answer

    def wake(self) -> Iterator[WakeEvent]:
        """Yields the hub's wake-ups until the line breaks, with `Unreachable`."""
        try:
            for event in self._hub.wake():
                self._mark(is_online=True)
                yield event
        except HubRefused as error:
            self._refused(error)
            raise

    def hear_revoked(self) -> None:
        """Takes the hub's word that this till is revoked: that is for good."""
        with self._lock:
            is_news, self.is_revoked = not self.is_revoked, True
        if is_news:
            self.on_revoked()

    def note_time(self, hub_time: str) -> None:
        """Compares clocks, to warn of a wrong one; nothing is ever decided by this one."""
        self.clock_off_s = int((self._clock.now() - instant(hub_time)).total_seconds())

    def close(self) -> None:
        self._hub.close()

    def _refused(self, error: HubRefused) -> None:
        is_revoked = error.kind == REVOKED
        self._mark(is_online=True, is_shut_out=error.status == 401 and not is_revoked)
        if is_revoked:
            self.hear_revoked()

    def _mark(self, *, is_online: bool, is_shut_out: bool = False) -> None:
        with self._lock:
            before = (self.is_online, self.is_shut_out)
            if is_online:
                self.offline_since = None
                self.is_shut_out = is_shut_out
            elif self.offline_since is None:
                self.offline_since = self._clock.now()
                self.breaks += 1
            has_changed = before != (self.is_online, self.is_shut_out)
        if has_changed:
            self.on_change()

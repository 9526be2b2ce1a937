"""What a till does by itself: sync, asking about unknown payments, looking at readers, backups, listening for wake-ups.

Whatever happens to one of these, it goes on: a fault is put into the log, and the next turn tries again. All of them
go by a clock that only goes forward.
"""

import logging
import threading
from collections.abc import Callable
from time import monotonic
from typing import Any, Final

from boxoffice.core.errors import BoxofficeError
from boxoffice.core.supervision import Pulse, pause_s
from boxoffice.till.usecases.link import Link
from boxoffice.till.usecases.ports import HubRefused, Unreachable

SYNC_S: Final = 5.0
LOOK_S: Final = 20.0
BACK_UP_S: Final = 600.0
FIRST_S: Final = 0.4
"""Until then the screen has the processor to itself."""
PATIENCE_S: Final = 120.0
_PAUSE_S: Final = 3.0
_LOOK_AT_CLOCK_S: Final = 1.0
_log: Final = logging.getLogger(__name__)


class Background:
    """Started once, stopped once. A sync that fails is tried again at its next turn."""

    def __init__(
        self,
        link: Link,
        *,
        sync: Callable[[], None],
        look: Callable[[], None],
        back_up: Callable[[], None],
        woken: Callable[[], None],
        clock: Callable[[], float] = monotonic,
        sync_s: float = SYNC_S,
        look_s: float = LOOK_S,
        back_up_s: float = BACK_UP_S,
    ) -> None:
        self._link = link
        self._clock = clock
        self._sync_s, self._look_s, self._back_up_s = sync_s, look_s, back_up_s
        self._pulses = {name: Pulse(name, PATIENCE_S, clock()) for name in ("sync", "clock", "wake")}
        self._sync = _reported(sync)
        self._look = _reported(look)
        self._back_up = _reported(back_up)
        self._woken = woken
        self._is_stopping = threading.Event()
        self._is_due = threading.Event()
        self._threads = [
            threading.Thread(target=self._keep, args=(name, run), name=name, daemon=True)
            for name, run in (("wake", self._listen), ("sync", self._keep_in_step), ("clock", self._run_clockwork))
        ]

    def start(self) -> None:
        for thread in self._threads:
            thread.start()

    def kick(self) -> None:
        """Syncs as soon as the sync that runs is over."""
        self._is_due.set()

    def stop(self) -> None:
        """Lets what runs end."""
        self._is_stopping.set()
        self._is_due.set()
        for thread in self._threads[1:]:
            thread.join()

    def silent(self) -> list[str]:
        """Returns the names of what should run here and was not heard of for two minutes."""
        now = self._clock()
        return [pulse.part for pulse in self._pulses.values() if pulse.is_silent(now)]

    def _keep(self, name: str, run: Callable[[], None]) -> None:
        """Runs a part until the till is closed, whatever happens to it."""
        pulse = self._pulses[name]
        self._is_stopping.wait(FIRST_S)
        while not self._is_stopping.is_set():
            try:
                run()
            except Exception:  # noqa: BLE001  # the outermost loop: what it does not catch would end this part for good
                _log.exception("%s failed; it is started again", name)
            pulse.failures += 1
            self._is_stopping.wait(pause_s(pulse.failures))

    def _run_clockwork(self) -> None:
        """Lets APScheduler say what is due, and looks that it does: its own thread could end unseen."""
        from boxoffice.till.usecases.clockwork import Every, clockwork  # noqa: PLC0415  # 52 ms of a till's start

        pulse = self._pulses["clock"]
        jobs: Any = clockwork(self._clock)

        def tick() -> None:
            pulse.beat(self._clock())
            self._is_due.set()

        jobs.add_job(tick, Every(self._sync_s))
        jobs.add_job(self._look, Every(self._look_s))
        jobs.add_job(self._back_up, Every(self._back_up_s))
        jobs.start()
        began = self._clock()
        try:
            while not self._is_stopping.wait(_LOOK_AT_CLOCK_S):
                if self._clock() - max(began, pulse.heard_at) > pulse.patience_s:
                    raise RuntimeError("the clockwork stands still")
        finally:
            jobs.shutdown(wait=self._is_stopping.is_set())

    def _keep_in_step(self) -> None:
        while not self._is_stopping.is_set():
            self._is_due.wait()
            self._is_due.clear()
            if not self._is_stopping.is_set():
                self._sync()
                self._pulses["sync"].beat(self._clock())

    def _listen(self) -> None:
        """Passes wake-ups on; after a broken line, waits a little and listens again."""
        while not self._is_stopping.is_set():
            try:
                for event in self._link.wake():
                    if self._is_stopping.is_set():
                        return
                    self._pulses["wake"].beat(self._clock())
                    self._woken()
                    if event.reason != "ping":
                        self.kick()
            except (Unreachable, HubRefused):
                self._pulses["wake"].beat(self._clock())  # it does its work: there is nothing to hear
                self._is_stopping.wait(_PAUSE_S)


def _reported(job: Callable[[], None]) -> Callable[[], None]:
    def run() -> None:
        try:
            job()
        except BoxofficeError as error:  # said on the status strip already; the next turn tries again
            _log.info("%s: %s", type(error).__name__, error)

    return run

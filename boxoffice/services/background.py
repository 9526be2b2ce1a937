"""What a till does by itself: sync, asking about unknown payments, looking at readers, listening for wake-ups."""

import logging
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from boxoffice.core.errors import BoxofficeError
from boxoffice.services.link import Link
from boxoffice.services.ports import HubRefused, Unreachable

SYNC_S: Final = 5
LOOK_S: Final = 20
FIRST: Final = timedelta(seconds=0.4)
"""Until then the screen has the processor to itself."""
_PAUSE_S: Final = 3.0
_log: Final = logging.getLogger(__name__)


class Background:
    """Started once, stopped once. A sync that fails is tried again at its next turn."""

    def __init__(
        self, link: Link, *, sync: Callable[[], None], look: Callable[[], None], woken: Callable[[], None]
    ) -> None:
        self._link = link
        self._sync = _reported(sync)
        self._look = _reported(look)
        self._woken = woken
        self._is_stopping = threading.Event()
        self._is_due = threading.Event()
        self._jobs: Any = None
        self._threads = [
            threading.Thread(target=self._listen, name="wake", daemon=True),
            threading.Thread(target=self._keep_in_step, name="sync", daemon=True),
            threading.Thread(target=self._wind_up, name="clock", daemon=True),
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
        if self._jobs is not None:
            self._jobs.shutdown(wait=True)

    def _wind_up(self) -> None:
        """Starts the clockwork once the first screen has had its time."""
        if self._is_stopping.wait(FIRST.total_seconds()):
            return
        from apscheduler.schedulers.background import BackgroundScheduler

        now = datetime.now(UTC)
        jobs: Any = BackgroundScheduler(timezone=UTC, job_defaults={"coalesce": True, "misfire_grace_time": 60})
        jobs.add_job(self._is_due.set, "interval", seconds=SYNC_S, next_run_time=now)
        jobs.add_job(self._look, "interval", seconds=LOOK_S, next_run_time=now)
        jobs.start()
        self._jobs = jobs

    def _keep_in_step(self) -> None:
        while not self._is_stopping.is_set():
            self._is_due.wait()
            self._is_due.clear()
            if not self._is_stopping.is_set():
                self._sync()

    def _listen(self) -> None:
        """Passes wake-ups on; after a broken line, waits a little and listens again."""
        self._is_stopping.wait(FIRST.total_seconds())
        while not self._is_stopping.is_set():
            try:
                for event in self._link.wake():
                    if self._is_stopping.is_set():
                        return
                    self._woken()
                    if event.reason != "ping":
                        self.kick()
            except (Unreachable, HubRefused):
                self._is_stopping.wait(_PAUSE_S)


def _reported(job: Callable[[], None]) -> Callable[[], None]:
    def run() -> None:
        try:
            job()
        except BoxofficeError as error:  # said on the status strip already; the next turn tries again
            _log.info("%s: %s", type(error).__name__, error)

    return run

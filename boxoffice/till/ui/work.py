"""Background work for the screens: one thread a lane, answers in order on the screen's thread, which never waits."""

import logging
import threading
import time
import traceback
from collections.abc import Callable
from queue import Empty, SimpleQueue
from typing import Final, TypeVar

from PySide6.QtCore import QObject, Qt, Signal, Slot

from boxoffice.core.errors import BoxofficeError
from boxoffice.till.ui.flow.work import Broken, Lane

T = TypeVar("T")

_log: Final = logging.getLogger(__name__)


class _Lane:
    """One thread and the jobs that wait for it. A daemon: a payment that hangs must not keep the program alive."""

    def __init__(self, name: str) -> None:
        self._jobs: SimpleQueue[Callable[[], None] | None] = SimpleQueue()
        self._thread = threading.Thread(target=self._run, name=f"till-{name}", daemon=True)
        self._thread.start()

    def put(self, job: Callable[[], None]) -> None:
        self._jobs.put(job)

    def finish(self) -> None:
        """Ends the thread after what waits."""
        self._jobs.put(None)

    def stop(self) -> None:
        """Drops what waits; what runs goes on."""
        try:
            while True:
                self._jobs.get_nowait()
        except Empty:
            self.finish()

    def join(self, timeout_s: float) -> None:
        self._thread.join(timeout_s)

    def _run(self) -> None:
        while (job := self._jobs.get()) is not None:
            job()


class QtWork(QObject):
    """Runs jobs on one thread a lane. Make it on the screen's thread."""

    _posted = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self._lanes: dict[Lane, _Lane] = {}
        self._is_closed = False
        self._posted.connect(self._call, Qt.ConnectionType.QueuedConnection)

    def run(
        self, lane: Lane, job: Callable[[], T], done: Callable[[T], None], failed: Callable[[BoxofficeError], None]
    ) -> None:
        """Runs the job after those before it on its lane. One that ends by a bug is logged, and has failed."""
        if self._is_closed:
            return
        if lane not in self._lanes:
            self._lanes[lane] = _Lane(lane.value)
        self._lanes[lane].put(lambda: self._work(job, done, failed))

    def post(self, call: Callable[[], None]) -> None:
        """Runs the call on the screen's thread; may be called from any thread."""
        if not self._is_closed:
            self._posted.emit(call)

    def close(self, wait_ms: int) -> None:
        """Starts nothing new and waits for what runs; what still waits is dropped, but for papers and scores."""
        self._is_closed = True
        ends = time.monotonic() + wait_ms / 1000
        for lane, thread in self._lanes.items():
            if lane is Lane.PAPER:
                thread.finish()
            else:
                thread.stop()
        for thread in self._lanes.values():
            thread.join(max(0.0, ends - time.monotonic()))

    def _work(self, job: Callable[[], T], done: Callable[[T], None], failed: Callable[[BoxofficeError], None]) -> None:
        try:
            value = job()
        except BoxofficeError as error:
            refused = error
            self.post(lambda: failed(refused))
        except Exception as error:  # noqa: BLE001  # the outermost loop of a thread: it logs, and the screen tells
            _log.error("A job of the till's screens broke: %s", _where(error))  # no secret is in it
            broken = Broken(type(error).__name__)
            self.post(lambda: failed(broken))
        else:
            self.post(lambda: done(value))

    @Slot(object)
    def _call(self, call: Callable[[], None]) -> None:
        call()


def _where(bug: BaseException) -> str:
    """Returns what was raised and from where. Not its words, which may hold what no log may: a key, a name, a card."""
    lines = []
    at: BaseException | None = bug
    while at is not None:
        frames = traceback.extract_tb(at.__traceback__)
        steps = [f"  {frame.filename}:{frame.lineno} in {frame.name}" for frame in frames]
        lines.append("\n".join([type(at).__name__, *steps]))
        at = at.__cause__ or (None if at.__suppress_context__ else at.__context__)
    return "\nafter ".join(lines)

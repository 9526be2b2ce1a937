"""Background work for the screens: one thread a lane, answers in order on the screen's thread, which never waits."""

from collections.abc import Callable
from typing import TypeVar

from PySide6.QtCore import QObject, QRunnable, Qt, QThreadPool, Signal, Slot

from boxoffice.core.errors import BoxofficeError
from boxoffice.ui.flow.work import Lane

T = TypeVar("T")


class QtWork(QObject):
    """Runs jobs on a small thread pool. Make it on the screen's thread."""

    _posted = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self._pools: dict[Lane, QThreadPool] = {}
        self._posted.connect(self._call, Qt.ConnectionType.QueuedConnection)

    def run(
        self, lane: Lane, job: Callable[[], T], done: Callable[[T], None], failed: Callable[[BoxofficeError], None]
    ) -> None:
        """Runs the job after those before it on its lane. An error that is a bug comes up on the screen's thread."""
        if lane not in self._pools:
            self._pools[lane] = QThreadPool(self)
            self._pools[lane].setMaxThreadCount(1)
        self._pools[lane].start(QRunnable.create(lambda: self._work(job, done, failed)))

    def post(self, call: Callable[[], None]) -> None:
        """Runs the call on the screen's thread; may be called from any thread."""
        self._posted.emit(call)

    def close(self, wait_ms: int) -> None:
        """Starts nothing new and waits for what runs; what still waits on a lane is dropped."""
        for pool in self._pools.values():
            pool.clear()
        for pool in self._pools.values():
            pool.waitForDone(wait_ms)

    def _work(self, job: Callable[[], T], done: Callable[[T], None], failed: Callable[[BoxofficeError], None]) -> None:
        try:
            value = job()
        except BoxofficeError as error:
            refused = error
            self.post(lambda: failed(refused))
        except Exception as error:  # noqa: BLE001  (the outermost loop of a thread: the screen's thread raises it)
            bug = error
            self.post(lambda: _raise(bug))
        else:
            self.post(lambda: done(value))

    @Slot(object)
    def _call(self, call: Callable[[], None]) -> None:
        call()


def _raise(bug: Exception) -> None:
    raise bug

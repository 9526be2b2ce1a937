"""Several processes of the hub behind one socket: one that dies is replaced, and all end with grace."""

import multiprocessing
import os
import signal
import socket
import sys
from collections.abc import Callable
from tempfile import TemporaryDirectory
from threading import Event, Thread
from time import monotonic
from typing import Final

import structlog
from fastapi import FastAPI
from uvicorn import Config
from uvicorn.supervisors.multiprocess import Multiprocess, Process

from sync.config import Settings
from sync.error_reports import report_errors
from sync.logs import set_up_logs
from sync.patience import HEAD_BYTES, PatientProtocol

SWITCH_S: Final = 0.0005
"""Jobs run in threads beside the event loop: with Python's own 5 ms it waits too long for its turn."""
_URL: Final = "BOXOFFICE_HUB_URL"
_BACKLOG: Final = 2048
_HUNG_S: Final = 60
"""A process that does not answer for so long is killed. One that starts on a slow machine is busy for some seconds."""
_START_S: Final = 300.0
_AGAIN_S: Final = 10.0
_LAST_S: Final = 30.0
"""How long what is under way may take to end when the process that holds the others is gone."""
_STOPS: Final = (signal.SIGINT, signal.SIGTERM)
_COUNTS: Final = "PROMETHEUS_MULTIPROC_DIR"
"""Where prometheus_client keeps what each process counts. It looks for the name when it is first imported."""
_log: Final = structlog.get_logger()


class Workers(Multiprocess):
    """Remembers which processes are to be replaced until they are: a SIGHUP is never lost, whenever it comes."""

    def __init__(self, config: Config, sockets: list[socket.socket]) -> None:
        super().__init__(config, sockets)
        self._to_replace: list[Process] = []
        self._not_before = 0.0

    def handle_hup(self) -> None:
        self._to_replace = list(self.processes)

    def keep_subprocess_alive(self) -> None:
        super().keep_subprocess_alive()
        # One that died meanwhile has been replaced already.
        self._to_replace = [process for process in self._to_replace if process in self.processes]
        if self._to_replace and not self.should_exit.is_set() and monotonic() >= self._not_before:
            self._replace(self._to_replace[0])

    def _replace(self, old: Process) -> None:
        """Starts another process, and ends the old one when the new one answers; if it does not, it is tried again."""
        new = Process(self.config, self.sockets)
        new.start()
        if self._is_up(new):
            old.terminate()
            old.join()
            self.processes[self.processes.index(old)] = new
            return
        new.kill()
        new.join()
        self._not_before = monotonic() + _AGAIN_S
        _log.warning("a new process did not start; the old one goes on, and it is tried again", again_s=_AGAIN_S)

    def _is_up(self, process: Process) -> bool:
        ends = monotonic() + _START_S
        while monotonic() < ends and process.process.is_alive() and not set(_STOPS) & set(self.signal_queue):
            if process.is_ready(timeout=1):
                return True
        return False


def serve_workers(workers: int, listener: socket.socket, url: str, on_listening: Callable[[], None]) -> None:
    """Serves with so many processes until told to stop (SIGTERM, SIGINT); SIGHUP replaces them one by one.

    Args:
        workers: how many.
        listener: where all of them take connections.
        url: its address.
        on_listening: called once all signals are heard: whoever reads the address may send one at once.
    """
    # Each process reads the settings for itself: nothing secret goes through a pipe.
    os.environ[_URL] = url
    listener.listen(_BACKLOG)  # before the processes are there: who calls now waits, and is not refused
    config = Config(
        "sync.workers:worker",
        factory=True,
        workers=workers,
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=5,
        timeout_keep_alive=75,  # longer than balancers keep a silent connection, or they would meet a closed one
        backlog=_BACKLOG,
        timeout_worker_healthcheck=_HUNG_S,
        http=PatientProtocol,
        h11_max_incomplete_event_size=HEAD_BYTES,
    )
    # What a process that died has counted stays in its file, or the sums would fall.
    with TemporaryDirectory(prefix="boxoffice-hub-", ignore_cleanup_errors=True) as folder:
        os.environ[_COUNTS] = folder
        processes = Workers(config, [listener])
        on_listening()
        processes.run()


def worker() -> FastAPI:
    """Returns the application of one process."""
    from sync.app import build  # noqa: PLC0415  # 1.4 s: this process only minds the others

    Thread(target=_end_with_parent, name="parent", daemon=True).start()
    sys.setswitchinterval(SWITCH_S)
    settings = Settings()
    set_up_logs()
    report_errors(settings)
    return build(settings, os.environ.get(_URL))


def _end_with_parent() -> None:
    """Ends this process when the one that holds all of them is gone, however it ended.

    Or it would go on with the port, and the hub could not be started again.
    """
    parent = multiprocessing.parent_process()
    if parent is None:
        return
    parent.join()
    os.kill(os.getpid(), signal.SIGTERM)  # and no word of it: who read the log may be gone too
    Event().wait(_LAST_S)
    os._exit(1)

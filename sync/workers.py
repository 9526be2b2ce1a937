"""Several processes of the hub behind one socket: one that dies is replaced, and all end with grace."""

import os
import socket
import sys
from tempfile import TemporaryDirectory
from typing import Final

from fastapi import FastAPI
from uvicorn import Config
from uvicorn.supervisors import Multiprocess

from sync.config import Settings
from sync.error_reports import report_errors
from sync.logs import set_up_logs

SWITCH_S: Final = 0.0005
"""Jobs run in threads beside the event loop: with Python's own 5 ms it waits too long for its turn."""
_URL: Final = "BOXOFFICE_HUB_URL"
_BACKLOG: Final = 2048
_COUNTS: Final = "PROMETHEUS_MULTIPROC_DIR"
"""Where prometheus_client keeps what each process counts. It looks for the name when it is first imported."""


def serve_workers(workers: int, listener: socket.socket, url: str) -> None:
    """Serves with so many processes until told to stop (SIGTERM, SIGINT); SIGHUP replaces them one by one."""
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
    )
    # What a process that died has counted stays in its file, or the sums would fall.
    with TemporaryDirectory(prefix="boxoffice-hub-", ignore_cleanup_errors=True) as folder:
        os.environ[_COUNTS] = folder
        Multiprocess(config, sockets=[listener]).run()


def worker() -> FastAPI:
    """Returns the application of one process."""
    from sync.app import build

    sys.setswitchinterval(SWITCH_S)
    settings = Settings()
    set_up_logs()
    report_errors(settings)
    return build(settings, os.environ.get(_URL))

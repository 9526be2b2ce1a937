"""Where a run's files lie: in memory where there is room, as each new database is three hundred files on a disk.

Nothing is proved by the disk itself: tests of what survives a power cut keep a disk of their own (`crash_disk.py`) or
count the calls that ask for it, and a process that is killed leaves its files as whole in memory as on a disk.
"""

import os
import shutil
import tempfile
from pathlib import Path

import psutil

_MEMORY = Path("/dev/shm")  # no name is guessed in it
_ROOM = 6 * 2**30
_PREFIX = "boxoffice-tests-"


def new_scratch() -> str:
    """Returns a new folder for a run's files, and clears away what runs that were killed have left in memory."""
    if not _MEMORY.is_dir():
        return tempfile.mkdtemp(prefix=_PREFIX)
    for old in _MEMORY.glob(f"{_PREFIX}*"):
        if not _is_running(old.name):
            shutil.rmtree(old, ignore_errors=True)
    has_room = min(shutil.disk_usage(_MEMORY).free, psutil.virtual_memory().available) >= _ROOM
    return tempfile.mkdtemp(prefix=f"{_PREFIX}{os.getpid()}-", dir=_MEMORY if has_room else None)


def _is_running(name: str) -> bool:
    owner = name.removeprefix(_PREFIX).partition("-")[0]
    return owner.isdigit() and psutil.pid_exists(int(owner))

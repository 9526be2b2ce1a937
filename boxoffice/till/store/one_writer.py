"""One program at a time on a till's folder: held by the system itself, so that a crash lets go of it."""

import os
import sys
from contextlib import AbstractContextManager
from pathlib import Path
from types import TracebackType
from typing import Final

from boxoffice.core.errors import OperationFailed

if sys.platform == "win32":
    import msvcrt
else:
    import fcntl

_NAME: Final = "till.lock"


class AlreadyOpen(OperationFailed):
    """Another program sells from this folder."""

    def __init__(self) -> None:
        super().__init__(
            "This till is open already, in another window.",
            "Nothing was opened here, and the other window goes on.",
            "Use that window, or close it first.",
        )


class OneWriter(AbstractContextManager["OneWriter"]):
    """The right to write into a till's folder, until it is left or the program ends in whatever way."""

    def __init__(self, folder: Path) -> None:
        """Takes the right.

        Raises:
            AlreadyOpen: if another program has it.
        """
        folder.mkdir(parents=True, exist_ok=True)
        self._file = os.open(folder / _NAME, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            _lock(self._file)
        except OSError as error:
            os.close(self._file)
            raise AlreadyOpen from error

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        os.close(self._file)


def _lock(file: int) -> None:
    if sys.platform == "win32":
        msvcrt.locking(file, msvcrt.LK_NBLCK, 1)
    else:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)

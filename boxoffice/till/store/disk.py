"""What must be on the disk itself, not in a cache of it: flushed files, and folders that know their new names."""

import os
import sys
from pathlib import Path
from typing import Final, Protocol

if sys.platform == "darwin":
    import fcntl

_IS_WINDOWS: Final = sys.platform == "win32"


class Block(Protocol):
    """A small file of a fixed size."""

    def read(self) -> bytes: ...

    def write(self, at: int, content: bytes) -> None:
        """Overwrites a part; it may be lost at a power cut until it is flushed."""

    def flush(self) -> None:
        """Returns when all that was written is on the disk."""

    def close(self) -> None: ...


class BlockFile:
    """A block in a file of its own, which is made at its full size: what is overwritten later needs no new space."""

    def __init__(self, path: Path, size_bytes: int) -> None:
        """Opens the file, or makes it.

        Raises:
            OSError: if it can't be made at its full size, or not be opened.
        """
        is_new = not path.exists() or path.stat().st_size < size_bytes
        flags = os.O_RDWR | os.O_CREAT | getattr(os, "O_BINARY", 0)
        self._file = os.open(path, flags, 0o600)
        self._size = size_bytes
        if is_new:
            try:
                self.write(0, self.read().ljust(size_bytes, b"\0"))
                self.flush()
                flush_folder(path.parent)
            except OSError:
                os.close(self._file)
                raise

    def read(self) -> bytes:
        os.lseek(self._file, 0, os.SEEK_SET)
        return os.read(self._file, self._size)

    def write(self, at: int, content: bytes) -> None:
        os.lseek(self._file, at, os.SEEK_SET)
        if os.write(self._file, content) != len(content):
            raise OSError(28, "No space left on device")

    def flush(self) -> None:
        flush_file(self._file)

    def close(self) -> None:
        if self._file >= 0:
            os.close(self._file)
        self._file = -1


def flush_file(file: int) -> None:
    """Returns when a file's content is on the disk. On macOS, `fsync` alone leaves it in the disk's own cache."""
    if sys.platform == "darwin":
        fcntl.fcntl(file, fcntl.F_FULLFSYNC)
    elif hasattr(os, "fdatasync"):
        os.fdatasync(file)
    else:
        os.fsync(file)


def flush_path(path: Path) -> None:
    """Returns when a file that others have written is on the disk."""
    file = os.open(path, os.O_RDWR)
    try:
        os.fsync(file)
        flush_file(file)
    finally:
        os.close(file)


def flush_folder(folder: Path) -> None:
    """Returns when the names of a folder's files are on the disk; Windows keeps them by itself."""
    if _IS_WINDOWS:
        return
    file = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(file)
    finally:
        os.close(file)

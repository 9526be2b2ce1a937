"""Whether a disk keeps what it says that it has: how long a flush takes, what kind of file system it is, what is free.

A disk that says it has flushed sooner than any can loses what it was given at a power cut. So does one that lies in
memory, or at the other end of a network, where the flush may stop at the server.
"""

import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from boxoffice.till.store.disk import flush_file

FASTEST_FLUSH_S: Final = 50e-6
"""No disk writes a block to where it stays in less: an NVMe with its own capacitors takes as long at least."""
SLOW_FLUSH_S: Final = 0.1
"""A sale is two flushes: above this, people see them."""
IN_MEMORY: Final = frozenset({"tmpfs", "ramfs", "devtmpfs"})
OVER_A_NETWORK: Final = frozenset(
    {"nfs", "nfs4", "cifs", "smb3", "smbfs", "afpfs", "webdav", "9p", "fuse.sshfs", "ncpfs", "ceph", "glusterfs"}
)
_TRIES: Final = 24
_BLOCK: Final = 4096
_POINT: Final = 4
"""Where a mount stands, in a line of the table."""
_WAIT_S: Final = 5.0


@dataclass(frozen=True, slots=True)
class DiskLook:
    """`flush_s` is the middle one of a few flushes; `kind` is the file system's name, empty where nobody says it."""

    free_bytes: int
    flush_s: float
    kind: str

    @property
    def is_in_memory(self) -> bool:
        return self.kind in IN_MEMORY

    @property
    def is_far_away(self) -> bool:
        return self.kind in OVER_A_NETWORK

    @property
    def is_too_fast(self) -> bool:
        return self.flush_s < FASTEST_FLUSH_S


def look_at_disk(folder: Path) -> DiskLook:
    """Returns what the disk of a folder shows of itself; a small file is written there, and gone again.

    Raises:
        OSError: if nothing can be written there.
    """
    return DiskLook(shutil.disk_usage(folder).free, _flush_s(folder), file_system(folder))


def _flush_s(folder: Path) -> float:
    """Returns how long a flush takes of a block that was just written: the middle one of several."""
    took = []
    with tempfile.NamedTemporaryFile(dir=folder, prefix=".flush-") as file:
        for i in range(_TRIES):
            os.lseek(file.fileno(), i * _BLOCK, os.SEEK_SET)
            os.write(file.fileno(), os.urandom(_BLOCK))
            began = time.perf_counter()
            flush_file(file.fileno())
            took.append(time.perf_counter() - began)
    return sorted(took)[len(took) // 2]


def file_system(folder: Path) -> str:
    """Returns the kind of the file system that a folder lies on: `ext4`, `apfs`, `NTFS`; empty if nobody says it."""
    ask = _BY_PLATFORM.get(sys.platform)
    try:
        return "" if ask is None else ask(folder.resolve())
    except (OSError, ValueError, subprocess.TimeoutExpired):
        return ""


def _on_linux(at: Path) -> str:
    return mounted(Path("/proc/self/mountinfo").read_text(encoding="utf-8"), at)


def mounted(table: str, at: Path) -> str:
    """Returns the kind of the mount that a path lies below, by Linux's own table; of two at one place, the later."""
    best, kind = -1, ""
    for line in table.splitlines():
        before, _, after = line.partition(" - ")
        fields = before.split()
        if len(fields) <= _POINT or not after:
            continue
        point = Path(fields[_POINT].replace("\\040", " "))
        depth = len(point.parts)
        if depth >= best and at.is_relative_to(point):
            best, kind = depth, after.split()[0]
    return kind


def _on_mac(at: Path) -> str:
    done = subprocess.run(["/sbin/mount"], capture_output=True, text=True, timeout=_WAIT_S, check=False)
    best, kind = -1, ""
    for line in done.stdout.splitlines():
        point, _, rest = line.partition(" on ")[2].rpartition(" (")
        if point and at.is_relative_to(point) and len(Path(point).parts) > best:
            best, kind = len(Path(point).parts), rest.split(",")[0].rstrip(")")
    return kind


def _on_windows(at: Path) -> str:
    import ctypes  # noqa: PLC0415  # 10 ms that other systems need not wait for

    kind = ctypes.create_unicode_buffer(64)
    windll = getattr(ctypes, "windll")  # noqa: B009  # type checkers elsewhere know no `windll`
    asked = (at.anchor, None, 0, None, None, None, kind, len(kind))
    return kind.value if windll.kernel32.GetVolumeInformationW(*asked) else ""


_BY_PLATFORM: Final[Mapping[str, Callable[[Path], str]]] = {
    "linux": _on_linux,
    "darwin": _on_mac,
    "win32": _on_windows,
}

"""A disk that loses power: what was written and not flushed is kept in part, torn by sector and in any order, or not.

SQLite runs on it by a VFS of its own, and any other file by `block`. All of it is one log in memory, so that thousands
of cuts cost one run.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from random import Random
from typing import Any, Final

import apsw

SECTOR: Final = 512
_names: Final = iter(range(10**9))


@dataclass(frozen=True, slots=True)
class Write:
    file: str
    at: int
    content: bytes


@dataclass(frozen=True, slots=True)
class Truncate:
    file: str
    size: int


@dataclass(frozen=True, slots=True)
class Flush:
    file: str


@dataclass(frozen=True, slots=True)
class Delete:
    file: str


@dataclass(frozen=True, slots=True)
class Told:
    """Somebody outside was told something: from here on it must survive."""

    what: Any


Change = Write | Truncate | Flush | Delete
Op = Change | Told


@dataclass
class CrashDisk:
    """The log of all that was done to files, with what they hold for whoever reads them before the power goes."""

    log: list[Op] = field(default_factory=list)
    files: dict[str, bytearray] = field(default_factory=dict)

    def do(self, op: Op) -> None:
        self.log.append(op)
        _apply(self.files, op)

    def tell(self, what: Any) -> None:
        self.log.append(Told(what))

    def block(self, name: str, size_bytes: int) -> "CrashBlock":
        """Returns a small file on this disk, made at its full size."""
        if name not in self.files:
            self.do(Write(name, 0, bytes(size_bytes)))
            self.do(Flush(name))
        return CrashBlock(self, name)

    @contextmanager
    def connect(self, name: str) -> Iterator[apsw.Connection]:
        """Opens a database on this disk. Its log needs no shared memory: one connection has the file for itself."""
        vfs = _Vfs(self)
        connection = apsw.Connection(name, vfs=vfs.name)
        try:
            connection.config(apsw.SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1)
            connection.execute("PRAGMA locking_mode = EXCLUSIVE")
            yield connection
        finally:
            connection.close()
            vfs.unregister()

    def cuts(self, drawn: Random, each: int = 1) -> Iterator[tuple[dict[str, bytes], Any]]:
        """Yields what the disk holds after power cuts, `each` at every moment, with what was told last before it.

        A file that was deleted is surely gone once any other is flushed, as file systems with a journal have it.
        """
        durable: dict[str, bytearray] = {}
        pending: list[Change] = []
        told: Any = None
        for op in self.log:
            if isinstance(op, Told):
                told = op.what
                continue
            for _ in range(each):
                yield _after_cut(durable, [*pending, op], drawn), told
            if isinstance(op, Flush):
                done = [before for before in pending if before.file == op.file or isinstance(before, Delete)]
                for before in done:
                    _apply(durable, before)
                pending = [before for before in pending if before not in done]
            else:
                pending.append(op)


@dataclass
class CrashBlock:
    """Implements `Block` on a crash disk."""

    disk: CrashDisk
    name: str

    def read(self) -> bytes:
        return bytes(self.disk.files[self.name])

    def write(self, at: int, content: bytes) -> None:
        self.disk.do(Write(self.name, at, content))

    def flush(self) -> None:
        self.disk.do(Flush(self.name))

    def close(self) -> None:
        """Nothing is open."""


def _apply(files: dict[str, bytearray], op: Op) -> None:
    match op:
        case Write(name, at, content):
            file = files.setdefault(name, bytearray())
            if len(file) < at + len(content):
                file.extend(bytes(at + len(content) - len(file)))
            file[at : at + len(content)] = content
        case Truncate(name, size):
            del files.setdefault(name, bytearray())[size:]
        case Delete(name):
            files.pop(name, None)
        case _:
            pass


def _after_cut(durable: dict[str, bytearray], pending: list[Change], drawn: Random) -> dict[str, bytes]:
    """Returns the files with any part of what was not flushed, in any order."""
    touched = {op.file for op in pending}
    files = {name: bytearray(content) if name in touched else content for name, content in durable.items()}
    parts = [part for op in pending for part in _sectors(op)]
    kept = [part for part in parts if drawn.random() < drawn.choice((0.1, 0.5, 0.9))]
    drawn.shuffle(kept)
    for part in kept:
        _apply(files, part)
    return {name: bytes(content) for name, content in files.items()}


def _sectors(op: Change) -> Iterator[Change]:
    if not isinstance(op, Write):
        yield op
        return
    at, end = op.at, op.at + len(op.content)
    while at < end:
        until = min(end, (at // SECTOR + 1) * SECTOR)
        yield Write(op.file, at, op.content[at - op.at : until - op.at])
        at = until


class _Vfs(apsw.VFS):
    """Hands SQLite files that are on the disk of the test, and nothing else."""

    def __init__(self, disk: CrashDisk) -> None:
        self.disk = disk
        self.name = f"crash-{next(_names)}"
        super().__init__(self.name, base="")

    def xOpen(self, name: Any, flags: list[int]) -> Any:
        text = name.filename() if isinstance(name, apsw.URIFilename) else str(name)
        flags[1] = flags[0]
        return _File(self.disk, text.rpartition("/")[2])

    def xAccess(self, pathname: str, flags: int) -> bool:
        return pathname.rpartition("/")[2] in self.disk.files

    def xDelete(self, name: str, syncdir: bool) -> None:
        self.disk.do(Delete(name.rpartition("/")[2]))

    def xFullPathname(self, name: str) -> str:
        return name


class _File:
    """One file, as SQLite reads and writes it."""

    def __init__(self, disk: CrashDisk, name: str) -> None:
        self.disk, self.name = disk, name
        disk.files.setdefault(name, bytearray())

    def xRead(self, amount: int, offset: int) -> bytes:
        return bytes(self.disk.files[self.name][offset : offset + amount])

    def xWrite(self, data: bytes, offset: int) -> None:
        self.disk.do(Write(self.name, offset, bytes(data)))

    def xTruncate(self, size: int) -> None:
        self.disk.do(Truncate(self.name, size))

    def xSync(self, flags: int) -> None:
        self.disk.do(Flush(self.name))

    def xFileSize(self) -> int:
        return len(self.disk.files[self.name])

    def xLock(self, level: int) -> None: ...
    def xUnlock(self, level: int) -> None: ...

    def xCheckReservedLock(self) -> bool:
        return False

    def xFileControl(self, op: int, pointer: int) -> bool:
        return False

    def xSectorSize(self) -> int:
        return SECTOR

    def xDeviceCharacteristics(self) -> int:
        return 0

    def xClose(self) -> None: ...

"""What the hub has written, kept in files beside its database too: a restored database takes from there what it lacks.

Each process has a file of its own, a line for each fact of its chain, written and flushed once the facts stand in the
database and before anybody hears of them. A fact is signed and names nobody, so it proves itself. Who an order is for
stands beside it, sealed with the master key.
"""

import json
import os
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path
from threading import Lock
from typing import Final

import structlog
from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError

from boxoffice.core.errors import OperationFailed
from boxoffice.core.facts import Fact, text_in
from boxoffice.core.wire.message import FactMessage
from sync.ledger.sealing import Sealer
from sync.store import tables as t
from sync.store.chain import stored_in
from sync.store.contacts import contacts_of
from sync.store.database import Database
from sync.store.ledger import order_ids_of

_log = structlog.get_logger()
_SUFFIX: Final = ".facts"
_PAGES: Final = "page"
_AT_ONCE: Final = 1_000
_TAIL: Final = 1 << 20
"""The last line of a file is in its last megabyte: no fact is larger than what a request may hold."""
_f: Final = t.facts.c


@dataclass(frozen=True, slots=True)
class Line:
    """A fact as it stands in the log; `position` is where it stood in the database of its time."""

    position: int
    fact: FactMessage
    sealed: str | None = None

    def contact(self, sealer: Sealer) -> Mapping[str, str]:
        """Returns who the fact's order is for, by the columns that keep it, as far as it was known then."""
        if self.sealed is None:
            return {}
        try:
            found = json.loads(sealer.open_text(bytes.fromhex(self.sealed), _purpose(self.fact)))
        except (OperationFailed, ValueError):
            return {}
        return {str(column): str(said) for column, said in found.items()}


@dataclass(frozen=True, slots=True)
class Page:
    """A payment's page at its provider, which no fact tells of: as it must be ended there before its places go on."""

    tender_id: str
    provider: str
    session_id: str
    session_url: str | None
    code: str


@dataclass(slots=True)
class FactLog:
    """The log of one process. `problem` says why its newest facts are not in it; they follow as soon as they can."""

    folder: Path
    device_id: str
    sealer: Sealer
    problem: str | None = None
    _seq: int = 0
    _lock: Lock = field(default_factory=Lock)

    @classmethod
    def begin(cls, folder: Path, device_id: str, sealer: Sealer, database: Database) -> "FactLog":
        """Returns the log of a new chain, with all that processes before this one left out of theirs."""
        log = cls(folder, device_id, sealer)
        try:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            log._catch_up_others(database)
        except OSError as error:
            log._tell(f"{folder} can't be written: {error.strerror or error}")
        return log

    def catch_up(self, database: Database) -> None:
        """Adds what its process has written since; never raises, as what stands in the database is done."""
        with self._lock:
            try:
                self._seq = self._extend(self.device_id, self._seq, database)
                self.problem = None
            except OSError as error:
                self._tell(f"{self.folder} can't be written: {error.strerror or error}")
            except SQLAlchemyError:
                self._tell("The database did not say what is new.")

    def note_page(self, page: Page) -> None:
        """Adds a payment's page, before anybody is sent there; never raises."""
        line = json.dumps([_PAGES, self.sealer.seal_text(json.dumps(asdict(page)), _PAGES).hex()])
        with self._lock:
            try:
                _append(self._path(self.device_id), f"{line}\n".encode())
            except OSError as error:
                self._tell(f"{self.folder} can't be written: {error.strerror or error}")

    def _path(self, device_id: str) -> Path:
        return self.folder / f"{device_id}{_SUFFIX}"

    def _catch_up_others(self, database: Database) -> None:
        d, c = t.devices.c, t.chains.c
        with database.reading() as connection:
            query = select(c.device_id, c.seq).join(t.devices, d.id == c.device_id).where(d.kind == "hub", c.seq > 0)
            ends = connection.execute(query).all()
        for device_id, seq in ends:
            logged = _last_seq(self._path(device_id))
            if logged < seq:
                self._extend(device_id, logged, database)

    def _extend(self, device_id: str, seq: int, database: Database) -> int:
        """Writes what a chain has beyond a number into its file; returns how far the file goes now."""
        while True:
            mine = (_f.device_id == device_id, _f.epoch == 1, _f.seq > seq, _f.is_told_again.is_(False))
            with database.reading() as connection:
                page = stored_in(connection, select(t.facts).where(*mine).order_by(_f.seq).limit(_AT_ONCE))
                contacts = contacts_of(connection, order_ids_of(fact for _, fact in page))
            if not page:
                return seq
            lines = (self._line(position, fact, contacts) for position, fact in page)
            _append(self._path(device_id), "".join(lines).encode())
            seq = page[-1][1].seq

    def _line(self, position: int, fact: Fact, contacts: Mapping[str, Mapping[str, str]]) -> str:
        message = FactMessage.of(fact)
        contact = contacts.get(text_in(fact.payload, "order_id") or "")
        sealed = None if not contact else self.sealer.seal_text(json.dumps(contact), _purpose(message)).hex()
        return json.dumps([position, message.model_dump(mode="json"), sealed]) + "\n"

    def _tell(self, problem: str) -> None:
        if self.problem is None:
            _log.error("facts_not_logged", problem=problem)
        self.problem = problem


def is_writable(folder: Path) -> bool:
    """Returns whether a log can be kept there; the folder need not be there yet."""
    try:
        there = next(each for each in (folder, *folder.parents) if each.exists())
    except OSError:  # no path can be so long
        return False
    return there.is_dir() and os.access(there, os.W_OK | os.X_OK)


def _append(path: Path, lines: bytes) -> None:
    """Writes lines at the end of a file, and flushes them; what a power cut left of a line stays one of its own."""
    is_new = not path.exists()
    file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
    try:
        size = os.fstat(file).st_size
        if size and os.pread(file, 1, size - 1) != b"\n":
            lines = b"\n" + lines
        while lines:
            lines = lines[os.write(file, lines) :]
        os.fsync(file)
    finally:
        os.close(file)
    if is_new:
        _flush_folder(path.parent)


def _flush_folder(folder: Path) -> None:
    holder = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(holder)
    finally:
        os.close(holder)


def _last_seq(path: Path) -> int:
    """Returns the number of the newest fact of a file; 0 for a file without one."""
    try:
        with path.open("rb") as file:
            file.seek(max(0, file.seek(0, os.SEEK_END) - _TAIL))
            tail = file.read()
    except FileNotFoundError:
        return 0
    return max((line.fact.seq for raw in tail.split(b"\n") if (line := _line_of(raw)) is not None), default=0)


def _purpose(fact: FactMessage) -> str:
    return f"contact beside fact {fact.id}"


def _line_of(raw: bytes) -> Line | None:
    try:
        position, fact, sealed = json.loads(raw)
        return Line(int(position), FactMessage.model_validate(fact), sealed)
    except (ValueError, TypeError):  # a power cut, or another file
        return None


def lines_beyond(folder: Path, heads: Mapping[str, int]) -> Iterator[Line]:
    """Yields what the log has beyond the end of each chain in the database. A file that adds nothing costs little.

    Raises:
        OSError: if it can't be read.
    """
    for path in sorted(folder.glob(f"*{_SUFFIX}")):
        head = heads.get(path.name.removesuffix(_SUFFIX), 0)
        if _last_seq(path) <= head:
            continue
        with path.open("rb") as file:
            for raw in file:
                line = _line_of(raw)
                if line is not None and line.fact.seq > head:
                    yield line


def pages_in(folder: Path, sealer: Sealer) -> Iterator[Page]:
    """Yields the pages that the log tells of; raises as `lines_beyond`."""
    mark = f'["{_PAGES}", '.encode()
    for path in sorted(folder.glob(f"*{_SUFFIX}")):
        with path.open("rb") as file:
            for raw in file:
                if raw.startswith(mark):
                    with suppress(OperationFailed, ValueError, TypeError):
                        yield Page(**json.loads(sealer.open_text(bytes.fromhex(json.loads(raw)[1]), _PAGES)))

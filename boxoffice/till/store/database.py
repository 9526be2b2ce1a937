"""The till's encrypted file: opened safely or not at all; one transaction writes at a time, before a witness."""

import shutil
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import sqlcipher3
from sqlalchemy import URL, Connection, Engine, create_engine, event, inspect
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import QueuePool

from boxoffice.core.errors import TillStopped
from boxoffice.core.facts import Head
from boxoffice.core.folding import searchable
from boxoffice.core.witness import Gap, Mark, gap_between
from boxoffice.till.store import facts as fact_store
from boxoffice.till.store import settings
from boxoffice.till.store.disk import flush_path
from boxoffice.till.store.migrate import migrate
from boxoffice.till.store.orders import all_numbers
from boxoffice.till.store.printed import NAME as PRINTED
from boxoffice.till.store.printed import PrintedPapers
from boxoffice.till.store.witness import Witness, open_witness

SAFE_SQLITE: Final = (3, 51, 3)
"""Older ones can corrupt a WAL file that two connections use (sqlite.org, release notes of 3.51.3)."""
_BUSY_TIMEOUT_MS: Final = 10_000
_IS_MAC: Final = sys.platform == "darwin"
_SAFE: Final[Mapping[str, str]] = {
    "journal_mode": "WAL",
    "synchronous": "FULL",
    "foreign_keys": "ON",
    **({"fullfsync": "ON", "checkpoint_fullfsync": "ON"} if _IS_MAC else {}),
}
_NEEDED: Final[Mapping[str, str | int]] = {
    "journal_mode": "wal",
    "synchronous": 2,
    "foreign_keys": 1,
    **({"fullfsync": 1, "checkpoint_fullfsync": 1} if _IS_MAC else {}),
}
"""What every connection must say that it does: the answers to `_SAFE`."""
_FULL: Final = ("database or disk is full", "disk I/O error")
_DAMAGED: Final = ("file is not a database", "malformed", "database corruption")
_WAY_BACK: Final = (
    "Restore this till's newest backup, or pair it anew: what the hub has is safe there. "
    "Keep the damaged file, it may hold sales that were not sent yet."
)


class ChainIsShort(TillStopped):
    """Facts are missing that were here before: nothing is sold until they are back, or a person goes on without."""

    def __init__(self, gap: Gap) -> None:
        self.gap = gap
        super().__init__(
            f"{_missing_words(gap)}: it is damaged, or an older copy of itself.",
            "Nothing was sold since. What the hub has is safe there.",
            "Bring this till into a network, or run “boxoffice restore”.",
        )


class Store:
    """All access to the till's file. Reading does not wait for writing; writers wait for each other.

    `gap` is what the file lacks of what its witness has seen; while there is one, nothing new is written to the chain.
    """

    def __init__(self, engine: Engine, path: Path) -> None:
        self.path = path
        self.gap: Gap | None = None
        self._engine = engine
        self._witness: Witness | None = None
        self._printed: PrintedPapers | None = None
        self._writing = threading.RLock()
        self._broken: TillStopped | None = None

    @property
    def seen(self) -> Mark | None:
        """How far the witness has seen the chain; None if it can't say."""
        return None if self._witness is None else self._witness.last

    @contextmanager
    def transaction(self, *, mends: bool = False) -> Iterator[Connection]:
        """Commits all of it to the disk when the block ends, or nothing of it if the block raises.

        A longer chain is then on the witness's disk too. `mends` is for facts that were here before.

        Raises:
            TillStopped: if the disk is full or the file is damaged; nothing was written.
            ChainIsShort: if something new was written after a gap; nothing of it stands.
        """
        with self._writing, _translated():
            if self._broken is not None:
                raise self._broken
            with self._engine.connect() as connection:
                with connection.begin():
                    before = fact_store.chain_mark(connection) if self.gap is not None and not mends else None
                    yield connection
                    mark = None if self._witness is None else fact_store.chain_mark(connection)
                    if before is not None and self.gap is not None and mark != before:
                        raise ChainIsShort(self.gap)
                    gap = self.gap if self._witness is None or not mends else _gap(connection, mark, self._witness)
                self.gap = gap
                if mark is not None and gap is None:
                    self._bear(mark)

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A consistent look at the file, while others may write."""
        with _translated(), self._engine.connect().execution_options(is_reading=True) as connection:
            yield connection

    def must_reach(self, head: Head) -> None:
        """Takes another's word for how far this chain had come: the witness keeps it, and `gap` says what is missing.

        Raises:
            TillStopped: if the witness can't be written.
        """
        with self._writing:
            if self._witness is None:
                raise RuntimeError("the file has no witness")
            orders = 0 if self._witness.last is None else self._witness.last.orders
            self._bear(Mark(head, orders, is_told=True))
            with self.reading() as connection:
                self.gap = _gap(connection, fact_store.chain_mark(connection), self._witness)

    def note_paper(self, order_number: str, kind: str) -> None:
        """Notes outside the file that a paper of an order is about to go out: whoever has it can prove the sale.

        Raises:
            OSError: if it can't be noted.
        """
        if self._printed is not None:
            with self.reading() as connection:
                mark = fact_store.chain_mark(connection)
            if mark is not None:
                self._printed.note(mark, order_number, kind)

    def lost_papers(self) -> list[str]:
        """Returns the numbers of the orders that papers went out for and that are not here, each once."""
        if self._printed is None:
            return []
        with self.reading() as connection:
            mark = fact_store.chain_mark(connection)
            here = all_numbers(connection)
        mine = (each for each in self._printed.all if mark and each.mark.head.device_id == mark.head.device_id)
        return list(dict.fromkeys(each.order_number for each in mine if each.order_number not in here))

    def close(self) -> None:
        self._engine.dispose()
        if self._witness is not None:
            self._witness.close()
        if self._printed is not None:
            self._printed.close()

    def be_watched_by(self, witness: Witness, printed: PrintedPapers | None = None) -> None:
        """Compares the file with its witness, which from now on sees what is written.

        A witness that can't say anything begins with what is here. A copy of which the witness says that nothing was
        written after it is the file itself.

        Raises:
            TillStopped: if the witness can't be written.
        """
        self._witness, self._printed = witness, printed
        with self._writing:
            with self.reading() as connection:
                mark = fact_store.chain_mark(connection)
                self.gap = _gap(connection, mark, witness)
                is_copy = settings.get(connection, fact_store.COPIED_AT) is not None
            if self.gap is None and is_copy:
                with self.transaction() as connection:
                    settings.drop(connection, fact_store.COPIED_AT)
            if self.gap is None and mark is not None:
                self._bear(mark)

    def _bear(self, mark: Mark) -> None:
        if self._witness is None:
            return
        try:
            self._witness.bear(mark)
        except OSError as error:
            self._broken = TillStopped(
                f"This till's second file can't be written: {error.strerror or error}.",
                "Every sale that showed “Paid” is safe, and the last step is recorded.",
                "Free some space and start the till again. Look for the last sale under Orders before you take money.",
            )
            raise self._broken from error


def _gap(connection: Connection, mark: Mark | None, witness: Witness) -> Gap | None:
    last = witness.last
    if mark is None:
        return None if last is None else Gap(last.head.epoch, 1, last.head.seq)
    if last is not None and last.head.device_id != mark.head.device_id:  # of who this till was before
        last = None
    gap = None if last is None else gap_between(mark.head, last.head, fact_store.hash_at(connection, last.head))
    if gap is None and _may_lack_more(connection, mark, last):
        return Gap(mark.head.epoch, mark.head.seq + 1, mark.head.seq)
    return gap


def _may_lack_more(connection: Connection, mark: Mark, last: Mark | None) -> bool:
    """Returns whether there may have been more than is here: of a copy, and of a chain that ends as the hub told."""
    copied = settings.get(connection, fact_store.COPIED_AT)
    is_end = last is not None and last.head == mark.head
    if copied == fact_store.TWO_COPIES:
        return True
    return is_end if last is not None and last.is_told else not is_end and copied is not None


def _missing_words(gap: Gap) -> str:
    if gap.is_other or not gap.count:
        return "The newest records may be missing in this till's file"
    return f"{gap.count:,} {'record is' if gap.count == 1 else 'records are'} missing in this till's file"


def open_store(path: Path, key_hex: str) -> Store:
    """Returns the store of a file that is made if it is not there, brought to the newest tables.

    Args:
        path: the file.
        key_hex: 64 hex digits; the file is readable with nothing else.

    Raises:
        TillStopped: if this SQLite is not safe, the key is not the file's, or the file is damaged.
    """
    version = sqlcipher3.sqlite_version_info
    if version < SAFE_SQLITE:
        raise TillStopped(
            f"This computer's SQLite ({sqlcipher3.sqlite_version}) can damage the till's file.",
            "Nothing was opened.",
            f"Install the packages that Boxoffice comes with (SQLite {'.'.join(map(str, SAFE_SQLITE))} or later).",
        )
    path.parent.mkdir(parents=True, exist_ok=True)
    (witness, printed), store = _beside(path), Store(_engine(path, key_hex), path)
    try:
        _keep_if_short(store, witness)
        migrate(store)
        store.be_watched_by(witness, printed)
    except BaseException:
        witness.close()
        store.close()
        raise
    return store


def open_copy(path: Path, key_hex: str) -> Store:
    """Returns the store of a copy of a till's file as it lies there, to be read: nothing is brought to new tables.

    Raises:
        TillStopped: if it is not there.
    """
    if not path.exists():
        raise TillStopped(f"There is no file “{path}”.", "Nothing was changed.", "")
    return Store(_engine(path, key_hex, is_copy=True), path)


def _beside(path: Path) -> tuple[Witness, PrintedPapers]:
    """Returns what lies beside a till's file; what its printed papers prove, its witness has seen from now on."""
    try:
        witness, printed = open_witness(path.parent), PrintedPapers(path.with_name(PRINTED))
        last, proved = witness.last, printed.furthest
        if proved is not None and (last is None or last.head.device_id == proved.head.device_id):
            witness.bear(proved)
    except OSError as error:
        raise TillStopped(
            f"This till's second file can't be opened: {error.strerror or error}.",
            "Nothing was changed; the file with this till's sales is still there.",
            "Free some space, or make its folder writable, then start the till again.",
        ) from error
    return witness, printed


def _keep_if_short(store: Store, witness: Witness) -> None:
    """Copies a file that lacks facts aside, log and all, before it is written to: they may still be in there."""
    with store.reading() as connection:
        mark = fact_store.chain_mark(connection) if inspect(connection).has_table("facts") else None
        gap = _gap(connection, mark, witness)
    if gap is not None and gap.count:
        _keep_aside(store.path, f"{store.path.stem}-without-{gap.epoch}-{gap.first}-{gap.last}.db")


def _keep_aside(path: Path, name: str) -> None:
    """Copies a till's file and its log to a name of their own, once.

    Raises:
        TillStopped: if there is no space for it.
    """
    kept = path.with_name(name)
    if kept.exists():
        return
    try:
        for end, target in (("-wal", kept.with_name(f"{name}-wal")), ("", kept.with_name(f"{name}.part"))):
            beside = path.with_name(path.name + end)
            if beside.exists():
                shutil.copyfile(beside, target)
                flush_path(target)
        kept.with_name(f"{name}.part").replace(kept)
    except OSError as error:
        raise TillStopped(
            f"The damaged file could not be kept aside: {error.strerror or error}.",
            "Nothing was changed.",
            "Free some space, then start the till again.",
        ) from error


def _engine(path: Path, key_hex: str, *, is_copy: bool = False) -> Engine:
    if len(bytes.fromhex(key_hex)) != 32:
        raise ValueError("the key of a till's file has 64 hex digits")
    url = URL.create("sqlite+pysqlcipher", password=f"x'{key_hex}'", database=str(path))
    engine = create_engine(
        url, poolclass=QueuePool, pool_size=4, connect_args={"check_same_thread": False}, hide_parameters=True
    )
    if not is_copy:  # one on another disk may be read only
        event.listen(engine, "connect", _prepare)
        event.listen(engine, "connect", _check_safe)
    else:
        event.listen(engine, "connect", _only_read)
    event.listen(engine, "begin", _begin)
    return engine


def _prepare(connection: Any, _record: object) -> None:
    connection.isolation_level = None  # `_begin` says when a transaction begins
    cursor = connection.cursor()
    for pragma, value in (("busy_timeout", _BUSY_TIMEOUT_MS), ("temp_store", "MEMORY"), *_SAFE.items()):
        cursor.execute(f"PRAGMA {pragma} = {value}")
    cursor.close()
    connection.create_function("searchable", -1, lambda *texts: searchable(texts), deterministic=True)


def _only_read(connection: Any, _record: object) -> None:
    connection.isolation_level = None
    connection.execute("PRAGMA query_only = ON")


def _check_safe(connection: Any, _record: object) -> None:
    """Reads back what a power cut is survived by: a setting that a file system or a library does not take is no error.

    Raises:
        TillStopped: naming each setting that is another one.
    """
    cursor = connection.cursor()
    found = {name: cursor.execute(f"PRAGMA {name}").fetchone()[0] for name in _NEEDED}
    cursor.close()
    wrong = [f"{name} is {found[name]}" for name, needed in _NEEDED.items() if found[name] != needed]
    if wrong:
        raise TillStopped(
            f"This till's file could lose sales when the power is cut here ({', '.join(wrong)}).",
            "Nothing was changed.",
            "Put the till's folder on a disk of this computer, not on a network share.",
        )


def _begin(connection: Connection) -> None:
    is_reading = connection.get_execution_options().get("is_reading", False)
    connection.exec_driver_sql("BEGIN" if is_reading else "BEGIN IMMEDIATE")


@contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
    except (DBAPIError, sqlcipher3.DatabaseError) as error:
        stopped = _stopped(str(error))
        if stopped is None:
            raise
        raise stopped from error


def _stopped(text: str) -> TillStopped | None:
    if any(words in text for words in _FULL):
        return TillStopped(
            "The disk is full or does not take writes.",
            "The last step was not recorded; every sale before it is safe.",
            "Free some space, then start the till again.",
        )
    if any(words in text for words in _DAMAGED):
        return TillStopped(
            "The till's file is damaged, or its key is not the one in the keyring.", "Nothing was changed.", _WAY_BACK
        )
    return None

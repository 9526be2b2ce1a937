"""The till's encrypted file: opened safely or not at all; one transaction writes at a time."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import sqlcipher3
from sqlalchemy import URL, Connection, Engine, create_engine, event
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import QueuePool

from boxoffice.core.errors import TillStopped
from boxoffice.core.folding import searchable
from boxoffice.till.store.migrate import migrate

SAFE_SQLITE: Final = (3, 51, 3)
"""Older ones can corrupt a WAL file that two connections use (sqlite.org, release notes of 3.51.3)."""
_BUSY_TIMEOUT_MS: Final = 10_000
_FULL: Final = ("database or disk is full", "disk I/O error")
_DAMAGED: Final = ("file is not a database", "malformed", "database corruption")
_WAY_BACK: Final = (
    "Restore this till's newest backup, or pair it anew: what the hub has is safe there. "
    "Keep the damaged file, it may hold sales that were not sent yet."
)


class Store:
    """All access to the till's file. Reading does not wait for writing; writers wait for each other."""

    def __init__(self, engine: Engine, path: Path) -> None:
        self.path = path
        self._engine = engine
        self._writing = threading.RLock()

    @contextmanager
    def transaction(self) -> Iterator[Connection]:
        """Commits all of it to the disk when the block ends, or nothing of it if the block raises.

        Raises:
            TillStopped: if the disk is full or the file is damaged; nothing was written.
        """
        with self._writing, _translated(), self._engine.connect() as connection, connection.begin():
            yield connection

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A consistent look at the file, while others may write."""
        with _translated(), self._engine.connect().execution_options(is_reading=True) as connection:
            yield connection

    def close(self) -> None:
        self._engine.dispose()


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
    store = Store(_engine(path, key_hex), path)
    try:
        migrate(store)
    except BaseException:
        store.close()
        raise
    return store


def _engine(path: Path, key_hex: str) -> Engine:
    if len(bytes.fromhex(key_hex)) != 32:
        raise ValueError("the key of a till's file has 64 hex digits")
    url = URL.create("sqlite+pysqlcipher", password=f"x'{key_hex}'", database=str(path))
    engine = create_engine(
        url, poolclass=QueuePool, pool_size=4, connect_args={"check_same_thread": False}, hide_parameters=True
    )
    event.listen(engine, "connect", _prepare)
    event.listen(engine, "begin", _begin)
    return engine


def _prepare(connection: Any, _record: object) -> None:
    connection.isolation_level = None  # `_begin` says when a transaction begins
    cursor = connection.cursor()
    for pragma in (
        f"busy_timeout = {_BUSY_TIMEOUT_MS}",
        "journal_mode = WAL",
        "synchronous = FULL",
        "foreign_keys = ON",
        "temp_store = MEMORY",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()
    connection.create_function("searchable", -1, lambda *texts: searchable(texts), deterministic=True)


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

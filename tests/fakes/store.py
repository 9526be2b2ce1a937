"""The till's own tables in memory: made by its migrations, with their triggers and checks, and gone with the test."""

import tempfile
from functools import cache
from itertools import count
from pathlib import Path
from typing import Any, Final

import sqlcipher3
from sqlalchemy import create_engine, event
from sqlalchemy.pool import QueuePool

from boxoffice.core.witness import SIZE_BYTES
from boxoffice.till.store.database import Store, _begin, _prepare, open_store
from boxoffice.till.store.elsewhere import Elsewhere
from boxoffice.till.store.witness import Witness

_TABLES: Final = """
    SELECT sql FROM sqlite_master
    WHERE sql IS NOT NULL AND name NOT GLOB 'sqlite_*' AND name NOT GLOB 'order_words_*' ORDER BY rowid
"""
"""Those of the index are made by itself."""
_number: Final = count(1)


def memory_store() -> Store:
    """Returns a new and empty store; threads share it as they share the till's file."""
    name = f"file:/boxoffice-{next(_number)}?vfs=memdb"  # one that connections share, and with the locks of a file

    def connect() -> Any:
        return sqlcipher3.connect(name, uri=True, check_same_thread=False)

    engine = create_engine("sqlite://", module=sqlcipher3, creator=connect, poolclass=QueuePool, pool_size=4)
    event.listen(engine, "connect", _prepare)
    event.listen(engine, "begin", _begin)
    store = Store(engine, Path("/nowhere/till.db"))
    with store.transaction() as connection:
        for statement in _tables():
            connection.exec_driver_sql(statement)
    store.be_watched_by(Witness(_MemoryBlock()))
    return store


class MemoryElsewhere(Elsewhere):
    """What others sold, in memory."""

    def __init__(self) -> None:
        super().__init__(Path("/elsewhere.db"), "00" * 32)
        self._name = f"file:/elsewhere-{next(_number)}?vfs=memdb"

    def _connect(self) -> Any:
        return sqlcipher3.connect(self._name, uri=True, isolation_level=None, check_same_thread=False)


class _MemoryBlock:
    """A witness's file that is gone with the test."""

    def __init__(self) -> None:
        self._content = bytearray(SIZE_BYTES)

    def read(self) -> bytes:
        return bytes(self._content)

    def write(self, at: int, content: bytes) -> None:
        self._content[at : at + len(content)] = content

    def flush(self) -> None:
        """Memory is never behind."""

    def close(self) -> None:
        """Nothing is open."""


@cache
def _tables() -> tuple[str, ...]:
    """Returns what the migrations make of an empty file."""
    with tempfile.TemporaryDirectory() as folder:
        store = open_store(Path(folder) / "till.db", "5a" * 32)
        with store.reading() as connection:
            made = tuple(connection.exec_driver_sql(_TABLES).scalars())
        store.close()
    return made

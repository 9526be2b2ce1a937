"""Judges at work: one after the other on one connection, or several processes that see the same moment."""

import os
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing import get_context
from typing import Final, Protocol, TypeVar

from sqlalchemy import Connection, text

from sync.store.database import Database

T = TypeVar("T")
Judgement = Callable[[Connection], T]
"""Looks at what the connection sees, and raises what is wrong."""
_MOST: Final = 8
_EXPORT: Final = text("SELECT pg_export_snapshot()")
_SEE: Final = "SET TRANSACTION SNAPSHOT '{}'"


class Judges(Protocol):
    """Lets judgements be made; what is returned waits for one, and raises what it found."""

    def elsewhere(self, judgement: Judgement[T]) -> Callable[[], T]: ...
    def here(self, judgement: Judgement[T]) -> Callable[[], T]: ...


@dataclass(frozen=True, slots=True)
class OneAfterTheOther:
    """Makes each judgement when it is waited for."""

    connection: Connection

    def elsewhere(self, judgement: Judgement[T]) -> Callable[[], T]:
        return self.here(judgement)

    def here(self, judgement: Judgement[T]) -> Callable[[], T]:
        return lambda: judgement(self.connection)


@dataclass(frozen=True, slots=True)
class AllAtOnce:
    """Has judgements made by other processes while one is made here; all see what the connection sees."""

    connection: Connection
    snapshot: str
    url: str
    processes: Executor
    own: Executor

    def elsewhere(self, judgement: Judgement[T]) -> Callable[[], T]:
        return self.processes.submit(_judge, self.url, self.snapshot, judgement).result

    def here(self, judgement: Judgement[T]) -> Callable[[], T]:
        return self.own.submit(judgement, self.connection).result


@contextmanager
def all_at_once(database: Database, connection: Connection) -> Iterator[Judges]:
    """Yields judges that share the processors of this machine; the connection must read repeatably."""
    count = min(os.cpu_count() or 1, _MOST)
    snapshot = str(connection.execute(_EXPORT).scalar_one())
    # Started anew, not forked: this process may have threads.
    processes = ProcessPoolExecutor(count, mp_context=get_context("spawn"))
    with ThreadPoolExecutor(1) as own:
        try:
            yield AllAtOnce(connection, snapshot, database.url, processes, own)
        finally:
            processes.shutdown(cancel_futures=True)


def _judge(url: str, snapshot: str, judgement: Judgement[T]) -> T:
    database = Database(url, 1, is_pooled=True)  # nothing is asked so often that it would be worth preparing
    with database, database.engine.connect().execution_options(isolation_level="REPEATABLE READ") as connection:
        connection.exec_driver_sql(_SEE.format(snapshot))  # a name that Postgres gave; it takes no parameter
        try:
            return judgement(connection)
        finally:
            connection.rollback()

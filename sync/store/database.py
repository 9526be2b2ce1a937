"""The way into Postgres: one engine, transactions that are tried again when Postgres says so."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import TracebackType
from typing import Final, Self, TypeAlias, TypeVar

import psycopg
from sqlalchemy import Connection, Engine, create_engine, event, text
from sqlalchemy.exc import DataError, DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.pool import ConnectionPoolEntry

T = TypeVar("T")

Transaction: TypeAlias = Connection
"""What a page or a route hands on to what asks: only the store and the services speak SQL with it."""
UNREACHABLE: Final = (OperationalError, InterfaceError, PoolTimeout)
"""What is raised if Postgres does not answer, or no connection is free in time: it may be tried again."""
UNSTORABLE: Final = DataError
"""What is raised if Postgres can't store a value, such as one with a zero byte in it."""
_TRIES: Final = 5
_HAS_FACTS: Final = "has_facts"
_AGAIN: Final = (psycopg.errors.DeadlockDetected, psycopg.errors.SerializationFailure)


def sqlalchemy_url(url: str) -> str:
    """Returns a Postgres URL with the driver that the hub uses."""
    scheme, _, rest = url.partition("://")
    return f"postgresql+psycopg://{rest}" if scheme in ("postgres", "postgresql") else url


def note_facts(connection: Connection) -> None:
    """Notes that this transaction has written facts of the hub's own, which are logged once it is over."""
    connection.info[_HAS_FACTS] = True


class Database:
    """Hands out transactions. JIT is off: it only slows down statements as short as ours."""

    def __init__(self, url: str, connections: int = 20, *, is_pooled: bool = False) -> None:
        """Opens nothing yet. Through a pooler nothing is prepared: the next statement may meet another connection."""
        self.url = url
        self.connections = connections
        self.engine: Engine = create_engine(
            sqlalchemy_url(url),
            pool_size=connections,
            max_overflow=0,
            pool_pre_ping=True,
            pool_timeout=10,
            connect_args={"prepare_threshold": None} if is_pooled else {},
            hide_parameters=True,  # an error's text may reach a log, and parameters are people's data
        )
        self._reader = self.engine.execution_options(isolation_level="AUTOCOMMIT")
        event.listen(self.engine, "connect", _set_up)
        event.listen(self.engine, "checkin", self._let_go)
        self._is_closed = False
        self.logs: tuple[Callable[[Database], None], ...] = ()
        """Called once facts stand here, before anybody hears of them; see `note_facts`."""

    @contextmanager
    def transaction(self) -> Iterator[Connection]:
        """Yields a connection whose work is kept if the block ends well, and undone if not."""
        with self.engine.begin() as connection:
            connection.info.pop(_HAS_FACTS, None)
            yield connection
            has_facts = connection.info.pop(_HAS_FACTS, False)
        for log in self.logs if has_facts else ():
            log(self)

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """Yields a connection for a statement that changes nothing, without the cost of a transaction around it."""
        with self._reader.connect() as connection:
            yield connection

    def run(self, work: Callable[[Connection], T]) -> T:
        """Returns what `work` does in one transaction, from its start again if Postgres found a deadlock."""
        for _ in range(_TRIES - 1):
            try:
                with self.transaction() as connection:
                    return work(connection)
            except DBAPIError as error:
                if not isinstance(error.orig, _AGAIN):
                    raise
        with self.transaction() as connection:
            return work(connection)

    def ping(self) -> None:
        """Does nothing if Postgres answers.

        Raises:
            One of `UNREACHABLE`: if not.
        """
        with self.transaction() as connection:
            connection.execute(text("SELECT 1"))

    @property
    def connections_in_use(self) -> int:
        return int(self.engine.pool.checkedout())  # type: ignore[attr-defined]  # a QueuePool has it

    def close(self) -> None:
        """Closes all connections: those at rest now, those at work once it is done."""
        self._is_closed = True
        self.engine.dispose()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def _let_go(self, _connection: object, entry: ConnectionPoolEntry) -> None:
        if self._is_closed:  # or it would go back to a pool that nobody closes any more
            entry.invalidate()


def _set_up(connection: psycopg.Connection[object], _entry: ConnectionPoolEntry) -> None:
    connection.autocommit = True
    connection.execute("SET jit = off")
    connection.execute("SET plan_cache_mode = force_custom_plan")
    connection.execute("SET lock_timeout = '10s'")
    connection.autocommit = False

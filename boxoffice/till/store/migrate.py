"""Brings the till's file to the newest tables."""

from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any, Final, Protocol

from sqlalchemy import Connection, inspect, text

MIGRATIONS: Final = Path(__file__).parent / "migrations"
NEWEST: Final = "0023"
"""The newest revision. Alembic takes 0.2 s to import, so a file that is there already does without."""


class Connecting(Protocol):
    """What a till's file must be able to do to be migrated."""

    def reading(self) -> AbstractContextManager[Connection]: ...
    def transaction(self) -> AbstractContextManager[Connection]: ...


def migrate(store: Connecting) -> None:
    """Applies what is missing, all of it or nothing."""
    with store.reading() as connection:
        is_new = not inspect(connection).has_table("alembic_version")
        if not is_new and connection.scalar(text("SELECT version_num FROM alembic_version")) == NEWEST:
            return
    from alembic import command  # noqa: PLC0415  # 0.19 s of a till's start

    with store.transaction() as connection:
        command.upgrade(_config(connection), "head")


def _config(connection: Connection) -> Any:
    from alembic.config import Config  # noqa: PLC0415  # 0.19 s of a till's start

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["connection"] = connection
    return config

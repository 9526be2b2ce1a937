"""Tells whether the till's tables and its migrations are in step."""

import tempfile
from pathlib import Path

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from boxoffice.till.store.database import open_store
from boxoffice.till.store.migrate import MIGRATIONS, NEWEST
from boxoffice.till.store.tables import metadata

_FULL_TEXT = "order_words"


def _is_ours(name: str | None, kind: str, _parents: object) -> bool:
    """Returns whether a table is described in `tables`: a full-text index and its own tables can't be."""
    return not (kind == "table" and str(name).startswith(_FULL_TEXT))


def check() -> list[str]:
    """Returns every difference between the tables and what the migrations make of an empty file."""
    head = ScriptDirectory(str(MIGRATIONS)).get_current_head()
    wrong = [] if head == NEWEST else [f"the newest migration is {head}, but NEWEST says {NEWEST}"]
    with tempfile.TemporaryDirectory() as folder:
        store = open_store(Path(folder) / "till.db", "00" * 32)
        try:
            with store.reading() as connection:
                context = MigrationContext.configure(connection, opts={"include_name": _is_ours})
                differences = compare_metadata(context, metadata)
        finally:
            store.close()
    return wrong + [str(difference) for difference in differences]

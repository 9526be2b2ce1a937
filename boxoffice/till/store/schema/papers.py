"""What is printed and saved."""

from typing import Final

from sqlalchemy import CheckConstraint, Column, Index, Integer, Table, Text

from boxoffice.till.store.schema.metadata import metadata

papers: Final = Table(
    "papers",
    metadata,
    Column("id", Text, primary_key=True),
    Column("order_id", Text, nullable=False, comment="refers to no row: it tells of an order whose facts are lost"),
    Column("kind", Text, nullable=False),
    Column("way", Text, nullable=False),
    Column("copy", Integer, nullable=False),
    Column("begun_at", Text, nullable=False),
    Column("outcome", Text, nullable=False),
    CheckConstraint("copy >= 0", name="copy"),
    CheckConstraint("outcome IN ('begun', 'done', 'failed')", name="outcome"),
    Index(None, "order_id"),
)
"""What was printed and saved, noted before the printer has it and once it is through."""


print_jobs: Final = Table(
    "print_jobs",
    metadata,
    Column("id", Text, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("about", Text, nullable=False, comment="an order, a shift, or nothing for a test page"),
    Column("title", Text, nullable=False),
    Column("asked_at", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("pieces", Integer, nullable=False),
    Column("done", Integer, nullable=False),
    Column("copy", Integer, nullable=False),
    Column("is_torn", Integer, nullable=False),
    Column("why", Text, nullable=False),
    CheckConstraint("done BETWEEN 0 AND pieces", name="done"),
    CheckConstraint("state IN ('waiting', 'printing', 'stopped', 'printed', 'skipped')", name="state"),
    Index(None, "state"),
)
"""What is to be printed, and how far each has come: written before a paper goes to the printer, and once it is out."""

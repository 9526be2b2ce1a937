"""What this till and the hub have written: facts and postings, and what holds postings to zero."""

from typing import Final

from sqlalchemy import CheckConstraint, Column, ForeignKey, Index, Integer, Table, Text, UniqueConstraint

from boxoffice.till.store.schema.metadata import metadata


def _fact_columns() -> tuple[Column[str] | Column[int], ...]:
    return (
        Column("id", Text, nullable=False, unique=True),
        Column("device_id", Text, nullable=False),
        Column("epoch", Integer, nullable=False),
        Column("seq", Integer, nullable=False),
        Column("kind", Text, nullable=False),
        Column("event_id", Text),
        Column("staff_id", Text),
        Column("occurred_at", Text, nullable=False),
        Column("payload", Text, nullable=False),
        Column("prev_hash", Text, nullable=False),
        Column("hash", Text, nullable=False),
        Column("signature", Text, nullable=False),
    )


facts: Final = Table(
    "facts",
    metadata,
    Column("position", Integer, primary_key=True),
    Column("order_id", Text, comment="of the payload, to find an order's facts"),
    *_fact_columns(),
    UniqueConstraint("device_id", "epoch", "seq"),
    Index(None, "order_id"),
)
"""This till's own facts, in the order in which they were written. Append-only."""


hub_facts: Final = Table(
    "hub_facts",
    metadata,
    Column("position", Integer, primary_key=True),
    Column("order_id", Text),
    Column("after_position", Integer, nullable=False, comment="of this till's newest fact when it came"),
    Column("is_applied", Integer, nullable=False, comment="0 for one that contradicts what is here"),
    *_fact_columns(),
    UniqueConstraint("device_id", "epoch", "seq"),
    Index(None, "order_id"),
)
"""Facts that the hub wrote about this till's orders and leases. Append-only."""


ledger_postings: Final = Table(
    "ledger_postings",
    metadata,
    Column("fact_id", Text, primary_key=True),
    Column("line", Integer, primary_key=True),
    Column("account", Text, nullable=False),
    Column("amount", Integer, nullable=False),
    Column("currency", Text, nullable=False),
)
"""Append-only; the postings of a fact sum to zero by currency, or the transaction does not commit."""


never: Final = Table("never", metadata, Column("id", Text, CheckConstraint("0", name="empty"), primary_key=True))
"""Always empty: what refers to it can't be committed."""


unbalanced: Final = Table(
    "unbalanced",
    metadata,
    Column(
        "fact_id",
        Text,
        ForeignKey("never.id", deferrable=True, initially="DEFERRED"),
        primary_key=True,
    ),
    Column("currency", Text, primary_key=True),
)
"""Facts whose postings don't sum to zero at this moment of a transaction; a trigger keeps it."""

"""What the hub is asked to do, and what it has told besides facts."""

from typing import Final

from sqlalchemy import CheckConstraint, Column, ForeignKey, Index, Integer, Table, Text

from boxoffice.till.store.schema.metadata import metadata

outbox_mails: Final = Table(
    "outbox_mails",
    metadata,
    Column("id", Text, primary_key=True),
    Column("order_id", Text, ForeignKey("orders.id"), nullable=False),
    Column("email", Text, nullable=False),
    Column("is_sent", Integer, nullable=False, server_default="0"),
    Column("status", Text, nullable=False, server_default="waiting"),
    Column("looks", Integer, nullable=False, server_default="0"),
)
"""Mails that the hub is asked to send; they wait here while it can't be reached."""


hub_requests: Final = Table(
    "hub_requests",
    metadata,
    Column("id", Text, primary_key=True),
    Column("order_id", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("body", Text, nullable=False, comment="the message"),
    Column("state", Text, nullable=False),
    Column("why", Text, nullable=False, server_default=""),
    Column("asked_at", Text, nullable=False),
    CheckConstraint("state IN ('waiting', 'done', 'refused')", name="state"),
    Index(None, "order_id"),
)
"""What the hub is asked to do about orders: it waits here, and is asked for again, until the hub has answered."""


hub_problems: Final = Table(
    "hub_problems",
    metadata,
    Column("place", Integer, primary_key=True),
    Column("body", Text, nullable=False, comment="a ProblemMessage"),
)
"""What is open at the hub about this till and its orders, as it said last: replaced as a whole."""

"""The tables of events, their pools, and the leases of them."""

from typing import Final

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    DateTime,
    ForeignKey,
    ForeignKeyConstraint,
    Integer,
    LargeBinary,
    Table,
    Text,
)
from sqlalchemy.dialects.postgresql import JSONB

from sync.store.schema.metadata import metadata, now_by_default

events: Final = Table(
    "events",
    metadata,
    Column("id", Text, primary_key=True),
    Column("revision", Integer, nullable=False),
    Column("name", Text, nullable=False),
    Column("timezone", Text, nullable=False),
    Column("currency", Text, nullable=False),
    Column("file", JSONB, nullable=False),
    Column("public_key", Text, nullable=False),
    Column("sealed_key", LargeBinary, nullable=False),
    now_by_default("created_at"),
    now_by_default("revised_at"),
)
pools: Final = Table(
    "pools",
    metadata,
    Column("event_id", Text, ForeignKey("events.id"), primary_key=True),
    Column("id", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("capacity", Integer, nullable=False),
    Column("available", Integer, nullable=False),
    Column("leased", Integer, nullable=False, server_default="0"),
    Column("held", Integer, nullable=False, server_default="0"),
    Column("sold", Integer, nullable=False, server_default="0"),
    CheckConstraint("capacity >= 0 AND available >= 0 AND leased >= 0 AND held >= 0 AND sold >= 0", name="no_oversell"),
    CheckConstraint("capacity = available + leased + held + sold", name="in_balance"),
)
device_leases: Final = Table(
    "device_leases",
    metadata,
    Column("device_id", Text, ForeignKey("devices.id"), primary_key=True),
    Column("event_id", Text, primary_key=True),
    Column("pool_id", Text, primary_key=True),
    Column("granted", Integer, nullable=False, server_default="0"),
    Column("sold", Integer, nullable=False, server_default="0"),
    Column("returned", Integer, nullable=False, server_default="0"),
    Column("reclaimed", Integer, nullable=False, server_default="0"),
    Column("generation", Integer, nullable=False, server_default="0"),
    Column("last_sold_at", DateTime(timezone=True)),
    Column("counted_sold", Integer, nullable=False, server_default="0"),
    Column("counted_at", DateTime(timezone=True)),
    ForeignKeyConstraint(["event_id", "pool_id"], ["pools.event_id", "pools.id"]),
    CheckConstraint("granted >= 0 AND sold >= 0 AND returned >= 0", name="not_negative"),
    CheckConstraint("granted >= sold + returned", name="no_oversell"),
)
"""`returned` counts what a till gave back and what was `reclaimed` from it. `counted_sold` is what it had sold when its
rate was looked at last. `generation` is which grants all that is left is of."""
lease_recalls: Final = Table(
    "lease_recalls",
    metadata,
    Column("device_id", Text, ForeignKey("devices.id"), primary_key=True),
    Column("event_id", Text, primary_key=True),
    Column("pool_id", Text, primary_key=True),
    Column("units", Integer, nullable=False),
    Column("asked_by", Text, nullable=False, server_default=""),
    now_by_default("asked_at"),
    Column("ends_at", DateTime(timezone=True), nullable=False),
    Column("answered_at", DateTime(timezone=True)),
    Column("left_then", Integer),
    ForeignKeyConstraint(["event_id", "pool_id"], ["pools.event_id", "pools.id"]),
)
"""What a till was asked to give back, until it has or until `ends_at`. `asked_by` is an organizer, or nobody.

`left_then` is what it said it could still give after it had answered.
"""
pool_claims: Final = Table(
    "pool_claims",
    metadata,
    Column("id", BigInteger, primary_key=True, autoincrement=False),
    Column("event_id", Text, primary_key=True),
    Column("pool_id", Text, primary_key=True),
    Column("device_id", Text, nullable=False, server_default=""),
    Column("units", Integer, nullable=False),
    Column("ends_at", DateTime(timezone=True), nullable=False),
)
"""Who waits, for a moment, for units that tills give back: the lower `id` first. `device_id` is empty for a buyer."""
lease_requests: Final = Table(
    "lease_requests",
    metadata,
    Column("device_id", Text, ForeignKey("devices.id"), primary_key=True),
    Column("request_id", Text, primary_key=True),
    Column("fact_ids", JSONB, nullable=False),
    now_by_default("created_at"),
)

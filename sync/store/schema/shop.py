"""The tables of the web shop."""

from typing import Final

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    DateTime,
    ForeignKey,
    Identity,
    Index,
    Integer,
    Table,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB

from sync.store.schema.metadata import metadata, now_by_default, optional_time

holds: Final = Table(
    "holds",
    metadata,
    Column("order_id", Text, ForeignKey("orders.id"), primary_key=True),
    Column("attempt", Text, nullable=False, unique=True),
    Column("buyer", Text, nullable=False),
    Column("promo", Text),
    Column("is_promo_counted", Boolean, nullable=False, server_default=text("false")),
    Column("language", Text, nullable=False, server_default="en"),
    Column("analytics_client", Text),
    Column("line_number", BigInteger),
    Column("expires_at", DateTime(timezone=True), nullable=False),
    now_by_default("created_at"),
    Index("ix_holds_buyer", "buyer", "created_at"),
    Index("ix_holds_expires_at", "expires_at"),
    Index("ix_holds_line_number", "line_number", postgresql_where=text("line_number IS NOT NULL")),
    Index("ix_holds_analytics_client", "analytics_client", postgresql_where=text("analytics_client IS NOT NULL")),
)
analytics_events: Final = Table(
    "analytics_events",
    metadata,
    Column("id", BigInteger, Identity(), primary_key=True),
    Column("name", Text, nullable=False),
    Column("key", Text, nullable=False),
    Column("order_id", Text, ForeignKey("orders.id"), nullable=False, index=True),
    Column("details", JSONB, nullable=False),
    Column("status", Text, nullable=False, server_default="queued"),
    now_by_default("created_at"),
    optional_time("told_at"),
    UniqueConstraint("name", "key"),
    CheckConstraint("status IN ('queued', 'telling', 'told', 'unknown', 'dropped')", name="status"),
)
promo_uses: Final = Table(
    "promo_uses",
    metadata,
    Column("event_id", Text, ForeignKey("events.id"), primary_key=True),
    Column("code", Text, primary_key=True),
    Column("uses", Integer, nullable=False, server_default="0"),
    CheckConstraint("uses >= 0", name="uses"),
)
idempotency_keys: Final = Table(
    "idempotency_keys",
    metadata,
    Column("key", Text, primary_key=True),
    Column("path", Text, primary_key=True),
    Column("body_hash", Text, nullable=False),
    Column("order_id", Text, nullable=False),
    Column("answer", JSONB),
    now_by_default("created_at"),
    Index(None, "created_at"),
)
status_updates: Final = Table(
    "status_updates",
    metadata,
    Column("id", BigInteger, primary_key=True),
    Column("words", Text, nullable=False),
    Column("by", Text, nullable=False),
    now_by_default("at"),
    optional_time("withdrawn_at"),
)
lines: Final = Table(
    "lines",
    metadata,
    Column("channel", Text, primary_key=True),
    Column("per_minute", Integer, nullable=False, server_default="0"),
    Column("joined", BigInteger, nullable=False, server_default="0"),
    now_by_default("next_turn"),
    CheckConstraint("per_minute BETWEEN 0 AND 100000", name="per_minute"),
)

"""The tables of what is under way at the payment providers, and what they told."""

from typing import Final

from sqlalchemy import (
    BigInteger,
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
    func,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB

from sync.store.schema.metadata import metadata, now_by_default, optional_time

provider_fees: Final = Table(
    "provider_fees",
    metadata,
    Column("provider", Text, primary_key=True),
    Column("reference", Text, primary_key=True),
    Column("amount", BigInteger),
    now_by_default("asked_at"),
    CheckConstraint("provider IN ('stripe', 'paypal')", name="provider"),
)
payouts: Final = Table(
    "payouts",
    metadata,
    Column("id", Text, primary_key=True),
    Column("provider", Text, nullable=False),
    Column("reference", Text, nullable=False),
    Column("amount", BigInteger, nullable=False),
    Column("currency", Text, nullable=False),
    Column("status", Text, nullable=False),
    UniqueConstraint("provider", "reference"),
    CheckConstraint("provider IN ('stripe', 'paypal')", name="provider"),
)
refund_calls: Final = Table(
    "refund_calls",
    metadata,
    Column("refund_id", Text, ForeignKey("refunds.id"), primary_key=True),
    Column("state", Text, nullable=False, server_default="queued"),
    Column("provider_reference", Text, index=True),
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("key_number", Integer, nullable=False, server_default="0"),
    optional_time("asked_at"),
    Column("last_error", Text),
    now_by_default("created_at"),
    CheckConstraint("state IN ('queued', 'pending', 'done')", name="state"),
)
payment_events: Final = Table(
    "payment_events",
    metadata,
    Column("id", BigInteger, Identity(), primary_key=True),
    Column("provider", Text, nullable=False),
    Column("event_id", Text, nullable=False),
    Column("event_type", Text, nullable=False),
    Column("payload", JSONB, nullable=False),
    Column("status", Text, nullable=False, server_default="received"),
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("order_id", Text, index=True),
    Column("last_error", Text),
    now_by_default("received_at"),
    optional_time("processed_at"),
    UniqueConstraint("provider", "event_id"),
    CheckConstraint("status IN ('received', 'processed', 'ignored', 'dead')", name="status"),
)
checkouts: Final = Table(
    "checkouts",
    metadata,
    Column("tender_id", Text, primary_key=True),
    Column("order_id", Text, ForeignKey("orders.id"), nullable=False, index=True),
    Column("device_id", Text, ForeignKey("devices.id"), nullable=False),
    Column("event_id", Text, ForeignKey("events.id"), nullable=False),
    Column("code", Text, nullable=False, unique=True),
    Column("provider", Text, nullable=False, server_default="stripe"),
    Column("switches", Integer, nullable=False, server_default="0"),
    Column("amount", BigInteger, nullable=False),
    Column("currency", Text, nullable=False),
    Column("status", Text, nullable=False, server_default="open"),
    Column("session_id", Text, unique=True),
    Column("session_url", Text),
    Column("held_reason", Text),
    Column("wording", JSONB(none_as_null=True)),
    Column("closes_at", DateTime(timezone=True), nullable=False),
    Column("session_expires_at", DateTime(timezone=True), nullable=False),
    Column("close_attempts", Integer, nullable=False, server_default="0"),
    optional_time("next_close_at"),
    optional_time("lost_at"),
    optional_time("opened_at"),
    optional_time("asked_at"),
    now_by_default("created_at"),
    CheckConstraint("amount > 0", name="amount"),
    CheckConstraint("status IN ('open', 'opened', 'paying', 'paid', 'expired', 'failed')", name="status"),
    CheckConstraint("provider IN ('stripe', 'stripe_intent', 'paypal')", name="provider"),
    Index("ix_checkouts_live", "closes_at", postgresql_where=text("status IN ('open', 'opened', 'paying')")),
)
declines: Final = Table(
    "declines",
    metadata,
    Column("attempt", Text, primary_key=True),
    Column("tender_id", Text, nullable=False, index=True),
    Column("code", Text, nullable=False),
    Column("at", DateTime(timezone=True), nullable=False, server_default=func.now(), index=True),
)
switches: Final = Table(
    "switches",
    metadata,
    Column("channel", Text, primary_key=True),
    Column("share", Integer, nullable=False),
    Column("message", Text, nullable=False, server_default=""),
    Column("by", Text, nullable=False, server_default=""),
    now_by_default("since"),
    CheckConstraint("share BETWEEN 0 AND 100", name="share"),
)

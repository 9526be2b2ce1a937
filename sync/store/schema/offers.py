"""The table of offers: what tills with no network have signed, and attendees opened on their own."""

from typing import Final

from sqlalchemy import BigInteger, CheckConstraint, Column, DateTime, ForeignKey, Table, Text

from sync.store.schema.metadata import metadata, now_by_default, optional_time

offers: Final = Table(
    "offers",
    metadata,
    Column("tender_id", Text, primary_key=True),
    Column("order_id", Text, nullable=False, index=True),  # it may not be there yet
    Column("device_id", Text, ForeignKey("devices.id"), nullable=False),
    Column("event_id", Text, ForeignKey("events.id"), nullable=False),
    Column("order_number", Text, nullable=False),
    Column("amount", BigInteger, nullable=False),
    Column("currency", Text, nullable=False),
    Column("status", Text, nullable=False, server_default="open"),
    Column("session_id", Text, unique=True),
    Column("session_url", Text),
    Column("reference", Text),
    Column("paid_amount", BigInteger),
    Column("closes_at", DateTime(timezone=True), nullable=False),
    Column("session_expires_at", DateTime(timezone=True), nullable=False),
    optional_time("paid_at"),
    now_by_default("created_at"),
    CheckConstraint("amount > 0", name="amount"),
    CheckConstraint("status IN ('open', 'paid', 'ended', 'settled', 'returned')", name="status"),
    CheckConstraint(
        "status NOT IN ('paid', 'returned') OR (reference IS NOT NULL AND paid_amount IS NOT NULL)", name="reference"
    ),
)

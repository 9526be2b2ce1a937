"""The tables of what is mailed."""

from typing import Final

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from sync.store.schema.metadata import metadata, now_by_default, optional_time

mails: Final = Table(
    "mails",
    metadata,
    Column("id", Text, primary_key=True),
    Column("order_id", Text, ForeignKey("orders.id"), nullable=False, index=True),
    Column("device_id", Text, ForeignKey("devices.id")),
    Column("email", Text, nullable=False),
    Column("kind", Text, nullable=False, server_default="tickets"),
    Column("status", Text, nullable=False, server_default="queued"),
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("message_id", Text),
    Column("last_error", Text),
    now_by_default("created_at"),
    optional_time("sent_at"),
    Column("by", Text),
    Column("refund_id", Text, unique=True),
    Column("returned_refund_id", Text, unique=True),
    Column("cancellation_id", Text),  # what was cancelled or moved, if it tells of that
    Column("card_id", Text),  # the gift card whose code it brings
    CheckConstraint("status IN ('queued', 'sent', 'failed', 'delivered', 'bounced')", name="status"),
    Index(
        "uq_mails_cancellation",
        "cancellation_id",
        "order_id",
        unique=True,
        postgresql_where=text("cancellation_id IS NOT NULL"),
    ),
)
link_renewals: Final = Table(
    "link_renewals",
    metadata,
    Column("id", BigInteger, autoincrement=True, primary_key=True),
    Column("order_id", Text, ForeignKey("orders.id"), nullable=False, index=True),
    Column("by", Text, nullable=False),
    now_by_default("at"),
)
notices: Final = Table(
    "notices",
    metadata,
    Column("id", Text, primary_key=True),
    Column("event_id", Text, ForeignKey("events.id"), nullable=False),
    Column("subject", Text, nullable=False),
    Column("words", Text, nullable=False),
    Column("subject_es", Text, nullable=False, server_default=""),
    Column("words_es", Text, nullable=False, server_default=""),
    Column("status", Text, nullable=False, server_default="draft"),
    Column("by", Text, nullable=False, server_default=""),
    now_by_default("created_at"),
    CheckConstraint("status IN ('draft', 'sending', 'stopped', 'sent')", name="status"),
)
notice_mails: Final = Table(
    "notice_mails",
    metadata,
    Column("id", Text, primary_key=True),
    Column("notice_id", Text, ForeignKey("notices.id"), nullable=False),
    Column("email", Text, nullable=False),
    Column("language", Text, nullable=False, server_default="en"),
    Column("status", Text, nullable=False, server_default="queued"),
    Column("last_error", Text),
    optional_time("sent_at"),
    UniqueConstraint("notice_id", "email"),
    CheckConstraint("status IN ('queued', 'sent', 'failed', 'delivered', 'bounced')", name="status"),
)
report_mails: Final = Table(
    "report_mails",
    metadata,
    Column("id", Text, primary_key=True),
    Column("shift_id", Text, ForeignKey("shifts.id"), nullable=False, index=True),
    Column("email", Text, nullable=False),
    Column("language", Text, nullable=False),
    Column("status", Text, nullable=False, server_default="queued"),
    Column("message_id", Text),
    Column("last_error", Text),
    now_by_default("created_at"),
    optional_time("sent_at"),
    CheckConstraint("status IN ('queued', 'sent', 'failed')", name="status"),
)

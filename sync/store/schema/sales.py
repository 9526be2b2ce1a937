"""What sales reports are counted from, and the views of them that organizers keep."""

from typing import Final

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Date,
    DateTime,
    ForeignKey,
    Index,
    Integer,
    Table,
    Text,
    UniqueConstraint,
)

from boxoffice.core.closed_sets import listed
from boxoffice.core.sales_entries import EntryKind, Side
from sync.store.schema.metadata import metadata, now_by_default, optional_time

sales_entries: Final = Table(
    "sales_entries",
    metadata,
    Column("order_id", Text, ForeignKey("orders.id"), primary_key=True),
    Column("n", Integer, primary_key=True),
    Column("event_id", Text, nullable=False),
    Column("at", DateTime(timezone=True), nullable=False),
    Column("side", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("product_id", Text, nullable=False, server_default=""),
    Column("name", Text, nullable=False, server_default=""),
    Column("option", Text, nullable=False, server_default=""),
    Column("is_ticket", Boolean, nullable=False, server_default="false"),
    Column("quantity", Integer, nullable=False, server_default="0"),
    Column("orders", Integer, nullable=False, server_default="0", comment="1 of the first that an order sold"),
    Column("full_price", BigInteger, nullable=False, server_default="0"),
    Column("discount", BigInteger, nullable=False, server_default="0"),
    Column("tax", BigInteger, nullable=False, server_default="0"),
    Column("paid", BigInteger, nullable=False, server_default="0"),
    Column("tender", Text, nullable=False, server_default=""),
    Column("tenders", Text, nullable=False, comment="all that its order was paid with, each between spaces"),
    Column("channel", Text, nullable=False),
    Column("device_id", Text, nullable=False),
    Column("staff_id", Text, nullable=False, server_default=""),
    CheckConstraint(f"side IN ({listed(Side)})", name="side"),
    CheckConstraint(f"kind IN ({listed(EntryKind)})", name="kind"),
    Index("ix_sales_entries_event_at", "event_id", "at"),
)
sales_read: Final = Table(
    "sales_read",
    metadata,
    Column("event_id", Text, primary_key=True),
    Column("until", BigInteger, nullable=False, comment="the transaction before which all changes are counted"),
)
report_views: Final = Table(
    "report_views",
    metadata,
    Column("id", Text, primary_key=True),
    Column("organizer_id", BigInteger, ForeignKey("organizers.id", ondelete="CASCADE"), nullable=False),
    Column("name", Text, nullable=False),
    Column("asked", Text, nullable=False, comment="the page's own query"),
    Column("language", Text, nullable=False, server_default="en"),
    Column("is_mailed", Boolean, nullable=False, server_default="false"),
    now_by_default("created_at"),
    UniqueConstraint("organizer_id", "name"),
)
view_mails: Final = Table(
    "view_mails",
    metadata,
    Column("id", Text, primary_key=True),
    Column("view_id", Text, ForeignKey("report_views.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("day", Date, nullable=False),
    Column("status", Text, nullable=False, server_default="queued"),
    Column("message_id", Text),
    Column("last_error", Text),
    optional_time("sent_at"),
    UniqueConstraint("view_id", "day"),
    CheckConstraint("status IN ('queued', 'sent', 'failed')", name="status"),
)

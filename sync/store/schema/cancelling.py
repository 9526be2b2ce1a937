"""What was cancelled or moved, whom it concerns, and what goes back to whom: beside the facts of orders and money."""

from typing import Final

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Date,
    ForeignKey,
    Identity,
    Index,
    Table,
    Text,
    false,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB

from sync.store.schema.metadata import metadata, now_by_default, optional_time

cancellations: Final = Table(
    "cancellations",
    metadata,
    Column("id", Text, primary_key=True),
    Column("event_id", Text, ForeignKey("events.id"), nullable=False, index=True),
    Column("kind", Text, nullable=False),
    Column("subject", Text, nullable=False, server_default=""),  # the day, or the product
    Column("products", JSONB(none_as_null=True)),  # those that it concerns; null for all of the event's
    Column("ended", JSONB(none_as_null=True)),  # those that are not sold any more; null for all
    Column("goods", Boolean, nullable=False, server_default=false()),
    Column("donations", Boolean, nullable=False, server_default=false()),
    Column("status", Text, nullable=False, server_default="running"),
    Column("subject_en", Text, nullable=False),
    Column("words_en", Text, nullable=False),
    Column("subject_es", Text, nullable=False, server_default=""),
    Column("words_es", Text, nullable=False, server_default=""),
    Column("refund_until", Date),  # of an event that was moved: the last day on which who can't come gets it back
    Column("days", JSONB(none_as_null=True)),  # of an event that was moved: which day went where
    Column("by", Text, nullable=False),
    now_by_default("begun_at"),
    optional_time("paced_until"),  # until when refunds are given to the jobs already
    CheckConstraint("kind IN ('event', 'day', 'product', 'move')", name="kind"),
    CheckConstraint("status IN ('running', 'paused')", name="status"),
)
cancelled_orders: Final = Table(
    "cancelled_orders",
    metadata,
    Column("cancellation_id", Text, ForeignKey("cancellations.id"), primary_key=True),
    Column("order_id", Text, ForeignKey("orders.id"), primary_key=True, index=True),
    Column("is_late", Boolean, nullable=False, server_default=false()),  # sold before its seller heard of it
    Column("asks", Text, nullable=False, server_default=""),  # what its buyer asked back by the mail's link
    now_by_default("added_at"),
    optional_time("settled_at"),
    Column("problem", Text),
    Index("ix_cancelled_orders_open", "cancellation_id", "order_id", postgresql_where=text("settled_at IS NULL")),
)
cancelled_items: Final = Table(
    "cancelled_items",
    metadata,
    Column("id", BigInteger, Identity(), primary_key=True),
    Column("cancellation_id", Text, ForeignKey("cancellations.id"), nullable=False, index=True),
    Column("order_id", Text, ForeignKey("orders.id"), nullable=False, index=True),
    Column("payment_id", Text, ForeignKey("payments.id")),  # null where nothing had been paid
    Column("tender", Text, nullable=False),
    Column("amount", BigInteger, nullable=False),
    Column("before", BigInteger, nullable=False, server_default="0"),  # what of the payment had gone back before
    Column("refund_id", Text, unique=True),  # null for what goes back by hand
    optional_time("released_at"),
    Column("disputed", BigInteger, nullable=False, server_default="0"),
    now_by_default("at"),
    CheckConstraint("amount >= 0", name="amount"),
)

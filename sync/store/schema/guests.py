"""The guest list: what stands beside the orders that are given to guests. Names and addresses are the orders' own."""

from typing import Final

from sqlalchemy import CheckConstraint, Column, ForeignKey, Index, Integer, Table, Text, text

from boxoffice.core.closed_sets import listed
from boxoffice.core.deliveries import Delivery
from sync.store.schema.metadata import metadata, now_by_default, optional_time

guests: Final = Table(
    "guests",
    metadata,
    Column("order_id", Text, ForeignKey("orders.id"), primary_key=True),
    Column("event_id", Text, ForeignKey("events.id"), nullable=False),
    Column("key", Text, nullable=False, comment="who it is and what they get: the same guest is on the list once"),
    Column("product_id", Text, nullable=False),
    Column("tickets", Integer, nullable=False),
    Column("held_for", Text, nullable=False),
    Column("delivery", Text, nullable=False),
    Column("added_by", Text, nullable=False),
    now_by_default("added_at"),
    Column("cancelled_by", Text),
    optional_time("cancelled_at"),
    Column("cancelled_why", Text),
    CheckConstraint("tickets > 0", name="tickets"),
    CheckConstraint(f"delivery IN ({listed(Delivery)})", name="delivery"),
    Index("ix_guests_event_id", "event_id", "added_at"),
    Index("uq_guests_key", "event_id", "key", unique=True, postgresql_where=text("cancelled_at IS NULL")),
)

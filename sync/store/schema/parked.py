"""Carts that wait for their customer: whose each is, and who wants it."""

from typing import Final

from sqlalchemy import Column, DateTime, ForeignKey, Index, Table, Text
from sqlalchemy.dialects.postgresql import JSONB

from sync.store.schema.metadata import metadata, now_by_default, optional_time

parked_carts: Final = Table(
    "parked_carts",
    metadata,
    Column("id", Text, primary_key=True),
    Column("event_id", Text, ForeignKey("events.id"), nullable=False),
    Column("device_id", Text, ForeignKey("devices.id"), nullable=False, comment="the one till that can let go of it"),
    Column("body", JSONB, nullable=False),
    Column("parked_at", DateTime(timezone=True), nullable=False),
    now_by_default("known_at"),
    Column("wanted_by", Text, ForeignKey("devices.id")),
    optional_time("wanted_at"),
    Index(None, "event_id"),
)

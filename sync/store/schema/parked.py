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
    optional_time("handed_at"),  # its till was given it, and has not said that it waits there
    optional_time("gone_at"),  # it was taken up; it stays for a while, for a till that has not heard so
    Index(None, "event_id"),
)

"""Customers at kiosks who ask for help: one call a kiosk."""

from typing import Final

from sqlalchemy import Column, ForeignKey, Index, Table, Text

from sync.store.schema.metadata import metadata, now_by_default

help_calls: Final = Table(
    "help_calls",
    metadata,
    Column("device_id", Text, ForeignKey("devices.id"), primary_key=True),
    Column("id", Text, nullable=False),
    Column("event_id", Text, ForeignKey("events.id"), nullable=False),
    Column("doing", Text, nullable=False),
    now_by_default("called_at"),
    Column("answered_by", Text),
    Index(None, "event_id"),
)

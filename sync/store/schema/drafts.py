"""Events that are being changed by organizers, and which revision each till has taken."""

from typing import Final

from sqlalchemy import Column, DateTime, ForeignKey, Integer, Table, Text
from sqlalchemy.dialects.postgresql import JSONB

from sync.store.schema.metadata import metadata, now_by_default

event_drafts: Final = Table(
    "event_drafts",
    metadata,
    Column("event_id", Text, primary_key=True),
    Column("file", JSONB, nullable=False),
    Column("base", Integer, nullable=False, server_default="0"),
    Column("version", Integer, nullable=False, server_default="1"),
    Column("copied_from", Text),
    Column("created_by", Text, nullable=False),
    now_by_default("created_at"),
    Column("changed_by", Text, nullable=False),
    now_by_default("changed_at"),
)
"""The event file as it shall become; `base` is the revision that it began from, 0 for an event that is in none yet.

It may be incomplete: what is published is checked. `version` counts what was saved: who saves names the one that they
saw.
"""
event_takings: Final = Table(
    "event_takings",
    metadata,
    Column("device_id", Text, ForeignKey("devices.id"), primary_key=True),
    Column("event_id", Text, ForeignKey("events.id"), primary_key=True),
    Column("revision", Integer, nullable=False),
    Column("taken_at", DateTime(timezone=True), nullable=False),
)
"""The newest revision that each till has fetched."""

"""The tables of devices: the tills, how they are paired, and their keys."""

from typing import Final

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    DateTime,
    ForeignKey,
    Identity,
    Index,
    Integer,
    LargeBinary,
    Table,
    Text,
)

from sync.store.schema.metadata import metadata, now_by_default, optional_time

devices: Final = Table(
    "devices",
    metadata,
    Column("id", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("status", Text, nullable=False, server_default="active"),
    Column("kind", Text, nullable=False, server_default="till"),
    Column("code", Text, unique=True),
    Column("public_key", Text, nullable=False),
    Column("token_hash", Text, unique=True),
    Column("app_version", Text, nullable=False, server_default=""),
    now_by_default("created_at"),
    optional_time("last_seen_at"),
    Column("unsent_facts", Integer),
    optional_time("revoked_at"),
    Column("stripe_key_id", Text),
    Column("former_token_hash", Text, unique=True),
    Column("heard_in_life", Text),
    optional_time("told_all_at"),
    CheckConstraint("status IN ('active', 'suspect', 'revoked')", name="status"),
    CheckConstraint("kind IN ('till', 'hub')", name="kind"),
)
till_keys: Final = Table(
    "till_keys",
    metadata,
    Column("id", Text, primary_key=True),
    Column("device_id", Text, ForeignKey("devices.id")),
    Column("sealed", LargeBinary, nullable=False),
    Column("hint", Text, nullable=False),
    Column("by", Text, nullable=False, server_default=""),
    now_by_default("created_at"),
)
leaked_keys: Final = Table(
    "leaked_keys",
    metadata,
    Column("device_id", Text, ForeignKey("devices.id"), primary_key=True),
    Column("key_id", Text, primary_key=True),
    Column("hint", Text, nullable=False),
    Column("is_shared", Boolean, nullable=False),
    now_by_default("since"),
    optional_time("ended_at"),
    Column("ended_by", Text, nullable=False, server_default=""),
)
pairing_codes: Final = Table(
    "pairing_codes",
    metadata,
    Column("code_hash", Text, primary_key=True),
    Column("name", Text),
    now_by_default("created_at"),
    Column("expires_at", DateTime(timezone=True), nullable=False),
    optional_time("used_at"),
    Column("device_id", Text, ForeignKey("devices.id")),
)
attempts: Final = Table(
    "attempts",
    metadata,
    Column("id", BigInteger, Identity(), primary_key=True),
    Column("scope", Text, nullable=False),
    Column("who", Text, nullable=False),
    now_by_default("at"),
    Index(None, "scope", "who", "at"),
)

"""The tables of who works with the hub, and of its own processes."""

from typing import Final

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    DateTime,
    ForeignKey,
    Identity,
    Integer,
    Table,
    Text,
)
from sqlalchemy.dialects.postgresql import ARRAY

from sync.store.schema.metadata import metadata, now_by_default

processes: Final = Table(
    "processes",
    metadata,
    Column("id", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("answers", ARRAY(BigInteger), nullable=False),
    Column("errors", BigInteger, nullable=False),
    Column("connections_in_use", Integer, nullable=False),
    Column("connections", Integer, nullable=False),
    Column("silent", ARRAY(Text), nullable=False, server_default="{}"),
    now_by_default("told_at"),
    prefixes=["UNLOGGED"],
)
organizers: Final = Table(
    "organizers",
    metadata,
    Column("id", BigInteger, Identity(), primary_key=True),
    Column("email", Text, nullable=False, unique=True),
    Column("password_hash", Text, nullable=False),
    Column("role", Text, nullable=False, server_default="admin"),
    now_by_default("created_at"),
    CheckConstraint("role IN ('viewer', 'finance', 'admin')", name="role"),
)
staff_credentials: Final = Table(
    "staff_credentials",
    metadata,
    Column("staff_id", Text, ForeignKey("staff.id"), primary_key=True),
    Column("pin", Text, nullable=False, server_default=""),
    Column("pin_digits", Integer, nullable=False, server_default="0"),
    Column("pin_set_at", DateTime(timezone=True)),
    Column("badge_set_at", DateTime(timezone=True)),
)
"""What staff sign in with at tills: of a PIN an argon2id verifier, of a badge nothing (it follows from its number)."""
pin_links: Final = Table(
    "pin_links",
    metadata,
    Column("staff_id", Text, ForeignKey("staff.id"), primary_key=True),
    Column("token_hash", Text, unique=True),
    Column("email", Text, nullable=False),
    Column("expires_at", DateTime(timezone=True), nullable=False),
)
"""Links by which people choose their own PIN, until they have; without a hash, one that was not mailed yet."""
sign_in_links: Final = Table(
    "sign_in_links",
    metadata,
    Column("token_hash", Text, primary_key=True),
    Column("organizer_id", BigInteger, ForeignKey("organizers.id", ondelete="CASCADE"), nullable=False),
    Column("expires_at", DateTime(timezone=True), nullable=False),
)
sessions: Final = Table(
    "sessions",
    metadata,
    Column("token_hash", Text, primary_key=True),
    Column("organizer_id", BigInteger, ForeignKey("organizers.id")),
    Column("csrf", Text, nullable=False),
    now_by_default("created_at"),
    Column("expires_at", DateTime(timezone=True), nullable=False),
)

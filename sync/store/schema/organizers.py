"""The tables of who works with the hub, and of its own processes."""

from typing import Final

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    DateTime,
    ForeignKey,
    Identity,
    Integer,
    LargeBinary,
    Table,
    Text,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY

from sync.store.schema.metadata import metadata, now_by_default, optional_time

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
    Column("name", Text, nullable=False, server_default=""),
    Column("status", Text, nullable=False, server_default="active"),
    Column("totp", LargeBinary),
    Column("totp_begun", LargeBinary),
    Column("totp_step", BigInteger, nullable=False, server_default="0"),
    CheckConstraint("role IN ('none', 'viewer', 'finance', 'admin')", name="role"),
    CheckConstraint("status IN ('invited', 'active', 'ended')", name="status"),
)
"""`totp` is sealed, and `totp_begun` one that is not proved yet; of the last code that was taken the step is kept."""


def _owner(*, is_key: bool = False) -> Column[int]:
    whose = ForeignKey("organizers.id", ondelete="CASCADE")
    return Column("organizer_id", BigInteger, whose, primary_key=is_key, nullable=False)


event_roles: Final = Table(
    "event_roles",
    metadata,
    _owner(is_key=True),
    Column("event_id", Text, primary_key=True),
    Column("role", Text, nullable=False),
    CheckConstraint("role IN ('viewer', 'finance', 'admin')", name="role"),
)
"""What somebody may do at one event beyond what they may everywhere."""
recovery_codes: Final = Table(
    "recovery_codes",
    metadata,
    _owner(is_key=True),
    Column("code_hash", Text, primary_key=True),
    optional_time("used_at"),
)
passkeys: Final = Table(
    "passkeys",
    metadata,
    Column("id", Text, primary_key=True),
    _owner(),
    Column("public_key", LargeBinary, nullable=False),
    Column("sign_count", BigInteger, nullable=False),
    Column("name", Text, nullable=False),
    now_by_default("created_at"),
    optional_time("last_used_at"),
)
sign_in_steps: Final = Table(
    "sign_in_steps",
    metadata,
    Column("token_hash", Text, primary_key=True),
    Column("purpose", Text, nullable=False),
    Column("organizer_id", BigInteger, ForeignKey("organizers.id", ondelete="CASCADE")),
    Column("expires_at", DateTime(timezone=True), nullable=False),
)
"""What was begun and is good once, for minutes: a password that was right, a challenge for a passkey."""
invitations: Final = Table(
    "invitations",
    metadata,
    _owner(is_key=True),
    Column("token_hash", Text, unique=True),
    Column("language", Text, nullable=False, server_default="en"),
    Column("expires_at", DateTime(timezone=True), nullable=False),
)
"""Links by which people who were invited choose a password; without a hash, one that was not mailed yet."""
office_settings: Final = Table(
    "office_settings",
    metadata,
    Column("name", Text, primary_key=True),
    Column("value", Text, nullable=False),
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
    Column("id", Text, nullable=False, unique=True, server_default=text("gen_random_uuid()::text")),
    now_by_default("last_seen_at"),
    Column("address", Text, nullable=False, server_default=""),
    Column("browser", Text, nullable=False, server_default=""),
    Column("way", Text, nullable=False, server_default="password"),
    Column("is_second", Boolean, nullable=False, server_default=text("false")),
)

"""The tables of facts. Facts and postings are append-only; triggers (see the migrations) hold them to it."""

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
    Table,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB

from boxoffice.core.closed_sets import listed
from boxoffice.core.rows import ExceptionStatus
from sync.store.schema.metadata import metadata, now_by_default, optional_time

hub_lives: Final = Table(
    "hub_lives",
    metadata,
    Column("id", Text, primary_key=True),
    Column("number", BigInteger, Identity(always=True), nullable=False, unique=True),
    Column("database", Text, nullable=False),
    Column("why", Text, nullable=False),
    optional_time("lost_after"),
    now_by_default("began_at"),
    optional_time("asked_providers_at"),
    optional_time("healed_at"),
    Column("healed_by", Text, nullable=False, server_default=""),
)
chains: Final = Table(
    "chains",
    metadata,
    Column("device_id", Text, ForeignKey("devices.id"), primary_key=True),
    Column("epoch", Integer, primary_key=True),
    Column("seq", BigInteger, nullable=False),
    Column("hash", Text, nullable=False),
)
facts: Final = Table(
    "facts",
    metadata,
    Column("id", Text, primary_key=True),
    Column("device_id", Text, ForeignKey("devices.id"), nullable=False),
    Column("epoch", Integer, nullable=False),
    Column("seq", BigInteger, nullable=False),
    Column("kind", Text, nullable=False),
    Column("event_id", Text),
    Column("occurred_at", DateTime(timezone=True), nullable=False),
    Column("staff_id", Text),
    Column("payload", JSONB, nullable=False),
    Column("hash", Text, nullable=False),
    Column("prev_hash", Text, nullable=False),
    Column("signature", Text, nullable=False),
    Column("position", BigInteger, Identity(always=True), nullable=False, unique=True),
    Column("is_applied", Boolean, nullable=False, server_default=text("true")),
    now_by_default("received_at"),
    Column("refused", Text),
    Column("as_it_came", Text),
    Column("is_told_again", Boolean, nullable=False, server_default=text("false")),
    UniqueConstraint("device_id", "epoch", "seq"),
    CheckConstraint("seq > 0", name="seq"),
    Index(
        "ix_facts_last4", text("((payload -> 'card') ->> 'last4')"), postgresql_where=text("kind = 'payment_captured'")
    ),
    Index("ix_facts_of_staff", text("(payload ->> 'staff_id')"), postgresql_where=text("kind = 'staff_changed'")),
)
Index("ix_facts_order", text("(payload ->> 'order_id')"), facts.c.kind)
_BY_WHOM: Final = "(coalesce(staff_id, payload ->> 'asked_by'))"
_APPROVED: Final = "(payload ->> 'approved_by')"
Index("ix_facts_by_whom", text(_BY_WHOM), facts.c.position, postgresql_where=text(f"{_BY_WHOM} IS NOT NULL"))
Index("ix_facts_approved", text(_APPROVED), facts.c.position, postgresql_where=text(f"{_APPROVED} IS NOT NULL"))
Index(
    "ix_facts_payments",
    facts.c.received_at,
    postgresql_where=text("kind IN ('payment_captured', 'payment_failed')"),
)
Index(
    "ix_facts_comps",
    facts.c.event_id,
    postgresql_where=text(
        """kind = 'order_placed' AND payload @> '{"lines": [{"reductions": [{"kind": "comp"}]}]}'::jsonb"""
    ),
)
Index(
    "ix_facts_changes",
    facts.c.position,
    postgresql_where=text(
        "kind IN ('catalogue_revised', 'contacts_erased', 'gift_card_blocked', 'gift_card_written_off', "
        "'lease_reclaimed', 'office_changed', 'staff_changed', 'value_reclaimed')"
    ),
)
Index(
    "ix_facts_preflights",
    facts.c.device_id,
    facts.c.event_id,
    facts.c.position,
    postgresql_where=text("kind = 'preflight_done'"),
)
Index(
    "ix_facts_revisions",
    facts.c.event_id,
    facts.c.position,
    postgresql_where=text("kind = 'catalogue_revised'"),
)
quarantined_facts: Final = Table(
    "quarantined_facts",
    metadata,
    Column("digest", Text, primary_key=True),
    Column("device_id", Text, ForeignKey("devices.id"), nullable=False),
    Column("fact_id", Text, nullable=False),
    Column("epoch", Integer, nullable=False),
    Column("seq", BigInteger, nullable=False),
    Column("message", JSONB, nullable=False),
    Column("why", Text, nullable=False),
    now_by_default("received_at"),
)
waiting_facts: Final = Table(
    "waiting_facts",
    metadata,
    Column("device_id", Text, ForeignKey("devices.id"), primary_key=True),
    Column("epoch", Integer, primary_key=True),
    Column("seq", BigInteger, primary_key=True),
    Column("hash", Text, primary_key=True),
    Column("message", JSONB, nullable=False),
    now_by_default("received_at"),
)
ledger_postings: Final = Table(
    "ledger_postings",
    metadata,
    Column("fact_id", Text, ForeignKey("facts.id"), primary_key=True),
    Column("line", Integer, primary_key=True),
    Column("account", Text, nullable=False),
    Column("amount", BigInteger, nullable=False),
    Column("currency", Text, nullable=False),
    Index(None, "account"),
)
exceptions: Final = Table(
    "exceptions",
    metadata,
    Column("id", Text, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("status", Text, nullable=False, server_default="open"),
    Column("order_id", Text, index=True),
    Column("device_id", Text),
    Column("detail", Text, nullable=False),
    Column("remedies", JSONB, nullable=False, server_default="[]"),
    now_by_default("raised_at"),
    Column("subject_id", Text, index=True),
    Column("remedy", Text),
    optional_time("resolved_at"),
    Column("resolved_by", Text),
    CheckConstraint(f"status IN ({listed(ExceptionStatus)})", name="status"),
    Index("ix_exceptions_open", "kind", postgresql_where=text("status = 'open'")),
)
feed: Final = Table(
    "feed",
    metadata,
    Column("id", BigInteger, Identity(), primary_key=True),
    Column("xid", BigInteger, nullable=False, server_default=text("(pg_current_xact_id()::text::bigint)"), index=True),
    Column("kind", Text, nullable=False),
    Column("event_id", Text),
    Column("device_id", Text),
    Column("fact_id", Text, ForeignKey("facts.id")),
    CheckConstraint("kind IN ('event', 'fact', 'pools')", name="kind"),
)

"""The hub's tables. Facts and postings are append-only; triggers (see the migrations) hold them to it."""

from enum import Enum
from typing import Any, Final

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    DateTime,
    ForeignKey,
    ForeignKeyConstraint,
    Identity,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from boxoffice.core.closed_sets import listed
from boxoffice.core.orders import Channel, OrderState
from boxoffice.core.payments import DisputeState, PaymentStatus
from boxoffice.core.rows import KEPT, ExceptionStatus, Field, Keeping, TicketStatus, fields_of

metadata: Final = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def _now(name: str) -> Column[object]:
    return Column(name, DateTime(timezone=True), nullable=False, server_default=func.now())


def _time(name: str) -> Column[object]:
    return Column(name, DateTime(timezone=True))


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
    _now("created_at"),
    _time("last_seen_at"),
    Column("unsent_facts", Integer),
    _time("revoked_at"),
    Column("stripe_key_id", Text),
    Column("former_token_hash", Text, unique=True),
    Column("heard_in_life", Text),
    _time("told_all_at"),
    CheckConstraint("status IN ('active', 'suspect', 'revoked')", name="status"),
    CheckConstraint("kind IN ('till', 'hub')", name="kind"),
)

hub_lives: Final = Table(
    "hub_lives",
    metadata,
    Column("id", Text, primary_key=True),
    Column("number", BigInteger, Identity(always=True), nullable=False, unique=True),
    Column("database", Text, nullable=False),
    Column("why", Text, nullable=False),
    _time("lost_after"),
    _now("began_at"),
    _time("asked_providers_at"),
    _time("healed_at"),
    Column("healed_by", Text, nullable=False, server_default=""),
)

till_keys: Final = Table(
    "till_keys",
    metadata,
    Column("id", Text, primary_key=True),
    Column("device_id", Text, ForeignKey("devices.id")),
    Column("sealed", LargeBinary, nullable=False),
    Column("hint", Text, nullable=False),
    Column("by", Text, nullable=False, server_default=""),
    _now("created_at"),
)

leaked_keys: Final = Table(
    "leaked_keys",
    metadata,
    Column("device_id", Text, ForeignKey("devices.id"), primary_key=True),
    Column("key_id", Text, primary_key=True),
    Column("hint", Text, nullable=False),
    Column("is_shared", Boolean, nullable=False),
    _now("since"),
    _time("ended_at"),
    Column("ended_by", Text, nullable=False, server_default=""),
)

pairing_codes: Final = Table(
    "pairing_codes",
    metadata,
    Column("code_hash", Text, primary_key=True),
    Column("name", Text),
    _now("created_at"),
    Column("expires_at", DateTime(timezone=True), nullable=False),
    _time("used_at"),
    Column("device_id", Text, ForeignKey("devices.id")),
)

attempts: Final = Table(
    "attempts",
    metadata,
    Column("id", BigInteger, Identity(), primary_key=True),
    Column("scope", Text, nullable=False),
    Column("who", Text, nullable=False),
    _now("at"),
    Index(None, "scope", "who", "at"),
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
    _now("received_at"),
    Column("refused", Text),
    Column("as_it_came", Text),
    Column("is_told_again", Boolean, nullable=False, server_default=text("false")),
    UniqueConstraint("device_id", "epoch", "seq"),
    CheckConstraint("seq > 0", name="seq"),
    Index(
        "ix_facts_last4", text("((payload -> 'card') ->> 'last4')"), postgresql_where=text("kind = 'payment_captured'")
    ),
)
Index("ix_facts_order", text("(payload ->> 'order_id')"), facts.c.kind)
Index(
    "ix_facts_payments",
    facts.c.received_at,
    postgresql_where=text("kind IN ('payment_captured', 'payment_failed')"),
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
    _now("received_at"),
)

waiting_facts: Final = Table(
    "waiting_facts",
    metadata,
    Column("device_id", Text, ForeignKey("devices.id"), primary_key=True),
    Column("epoch", Integer, primary_key=True),
    Column("seq", BigInteger, primary_key=True),
    Column("hash", Text, primary_key=True),
    Column("message", JSONB, nullable=False),
    _now("received_at"),
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

events: Final = Table(
    "events",
    metadata,
    Column("id", Text, primary_key=True),
    Column("revision", Integer, nullable=False),
    Column("name", Text, nullable=False),
    Column("timezone", Text, nullable=False),
    Column("currency", Text, nullable=False),
    Column("file", JSONB, nullable=False),
    Column("public_key", Text, nullable=False),
    Column("sealed_key", LargeBinary, nullable=False),
    _now("created_at"),
    _now("revised_at"),
)

pools: Final = Table(
    "pools",
    metadata,
    Column("event_id", Text, ForeignKey("events.id"), primary_key=True),
    Column("id", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("capacity", Integer, nullable=False),
    Column("available", Integer, nullable=False),
    Column("leased", Integer, nullable=False, server_default="0"),
    Column("held", Integer, nullable=False, server_default="0"),
    Column("sold", Integer, nullable=False, server_default="0"),
    CheckConstraint("capacity >= 0 AND available >= 0 AND leased >= 0 AND held >= 0 AND sold >= 0", name="no_oversell"),
    CheckConstraint("capacity = available + leased + held + sold", name="in_balance"),
)

device_leases: Final = Table(
    "device_leases",
    metadata,
    Column("device_id", Text, ForeignKey("devices.id"), primary_key=True),
    Column("event_id", Text, primary_key=True),
    Column("pool_id", Text, primary_key=True),
    Column("granted", Integer, nullable=False, server_default="0"),
    Column("sold", Integer, nullable=False, server_default="0"),
    Column("returned", Integer, nullable=False, server_default="0"),
    Column("reclaimed", Integer, nullable=False, server_default="0"),
    Column("generation", Integer, nullable=False, server_default="0"),
    Column("last_sold_at", DateTime(timezone=True)),
    Column("counted_sold", Integer, nullable=False, server_default="0"),
    Column("counted_at", DateTime(timezone=True)),
    ForeignKeyConstraint(["event_id", "pool_id"], ["pools.event_id", "pools.id"]),
    CheckConstraint("granted >= 0 AND sold >= 0 AND returned >= 0", name="not_negative"),
    CheckConstraint("granted >= sold + returned", name="no_oversell"),
)
"""`returned` counts what a till gave back and what was `reclaimed` from it. `counted_sold` is what it had sold when its
rate was looked at last. `generation` is which grants all that is left is of."""

lease_recalls: Final = Table(
    "lease_recalls",
    metadata,
    Column("device_id", Text, ForeignKey("devices.id"), primary_key=True),
    Column("event_id", Text, primary_key=True),
    Column("pool_id", Text, primary_key=True),
    Column("units", Integer, nullable=False),
    Column("asked_by", Text, nullable=False, server_default=""),
    _now("asked_at"),
    Column("ends_at", DateTime(timezone=True), nullable=False),
    Column("answered_at", DateTime(timezone=True)),
    Column("left_then", Integer),
    ForeignKeyConstraint(["event_id", "pool_id"], ["pools.event_id", "pools.id"]),
)
"""What a till was asked to give back, until it has or until `ends_at`. `asked_by` is an organizer, or nobody.

`left_then` is what it said it could still give after it had answered.
"""

pool_claims: Final = Table(
    "pool_claims",
    metadata,
    Column("id", BigInteger, primary_key=True, autoincrement=False),
    Column("event_id", Text, primary_key=True),
    Column("pool_id", Text, primary_key=True),
    Column("device_id", Text, nullable=False, server_default=""),
    Column("units", Integer, nullable=False),
    Column("ends_at", DateTime(timezone=True), nullable=False),
)
"""Who waits, for a moment, for units that tills give back: the lower `id` first. `device_id` is empty for a buyer."""

lease_requests: Final = Table(
    "lease_requests",
    metadata,
    Column("device_id", Text, ForeignKey("devices.id"), primary_key=True),
    Column("request_id", Text, primary_key=True),
    Column("fact_ids", JSONB, nullable=False),
    _now("created_at"),
)

orders: Final = Table(
    "orders",
    metadata,
    Column("id", Text, primary_key=True),
    Column("order_number", Text, nullable=False, index=True),
    Column("event_id", Text, nullable=False),
    Column("channel", Text, nullable=False),
    Column("status", Text, nullable=False, index=True),
    Column("total_amount", BigInteger, nullable=False),
    Column("currency", Text, nullable=False),
    Column("customer_email", Text, index=True),
    Column("customer_name", Text),
    Column("customer_phone", Text),
    Column("found_by", Text),  # who buys and the number, folded; none as long as nothing is known but the number
    Column("created_at", DateTime(timezone=True), nullable=False, index=True),
    Column("placed_by", Text, ForeignKey("devices.id"), nullable=False),
    Column("changed_in", BigInteger, nullable=False, server_default="0"),  # the transaction; triggers keep it
    Index("ix_orders_changed", "event_id", "changed_in", "id"),
    CheckConstraint(f"status IN ({listed(OrderState)})", name="status"),
    CheckConstraint(f"channel IN ({listed(Channel)})", name="channel"),
    CheckConstraint("total_amount >= 0", name="total"),
)

order_items: Final = Table(
    "order_items",
    metadata,
    Column("id", Text, primary_key=True),
    Column("order_id", Text, ForeignKey("orders.id"), nullable=False, index=True),
    Column("line", Integer, nullable=False),
    Column("item_type", Text, nullable=False),
    Column("product_id", Text, nullable=False),
    Column("item_name", Text, nullable=False),
    Column("quantity", Integer, nullable=False),
    Column("unit_price", BigInteger, nullable=False),
    Column("subtotal", BigInteger, nullable=False),
    UniqueConstraint("order_id", "line"),
    CheckConstraint("quantity > 0", name="quantity"),
)

payments: Final = Table(
    "payments",
    metadata,
    Column("id", Text, primary_key=True),
    Column("order_id", Text, ForeignKey("orders.id"), nullable=False, index=True),
    Column("tender", Text, nullable=False),
    Column("provider_reference", Text, index=True),
    Column("amount", BigInteger, nullable=False),
    Column("currency", Text, nullable=False),
    Column("status", Text, nullable=False),
    CheckConstraint("amount >= 0", name="amount"),
    CheckConstraint(f"status IN ({listed(PaymentStatus)})", name="status"),
)

refunds: Final = Table(
    "refunds",
    metadata,
    Column("id", Text, primary_key=True),
    Column("payment_id", Text, ForeignKey("payments.id"), nullable=False, index=True),
    Column("amount", BigInteger, nullable=False),
    Column("status", Text, nullable=False),
    CheckConstraint("amount > 0", name="amount"),
)

disputes: Final = Table(
    "disputes",
    metadata,
    Column("id", Text, primary_key=True),
    Column("payment_id", Text, ForeignKey("payments.id"), nullable=False, index=True),
    Column("amount", BigInteger, nullable=False),
    Column("currency", Text, nullable=False),
    Column("status", Text, nullable=False),
    Column("withdrawn", BigInteger, nullable=False, server_default="0"),
    Column("lost", BigInteger, nullable=False, server_default="0"),
    CheckConstraint(f"status IN ({listed(DisputeState)})", name="status"),
)

provider_fees: Final = Table(
    "provider_fees",
    metadata,
    Column("provider", Text, primary_key=True),
    Column("reference", Text, primary_key=True),
    Column("amount", BigInteger),
    _now("asked_at"),
    CheckConstraint("provider IN ('stripe', 'paypal')", name="provider"),
)

payouts: Final = Table(
    "payouts",
    metadata,
    Column("id", Text, primary_key=True),
    Column("provider", Text, nullable=False),
    Column("reference", Text, nullable=False),
    Column("amount", BigInteger, nullable=False),
    Column("currency", Text, nullable=False),
    Column("status", Text, nullable=False),
    UniqueConstraint("provider", "reference"),
    CheckConstraint("provider IN ('stripe', 'paypal')", name="provider"),
)

refund_calls: Final = Table(
    "refund_calls",
    metadata,
    Column("refund_id", Text, ForeignKey("refunds.id"), primary_key=True),
    Column("state", Text, nullable=False, server_default="queued"),
    Column("provider_reference", Text, index=True),
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("key_number", Integer, nullable=False, server_default="0"),
    _time("asked_at"),
    Column("last_error", Text),
    _now("created_at"),
    CheckConstraint("state IN ('queued', 'pending', 'done')", name="state"),
)

tickets: Final = Table(
    "tickets",
    metadata,
    Column("id", Text, primary_key=True),
    Column("order_id", Text, ForeignKey("orders.id"), nullable=False, index=True),
    Column("product_id", Text, nullable=False),
    Column("status", Text, nullable=False),
    CheckConstraint(f"status IN ({listed(TicketStatus)})", name="status"),
)

payment_events: Final = Table(
    "payment_events",
    metadata,
    Column("id", BigInteger, Identity(), primary_key=True),
    Column("provider", Text, nullable=False),
    Column("event_id", Text, nullable=False),
    Column("event_type", Text, nullable=False),
    Column("payload", JSONB, nullable=False),
    Column("status", Text, nullable=False, server_default="received"),
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("order_id", Text, index=True),
    Column("last_error", Text),
    _now("received_at"),
    _time("processed_at"),
    UniqueConstraint("provider", "event_id"),
    CheckConstraint("status IN ('received', 'processed', 'ignored', 'dead')", name="status"),
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
    _now("raised_at"),
    Column("subject_id", Text, index=True),
    Column("remedy", Text),
    _time("resolved_at"),
    Column("resolved_by", Text),
    CheckConstraint(f"status IN ({listed(ExceptionStatus)})", name="status"),
    Index("ix_exceptions_open", "kind", postgresql_where=text("status = 'open'")),
)

checkouts: Final = Table(
    "checkouts",
    metadata,
    Column("tender_id", Text, primary_key=True),
    Column("order_id", Text, ForeignKey("orders.id"), nullable=False, index=True),
    Column("device_id", Text, ForeignKey("devices.id"), nullable=False),
    Column("event_id", Text, ForeignKey("events.id"), nullable=False),
    Column("code", Text, nullable=False, unique=True),
    Column("provider", Text, nullable=False, server_default="stripe"),
    Column("switches", Integer, nullable=False, server_default="0"),
    Column("amount", BigInteger, nullable=False),
    Column("currency", Text, nullable=False),
    Column("status", Text, nullable=False, server_default="open"),
    Column("session_id", Text, unique=True),
    Column("session_url", Text),
    Column("held_reason", Text),
    Column("wording", JSONB(none_as_null=True)),
    Column("closes_at", DateTime(timezone=True), nullable=False),
    Column("session_expires_at", DateTime(timezone=True), nullable=False),
    Column("close_attempts", Integer, nullable=False, server_default="0"),
    _time("next_close_at"),
    _time("lost_at"),
    _time("opened_at"),
    _time("asked_at"),
    _now("created_at"),
    CheckConstraint("amount > 0", name="amount"),
    CheckConstraint("status IN ('open', 'opened', 'paying', 'paid', 'expired', 'failed')", name="status"),
    CheckConstraint("provider IN ('stripe', 'stripe_intent', 'paypal')", name="provider"),
    Index("ix_checkouts_live", "closes_at", postgresql_where=text("status IN ('open', 'opened', 'paying')")),
)

declines: Final = Table(
    "declines",
    metadata,
    Column("attempt", Text, primary_key=True),
    Column("tender_id", Text, nullable=False, index=True),
    Column("code", Text, nullable=False),
    Column("at", DateTime(timezone=True), nullable=False, server_default=func.now(), index=True),
)

holds: Final = Table(
    "holds",
    metadata,
    Column("order_id", Text, ForeignKey("orders.id"), primary_key=True),
    Column("attempt", Text, nullable=False, unique=True),
    Column("buyer", Text, nullable=False),
    Column("promo", Text),
    Column("language", Text, nullable=False, server_default="en"),
    Column("analytics_client", Text),
    Column("line_number", BigInteger),
    Column("expires_at", DateTime(timezone=True), nullable=False),
    _now("created_at"),
    Index("ix_holds_buyer", "buyer", "created_at"),
    Index("ix_holds_expires_at", "expires_at"),
    Index("ix_holds_line_number", "line_number", postgresql_where=text("line_number IS NOT NULL")),
    Index("ix_holds_analytics_client", "analytics_client", postgresql_where=text("analytics_client IS NOT NULL")),
)

analytics_events: Final = Table(
    "analytics_events",
    metadata,
    Column("id", BigInteger, Identity(), primary_key=True),
    Column("name", Text, nullable=False),
    Column("key", Text, nullable=False),
    Column("order_id", Text, ForeignKey("orders.id"), nullable=False, index=True),
    Column("details", JSONB, nullable=False),
    Column("status", Text, nullable=False, server_default="queued"),
    _now("created_at"),
    _time("told_at"),
    UniqueConstraint("name", "key"),
    CheckConstraint("status IN ('queued', 'telling', 'told', 'unknown', 'dropped')", name="status"),
)

promo_uses: Final = Table(
    "promo_uses",
    metadata,
    Column("event_id", Text, ForeignKey("events.id"), primary_key=True),
    Column("code", Text, primary_key=True),
    Column("uses", Integer, nullable=False, server_default="0"),
    CheckConstraint("uses >= 0", name="uses"),
)

idempotency_keys: Final = Table(
    "idempotency_keys",
    metadata,
    Column("key", Text, primary_key=True),
    Column("path", Text, primary_key=True),
    Column("body_hash", Text, nullable=False),
    Column("order_id", Text, nullable=False),
    Column("answer", JSONB),
    _now("created_at"),
    Index(None, "created_at"),
)

switches: Final = Table(
    "switches",
    metadata,
    Column("channel", Text, primary_key=True),
    Column("share", Integer, nullable=False),
    Column("message", Text, nullable=False, server_default=""),
    Column("by", Text, nullable=False, server_default=""),
    _now("since"),
    CheckConstraint("share BETWEEN 0 AND 100", name="share"),
)

status_updates: Final = Table(
    "status_updates",
    metadata,
    Column("id", BigInteger, primary_key=True),
    Column("words", Text, nullable=False),
    Column("by", Text, nullable=False),
    _now("at"),
    _time("withdrawn_at"),
)

lines: Final = Table(
    "lines",
    metadata,
    Column("channel", Text, primary_key=True),
    Column("per_minute", Integer, nullable=False, server_default="0"),
    Column("joined", BigInteger, nullable=False, server_default="0"),
    _now("next_turn"),
    CheckConstraint("per_minute BETWEEN 0 AND 100000", name="per_minute"),
)

mails: Final = Table(
    "mails",
    metadata,
    Column("id", Text, primary_key=True),
    Column("order_id", Text, ForeignKey("orders.id"), nullable=False, index=True),
    Column("device_id", Text, ForeignKey("devices.id")),
    Column("email", Text, nullable=False),
    Column("kind", Text, nullable=False, server_default="tickets"),
    Column("status", Text, nullable=False, server_default="queued"),
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("message_id", Text),
    Column("last_error", Text),
    _now("created_at"),
    _time("sent_at"),
    Column("by", Text),
    Column("refund_id", Text, unique=True),
    Column("returned_refund_id", Text, unique=True),
    CheckConstraint("status IN ('queued', 'sent', 'failed', 'delivered', 'bounced')", name="status"),
)

link_renewals: Final = Table(
    "link_renewals",
    metadata,
    Column("id", BigInteger, autoincrement=True, primary_key=True),
    Column("order_id", Text, ForeignKey("orders.id"), nullable=False, index=True),
    Column("by", Text, nullable=False),
    _now("at"),
)

notices: Final = Table(
    "notices",
    metadata,
    Column("id", Text, primary_key=True),
    Column("event_id", Text, ForeignKey("events.id"), nullable=False),
    Column("subject", Text, nullable=False),
    Column("words", Text, nullable=False),
    Column("subject_es", Text, nullable=False, server_default=""),
    Column("words_es", Text, nullable=False, server_default=""),
    Column("status", Text, nullable=False, server_default="draft"),
    Column("by", Text, nullable=False, server_default=""),
    _now("created_at"),
    CheckConstraint("status IN ('draft', 'sending', 'stopped', 'sent')", name="status"),
)

notice_mails: Final = Table(
    "notice_mails",
    metadata,
    Column("id", Text, primary_key=True),
    Column("notice_id", Text, ForeignKey("notices.id"), nullable=False),
    Column("email", Text, nullable=False),
    Column("language", Text, nullable=False, server_default="en"),
    Column("status", Text, nullable=False, server_default="queued"),
    Column("last_error", Text),
    _time("sent_at"),
    UniqueConstraint("notice_id", "email"),
    CheckConstraint("status IN ('queued', 'sent', 'failed', 'delivered', 'bounced')", name="status"),
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
    _now("told_at"),
    prefixes=["UNLOGGED"],
)

organizers: Final = Table(
    "organizers",
    metadata,
    Column("id", BigInteger, Identity(), primary_key=True),
    Column("email", Text, nullable=False, unique=True),
    Column("password_hash", Text, nullable=False),
    Column("role", Text, nullable=False, server_default="admin"),
    _now("created_at"),
    CheckConstraint("role IN ('viewer', 'finance', 'admin')", name="role"),
)

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
    _now("created_at"),
    Column("expires_at", DateTime(timezone=True), nullable=False),
)


def _kept(kept: Keeping) -> Table:
    fields = fields_of(kept.row)
    closed = [(each.name, each.type) for each in fields if issubclass(each.type, Enum)]
    words = (CheckConstraint(f"{name} IN ({listed(words)})", name=name) for name, words in closed)
    return Table(kept.table, metadata, *map(_column, fields), *words)


def _column(field: Field) -> Column[Any]:
    keys = () if field.refers_to is None else (ForeignKey(f"{field.refers_to}.id"),)
    kind = Boolean if field.type is bool else BigInteger if field.type is int else Text
    is_key = field.name == "id"
    return Column(
        field.name, kind, *keys, primary_key=is_key, nullable=field.is_optional, index=field.refers_to is not None
    )


for _each in KEPT:  # rows of the core that no more is to be said of here
    if _each.table not in metadata.tables:
        _kept(_each)

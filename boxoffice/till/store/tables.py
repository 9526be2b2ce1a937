"""The till's tables. Names that the hub has too mean the same there; amounts are integers of minor units."""

from typing import Any, Final

from sqlalchemy import CheckConstraint, Column, ForeignKey, Index, Integer, MetaData, Table, Text, UniqueConstraint

from boxoffice.core.columns import Field, fields_of
from boxoffice.core.rows import KEPT, Keeping

metadata: Final = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
    }
)


def _fact_columns() -> tuple[Column[str] | Column[int], ...]:
    return (
        Column("id", Text, nullable=False, unique=True),
        Column("device_id", Text, nullable=False),
        Column("epoch", Integer, nullable=False),
        Column("seq", Integer, nullable=False),
        Column("kind", Text, nullable=False),
        Column("event_id", Text),
        Column("staff_id", Text),
        Column("occurred_at", Text, nullable=False),
        Column("payload", Text, nullable=False),
        Column("prev_hash", Text, nullable=False),
        Column("hash", Text, nullable=False),
        Column("signature", Text, nullable=False),
    )


facts: Final = Table(
    "facts",
    metadata,
    Column("position", Integer, primary_key=True),
    Column("order_id", Text, comment="of the payload, to find an order's facts"),
    *_fact_columns(),
    UniqueConstraint("device_id", "epoch", "seq"),
    Index(None, "order_id"),
)
"""This till's own facts, in the order in which they were written. Append-only."""

hub_facts: Final = Table(
    "hub_facts",
    metadata,
    Column("position", Integer, primary_key=True),
    Column("order_id", Text),
    Column("after_position", Integer, nullable=False, comment="of this till's newest fact when it came"),
    Column("is_applied", Integer, nullable=False, comment="0 for one that contradicts what is here"),
    *_fact_columns(),
    UniqueConstraint("device_id", "epoch", "seq"),
    Index(None, "order_id"),
)
"""Facts that the hub wrote about this till's orders and leases. Append-only."""

ledger_postings: Final = Table(
    "ledger_postings",
    metadata,
    Column("fact_id", Text, primary_key=True),
    Column("line", Integer, primary_key=True),
    Column("account", Text, nullable=False),
    Column("amount", Integer, nullable=False),
    Column("currency", Text, nullable=False),
)
"""Append-only; the postings of a fact sum to zero by currency, or the transaction does not commit."""

never: Final = Table("never", metadata, Column("id", Text, CheckConstraint("0", name="empty"), primary_key=True))
"""Always empty: what refers to it can't be committed."""

unbalanced: Final = Table(
    "unbalanced",
    metadata,
    Column(
        "fact_id",
        Text,
        ForeignKey("never.id", deferrable=True, initially="DEFERRED"),
        primary_key=True,
    ),
    Column("currency", Text, primary_key=True),
)
"""Facts whose postings don't sum to zero at this moment of a transaction; a trigger keeps it."""

orders: Final = Table(
    "orders",
    metadata,
    Column("id", Text, primary_key=True),
    Column("order_number", Text, nullable=False, unique=True),
    Column("event_id", Text, nullable=False),
    Column("channel", Text, nullable=False),
    Column("status", Text, nullable=False),
    Column("total_amount", Integer, nullable=False),
    Column("currency", Text, nullable=False),
    Column("customer_email", Text),
    Column("customer_name", Text),
    Column("customer_phone", Text),
    Column("created_at", Text, nullable=False),
    CheckConstraint("total_amount >= 0", name="total"),
    Index(None, "status"),
    Index(None, "created_at"),
)

order_items: Final = Table(
    "order_items",
    metadata,
    Column("id", Text, primary_key=True),
    Column("order_id", Text, ForeignKey("orders.id"), nullable=False),
    Column("line", Integer, nullable=False),
    Column("item_type", Text, nullable=False),
    Column("product_id", Text, nullable=False),
    Column("item_name", Text, nullable=False),
    Column("quantity", Integer, nullable=False),
    Column("unit_price", Integer, nullable=False),
    Column("subtotal", Integer, nullable=False),
    CheckConstraint("quantity > 0", name="quantity"),
)

payments: Final = Table(
    "payments",
    metadata,
    Column("id", Text, primary_key=True),
    Column("order_id", Text, ForeignKey("orders.id"), nullable=False),
    Column("tender", Text, nullable=False),
    Column("provider_reference", Text),
    Column("amount", Integer, nullable=False),
    Column("currency", Text, nullable=False),
    Column("status", Text, nullable=False),
    Column("rounding", Integer, nullable=False, server_default="0"),
    Column("rounded_to", Integer, nullable=False, server_default="0"),
    Column("card_id", Text),
    Index(None, "order_id"),
    Index(None, "status"),
)

refunds: Final = Table(
    "refunds",
    metadata,
    Column("id", Text, primary_key=True),
    Column("payment_id", Text, ForeignKey("payments.id"), nullable=False),
    Column("amount", Integer, nullable=False),
    Column("status", Text, nullable=False),
    Column("rounding", Integer, nullable=False, server_default="0"),
)

disputes: Final = Table(
    "disputes",
    metadata,
    Column("id", Text, primary_key=True),
    Column("payment_id", Text, ForeignKey("payments.id"), nullable=False),
    Column("amount", Integer, nullable=False),
    Column("currency", Text, nullable=False),
    Column("status", Text, nullable=False),
    Column("withdrawn", Integer, nullable=False),
    Column("lost", Integer, nullable=False),
)
"""What banks, or PayPal, ask back of payments of this till's orders, as the hub tells it."""

tickets: Final = Table(
    "tickets",
    metadata,
    Column("id", Text, primary_key=True),
    Column("order_id", Text, ForeignKey("orders.id"), nullable=False),
    Column("product_id", Text, nullable=False),
    Column("status", Text, nullable=False),
)

leases: Final = Table(
    "leases",
    metadata,
    Column("event_id", Text, primary_key=True),
    Column("pool_id", Text, primary_key=True),
    Column("granted", Integer, nullable=False, server_default="0"),
    Column("sold", Integer, nullable=False, server_default="0"),
    Column("held", Integer, nullable=False, server_default="0"),
    Column("returned", Integer, nullable=False, server_default="0"),
    Column("frozen", Integer, nullable=False, server_default="0"),
    Column("generation", Integer, nullable=False, server_default="0"),
    CheckConstraint("sold >= 0 AND held >= 0 AND returned >= 0", name="parts"),
    CheckConstraint("granted >= sold + held + returned", name="left"),
)
"""What this till may sell by itself: granted, less what is sold, held, given back or frozen.

Frozen is what may have been sold by facts that are lost. `generation` is which grants all that is left is of.
"""

stored_values: Final = Table(
    "stored_values",
    metadata,
    Column("id", Text, primary_key=True),
    Column("order_id", Text, ForeignKey("orders.id"), nullable=False, index=True),
    Column("event_id", Text, nullable=False),
    Column("currency", Text, nullable=False),
    Column("status", Text, nullable=False),
    Column("code_hash", Text, nullable=False, unique=True),
    Column("last4", Text, nullable=False),
    Column("issued", Integer, nullable=False),
    Column("spent", Integer, nullable=False, server_default="0"),
    Column("leased", Integer, nullable=False, server_default="0"),
    Column("taken_back", Integer, nullable=False, server_default="0"),
    Column("over", Integer, nullable=False, server_default="0"),
    CheckConstraint("issued >= spent + leased AND leased >= 0", name="free"),
)
"""Gift cards that this till has sold, as far as it knows of them: what was spent elsewhere, the hub has."""

value_leases: Final = Table(
    "value_leases",
    metadata,
    Column("id", Text, primary_key=True),
    Column("card_id", Text, nullable=False),
    Column("device_id", Text, nullable=False),
    Column("currency", Text, nullable=False),
    Column("code_hash", Text, nullable=False, index=True),
    Column("last4", Text, nullable=False),
    Column("amount", Integer, nullable=False),
    Column("spent", Integer, nullable=False, server_default="0"),
    Column("returned", Integer, nullable=False, server_default="0"),
    Column("is_recalled", Integer, nullable=False, server_default="0"),
    CheckConstraint("spent >= 0 AND returned >= 0", name="parts"),
    CheckConstraint("amount >= spent + returned", name="left"),
)
"""What this till may spend of gift cards by itself: no other till can, as long as it has not come back."""

grants_frozen: Final = Table("grants_frozen", metadata, Column("grant_id", Text, primary_key=True))
"""What may have been spent by facts that are lost: it is neither spent nor given back here."""

pools_seen: Final = Table(
    "pools_seen",
    metadata,
    Column("event_id", Text, primary_key=True),
    Column("pool_id", Text, primary_key=True),
    Column("capacity", Integer, nullable=False),
    Column("left", Integer, nullable=False),
    Column("elsewhere", Integer),
    Column("held", Integer, nullable=False, server_default="0"),
    Column("retry_at", Text),
    Column("share", Integer),
    Column("stock", Integer),
)
"""How much all together have left, as the hub said last, how much of it is elsewhere, and what is being paid for.

`share` is what this till should hold to sell from, and `stock` what it may hold if its network is bad.
"""

events: Final = Table(
    "events",
    metadata,
    Column("id", Text, primary_key=True),
    Column("revision", Integer, nullable=False),
    Column("body", Text, nullable=False, comment="an EventBody message"),
)

contacts: Final = Table(
    "contacts",
    metadata,
    Column("id", Text, primary_key=True),
    Column("order_id", Text, ForeignKey("orders.id"), nullable=False),
    Column("email", Text),
    Column("name", Text),
    Column("phone", Text),
    Column("is_sent", Integer, nullable=False, server_default="0"),
)
"""People's details, beside the facts, so that they can be erased."""

outbox_mails: Final = Table(
    "outbox_mails",
    metadata,
    Column("id", Text, primary_key=True),
    Column("order_id", Text, ForeignKey("orders.id"), nullable=False),
    Column("email", Text, nullable=False),
    Column("is_sent", Integer, nullable=False, server_default="0"),
    Column("status", Text, nullable=False, server_default="waiting"),
    Column("looks", Integer, nullable=False, server_default="0"),
)
"""Mails that the hub is asked to send; they wait here while it can't be reached."""

papers: Final = Table(
    "papers",
    metadata,
    Column("id", Text, primary_key=True),
    Column("order_id", Text, nullable=False, comment="refers to no row: it tells of an order whose facts are lost"),
    Column("kind", Text, nullable=False),
    Column("way", Text, nullable=False),
    Column("copy", Integer, nullable=False),
    Column("begun_at", Text, nullable=False),
    Column("outcome", Text, nullable=False),
    CheckConstraint("copy >= 0", name="copy"),
    CheckConstraint("outcome IN ('begun', 'done', 'failed')", name="outcome"),
    Index(None, "order_id"),
)
"""What was printed and saved, noted before the printer has it and once it is through."""

print_jobs: Final = Table(
    "print_jobs",
    metadata,
    Column("id", Text, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("about", Text, nullable=False, comment="an order, a shift, or nothing for a test page"),
    Column("title", Text, nullable=False),
    Column("asked_at", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("pieces", Integer, nullable=False),
    Column("done", Integer, nullable=False),
    Column("copy", Integer, nullable=False),
    Column("is_torn", Integer, nullable=False),
    Column("why", Text, nullable=False),
    CheckConstraint("done BETWEEN 0 AND pieces", name="done"),
    CheckConstraint("state IN ('waiting', 'printing', 'stopped', 'printed', 'skipped')", name="state"),
    Index(None, "state"),
)
"""What is to be printed, and how far each has come: written before a paper goes to the printer, and once it is out."""

order_notes: Final = Table(
    "order_notes",
    metadata,
    Column("order_id", Text, primary_key=True, comment="refers to no row: it may be an order of another till"),
    Column("note", Text, nullable=False),
    Column("is_sent", Integer, nullable=False, server_default="0"),
)
"""What somebody noted to find an order again, beside the facts, so that it can be erased."""

parked_carts: Final = Table(
    "parked_carts",
    metadata,
    Column("id", Text, primary_key=True),
    Column("event_id", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("body", Text, nullable=False),
    Column("at", Text, nullable=False),
)
"""Carts that wait for their customer: no places are held for them, and no fact tells of them."""

order_index: Final = Table(
    "order_index",
    metadata,
    Column("key", Integer, primary_key=True, comment="grows with the time at which the order was placed"),
    Column("order_id", Text, nullable=False, unique=True),
    Column("event_id", Text, nullable=False),
)
"""What the rows of `order_words`, a full-text index, are about."""

order_unindexed: Final = Table("order_unindexed", metadata, Column("order_id", Text, primary_key=True))
"""Orders that are new or have changed since the index was brought up to them; triggers keep it."""

hub_requests: Final = Table(
    "hub_requests",
    metadata,
    Column("id", Text, primary_key=True),
    Column("order_id", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("body", Text, nullable=False, comment="the message"),
    Column("state", Text, nullable=False),
    Column("why", Text, nullable=False, server_default=""),
    Column("asked_at", Text, nullable=False),
    CheckConstraint("state IN ('waiting', 'done', 'refused')", name="state"),
    Index(None, "order_id"),
)
"""What the hub is asked to do about orders: it waits here, and is asked for again, until the hub has answered."""

hub_problems: Final = Table(
    "hub_problems",
    metadata,
    Column("place", Integer, primary_key=True),
    Column("body", Text, nullable=False, comment="a ProblemMessage"),
)
"""What is open at the hub about this till and its orders, as it said last: replaced as a whole."""

staff_credentials: Final = Table(
    "staff_credentials",
    metadata,
    Column("id", Text, primary_key=True),
    Column("pin", Text, nullable=False, comment="an argon2id verifier"),
    Column("pin_digits", Integer, nullable=False),
    Column("badge", Text, nullable=False, comment="the SHA-256 of its text"),
    Index(None, "badge"),
)
"""What staff sign in with, as the hub said last: replaced as a whole. Empty for none."""

sign_in_tries: Final = Table(
    "sign_in_tries",
    metadata,
    Column("who", Text, primary_key=True),
    Column("wrong", Integer, nullable=False),
    Column("wait_s", Integer, nullable=False),
)
"""Wrong PINs in a row, by who was tried, and how long nobody may try again: counted anew after a restart."""

settings: Final = Table(
    "settings", metadata, Column("name", Text, primary_key=True), Column("value", Text, nullable=False)
)
"""What this till is and where it stands: never a secret."""


def table_of(kept: Keeping) -> Table:
    beside = (Column(name, Text, nullable=False, server_default="") for name in kept.beside)
    return Table(kept.table, metadata, *(_column(each, kept) for each in fields_of(kept.row)), *beside)


def _column(field: Field, kept: Keeping) -> Column[Any]:
    keys = () if field.refers_to is None else (ForeignKey(f"{field.refers_to}.id"),)
    kind = Integer if issubclass(field.type, int) else Text
    is_key = field.name == "id"
    is_sought = field.refers_to is not None or (field.name == kept.by and not is_key)
    return Column(field.name, kind, *keys, primary_key=is_key, nullable=field.is_optional, index=is_sought)


for _each in KEPT:  # rows of the core that no more is to be said of here
    if _each.table not in metadata.tables:
        table_of(_each)
Index("ix_scans_day", metadata.tables["scans"].c.event_id, metadata.tables["scans"].c.day)

"""What facts add up to about orders: their things, money and tickets."""

from typing import Final

from sqlalchemy import CheckConstraint, Column, ForeignKey, Index, Integer, Table, Text

from boxoffice.till.store.schema.metadata import metadata

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

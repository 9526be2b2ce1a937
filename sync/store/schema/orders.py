"""The tables of orders, their payments, refunds and tickets, as facts make them."""

from typing import Final

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    DateTime,
    ForeignKey,
    Index,
    Integer,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from boxoffice.core.closed_sets import listed
from boxoffice.core.orders import Channel, OrderState
from boxoffice.core.payments import DisputeState, PaymentStatus
from boxoffice.core.rows import TicketStatus
from boxoffice.core.tenders import THE_HOUSE
from sync.store.schema.metadata import metadata, now_by_default

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
    Column("customer_note", Text),  # by which a seller finds them again; it goes with the rest of what is known of them
    Column("collected_at", DateTime(timezone=True)),
    Column("collected_as", Text),  # how the door saw that it was theirs to collect
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
    Column("rounding", BigInteger, nullable=False, server_default="0"),
    Column("rounded_to", BigInteger, nullable=False, server_default="0"),
    Column("card_id", Text),  # the gift card that it was taken off
    CheckConstraint("amount >= 0", name="amount"),
    CheckConstraint(f"status IN ({listed(PaymentStatus)})", name="status"),
    Index("ix_payments_of_the_house", "order_id", postgresql_where=text(f"tender = '{THE_HOUSE.value}'")),
)
refunds: Final = Table(
    "refunds",
    metadata,
    Column("id", Text, primary_key=True),
    Column("payment_id", Text, ForeignKey("payments.id"), nullable=False, index=True),
    Column("amount", BigInteger, nullable=False),
    Column("status", Text, nullable=False),
    Column("rounding", BigInteger, nullable=False, server_default="0"),
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
tickets: Final = Table(
    "tickets",
    metadata,
    Column("id", Text, primary_key=True),
    Column("order_id", Text, ForeignKey("orders.id"), nullable=False, index=True),
    Column("product_id", Text, nullable=False),
    Column("status", Text, nullable=False),
    CheckConstraint(f"status IN ({listed(TicketStatus)})", name="status"),
)
erased_contacts: Final = Table(
    "erased_contacts",
    metadata,
    Column("order_id", Text, primary_key=True, comment="refers to no row: the order may be one that is to come back"),
    now_by_default("at"),
)
"""Orders of which nobody may know any more who they are for."""

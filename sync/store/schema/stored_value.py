"""The tables of gift cards, as facts make them: that no card is spent twice, the database holds by itself."""

from typing import Final

from sqlalchemy import BigInteger, Boolean, CheckConstraint, Column, ForeignKey, Table, Text

from boxoffice.core.closed_sets import listed
from boxoffice.core.value_rows import CardStatus
from sync.store.schema.metadata import metadata

stored_values: Final = Table(
    "stored_values",
    metadata,
    Column("id", Text, primary_key=True),
    Column("order_id", Text, ForeignKey("orders.id"), nullable=False, index=True),
    Column("event_id", Text, nullable=False, index=True),
    Column("currency", Text, nullable=False),
    Column("status", Text, nullable=False),
    Column("code_hash", Text, nullable=False, unique=True),  # what a code is told by; the code itself is nowhere
    Column("last4", Text, nullable=False, index=True),
    Column("issued", BigInteger, nullable=False),
    Column("spent", BigInteger, nullable=False, server_default="0"),
    Column("leased", BigInteger, nullable=False, server_default="0"),
    Column("taken_back", BigInteger, nullable=False, server_default="0"),
    Column("over", BigInteger, nullable=False, server_default="0"),
    # `spent` is less than nothing where a till and the hub, neither knowing of the other, both put back what it paid.
    CheckConstraint("issued > 0 AND leased >= 0 AND taken_back >= 0 AND over >= 0", name="parts"),
    CheckConstraint("issued >= spent + leased", name="free"),
    CheckConstraint("taken_back <= issued", name="taken_back"),
    CheckConstraint(f"status IN ({listed(CardStatus)})", name="status"),
)
value_leases: Final = Table(
    "value_leases",
    metadata,
    Column("id", Text, primary_key=True),
    Column("card_id", Text, nullable=False, index=True),
    Column("device_id", Text, nullable=False, index=True),
    Column("currency", Text, nullable=False),
    Column("code_hash", Text, nullable=False),
    Column("last4", Text, nullable=False),
    Column("amount", BigInteger, nullable=False),
    Column("spent", BigInteger, nullable=False, server_default="0"),
    Column("returned", BigInteger, nullable=False, server_default="0"),
    Column("is_recalled", Boolean, nullable=False, server_default="false"),
    CheckConstraint("spent >= 0 AND returned >= 0", name="parts"),
    CheckConstraint("amount >= spent + returned", name="left"),
)
"""What tills may spend of cards by themselves. Nothing here says where a till is: the facts of its chain do."""

"""What this till may sell and spend by itself, and of which event."""

from typing import Final

from sqlalchemy import CheckConstraint, Column, ForeignKey, Integer, Table, Text

from boxoffice.till.store.schema.metadata import metadata

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

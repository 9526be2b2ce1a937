"""What is kept beside the facts of orders, so that it can be erased, found, or taken up again."""

from typing import Final

from sqlalchemy import Column, ForeignKey, Integer, Table, Text

from boxoffice.till.store.schema.metadata import metadata

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

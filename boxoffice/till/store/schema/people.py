"""Who works at this till, and what the till is."""

from typing import Final

from sqlalchemy import Column, Index, Integer, Table, Text

from boxoffice.till.store.schema.metadata import metadata

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

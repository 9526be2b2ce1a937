"""The tables of tax returns: who collects for whom, and what was filed."""

from typing import Final

from sqlalchemy import BigInteger, Boolean, Column, Date, Table, Text, text

from sync.store.schema.metadata import metadata, now_by_default

tax_collectors: Final = Table(
    "tax_collectors",
    metadata,
    Column("authority", Text, primary_key=True),
    Column("collected_by", Text, nullable=False),
    Column("pays", Boolean, nullable=False, server_default=text("false")),
    Column("by", Text, nullable=False),
    now_by_default("at"),
)
filed_returns: Final = Table(
    "filed_returns",
    metadata,
    Column("authority", Text, primary_key=True),
    Column("month", Date, primary_key=True),
    Column("currency", Text, primary_key=True),
    Column("amount", BigInteger, nullable=False),
    Column("reference", Text, nullable=False, server_default=""),
    Column("by", Text, nullable=False),
    now_by_default("at"),
)

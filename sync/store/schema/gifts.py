"""For whom the gift cards of web orders are: kept beside the order, never in a fact."""

from typing import Final

from sqlalchemy import Column, ForeignKey, Table, Text

from sync.store.schema.metadata import metadata, now_by_default, optional_time

gifts: Final = Table(
    "gifts",
    metadata,
    Column("card_id", Text, primary_key=True),
    Column("order_id", Text, ForeignKey("orders.id"), nullable=False, index=True),
    Column("email", Text),  # none: it goes to who bought it
    Column("name", Text, nullable=False, server_default=""),
    Column("sender", Text, nullable=False, server_default=""),
    Column("words", Text, nullable=False, server_default=""),
    optional_time("send_at"),  # none: as soon as it is paid
    Column("mail_id", Text),  # the newest mail that has its code
    now_by_default("created_at"),
)

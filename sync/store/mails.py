"""Mails as rows that remember, each with a durable job that sends it."""

from sqlalchemy import Connection
from sqlalchemy.dialects.postgresql import insert

from sync.store import tables as t
from sync.store.chain import new_id
from sync.store.queue import defer


def queue_mail(connection: Connection, order_id: str, email: str, by: str | None = None) -> str:
    """Queues the mail of an order with its receipt and tickets; returns its id. `by` is the organizer who wanted it."""
    mail_id = new_id()
    connection.execute(insert(t.mails).values(id=mail_id, order_id=order_id, email=email, by=by))
    defer(connection, "send_mail", {"mail_id": mail_id})
    return mail_id

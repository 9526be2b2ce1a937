"""Mails as rows that remember, each with a durable job that sends it."""

from sqlalchemy import Connection, select
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


def queue_word(connection: Connection, order_id: str, kind: str) -> None:
    """Queues a mail that tells the buyer of a web order how its payment stands, if there is an address."""
    o = t.orders.c
    buyer = select(o.customer_email).where(o.id == order_id, o.channel == "web", o.customer_email.is_not(None))
    email = connection.execute(buyer).scalar_one_or_none()
    if email is not None:
        mail_id = new_id()
        connection.execute(insert(t.mails).values(id=mail_id, order_id=order_id, email=email, kind=kind))
        # A task of its own: a hub of the version before would send a receipt for it.
        defer(connection, "send_word", {"mail_id": mail_id})

"""Mails as rows that remember, each with a durable job that sends it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import Final

from sqlalchemy import Connection, select, text, update
from sqlalchemy.dialects.postgresql import insert

from sync.store import tables as t
from sync.store.chain import new_id
from sync.store.queue import defer
from sync.store.rows import value_of

_m: Final = t.mails.c
_UNDELIVERED: Final = text("""
    SELECT m.order_id, o.order_number, m.email, m.last_error, m.created_at, e.timezone
    FROM mails m JOIN orders o ON o.id = m.order_id JOIN events e ON e.id = o.event_id
    WHERE m.status IN ('failed', 'bounced') AND m.created_at > now() - interval '30 days'
      AND NOT EXISTS (SELECT 1 FROM mails later WHERE later.order_id = m.order_id AND later.created_at > m.created_at)
    ORDER BY m.created_at DESC LIMIT 50
""")


class MailStatus(Enum):
    QUEUED = "queued"
    SENT = "sent"
    DELIVERED = "delivered"
    BOUNCED = "bounced"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class KeptMail:
    """A mail about an order. `kind` may be a newer hub's; the till `device_id` or the organizer `by` wanted it.

    One that tells of a refund names it, or the one that came back; one of a cancellation names that; one that
    brings a gift card's code names the card.
    """

    id: str
    order_id: str
    email: str
    kind: str
    status: MailStatus
    refund_id: str | None
    returned_refund_id: str | None
    cancellation_id: str | None
    card_id: str | None
    device_id: str | None
    by: str | None
    last_error: str | None
    created_at: datetime
    sent_at: datetime | None


@dataclass(frozen=True, slots=True)
class Undelivered:
    """An order whose last mail did not arrive."""

    order_id: str
    order_number: str
    email: str
    last_error: str | None
    created_at: datetime
    timezone: str


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


def count_try(connection: Connection, mail_id: str) -> KeptMail:
    """Counts that a mail is about to be sent, and returns it."""
    counted = update(t.mails).where(_m.id == mail_id).values(attempts=_m.attempts + 1).returning(*_m)
    return value_of(KeptMail, connection.execute(counted).one())


def mails_of(connection: Connection, order_id: str) -> Sequence[KeptMail]:
    """Returns all mails about an order."""
    return [value_of(KeptMail, row) for row in connection.execute(select(t.mails).where(_m.order_id == order_id))]


def undelivered(connection: Connection) -> Sequence[Undelivered]:
    """Returns the orders of the last month whose last mail did not arrive, the newest first."""
    return [value_of(Undelivered, row) for row in connection.execute(_UNDELIVERED)]

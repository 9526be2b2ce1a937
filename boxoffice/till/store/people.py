"""Who bought, and the mails that they wish: what of it the hub does not have yet."""

from collections.abc import Iterable
from typing import Final

from sqlalchemy import Connection

from boxoffice.core.wire.mails import MailRequest
from boxoffice.core.wire.pushes import ContactMessage

_CONTACTS: Final = "SELECT id, order_id, email, name, phone FROM contacts WHERE is_sent = 0 ORDER BY id LIMIT ?"
_TAKEN_BACK: Final = """
    UPDATE orders SET customer_email = coalesce(?, customer_email), customer_name = coalesce(?, customer_name),
        customer_phone = coalesce(?, customer_phone)
    WHERE id = ? AND NOT EXISTS (SELECT 1 FROM contacts WHERE order_id = ? AND is_sent = 0)
"""
_MAILS: Final = "SELECT id, order_id, email FROM outbox_mails WHERE is_sent = 0 ORDER BY id"
_COUNT: Final = """
    SELECT (SELECT count(*) FROM contacts WHERE is_sent = 0) + (SELECT count(*) FROM outbox_mails WHERE is_sent = 0)
"""
_ON_THEIR_WAY: Final = """
    SELECT id, order_id, email FROM outbox_mails WHERE is_sent = 1 AND status IN ('queued', 'sent') AND looks < ?
    ORDER BY looks, id DESC LIMIT ?
"""
_LOOKED: Final = "UPDATE outbox_mails SET is_sent = 1, status = ?, looks = looks + 1 WHERE id = ?"
_MAIL: Final = "SELECT status FROM outbox_mails WHERE order_id = ? ORDER BY id DESC LIMIT 1"
_FORGET: Final = (
    "UPDATE orders SET customer_email = NULL, customer_name = NULL, customer_phone = NULL WHERE id = ?",
    "UPDATE contacts SET email = NULL, name = NULL, phone = NULL, is_sent = 1 WHERE order_id = ?",
    "UPDATE outbox_mails SET email = '', is_sent = 1 WHERE order_id = ?",
    "UPDATE order_notes SET note = '', is_sent = 1 WHERE order_id = ?",
)
"""Rows stay, as others count them; there is nothing in them any more, and nothing to send."""
_EVER: Final = "SELECT (SELECT count(*) FROM contacts) + (SELECT count(*) FROM outbox_mails)"


def unsent_contacts(connection: Connection, most: int = -1) -> tuple[ContactMessage, ...]:
    """Returns the details that the hub does not have, as they were given one after the other."""
    return tuple(
        ContactMessage(contact_id=row[0], order_id=row[1], email=row[2], name=row[3], phone=row[4])
        for row in connection.exec_driver_sql(_CONTACTS, (most,))
    )


def take_back(connection: Connection, contacts: Iterable[ContactMessage]) -> None:
    """Takes the hub's word for who bought; what was said here and is not sent yet is newer."""
    for each in contacts:
        values = (each.email, each.name, each.phone, each.order_id, each.order_id)
        connection.exec_driver_sql(_TAKEN_BACK, values)


def forget(connection: Connection, orders: Iterable[str]) -> None:
    """Forgets who orders are for. The index that finds them by name follows, as for every change of an order."""
    for order_id in orders:
        for statement in _FORGET:
            connection.exec_driver_sql(statement, (order_id,))


def note_sent(connection: Connection, contacts: Iterable[ContactMessage]) -> None:
    for contact in contacts:
        connection.exec_driver_sql("UPDATE contacts SET is_sent = 1 WHERE id = ?", (contact.contact_id,))


def unsent_mails(connection: Connection) -> tuple[MailRequest, ...]:
    return tuple(_mail(*row) for row in connection.exec_driver_sql(_MAILS))


def mails_on_their_way(connection: Connection, looks: int, most: int) -> tuple[MailRequest, ...]:
    """Returns mails that the hub has, and whose end is not known; not those that were looked for so often."""
    return tuple(_mail(*row) for row in connection.exec_driver_sql(_ON_THEIR_WAY, (looks, most)))


def note_looked(connection: Connection, mail_id: str, status: str) -> None:
    """Keeps how a mail stands, by the hub's own word."""
    connection.exec_driver_sql(_LOOKED, (status, mail_id))


def mail_status(connection: Connection, order_id: str) -> str:
    """Returns how the newest mail about an order stands; nothing if there is none."""
    return connection.exec_driver_sql(_MAIL, (order_id,)).scalar() or ""


def add_wish(connection: Connection, contact_id: str, mail_id: str, order_id: str, email: str) -> None:
    """Keeps where somebody wishes papers to be sent."""
    connection.exec_driver_sql("UPDATE orders SET customer_email = ? WHERE id = ?", (email, order_id))
    connection.exec_driver_sql(
        "INSERT INTO contacts (id, order_id, email) VALUES (?, ?, ?)", (contact_id, order_id, email)
    )
    connection.exec_driver_sql(
        "INSERT INTO outbox_mails (id, order_id, email) VALUES (?, ?, ?)", (mail_id, order_id, email)
    )


def add_name(connection: Connection, contact_id: str, order_id: str, name: str) -> None:
    """Keeps whose an order is."""
    connection.exec_driver_sql("UPDATE orders SET customer_name = ? WHERE id = ?", (name, order_id))
    connection.exec_driver_sql(
        "INSERT INTO contacts (id, order_id, name) VALUES (?, ?, ?)", (contact_id, order_id, name)
    )


def hand_on(connection: Connection, contact_id: str, order_id: str, name: str) -> None:
    """Keeps that an order is another's now: what was known of who had it before is not theirs."""
    connection.exec_driver_sql(
        "UPDATE orders SET customer_email = NULL, customer_phone = NULL WHERE id = ?", (order_id,)
    )
    add_name(connection, contact_id, order_id, name)


def _mail(id_: str, order_id: str, email: str) -> MailRequest:
    return MailRequest(mail_id=id_, order_id=order_id, email=email)


def count_unsent(connection: Connection) -> int:
    return int(connection.exec_driver_sql(_COUNT).scalar_one())


def count_ever(connection: Connection) -> int:
    """Returns a number that grows with every detail and every wish."""
    return int(connection.exec_driver_sql(_EVER).scalar_one())

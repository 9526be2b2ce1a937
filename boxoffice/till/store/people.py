"""Who bought, and the mails that they wish: what of it the hub does not have yet."""

from collections.abc import Iterable
from typing import Final

from sqlalchemy import Connection

from boxoffice.core.wire import ContactMessage, MailRequest

_CONTACTS: Final = "SELECT id, order_id, email, name, phone FROM contacts WHERE is_sent = 0 ORDER BY id LIMIT ?"
_MAILS: Final = "SELECT id, order_id, email FROM outbox_mails WHERE is_sent = 0 ORDER BY id"
_COUNT: Final = """
    SELECT (SELECT count(*) FROM contacts WHERE is_sent = 0) + (SELECT count(*) FROM outbox_mails WHERE is_sent = 0)
"""
_EVER: Final = "SELECT (SELECT count(*) FROM contacts) + (SELECT count(*) FROM outbox_mails)"


def unsent_contacts(connection: Connection, most: int = -1) -> tuple[ContactMessage, ...]:
    """Returns the details that the hub does not have, as they were given one after the other."""
    return tuple(
        ContactMessage(contact_id=row[0], order_id=row[1], email=row[2], name=row[3], phone=row[4])
        for row in connection.exec_driver_sql(_CONTACTS, (most,))
    )


def note_sent(connection: Connection, contacts: Iterable[ContactMessage]) -> None:
    for contact in contacts:
        connection.exec_driver_sql("UPDATE contacts SET is_sent = 1 WHERE id = ?", (contact.contact_id,))


def unsent_mails(connection: Connection) -> tuple[MailRequest, ...]:
    rows = connection.exec_driver_sql(_MAILS)
    return tuple(MailRequest(mail_id=row[0], order_id=row[1], email=row[2]) for row in rows)


def count_unsent(connection: Connection) -> int:
    return int(connection.exec_driver_sql(_COUNT).scalar_one())


def count_ever(connection: Connection) -> int:
    """Returns a number that grows with every detail and every wish."""
    return int(connection.exec_driver_sql(_EVER).scalar_one())

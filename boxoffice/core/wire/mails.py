"""The messages by which a till has receipts and tickets mailed."""

from typing import Annotated

from pydantic import StringConstraints

from boxoffice.core.wire.message import Message


class MailRequest(Message):
    """`POST /api/till/mails`: receipt and tickets of an order by e-mail, as a durable job.

    Any text may stand for the address: the hub reads it, and answers `failed` for one that no mail can reach.
    """

    mail_id: str
    order_id: str
    email: Annotated[str, StringConstraints(max_length=1000)]


class MailAnswer(Message):
    mail_id: str
    status: str

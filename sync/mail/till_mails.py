"""Mails that tills ask for: each is queued once, however often it is asked for.

A till that was revoked may be in wrong hands: its mails go to nobody but whom the order is for.
"""

from typing import Final

from sqlalchemy import Connection, select
from sqlalchemy.dialects.postgresql import insert

from boxoffice.core.email_addresses import MOST, BadAddress, read_email
from boxoffice.core.errors import BadInput, FieldError
from boxoffice.core.reading import read_line
from boxoffice.core.wire.mails import MailRequest
from sync.store import tables as t
from sync.store.contacts import EMAIL, is_same_address, set_contact
from sync.store.queue import defer
from sync.store.tills import Device

_ELSEWHERE: Final = "A revoked till asked for it, and it is not the address of the order."
_NO_MAIL: Final = "This hub was not set up for e-mail when a revoked till asked for it."


def queue_for_till(connection: Connection, device: Device, request: MailRequest, *, can_send: bool) -> None:
    """Queues the mail, or keeps it with the reason why it can't go: whoever looks after the orders is told.

    Args:
        connection: of a transaction.
        device: the till that asks.
        request: what it asks for.
        can_send: whether this hub is set up for e-mail.

    Raises:
        BadInput: if the till's order is not known here.
    """
    mine = (t.orders.c.id == request.order_id, t.orders.c.placed_by == device.id)
    order = connection.execute(select(t.orders.c.customer_email).where(*mine)).one_or_none()
    if order is None:
        raise BadInput([FieldError("order_id", "this till has not sent the order's facts")])
    address, wrong = _read(request.email)
    if device.is_revoked:
        wrong = wrong or _why_not(address, order.customer_email, can_send=can_send)
    row = {
        "id": request.mail_id,
        "order_id": request.order_id,
        "device_id": device.id,
        "email": address,
        "status": "failed" if wrong else "queued",
        "last_error": wrong,
    }
    new = insert(t.mails).values(row).on_conflict_do_nothing().returning(t.mails.c.id)
    if connection.execute(new).first() is not None and not wrong:
        set_contact(connection, {EMAIL: address}, *mine)
        defer(connection, "send_mail", {"mail_id": request.mail_id})


def _why_not(address: str, known: str | None, *, can_send: bool) -> str | None:
    if known is not None and not is_same_address(address, known):
        return _ELSEWHERE
    return None if can_send else _NO_MAIL


def _read(text: str) -> tuple[str, str | None]:
    """Returns an address that a till sent, and what is wrong with it: a mail that can't go is kept, and told."""
    try:
        return read_email(text), None
    except BadAddress as error:
        return read_line(text)[:MOST], error.wrong.value

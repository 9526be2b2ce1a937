"""Who pays at a till by phone: the address that was typed at the provider's page gets receipt and tickets.

The payment may be a part of what is due, and the rest be paid at the till: then the mail goes when the till says so.
"""

from typing import Final

from sqlalchemy import Connection, exists, select

from boxoffice.core.facts import text_in
from boxoffice.core.orders import AT_TILLS, OrderState
from boxoffice.core.payments import PaymentStatus
from boxoffice.core.tenders import Taken, names_where
from boxoffice.core.wire.pushes import PushRequest
from sync.store import tables as t
from sync.store.contacts import EMAIL, set_contact
from sync.store.mails import queue_mail

_o: Final = t.orders.c
_p: Final = t.payments.c
_AT_TILLS: Final = [channel.value for channel in AT_TILLS]
_PAGES: Final = names_where(lambda row: row.taken is Taken.PAGE)


def take_payer(connection: Connection, order_id: str, tender_id: str, email: str | None) -> None:
    """Keeps the address of who paid by phone at the door, unless one is kept; mails it if nothing is due any more.

    An address that was typed at a till before is not mailed: the till does that.
    """
    mine = (_o.id == order_id, _o.channel.in_(_AT_TILLS), _o.customer_email.is_(None))
    is_theirs = email is not None and set_contact(connection, {EMAIL: email}, *mine)
    _mail(connection, {order_id}, besides=None if is_theirs else tender_id)


def mail_payers(connection: Connection, push: PushRequest) -> None:
    """Mails those who paid a part by phone of what this push has finished; tills mail what was typed there."""
    typed = {contact.order_id for contact in push.contacts}
    named = (text_in(fact.payload, "order_id") for fact in push.facts)
    _mail(connection, {order for order in named if order is not None} - typed)


def _mail(connection: Connection, order_ids: set[str], *, besides: str | None = None) -> None:
    """Mails, once, those orders that are paid in full and of which a payment other than `besides` was by phone."""
    by_phone = [_p.order_id == _o.id, _p.tender.in_(_PAGES), _p.status == PaymentStatus.CAPTURED.value]
    if besides is not None:
        by_phone.append(_p.id != besides)
    wanted = select(_o.id, _o.customer_email).where(
        _o.id.in_(order_ids),
        _o.channel.in_(_AT_TILLS),
        _o.status == OrderState.COMPLETED.value,
        _o.customer_email.is_not(None),
        exists().where(*by_phone),
        ~exists().where(t.mails.c.order_id == _o.id),
    )
    for order_id, email in connection.execute(wanted.order_by(_o.id)).all():
        queue_mail(connection, order_id, email)

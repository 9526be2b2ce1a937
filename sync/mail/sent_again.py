"""An order's mail once more: to an address that an organizer names, with a new link, or to who has lost it."""

from typing import Final

from sqlalchemy import Connection, func, or_, select

from boxoffice.core.closed_sets import names_of
from boxoffice.core.orders import HELD, PAID_FOR
from sync.orders.access import renew
from sync.store import tables as t
from sync.store.mails import queue_mail

PAID: Final = names_of(PAID_FOR)
"""The states in which there is something that a mail can tell of."""
_MOST_ORDERS: Final = 5
_o: Final = t.orders.c
_HAS_TICKETS: Final = (
    select(t.tickets.c.id).where(t.tickets.c.order_id == _o.id, t.tickets.c.status == "valid").exists()
)
"""What was refunded at the provider itself may have tickets that work."""


def send_to(connection: Connection, order_id: str, address: str, by: str) -> bool:
    """Mails an order to an address that an organizer names; returns whether there is something to mail."""
    status = connection.execute(select(_o.status).where(_o.id == order_id)).scalar_one_or_none()
    if status not in PAID:
        return False
    queue_mail(connection, order_id, address, by=by)
    return True


def send_new_link(connection: Connection, order_id: str, by: str) -> bool:
    """Ends the links that a paid order from the web has, and mails the new one to the order's own address.

    Returns whether it is such an order.
    """
    mine = (_o.id == order_id, _o.channel == "web", _o.status.in_(PAID))
    row = connection.execute(select(_o.customer_email).where(*mine)).one_or_none()
    if row is None:
        return False
    renew(connection, order_id, by)
    if row.customer_email:
        queue_mail(connection, order_id, row.customer_email, by=by)
    return True


def send_all_of(connection: Connection, address: str) -> None:
    """Mails the newest orders of an address that have tickets to that address; `address` is in small letters."""
    paid = select(_o.id, _o.customer_email).where(
        func.lower(_o.customer_email) == address,
        _o.channel == "web",
        or_(_o.status.in_(names_of(HELD)), (_o.status == "refunded") & _HAS_TICKETS),
    )
    for row in connection.execute(paid.order_by(_o.created_at.desc()).limit(_MOST_ORDERS)).all():
        queue_mail(connection, row.id, row.customer_email)

"""How a paid order ends: its units sold, its tickets issued, and, for a web order, its mail on the way.

An order that was given up can come back to life when its money comes late, if its places can still be had.
"""

from sqlalchemy import Connection, select

from boxoffice.core.books import Books
from boxoffice.core.ids import EventId, OrderId, TicketId
from boxoffice.core.orders import OrderState
from boxoffice.core.payloads import Payload
from boxoffice.core.sales import changed, finish, ticket_count
from sync.services.analytics import Happening, note
from sync.services.applying import sell_units
from sync.services.hub import Hub
from sync.services.mails import queue_mail
from sync.store import pools
from sync.store import tables as t
from sync.store.chain import new_id


def ending(hub: Hub, connection: Connection, books: Books, order_id: str, why: str) -> list[Payload]:
    """Returns how an order in `processing` ends whose money is all there, for the caller to write with the rest.

    The caller has locked the order. Its units are sold when this returns.
    """
    placed, order = books.placed[order_id], books.orders[order_id]
    tickets = [TicketId(new_id()) for _ in range(ticket_count(placed))]
    issued = finish(placed, EventId(order.event_id), hub.issuer(connection, order.event_id), tickets)
    hub.raise_findings(connection, sell_units(connection, books, [order_id]), event_id=order.event_id)
    if placed.channel == "web":
        email = connection.execute(select(t.orders.c.customer_email).where(t.orders.c.id == order_id)).scalar_one()
        note(hub, connection, Happening.PURCHASE, order_id)
        if email is not None:
            queue_mail(connection, order_id, email)
    return [changed(OrderId(order_id), OrderState.PROCESSING, OrderState.COMPLETED, why), issued]


def revived(
    hub: Hub, connection: Connection, books: Books, order_id: str, why: str
) -> tuple[list[Payload], list[Payload]]:
    """Returns how a web order that was given up comes back, and how it then ends; the money belongs between the two.

    The caller has locked the order. Its units are sold when this returns.

    Raises:
        NotEnoughLeft: if its places are gone; nothing was changed.
    """
    with connection.begin_nested():
        pools.hold(connection, books.orders[order_id].event_id, books.placed[order_id].units)
    back: list[Payload] = [
        changed(OrderId(order_id), OrderState.FAILED, OrderState.PENDING, why),
        changed(OrderId(order_id), OrderState.PENDING, OrderState.PROCESSING),
    ]
    return back, ending(hub, connection, books, order_id, why)

"""Facts about an order that the hub writes: written, and handed to the till that made the order, if one did."""

from collections.abc import Sequence

from sqlalchemy import Connection, select

from boxoffice.core.books import Books
from boxoffice.core.payloads import Payload
from sync.services.hub import Hub
from sync.store import feed
from sync.store import tables as t


def write_for_order(
    hub: Hub,
    connection: Connection,
    event_id: str,
    order_id: str,
    payloads: Sequence[Payload],
    books: Books | None = None,
) -> None:
    """Writes facts about an order that the caller has locked. Raises as `Hub.write`."""
    o, d = t.orders.c, t.devices.c
    query = select(d.id).join(t.orders, o.placed_by == d.id).where(o.id == order_id, d.kind == "till")
    till = connection.execute(query).scalar_one_or_none()
    for fact in hub.write(connection, payloads, event_id, books):
        if till is not None and "order_id" in fact.payload:
            feed.add(connection, "fact", event_id, till, fact.id)

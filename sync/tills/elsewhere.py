"""What one till hears of orders that it has not sold: page by page from the first, and then what changes."""

import json

from sqlalchemy import Connection

from sync.ledger.hub import Hub
from sync.store import elsewhere, feed, lives
from sync.store.elsewhere import Place
from sync.store.tills import Device


def orders_for(hub: Hub, device: Device, event_id: str, cursor: str, most: int) -> str:
    """Returns the next page, as the JSON of an `OrdersAnswer`: Postgres writes it, and nobody here reads it again.

    A cursor of an earlier life of the database, or of nobody, is as good as none.
    """
    with hub.database.transaction() as connection:
        life = lives.now(connection).id
        place = _place_in(life, cursor)
        if place is not None and feed.is_from_another_life(connection, place.xid):
            place = None
        page = elsewhere.page(connection, event_id, device.id, place or Place(), most)
        total = None if place is not None else elsewhere.count(connection, event_id, device.id)
    rest = json.dumps(
        {
            "cursor": f"{life}:{page.place.xid}:{page.place.id}",
            "more": page.more,
            "is_anew": place is None,
            "total": total,
        }
    )
    return f'{{"orders": [{", ".join(page.orders)}], {rest[1:]}'


def orders_tag(connection: Connection, life: str, event_id: str) -> str:
    """Returns a text that is another one when orders of the event have changed."""
    return f"{life}:{elsewhere.newest_change(connection, event_id)}"


def _place_in(life: str, cursor: str) -> Place | None:
    of, _, rest = cursor.partition(":")
    xid, _, order_id = rest.partition(":")
    is_ours = of == life and xid.isascii() and xid.isdigit() and len(xid) < 19 and "\0" not in order_id
    return Place(int(xid), order_id) if is_ours else None

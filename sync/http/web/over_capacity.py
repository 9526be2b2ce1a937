"""What an organizer can do about places sold beyond a pool: enlarge it, seat elsewhere, or refund who bought last."""

from typing import Any

from boxoffice.core.books import Books
from boxoffice.documents.languages import Language
from sync.http.web.order_words import CHANNEL_WORDS
from sync.http.web.times import when
from sync.operations.offers import seat_offer
from sync.operations.over_capacity import LARGEST, Sold, standing_of
from sync.operations.seat_elsewhere import remedy_for, seats_of
from sync.operations.ways import ticket_words
from sync.store.database import Transaction
from sync.store.exceptions import Raised


def over_view(connection: Transaction, row: Raised, books: Books, speaks: Language) -> dict[str, Any] | None:
    """Returns how the pool stands that a problem is about, and what can be done; None for any other problem."""
    order = books.orders.get(row.order_id or "")
    if row.kind != "over_capacity" or order is None or row.subject_id is None:
        return None
    standing = standing_of(connection, row.id, order.event_id, row.subject_id)
    if standing is None:
        return None
    how = speaks.say("{pool}: {sold} sold or promised, capacity {capacity}.").format(
        pool=standing.pool_name, sold=standing.fitting, capacity=standing.capacity
    )
    return {
        "how": how,
        "pool": standing.pool_name,
        "least": standing.fitting,
        "most": LARGEST,
        "last_sold": [_sold(each, row, speaks) for each in standing.last_sold],
        "seats": [
            {"remedy": remedy_for(each.product_id), "offer": seat_offer(each, speaks)}
            for each in seats_of(connection, row, books)
        ],
    }


def _sold(sold: Sold, row: Raised, speaks: Language) -> dict[str, Any]:
    parts = [speaks.say(CHANNEL_WORDS[sold.channel.value]), ticket_words(sold.tickets, speaks)]
    if sold.id == row.order_id:
        parts.append(speaks.say("this order"))
    if sold.is_all_cash:
        parts.append(speaks.say("all in cash: given back at the till that took it"))
    return {
        "id": sold.id,
        "number": sold.order_number,
        "at": when(sold.created_at, sold.timezone, speaks),
        "words": " · ".join(parts),
    }

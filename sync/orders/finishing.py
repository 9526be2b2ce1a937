"""How a paid order ends: what is written then, and that a web order was a purchase.

An order that was given up can come back to life when its money comes late, if its places can still be had.
"""

from sqlalchemy import Connection

from boxoffice.core.books import Books
from boxoffice.core.ids import EventId, OrderId, TicketId, part_id
from boxoffice.core.orders import OrderState
from boxoffice.core.payloads.payload import Payload
from boxoffice.core.sales import cards_issued, changed, finish, ticket_count
from sync.ledger.hub import Hub
from sync.orders.analytics import AnalyticsEvent, note
from sync.orders.promos import use_promo_again
from sync.store import gifts


def ending(hub: Hub, connection: Connection, books: Books, order_id: str, why: str) -> list[Payload]:
    """Returns how an order in `processing` ends whose money is all there, for the caller to write with the rest.

    The caller has locked the order.
    """
    placed, order = books.placed[order_id], books.orders[order_id]
    # Of an order that is lost and made again, the tickets that its buyer has are the ones that come again.
    tickets = [TicketId(part_id(order_id, i)) for i in range(ticket_count(placed))]
    issued = finish(placed, EventId(order.event_id), hub.issuer(connection, order.event_id), tickets)
    if placed.channel == "web":
        if placed.cards:
            gifts.queue_all(connection, order_id, [card.card_id for card in placed.cards])
        note(hub, connection, AnalyticsEvent.PURCHASE, order_id)
    done = changed(OrderId(order_id), OrderState.PROCESSING, OrderState.COMPLETED, why)
    return [done, issued, *cards_issued(placed)]


def revived(
    hub: Hub, connection: Connection, books: Books, order_id: str, why: str
) -> tuple[list[Payload], list[Payload]]:
    """Returns how a web order that was given up comes back, and how it then ends; the money belongs between the two.

    The caller has locked the order. If its places are gone, writing these is refused, and the transaction must be
    given up: the order's promo code is counted as used again.
    """
    use_promo_again(hub, connection, books.placed[order_id], books.orders[order_id].event_id)
    back: list[Payload] = [
        changed(OrderId(order_id), OrderState.FAILED, OrderState.PENDING, why),
        changed(OrderId(order_id), OrderState.PENDING, OrderState.PROCESSING),
    ]
    return back, ending(hub, connection, books, order_id, why)

"""Lets what came back at tills be sold again, by a fact of the hub's own: it knows what its counters have as sold."""

from collections import Counter, defaultdict
from collections.abc import Sequence

from sqlalchemy import Connection

from boxoffice.core.payloads.tickets import UnitsFreed
from sync.ledger.came_back import CameBack
from sync.ledger.hub import Hub
from sync.payments.giving_back import known_as_sold, over_lease, products_of
from sync.payments.over_capacity import count_what_fits
from sync.store.ledger import load_books


def free_what_came_back(hub: Hub, connection: Connection, back: Sequence[CameBack]) -> None:
    """Frees the units of what came back of orders that the caller has locked."""
    by_order: defaultdict[str, list[CameBack]] = defaultdict(list)
    for each in back:
        by_order[each.order_id].append(each)
    for order_id, mine in sorted(by_order.items()):
        event_id = load_books(connection, [order_id]).orders[order_id].event_id
        units, products = Counter[str](), products_of(connection, event_id)
        for each in mine:
            if each.product_id in products:
                taken = products[each.product_id].takes(each.option)
                units.update({str(pool): count for pool, count in taken.items()})
        free = known_as_sold(units, over_lease(connection, order_id))
        if free:
            hub.write(connection, [UnitsFreed(order_id=order_id, units=free)], event_id)
            count_what_fits(hub, connection, event_id)

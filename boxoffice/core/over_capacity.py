"""What was sold beyond a pool's capacity: how many units of it an order still has, and how they come to be counted."""

from collections.abc import Mapping
from typing import Final

from boxoffice.core.books import Books
from boxoffice.core.catalogue import Product
from boxoffice.core.ids import PoolId
from boxoffice.core.rows import TicketStatus

RAISED: Final = "raise_capacity"
"""A person made the pool so large that what was sold fits."""
FITS: Final = "fits_again"
"""Others gave their places back: what was sold fits by itself."""
SEATED: Final = "seat_elsewhere"
"""A person moved its tickets to another product that has places."""
COUNTED: Final = (RAISED, FITS)
"""Ways for an exception to end with which the pool knows of the units: when their tickets end, they come free."""


def units_over(books: Books, order_id: str, pool_id: str, products: Mapping[str, Product]) -> int:
    """Returns the units of a pool that an order, sold beyond it, has by its valid tickets and by goods not given back.

    `products` are those of its event by id, and the order is finished.
    """
    placed, gone = books.placed[order_id], books.given_back(order_id)

    def uses(product_id: str, option: str | None = None) -> int:
        product = products.get(product_id)
        return 0 if product is None else product.takes(option).get(PoolId(pool_id), 0)

    mine = (ticket for ticket in books.tickets.values() if ticket.order_id == order_id)
    tickets = sum(uses(ticket.product_id) for ticket in mine if ticket.status is TicketStatus.VALID)
    goods = sum(
        uses(line.product_id, line.option)
        for i, line in enumerate(placed.lines)
        if line.kind != "ticket"
        for number in range(line.quantity)
        if (i, number) not in gone
    )
    return min(tickets + goods, placed.units.get(pool_id, 0))

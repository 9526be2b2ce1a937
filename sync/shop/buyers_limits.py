"""How much one buyer may hold unpaid, so that nobody keeps places from all others."""

from collections.abc import Sequence
from typing import Final

from sqlalchemy import Connection, text

from boxoffice.core.catalogue import Catalogue
from boxoffice.core.closed_sets import listed
from boxoffice.core.errors import BadInput, FieldError
from boxoffice.core.orders import OPEN, OrderState
from boxoffice.core.pricing import Cart
from sync.ledger.hub import Hub
from sync.store import limits

# Orders that were begun and came to nothing count as well, or holding could go on for ever; what they held is free.
_UNPAID: Final = text(f"""
    SELECT count(*) AS begun, ceil(extract(epoch FROM min(h.created_at) + CAST(:lasts AS interval) - now())) AS wait_s,
           coalesce(sum((SELECT sum(i.quantity) FROM order_items i
                         WHERE i.order_id = o.id AND i.item_type <> 'donation'))
                    FILTER (WHERE o.status <> 'failed'), 0)::bigint AS held
    FROM holds h JOIN orders o ON o.id = h.order_id
    WHERE h.buyer = :buyer AND h.created_at > now() - CAST(:lasts AS interval)
      AND (o.status IN ({listed(OPEN | {OrderState.FAILED})}) OR o.total_amount = 0)
""")  # noqa: S608  # of the words of closed sets
_ONE_BUYER: Final = text("SELECT pg_advisory_xact_lock(hashtext(:who))")


class TooMuch(BadInput):
    """It is more than one order may hold."""

    def __init__(self, most: int) -> None:
        super().__init__([FieldError("items", f"must be at most {most} in one order; ask the organizers for more")])


class NotSoMany(BadInput):
    """It is less, or more, of a product than one order may have."""

    def __init__(self, names: Sequence[str]) -> None:
        self.names = tuple(names)
        super().__init__([FieldError("items", f"“{name}” is not sold in this number") for name in names])


def check_amounts(catalogue: Catalogue, cart: Cart) -> None:
    """Does nothing for a cart that has of each product as many as one order may have.

    Raises:
        NotSoMany: naming the others.
    """
    counted = [(product, cart.count_of(product.id)) for product in catalogue.products]
    wrong = [product.name for product, count in counted if product.shelf.lacks(count) or product.shelf.over(count)]
    if wrong:
        raise NotSoMany(wrong)


def check_buyer(hub: Hub, connection: Connection, buyer: str, places: int) -> None:
    """Lets nobody keep places from others by holding again and again, or all at once, what they don't pay for.

    Raises:
        TooMuch: if it is more than one order may hold.
        TooManyTries: if this buyer has begun or holds too much that was not paid.
    """
    settings = hub.settings
    if places > settings.places_per_order:
        raise TooMuch(settings.places_per_order)
    connection.execute(_ONE_BUYER, {"who": f"buyer {buyer}"})
    lasts = settings.checkout_lasts
    begun, wait_s, held = connection.execute(_UNPAID, {"buyer": buyer, "lasts": lasts}).one()
    if begun >= settings.holds_per_address or held + places > settings.places_per_address:
        raise limits.TooManyTries(max(1, int(wait_s or lasts.total_seconds())))


def places_of(catalogue: Catalogue, cart: Cart) -> int:
    """Returns how many places a cart takes."""
    return sum(line.quantity for line in cart.lines if catalogue.products_by_id[line.product_id].pools)

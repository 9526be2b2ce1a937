"""Lets nobody take all that costs nothing: what is not paid for is never given back by itself.

A place is free if nothing is paid for its line, whatever else is paid for in the order.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from sqlalchemy import ARRAY, Connection, Text, bindparam, text

from boxoffice.core.catalogue import Catalogue, ProductKind
from boxoffice.core.email_addresses import mailbox_of, may_share_mailbox
from boxoffice.core.errors import BadInput, FieldError
from boxoffice.core.payloads.lines import LinePart
from boxoffice.core.payloads.orders import OrderPlaced
from boxoffice.core.pricing import PricedLine
from sync.ledger.hub import Hub

_ALONE: Final = text("SELECT pg_advisory_xact_lock(hashtext(:who))")
_FREE: Final = """
    SELECT coalesce(sum((line ->> 'quantity')::int), 0)::bigint
    FROM {tables} JOIN facts f ON f.kind = 'order_placed' AND f.payload ->> 'order_id' = o.id
    CROSS JOIN LATERAL jsonb_array_elements(f.payload -> 'lines') AS lines (line)
    WHERE o.event_id = :event AND o.id <> :order AND o.status <> 'failed' AND {whose}
      AND line ->> 'kind' <> 'donation' AND (line ->> 'total')::bigint = 0
"""
_FREE_OF_ADDRESS: Final = text(
    _FREE.format(tables="holds h JOIN orders o ON o.id = h.order_id", whose="h.buyer = :who")
)
_FREE_OF_EMAILS: Final = text(
    _FREE.format(tables="orders o", whose="o.channel = 'web' AND o.customer_email = ANY(:who)")
).bindparams(bindparam("who", type_=ARRAY(Text)))
_NEAR: Final = text("""
    SELECT DISTINCT o.customer_email FROM orders o
    WHERE o.event_id = :event AND o.channel = 'web' AND starts_with(lower(o.customer_email), :begins)
      AND split_part(lower(o.customer_email), '@', 2) = ANY(:hosts)
""").bindparams(bindparam("hosts", type_=ARRAY(Text)))


class TooManyFree(BadInput):
    """It is more of what costs nothing than one buyer may have."""

    def __init__(self, most: int) -> None:
        words = f"must hold at most {most} free places for one buyer of this event; ask the organizers for more"
        super().__init__([FieldError("items", words)])


def check_free_of_address(
    hub: Hub, connection: Connection, catalogue: Catalogue, lines: Iterable[PricedLine], address: str
) -> None:
    """Does nothing if a network address may have what is free in a new order; others of its orders wait meanwhile.

    Raises:
        TooManyFree: if it has, or holds, as much as it may.
    """
    if free := _free_places(lines):
        most = hub.settings.free_places_per_address or places_of_address(_scarcest(catalogue, free.products))
        connection.execute(_ALONE, {"who": f"free {catalogue.id} {address}"})
        had = connection.execute(_FREE_OF_ADDRESS, {"event": catalogue.id, "order": "", "who": address}).scalar_one()
        _must_fit(had + free.count, most)


def check_free_of_email(
    hub: Hub, connection: Connection, catalogue: Catalogue, placed: OrderPlaced, email: str
) -> None:
    """Does the same for who reads the mail of an address, wherever from, once it is known for an order.

    Raises:
        TooManyFree: if it has, or holds, as much as it may.
    """
    if free := _free_places(placed.lines):
        most = hub.settings.free_places_per_buyer or places_of_buyer(_scarcest(catalogue, free.products))
        connection.execute(_ALONE, {"who": f"free {catalogue.id} {mailbox_of(email)}"})
        same = _of_same_mailbox(connection, catalogue, email)
        theirs = {"event": catalogue.id, "order": placed.order_id, "who": same}
        had = connection.execute(_FREE_OF_EMAILS, theirs).scalar_one()
        _must_fit(had + free.count, most)


def _of_same_mailbox(connection: Connection, catalogue: Catalogue, email: str) -> list[str]:
    """Returns the addresses of the event's orders whose mail one person reads."""
    begins, hosts = may_share_mailbox(email)
    near = connection.scalars(_NEAR, {"event": catalogue.id, "begins": begins, "hosts": list(hosts)})
    return [each for each in near if mailbox_of(each) == mailbox_of(email)]


def _must_fit(places: int, most: int) -> None:
    if places > most:
        raise TooManyFree(most)


@dataclass(frozen=True, slots=True)
class _FreePlaces:
    """How many places of an order cost nothing, and of which products."""

    count: int
    products: frozenset[str]


def _free_places(lines: Iterable[PricedLine | LinePart]) -> _FreePlaces | None:
    """Returns the places for which nothing is paid, or None if there are none."""
    free: Counter[str] = Counter()
    for line in lines:
        if isinstance(line, PricedLine):
            kind, product, total = line.product.kind.value, str(line.product.id), line.total.minor
        else:
            kind, product, total = line.kind, line.product_id, line.total
        if kind != ProductKind.DONATION.value and total == 0:
            free[product] += line.quantity
    return _FreePlaces(free.total(), frozenset(free)) if free else None


def _scarcest(catalogue: Catalogue, products: frozenset[str]) -> int:
    """Returns the capacity of the smallest pool that these products draw on."""
    pools_used = {pool for p in catalogue.products if str(p.id) in products for pool in p.pools}
    return min((pool.capacity for pool in catalogue.pools if pool.id in pools_used), default=0)


def places_of_buyer(capacity: int) -> int:
    """Returns how many free places of a small pool one e-mail address may have: a quarter; at least 4, at most 20."""
    return min(20, max(4, capacity // 4))


def places_of_address(capacity: int) -> int:
    """Returns the same for a network address, behind which many people may be: a half, at most 120."""
    return max(places_of_buyer(capacity), min(120, capacity // 2))

"""Places that were sold beyond a pool's capacity: how it stands, whom they went to last, and a larger pool for them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import Connection, select, text

from boxoffice.core.errors import BadInput
from boxoffice.core.event_file import catalogue_from, event_file_of, with_capacity
from boxoffice.core.ids import PoolId
from boxoffice.core.languages import later
from boxoffice.core.orders import Channel
from boxoffice.core.over_capacity import RAISED
from boxoffice.core.payloads.catalogues import CatalogueRevised
from boxoffice.core.payloads.exceptions import ExceptionResolved
from boxoffice.core.rows import ExceptionStatus
from boxoffice.core.tenders import TENDERS, Back
from sync.ledger.hub import Hub
from sync.operations.exceptions import NotDone
from sync.payments.giving_back import products_of
from sync.payments.over_capacity import OverSold, count_what_fits, over_sold
from sync.store import exceptions
from sync.store import tables as t
from sync.store.events import hold_event
from sync.store.ledger import lock_orders
from sync.store.rows import value_of

LARGEST: Final = 10_000_000
"""Places of one pool, as in an event's file."""
LAST_SOLD: Final = 5
_IN_DRAWERS: Final = [kind.value for kind, row in TENDERS.items() if row.back is Back.DRAWER]
_LAST: Final = text("""
    SELECT o.id, o.order_number, o.channel, o.created_at, e.timezone, count(*)::int AS tickets,
           (SELECT bool_and(p.tender = ANY(:in_drawers)) FROM payments p
            WHERE p.order_id = o.id AND p.status = 'captured') AS is_all_cash
    FROM orders o JOIN events e ON e.id = o.event_id
    JOIN tickets k ON k.order_id = o.id AND k.status = 'valid' AND k.product_id = ANY(:products)
    WHERE o.event_id = :event GROUP BY o.id, e.id ORDER BY o.created_at DESC, o.id DESC LIMIT :most
""")


@dataclass(frozen=True, slots=True)
class Sold:
    """An order with valid tickets of a pool. What is all cash goes back at the till, not here."""

    id: str
    order_number: str
    channel: Channel
    created_at: datetime
    timezone: str
    tickets: int
    is_all_cash: bool | None


@dataclass(frozen=True, slots=True)
class Standing:
    """A pool of which more was sold than there is: `fitting` is the least capacity that all of it fits in.

    `over` units are counted nowhere, `mine` of them for the problem at hand, and so many are `available`.
    """

    pool_name: str
    capacity: int
    available: int
    over: int
    mine: int
    last_sold: Sequence[Sold] = ()

    @property
    def fitting(self) -> int:
        return self.capacity - self.available + self.over


def standing_of(connection: Connection, exception_id: str, event_id: str, pool_id: str) -> Standing | None:
    """Returns how the pool of an open problem stands, with the orders that were sold last of it."""
    over = over_sold(connection, event_id)
    pool = connection.execute(
        select(t.pools.c.name, t.pools.c.capacity, t.pools.c.available).where(
            t.pools.c.event_id == event_id, t.pools.c.id == pool_id
        )
    ).one_or_none()
    if pool is None:
        return None
    units, mine = _units(over, pool_id), sum(each.units for each in over if each.exception_id == exception_id)
    sellers = [
        product_id
        for product_id, product in products_of(connection, event_id).items()
        if PoolId(pool_id) in product.pools
    ]
    values = {"products": sellers, "event": event_id, "most": LAST_SOLD, "in_drawers": _IN_DRAWERS}
    rows = connection.execute(_LAST, values)
    return Standing(pool.name, pool.capacity, pool.available, units, mine, [value_of(Sold, row) for row in rows])


def raise_capacity(hub: Hub, exception_id: str, typed: str, by: str) -> None:
    """Makes the pool of a problem as large as was typed, and counts what was sold beyond it; pressed again, nothing.

    Raises:
        NotDone: if that is no number, or one that what was sold does not fit in; nothing was changed.
    """
    hub.database.run(lambda connection: _raise(hub, connection, exception_id, typed, by))


def _raise(hub: Hub, connection: Connection, exception_id: str, typed: str, by: str) -> None:
    found = exceptions.order_of(connection, exception_id)
    if found is None or found[0] is None:
        raise NotDone("This problem has no such remedy.")
    lock_orders(connection, [found[0]])
    row = exceptions.locked(connection, exception_id)
    if row.status is ExceptionStatus.RESOLVED:
        return
    if row.kind != "over_capacity":
        raise NotDone("This problem has no such remedy.")
    over = {each.exception_id: each for each in over_sold(connection)}[exception_id]
    capacity = _read(typed)
    revised = _revised(connection, over, capacity)
    units = {over.pool_id: over.units} if over.units else {}
    resolved = ExceptionResolved(exception_id=exception_id, remedy=RAISED, by=by, units=units)
    hub.write(connection, [revised, resolved], over.event_id)
    count_what_fits(hub, connection, over.event_id)


def _read(typed: str) -> int:
    digits = typed.strip()
    if not (digits.isascii() and digits.isdigit() and len(digits) <= len(str(LARGEST)) and int(digits) <= LARGEST):
        raise NotDone(later("Give the new capacity as a whole number, such as 250."))
    return int(digits)


def _revised(connection: Connection, over: OverSold, capacity: int) -> CatalogueRevised:
    """Returns the event's next revision, with this pool larger; the event and its pool stay as they are meanwhile."""
    stored = hold_event(connection, over.event_id)
    if stored is None:
        raise NotDone("The event is not there any more.")
    p = t.pools.c
    mine = (p.event_id == over.event_id, p.id == over.pool_id)
    pool = connection.execute(select(t.pools).where(*mine).with_for_update()).one()
    least = pool.capacity - pool.available + _units(over_sold(connection, over.event_id), over.pool_id)
    if capacity < least:
        raise NotDone(f"So many places are sold, held or with the tills: the capacity must be {least} or more.")
    try:
        catalogue = catalogue_from(with_capacity(stored.file, over.pool_id, capacity), stored.revision + 1)
    except BadInput as error:
        raise NotDone(str(error)) from error
    return CatalogueRevised(revision=catalogue.revision, event=event_file_of(catalogue))


def _units(over: Sequence[OverSold], pool_id: str) -> int:
    return sum(each.units for each in over if each.pool_id == pool_id)

"""Orders from tills, as whoever bought one may see it."""

from dataclasses import dataclass

from sqlalchemy import Connection, select

from boxoffice.core.closed_sets import names_of
from boxoffice.core.orders import PAID_FOR
from sync.store import tables as t
from sync.store.given_back import COLUMNS, GivenBack, returned_by


@dataclass(frozen=True, slots=True)
class TillOrder:
    id: str
    number: str
    back: GivenBack


def find_paid(connection: Connection, order_id: str) -> TillOrder | None:
    """Returns an order that was paid at a till; None for any other."""
    o = t.orders.c
    mine = (o.id == order_id, o.channel != "web", o.status.in_(names_of(PAID_FOR)))
    row = connection.execute(select(t.orders, *COLUMNS).where(*mine)).one_or_none()
    return None if row is None else TillOrder(row.id, row.order_number, returned_by(row).back)


def is_of_till(connection: Connection, order_id: str, device_id: str) -> bool:
    """Returns whether a till has placed an order."""
    o = t.orders.c
    mine = (o.id == order_id, o.placed_by == device_id)
    return connection.execute(select(o.id).where(*mine)).scalar_one_or_none() is not None

"""When an order was handed over at a door, and what showed that it was theirs: beside the order, as tills told it."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select, update

from sync.store import tables as t

_o = t.orders.c


@dataclass(frozen=True, slots=True)
class Collectable:
    """An order by its number; `collected_at` is None while nobody has come for it."""

    order_number: str
    event_id: str
    collected_at: datetime | None


def collectable(connection: Connection, order_id: str) -> Collectable | None:
    """Returns an order that may be handed over; None if there is none."""
    mine = select(_o.order_number, _o.event_id, _o.collected_at).where(_o.id == order_id)
    row = connection.execute(mine).one_or_none()
    return None if row is None else Collectable(row.order_number, row.event_id, row.collected_at)


def mark_collected(connection: Connection, order_id: str, at: datetime, seen: str) -> None:
    """Keeps that an order was handed over."""
    connection.execute(update(t.orders).where(_o.id == order_id).values(collected_at=at, collected_as=seen))

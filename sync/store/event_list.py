"""What a list of events says of each: how many places are left, and what was sold and taken so far."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, text

from boxoffice.core.closed_sets import listed
from boxoffice.core.orders import PAID_FOR
from boxoffice.core.tenders import names_where

_PAID: Final = names_where(lambda row: row.is_money)
_EVENTS: Final = text(f"""
    SELECT e.id, e.name, e.timezone, e.currency, e.file, e.revision, e.created_at,
           coalesce(o.orders, 0) AS orders, coalesce(o.tickets, 0) AS tickets, coalesce(o.taken, 0)::bigint AS taken,
           coalesce(s.came, 0) AS came
    FROM events e
    LEFT JOIN LATERAL (
        SELECT count(*)::int AS orders,
               sum((SELECT count(*) FROM tickets k WHERE k.order_id = o.id AND k.status = 'valid'))::int AS tickets,
               sum(coalesce((SELECT sum(p.amount) FROM payments p WHERE p.order_id = o.id AND p.status = 'captured'
                             AND p.tender = ANY(:paid)), 0)
                   - coalesce((SELECT sum(r.amount) FROM refunds r JOIN payments p ON p.id = r.payment_id
                               WHERE p.order_id = o.id AND r.status <> 'failed' AND p.tender = ANY(:paid)), 0)) AS taken
        FROM orders o WHERE o.event_id = e.id AND o.status IN ({listed(PAID_FOR)})
    ) o ON true
    LEFT JOIN LATERAL (
        SELECT count(DISTINCT s.ticket_id)::int AS came FROM scans s
        WHERE s.event_id = e.id AND s.outcome = 'admitted' AND NOT s.is_undone
    ) s ON true
    ORDER BY e.created_at DESC, e.id
""")  # noqa: S608  # of the words of a closed set
_SOLD: Final = text(f"""
    SELECT i.product_id, sum(i.quantity)::int AS sold FROM orders o JOIN order_items i ON i.order_id = o.id
    WHERE o.event_id = :event AND o.status IN ({listed(PAID_FOR)}) GROUP BY 1
""")  # noqa: S608  # as above
_POOLS: Final = text("""
    SELECT event_id, id, name, capacity, available, leased, held, sold FROM pools
    WHERE (CAST(:event AS text) IS NULL OR event_id = :event) AND id NOT LIKE 'code:%' ORDER BY event_id, id
""")
_PLACED: Final = text("SELECT count(*) FROM orders WHERE event_id = :event")


@dataclass(frozen=True, slots=True)
class ListedEvent:
    """`taken` is the money that was paid and stayed; `came` counts tickets that were let in."""

    id: str
    name: str
    timezone: str
    currency: str
    file: Mapping[str, Any]
    revision: int
    created_at: datetime
    orders: int
    tickets: int
    taken: int
    came: int


@dataclass(frozen=True, slots=True)
class PoolNow:
    """`left` is what nobody has sold or holds, at the hub and with tills."""

    event_id: str
    id: str
    name: str
    capacity: int
    available: int
    leased: int
    held: int
    sold: int

    @property
    def left(self) -> int:
        return self.available + self.leased


def listed_events(connection: Connection) -> Sequence[ListedEvent]:
    return [ListedEvent(*row) for row in connection.execute(_EVENTS, {"paid": list(_PAID)})]


def pools_now(connection: Connection, event_id: str | None = None) -> Sequence[PoolNow]:
    return [PoolNow(*row) for row in connection.execute(_POOLS, {"event": event_id})]


def sold_of(connection: Connection, event_id: str) -> dict[str, int]:
    """Returns how many of each product are in orders that are paid for."""
    return {row.product_id: row.sold for row in connection.execute(_SOLD, {"event": event_id})}


def placed_orders(connection: Connection, event_id: str) -> int:
    return int(connection.execute(_PLACED, {"event": event_id}).scalar_one())

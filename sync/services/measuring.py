"""How the hub does: the numbers that the customer's plan sets targets for, read from the books themselves."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from sqlalchemy import Connection, text

WINDOW: Final = timedelta(hours=24)

_SALES: Final = text("""
    WITH mine AS (
        SELECT o.status, h.created_at, (
            SELECT min(f.received_at) FROM facts f
            WHERE f.payload ->> 'order_id' = o.id AND f.kind = 'payment_captured'
        ) AS paid_at
        FROM orders o JOIN holds h ON h.order_id = o.id WHERE h.created_at > now() - CAST(:window AS interval)
    )
    SELECT count(*) FILTER (WHERE status IN ('completed', 'refunded', 'partially_refunded')) AS bought,
           count(*) FILTER (WHERE status = 'failed') AS abandoned,
           avg(extract(epoch FROM paid_at - created_at)) FILTER (WHERE paid_at IS NOT NULL) AS seconds
    FROM mine
""")
_PAYMENTS: Final = text("""
    SELECT count(*) FILTER (WHERE kind = 'payment_captured') AS captured,
           count(*) FILTER (WHERE kind = 'payment_failed'
                            AND payload ->> 'code' NOT IN ('expired', 'canceled', 'switched')) AS failed
    FROM facts WHERE kind IN ('payment_captured', 'payment_failed') AND payload ->> 'tender' <> 'cash'
      AND received_at > now() - CAST(:window AS interval)
""")
_EVENTS: Final = text("""
    SELECT count(*) FILTER (WHERE status = 'received') AS waiting,
           count(*) FILTER (WHERE status = 'dead') AS dead,
           coalesce(avg(extract(epoch FROM processed_at - received_at))
                    FILTER (WHERE processed_at > now() - CAST(:window AS interval)), 0) AS seconds,
           coalesce(max(extract(epoch FROM now() - received_at)) FILTER (WHERE status = 'received'), 0) AS lag
    FROM payment_events
""")
_MAILS: Final = text("""
    SELECT status, count(*) AS mails FROM mails WHERE created_at > now() - CAST(:window AS interval) GROUP BY status
""")
_POOLS: Final = text("""
    SELECT event_id, id, name, capacity, available, leased, held, sold FROM pools ORDER BY event_id, id
""")
_TILLS: Final = text("""
    SELECT d.name, extract(epoch FROM now() - d.last_seen_at) AS silent_s,
           coalesce((SELECT sum(l.granted - l.sold - l.returned)
                     FROM device_leases l WHERE l.device_id = d.id), 0) AS stock,
           (SELECT count(*) FROM waiting_facts w WHERE w.device_id = d.id) AS backlog
    FROM devices d WHERE d.kind = 'till' AND d.status = 'active' ORDER BY d.name
""")


@dataclass(frozen=True, slots=True)
class PoolLevel:
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


@dataclass(frozen=True, slots=True)
class TillLevel:
    """`silent_s` is since the till was last heard of; `stock` the units on its leases; `backlog` facts that wait."""

    name: str
    silent_s: float | None
    stock: int
    backlog: int


@dataclass(frozen=True, slots=True)
class Measures:
    """What the books say of the last day (or of `window`). Times are in seconds; mails by status."""

    bought: int
    abandoned: int
    checkout_s: float | None
    captured: int
    failed: int
    events_waiting: int
    events_dead: int
    event_s: float
    event_lag_s: float
    mails: Mapping[str, int]
    pools: Sequence[PoolLevel]
    tills: Sequence[TillLevel]

    @property
    def payment_success(self) -> float | None:
        return _share(self.captured, self.captured + self.failed)

    @property
    def abandonment(self) -> float | None:
        return _share(self.abandoned, self.abandoned + self.bought)

    @property
    def conversion(self) -> float | None:
        return _share(self.bought, self.abandoned + self.bought)

    @property
    def mails_lost(self) -> float | None:
        """The share of the mails that the provider refused or could not deliver."""
        lost = self.mails.get("failed", 0) + self.mails.get("bounced", 0)
        ended = lost + self.mails.get("sent", 0) + self.mails.get("delivered", 0)
        return _share(lost, ended)


def measure(connection: Connection, window: timedelta = WINDOW) -> Measures:
    """Returns the measures of the time up to now."""
    values = {"window": window}
    sales = connection.execute(_SALES, values).one()
    payments = connection.execute(_PAYMENTS, values).one()
    events = connection.execute(_EVENTS, values).one()
    return Measures(
        bought=sales.bought,
        abandoned=sales.abandoned,
        checkout_s=None if sales.seconds is None else float(sales.seconds),
        captured=payments.captured,
        failed=payments.failed,
        events_waiting=events.waiting,
        events_dead=events.dead,
        event_s=float(events.seconds),
        event_lag_s=float(events.lag),
        mails={row.status: row.mails for row in connection.execute(_MAILS, values)},
        pools=[PoolLevel(*row) for row in connection.execute(_POOLS)],
        tills=[
            TillLevel(row.name, None if row.silent_s is None else float(row.silent_s), int(row.stock), row.backlog)
            for row in connection.execute(_TILLS)
        ],
    )


def _share(part: int, whole: int) -> float | None:
    return part / whole if whole else None

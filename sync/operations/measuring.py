"""How the hub does: the numbers that the customer's plan sets targets for, read from the books themselves."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import groupby
from typing import Final

from sqlalchemy import Connection, text

from boxoffice.core.closed_sets import listed
from boxoffice.core.orders import PAID_FOR
from sync.provider_states import TENDERS

WINDOW: Final = timedelta(hours=24)
LATELY: Final = timedelta(minutes=5)
PAYMENT_BUCKETS: Final = (1, 2, 5, 10, 20, 30, 60, 120, 300, 600, 900)
"""Seconds: a card at the door takes some of them, the pages of a provider some minutes."""
_GIVEN_UP: Final = ["expired", "canceled", "switched"]
"""Codes of payments that nobody went on with: they did not fail."""

_SALES: Final = text(f"""
    WITH mine AS (
        SELECT o.status, h.created_at, (
            SELECT min(f.received_at) FROM facts f
            WHERE f.payload ->> 'order_id' = o.id AND f.kind = 'payment_captured'
        ) AS paid_at
        FROM orders o JOIN holds h ON h.order_id = o.id WHERE h.created_at > now() - CAST(:window AS interval)
    )
    SELECT count(*) FILTER (WHERE status IN ({listed(PAID_FOR)})) AS bought,
           count(*) FILTER (WHERE status = 'failed') AS abandoned,
           avg(extract(epoch FROM paid_at - created_at)) FILTER (WHERE paid_at IS NOT NULL) AS seconds
    FROM mine
""")  # noqa: S608  # of the words of a closed set
# Each try counts. A tender that failed is one itself, unless its tries were told by its provider one by one.
_PAYMENTS: Final = text("""
    SELECT count(*) FILTER (WHERE kind = 'payment_captured') AS captured,
           count(*) FILTER (WHERE kind = 'payment_failed' AND payload ->> 'code' <> ALL(:given_up) AND NOT EXISTS (
               SELECT FROM declines d WHERE d.tender_id = payload ->> 'tender_id'
           )) + (SELECT count(*) FROM declines WHERE at > now() - CAST(:window AS interval)) AS failed
    FROM facts WHERE kind IN ('payment_captured', 'payment_failed') AND payload ->> 'tender' = ANY(:tenders)
      AND refused IS NULL AND received_at > now() - CAST(:window AS interval)
""")
# By one clock: the device's own if it wrote both, or the hub's. The start that counts is the one before any call left.
_PAYMENT_TIMES: Final = text("""
    SELECT provider, is_success, bucket, count(*) AS payments, sum(seconds) AS seconds
    FROM (
        SELECT at.provider,
               ended.kind = 'payment_captured' AS is_success,
               greatest(0, extract(epoch FROM CASE
                   WHEN ended.device_id = begun.device_id THEN ended.occurred_at - begun.occurred_at
                   ELSE ended.received_at - begun.received_at END)) AS seconds
        FROM facts ended JOIN facts begun
          ON begun.kind = 'payment_started' AND begun.payload ->> 'order_id' = ended.payload ->> 'order_id'
         AND begun.payload ->> 'tender_id' = ended.payload ->> 'tender_id'
         AND coalesce(begun.payload ->> 'step', 'asked') = 'asked'
        JOIN unnest(CAST(:tenders AS text[]), CAST(:theirs AS text[])) AS at(tender, provider)
          ON at.tender = ended.payload ->> 'tender'
        WHERE ended.kind IN ('payment_captured', 'payment_failed') AND ended.refused IS NULL
          AND ended.received_at > now() - CAST(:window AS interval)
          AND coalesce(ended.payload ->> 'code', '') <> ALL(:given_up)
    ) AS each,
    LATERAL (SELECT count(*) AS bucket FROM unnest(CAST(:bounds AS float[])) AS bound WHERE bound < seconds) AS its
    GROUP BY provider, is_success, bucket ORDER BY provider, is_success
""")
_EVENTS: Final = text("""
    SELECT count(*) FILTER (WHERE status = 'received') AS waiting,
           count(*) FILTER (WHERE status = 'dead') AS dead,
           coalesce(avg(extract(epoch FROM processed_at - received_at))
                    FILTER (WHERE processed_at > now() - CAST(:window AS interval)), 0) AS seconds,
           coalesce(max(extract(epoch FROM now() - received_at)) FILTER (WHERE status = 'received'), 0) AS lag
    FROM payment_events
""")
# Those that come first wait longest, but for those of a lower rank: so the oldest is the one with the least number.
_JOBS: Final = text("""
    WITH due AS (
        SELECT id, scheduled_at FROM procrastinate_jobs
        WHERE status = 'todo' AND (scheduled_at IS NULL OR scheduled_at <= now())
    ), oldest AS (SELECT id, scheduled_at FROM due ORDER BY id LIMIT 1)
    SELECT (SELECT count(*) FROM due) AS due, coalesce((
        SELECT extract(epoch FROM now() - greatest(max(event.at), oldest.scheduled_at)) FROM oldest
        JOIN procrastinate_events event ON event.job_id = oldest.id GROUP BY oldest.scheduled_at
    ), 0) AS lag
""")
_MAILS: Final = text("""
    SELECT status, count(*) AS mails FROM mails WHERE created_at > now() - CAST(:window AS interval) GROUP BY status
""")
_POOLS: Final = text("""
    SELECT event_id, id, name, capacity, available, leased, held, sold FROM pools
    WHERE id NOT LIKE 'code:%' ORDER BY event_id, id
""")
_TILLS: Final = text("""
    SELECT d.name, extract(epoch FROM now() - d.last_seen_at) AS silent_s,
           coalesce((SELECT sum(l.granted - l.sold - l.returned)
                     FROM device_leases l WHERE l.device_id = d.id), 0) AS stock,
           (SELECT count(*) FROM waiting_facts w WHERE w.device_id = d.id) AS waiting, d.unsent_facts AS unsent
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

    @property
    def unsold(self) -> int:
        """How many nobody has bought: what is held or with the tills may still come back."""
        return self.capacity - self.sold


@dataclass(frozen=True, slots=True)
class TillLevel:
    """`silent_s` is since the till was last heard of; `stock` the units on its leases.

    `waiting` are facts that wait here for others; `unsent` those that it said it had yet to send, None for older tills.
    """

    name: str
    silent_s: float | None
    stock: int
    waiting: int
    unsent: int | None


@dataclass(frozen=True, slots=True)
class PaymentTimes:
    """How long payments took that ended alike: how many in each of `PAYMENT_BUCKETS` and longer, and all seconds."""

    provider: str
    is_success: bool
    by_time: tuple[int, ...]
    seconds: float


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
    jobs_due: int
    job_lag_s: float
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
    captured, failed = payments(connection, window)
    events = connection.execute(_EVENTS, values).one()
    jobs = connection.execute(_JOBS).one()
    return Measures(
        bought=sales.bought,
        abandoned=sales.abandoned,
        checkout_s=None if sales.seconds is None else float(sales.seconds),
        captured=captured,
        failed=failed,
        events_waiting=events.waiting,
        events_dead=events.dead,
        event_s=float(events.seconds),
        event_lag_s=float(events.lag),
        jobs_due=jobs.due,
        job_lag_s=float(jobs.lag),
        mails={row.status: row.mails for row in connection.execute(_MAILS, values)},
        pools=[PoolLevel(*row) for row in connection.execute(_POOLS)],
        tills=[
            TillLevel(
                row.name,
                None if row.silent_s is None else float(row.silent_s),
                int(row.stock),
                row.waiting,
                row.unsent,
            )
            for row in connection.execute(_TILLS)
        ],
    )


def payments(connection: Connection, window: timedelta) -> tuple[int, int]:
    """Returns how many tries to pay went through within the window, and how many failed; cash is not asked."""
    row = connection.execute(_PAYMENTS, {"window": window, "given_up": _GIVEN_UP, "tenders": list(TENDERS)}).one()
    return int(row.captured), int(row.failed)


def payment_times(connection: Connection) -> list[PaymentTimes]:
    """Returns how long the payments took that ended within a day, by provider, and whether they went through.

    Those of cash are over when they are begun, and those that nobody went on with never ended.
    """
    values = {
        "window": WINDOW,
        "given_up": _GIVEN_UP,
        "bounds": list(PAYMENT_BUCKETS),
        "tenders": list(TENDERS),
        "theirs": list(TENDERS.values()),
    }
    rows = connection.execute(_PAYMENT_TIMES, values).all()
    times = []
    for (provider, is_success), alike in groupby(rows, lambda row: (row.provider, row.is_success)):
        found = {row.bucket: row for row in alike}
        by_time = (found[bucket].payments if bucket in found else 0 for bucket in range(len(PAYMENT_BUCKETS) + 1))
        seconds = float(sum(row.seconds for row in found.values()))
        times.append(PaymentTimes(provider, is_success, tuple(by_time), seconds))
    return times


def _share(part: int, whole: int) -> float | None:
    return part / whole if whole else None

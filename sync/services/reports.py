"""Sales as organizers read them: by product, tender and hour, in the event's own time; door and web in one table."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from sqlalchemy import Connection, Row, TextClause, text

from boxoffice.core.money import Currency

# An order is sold once its tickets were issued; what was refunded later is counted apart.
_SOLD: Final = """
    WITH sold AS (
        SELECT o.*, o.created_at AT TIME ZONE :zone AS local FROM orders o
        WHERE o.event_id = :event AND o.status IN ('completed', 'refunded', 'partially_refunded')
          AND (CAST(:day AS date) IS NULL OR (o.created_at AT TIME ZONE :zone)::date = :day)
    )
"""


def _over_sold(query: str) -> TextClause:
    return text(_SOLD + query)


_PRODUCTS: Final = _over_sold("""
    SELECT i.product_id, min(i.item_name) AS name,
           coalesce(sum(i.quantity) FILTER (WHERE sold.channel = 'door'), 0) AS door,
           coalesce(sum(i.quantity) FILTER (WHERE sold.channel = 'web'), 0) AS web,
           sum(i.quantity) AS sold, sum(i.subtotal) AS amount
    FROM order_items i JOIN sold ON sold.id = i.order_id GROUP BY i.product_id ORDER BY amount DESC, i.product_id
""")

_TOTALS: Final = _over_sold("""
    SELECT count(*) AS orders, coalesce(sum(total_amount), 0) AS total,
           coalesce(sum(total_amount) FILTER (WHERE channel = 'door'), 0) AS door,
           coalesce(sum(total_amount) FILTER (WHERE channel = 'web'), 0) AS web,
           coalesce((SELECT sum(r.amount) FROM refunds r JOIN payments p ON p.id = r.payment_id
                     JOIN sold s ON s.id = p.order_id WHERE r.status = 'succeeded'), 0) AS refunds
    FROM sold
""")

_HOURS: Final = _over_sold("""
    SELECT date_trunc('hour', local) AS hour, count(*) AS orders, sum(total_amount) AS amount
    FROM sold GROUP BY 1 ORDER BY 1
""")

# Payments as they stand beside what the ledger says of the very facts that captured them.
_TENDERS: Final = text("""
    WITH mine AS (
        SELECT o.id FROM orders o WHERE o.event_id = :event
          AND (CAST(:day AS date) IS NULL OR (o.created_at AT TIME ZONE :zone)::date = :day)
    ), taken AS (
        SELECT tender, count(*) AS count, sum(amount) AS amount FROM payments
        WHERE status = 'captured' AND order_id IN (SELECT id FROM mine) GROUP BY tender
    ), booked AS (
        SELECT f.payload ->> 'tender' AS tender, sum(l.amount) AS amount
        FROM facts f JOIN ledger_postings l ON l.fact_id = f.id AND l.amount > 0
        WHERE f.kind = 'payment_captured' AND f.payload ->> 'order_id' IN (SELECT id FROM mine) GROUP BY 1
    )
    SELECT coalesce(taken.tender, booked.tender) AS tender, coalesce(count, 0) AS count,
           coalesce(taken.amount, 0) AS amount, coalesce(booked.amount, 0) AS ledger
    FROM taken FULL JOIN booked ON booked.tender = taken.tender ORDER BY 3 DESC
""")

_DAYS: Final = text("""
    SELECT DISTINCT (created_at AT TIME ZONE :zone)::date AS day FROM orders
    WHERE event_id = :event AND status IN ('completed', 'refunded', 'partially_refunded') ORDER BY day DESC LIMIT 6
""")

_POOLS: Final = text("""
    SELECT id, name, capacity, sold, available + leased AS "left" FROM pools WHERE event_id = :event ORDER BY name
""")

_ITEMS: Final = _over_sold("""
    SELECT sold.order_number, sold.local, sold.channel, sold.status, i.item_name, i.quantity, i.unit_price, i.subtotal,
           sold.currency,
           (SELECT string_agg(DISTINCT p.tender, '+') FROM payments p
            WHERE p.order_id = sold.id AND p.status = 'captured') AS tenders
    FROM sold JOIN order_items i ON i.order_id = sold.id ORDER BY sold.local, sold.order_number, i.line
""")

_EXCEPTIONS: Final = text("SELECT kind, detail FROM exceptions WHERE status = 'open' ORDER BY raised_at DESC LIMIT 20")

Rows = Sequence[Row[Any]]


@dataclass(frozen=True, slots=True)
class ReportEvent:
    id: str
    name: str
    timezone: str
    currency: Currency
    days: tuple[date, ...]


@dataclass(frozen=True, slots=True)
class Report:
    """The numbers, in minor units; `days` are those with sales, or the event's if there are none."""

    event: ReportEvent
    day: date | None
    days: tuple[date, ...]
    totals: Row[Any]
    products: Rows
    tenders: Rows
    hours: Rows
    pools: Rows
    exceptions: Rows


def report_events(connection: Connection) -> list[ReportEvent]:
    """Returns the events that a report can be about, the newest first."""
    rows = connection.execute(
        text("SELECT id, name, timezone, currency, file FROM events ORDER BY created_at DESC, id")
    )
    return [
        ReportEvent(row.id, row.name, row.timezone, Currency(row.currency), _days(row.file["event"]["days"]))
        for row in rows
    ]


def sales_report(connection: Connection, event: ReportEvent, day: date | None) -> Report:
    """Returns the sales of one event, on one of its local days or on all."""
    values = {"event": event.id, "zone": event.timezone, "day": day}
    return Report(
        event=event,
        day=day,
        days=tuple(sorted(row.day for row in connection.execute(_DAYS, values))) or event.days,
        totals=connection.execute(_TOTALS, values).one(),
        products=connection.execute(_PRODUCTS, values).all(),
        tenders=connection.execute(_TENDERS, values).all(),
        hours=connection.execute(_HOURS, values).all(),
        pools=connection.execute(_POOLS, values).all(),
        exceptions=connection.execute(_EXCEPTIONS).all(),
    )


def sold_items(connection: Connection, event: ReportEvent, day: date | None) -> Rows:
    """Returns every item sold, for a spreadsheet."""
    return connection.execute(_ITEMS, {"event": event.id, "zone": event.timezone, "day": day}).all()


def _days(texts: Sequence[str]) -> tuple[date, ...]:
    return tuple(date.fromisoformat(each) for each in texts)

"""Measures the sales report and the order search over 100,000 orders, beside one sum over the same rows."""

from collections.abc import Callable
from statistics import median
from time import perf_counter
from typing import Final

import psycopg

from boxoffice.demo.stack import Stack
from sync.reporting.asked import Asked
from sync.reporting.sales_report import sales_report
from sync.store.chain import utc_now
from sync.store.database import Database
from sync.store.order_search import find_orders
from sync.store.reports import report_events
from sync.store.sales_entries import keep_up
from tools.bench_rows import Row, alternate

ORDERS: Final = 100_000
_EVENT: Final = "bench-report"
_REPORT_MS: Final = 1_000
_SEARCH_MS: Final = 100
_SEED: Final = (
    """
    INSERT INTO events (id, revision, name, timezone, currency, file, public_key, sealed_key)
    SELECT %(event)s, 1, 'A large fest', timezone, currency, file, public_key || 'x', sealed_key FROM events LIMIT 1
    """,
    """
    INSERT INTO orders (id, order_number, event_id, channel, status, total_amount, currency, customer_email,
                        customer_name, created_at, placed_by)
    SELECT 'report-' || n, 'R' || (n %% 900) || '-' || lpad(n::text, 6, '0'), %(event)s,
           CASE WHEN n %% 3 = 0 THEN 'door' ELSE 'web' END, 'completed', 9500, 'USD', 'buyer' || n || '@example.org',
           'Buyer ' || n, timestamptz '2026-05-17 20:00-06' - n * interval '90 seconds', d.id
    FROM generate_series(1, %(orders)s) n CROSS JOIN (SELECT id FROM devices WHERE kind = 'hub' LIMIT 1) d
    """,
    """
    INSERT INTO facts (id, device_id, epoch, seq, kind, event_id, occurred_at, payload, hash, prev_hash, signature)
    SELECT 'report-' || n || '-' || k.kind, d.id, 998, 3 * n + k.at, k.kind, %(event)s,
           timestamptz '2026-05-17 20:00-06' - n * interval '90 seconds', k.payload || jsonb_build_object(
               'order_id', 'report-' || n, 'currency', 'USD'), '', '', ''
    FROM generate_series(1, %(orders)s) n CROSS JOIN (SELECT id FROM devices WHERE kind = 'hub' LIMIT 1) d
    CROSS JOIN LATERAL (VALUES
        (0, 'order_placed', jsonb_build_object(
            'order_number', 'R-' || n, 'channel', CASE WHEN n %% 3 = 0 THEN 'door' ELSE 'web' END, 'subtotal', 9500,
            'total', 9500, 'tax', 0, 'units', '{}'::jsonb, 'source', 'pool', 'lines', jsonb_build_array(
                jsonb_build_object('product_id', 'day-' || n %% 7, 'name', 'Day ' || n %% 7, 'kind', 'ticket',
                                   'quantity', 1, 'unit_price', 6500, 'subtotal', 6500, 'total', 6500, 'tax', 0),
                jsonb_build_object('product_id', 't-shirt', 'name', 'T-shirt', 'kind', 'merchandise', 'quantity', 1,
                                   'unit_price', 3000, 'subtotal', 3000, 'total', 3000, 'tax', 0)))),
        (1, 'payment_captured', jsonb_build_object('tender_id', 'report-' || n, 'tender', 'checkout', 'amount', 9500)),
        (2, 'tickets_issued', jsonb_build_object('total', 9500, 'earned', '[]'::jsonb, 'tickets', jsonb_build_array(
            jsonb_build_object('ticket_id', 'report-' || n, 'product_id', 'day', 'line', 0, 'token', '')))))
        AS k (at, kind, payload)
    """,
)
_FLOOR: Final = "SELECT sum(paid), count(DISTINCT order_id) FROM sales_entries WHERE event_id = %s"


def report_rows(stack: Stack, rounds: int) -> list[Row]:
    """Returns what is measured; the orders stay in the stack's database."""
    url = stack.addresses.postgres_url
    with psycopg.connect(url) as connection:
        for statement in _SEED:
            connection.execute(statement.encode(), {"event": _EVENT, "orders": ORDERS})
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("ANALYZE")
        began = perf_counter()
        connection.execute("SELECT payload FROM facts WHERE event_id = %s", (_EVENT,)).fetchall()
        read_s = perf_counter() - began
        database = Database(url)
        began = perf_counter()
        while database.run(lambda connection: keep_up(connection, _EVENT, 20_000)):
            pass
        counted_s = perf_counter() - began
        connection.execute("ANALYZE sales_entries")

        def report() -> None:
            with database.transaction() as mine:
                sales_report(mine, report_events(mine), Asked(event=_EVENT), utc_now())

        def floor() -> None:
            connection.execute(_FLOOR, (_EVENT,)).fetchall()

        times, floors = alternate(report, floor, rounds)
        finding = _finding(database)
        found, looks = alternate(finding, lambda: connection.execute("SELECT 1").fetchall(), rounds)
        database.close()
    counted = Row(
        f"{ORDERS:,} orders counted",
        counted_s,
        "s",
        "",
        None,
        floor=read_s,
        floor_name="reading their facts",
        ratio=counted_s / read_s,
    )
    return [
        _within(f"sales report of {ORDERS:,} orders", times, floors, "one sum over its rows", _REPORT_MS),
        counted,
        _within(f"order search over {ORDERS:,}", found, looks, "a round trip", _SEARCH_MS),
    ]


def _within(name: str, times: list[float], floors: list[float], floor_name: str, most_ms: float) -> Row:
    middle, floor = median(times), median(floors)
    is_met = middle < most_ms
    return Row(name, middle, "ms", f"< {most_ms:g} ms", is_met, floor, floor_name, middle / floor, max(times))


def _finding(database: Database) -> Callable[[], None]:
    def find() -> None:
        with database.reading() as connection:
            find_orders(connection, "buyer 77777")

    return find

"""Measures what is promised, as ratios against a floor in the same run: a table, and JSON in build/bench.json.

Floors and subjects take turns, so that a noisy machine slows both.
"""

import argparse
import json
import os
import shutil
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from functools import cached_property, partial
from pathlib import Path
from statistics import median, quantiles
from typing import Any, Final

import httpx
import psycopg
import sqlcipher3
import stripe
from psycopg.types.json import Jsonb

from boxoffice.core.money import Money
from boxoffice.core.pricing import price
from boxoffice.core.witness import SIZE_BYTES
from boxoffice.demo.command import drain
from boxoffice.demo.stack import Stack
from boxoffice.demo.tills import new_till
from boxoffice.documents.model import Ticket
from boxoffice.documents.tickets import tickets_pdf
from boxoffice.till.store.disk import BlockFile
from boxoffice.till.usecases.till import Till
from tests.integration.till.kit import KEY_HEX, TillOnDisk, cart, usd
from tools.bench_elsewhere import elsewhere_rows
from tools.bench_gate import gate_rows
from tools.bench_hand import key_rows, sitting_rows, start_rows
from tools.bench_report import report_rows
from tools.bench_rows import Row, alternate, clocked, compared, table
from tools.bench_shift import z_report
from tools.bench_shop import hub_process, shop_rows
from tools.bench_tills import till_rows

_ORDER_TABLES = ("facts", "orders", "order_items", "payments", "tickets", "ledger_postings")


@dataclass
class Bench:
    """What the benchmarks of one run share."""

    folder: Path
    exits: ExitStack
    scale: int

    @cached_property
    def stack(self) -> Stack:
        """The hub and what is around it, started for the first that needs it."""
        return self.exits.enter_context(Stack(self.folder / "stack", lambda _: None))


ROWS: Final[Mapping[str, Callable[[Bench], list[Row]]]] = {
    "sale": lambda bench: [
        row for before in (200, 2_000) for row in cash_sales(bench.folder / f"sale-{before}", 100 * bench.scale, before)
    ],
    "ticket": lambda bench: ticket_pages(3 * bench.scale),
    "shift": lambda bench: [z_report(bench.folder / "shift", 3)],
    "gate": lambda bench: gate_rows(bench.folder / "gate", 50 * bench.scale),
    "keys": lambda _: key_rows(),
    "start": lambda bench: start_rows(bench.stack, bench.folder / "start", 2 + bench.scale),
    "sitting": lambda bench: sitting_rows(bench.stack, bench.folder / "sitting", 100 * bench.scale, 250 * bench.scale),
    "door": lambda bench: [door_orders(bench.stack, bench.folder, 50 * bench.scale)],
    "webhooks": lambda bench: [webhooks(bench.stack, bench.exits, 300)],
    "shop": lambda bench: shop_rows(bench.stack, bench.exits, bench.folder, bench.scale),
    "tills": lambda bench: till_rows(bench.stack, bench.exits, bench.folder, bench.scale),
    "report": lambda bench: report_rows(bench.stack, 1 + bench.scale),
    "elsewhere": lambda bench: elsewhere_rows(bench.stack, bench.exits, bench.folder),
}
"""What can be measured alone, by its name; each may be several rows."""


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tools.bench", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="fewer rounds")
    parser.add_argument("--row", choices=sorted(ROWS), help="measure this alone")
    parser.add_argument("--json", type=Path, default=Path("build/bench.json"), metavar="FILE")
    arguments = parser.parse_args()
    with ExitStack() as exits:
        folder = Path(exits.enter_context(tempfile.TemporaryDirectory(ignore_cleanup_errors=True)))
        bench = Bench(folder, exits, 1 if arguments.quick else 4)
        wanted = [arguments.row] if arguments.row else list(ROWS)
        rows = [row for name in wanted for row in ROWS[name](bench)]
    print(table(rows))
    if shutil.which("redis-server") is None:
        print("The plan's own design was left out: there is no redis-server on this machine.")
    arguments.json.parent.mkdir(parents=True, exist_ok=True)
    arguments.json.write_text(json.dumps([asdict(row) for row in rows], indent=2) + "\n")
    return 0


def cash_sales(folder: Path, rounds: int, before: int) -> list[Row]:
    """One ticket for cash until it is on disk and witnessed, against raw transactions of the same bytes.

    The till has sold so many `before`. One floor is the transaction alone, the other has one more flush, which is what
    the witness may cost.
    """
    folder.mkdir()
    till = TillOnDisk(folder)
    till.grant_all(3 * rounds + before + 10)
    for _ in range(before):
        till.selling.sell_for_cash(cart("full-pass"), usd("200"))
    size = till.one(
        "SELECT sum(length(payload) + length(hash) + length(signature) + length(prev_hash) + 150) FROM facts"
        " WHERE order_id = (SELECT max(order_id) FROM facts)"
    )
    raw = sqlcipher3.connect(str(folder / "floor.db"), isolation_level=None)
    for pragma in (f"key = \"x'{KEY_HEX}'\"", "journal_mode = WAL", "synchronous = FULL"):
        raw.execute(f"PRAGMA {pragma}")
    raw.execute("CREATE TABLE sale (id INTEGER PRIMARY KEY, body BLOB NOT NULL) STRICT")
    body, beside = os.urandom(size), BlockFile(folder / "floor.block", SIZE_BYTES)
    record = os.urandom(200)

    def alone() -> None:
        raw.execute("BEGIN IMMEDIATE")
        raw.execute("INSERT INTO sale (body) VALUES (?)", (body,))
        raw.execute("COMMIT")

    def and_flush() -> None:
        alone()
        beside.write(0, record)
        beside.flush()

    def sell() -> None:
        till.selling.sell_for_cash(cart("full-pass"), usd("200"))

    sale, least = alternate(sell, alone, rounds)
    seen, two = alternate(sell, and_flush, rounds)
    raw.close()
    beside.close()
    till.close()
    last = [quantiles(times, n=100)[98] for times in (seen, two)]
    return [
        compared(
            f"cash sale to durable and witnessed, after {before:,}",
            seen,
            two,
            "raw SQLite transaction and one more flush",
            3.0,
        ),
        Row(
            name="the same at its slowest (p99)",
            value=last[0],
            unit="ms",
            aim="told",
            is_met=None,
            floor=last[1],
            floor_name="the same floor's p99",
            ratio=last[0] / last[1],
        ),
        Row(
            name="the same, to one flush alone",
            value=median(sale),
            unit="ms",
            aim="told",
            is_met=None,
            floor=median(least),
            floor_name="raw SQLite transaction",
            ratio=median(sale) / median(least),
        ),
    ]


def ticket_pages(rounds: int) -> list[Row]:
    """A page of a ticket PDF, alone and among a hundred."""
    ticket = Ticket(
        ("A Lo Cubano", "Boulder Fest"),
        "May 15–17, 2026",
        ("Avalon Ballroom",),
        "Full Festival Pass",
        ("Fri 15", "Sat 16", "Sun 17"),
        "7K2-F4Q",
        "1 of 1",
        ("7K2F4Q8 $%*+-./:" * 19)[:302],
    )
    rows = []
    for count in (1, 100):
        tickets_pdf([ticket] * count)
        times = [clocked(partial(tickets_pdf, [ticket] * count)) / count * 1000 for _ in range(rounds)]
        rows.append(Row(f"ticket page, {count} in a file", median(times), "ms", "< 3 ms", median(times) < 3))
    return rows


def door_orders(stack: Stack, folder: Path, orders: int) -> Row:
    """Cash orders of two tills until the hub has them all, against a plain script that inserts the same rows."""
    with psycopg.connect(stack.addresses.postgres_url, autocommit=True) as connection:
        connection.execute("UPDATE pools SET capacity = capacity + 100000, available = available + 100000")
    tills = [new_till(stack, folder / f"door-{i}", folder / "documents", f"door-{i}") for i in (1, 2)]
    try:
        seconds = clocked(lambda: together([partial(sell, till, orders) for till in tills], tills))
    finally:
        for till in tills:
            till.close()
    floor = clocked(lambda: insert_again(stack.addresses.postgres_url))
    rate, floor_rate = 2 * orders / seconds, 2 * orders / floor
    return Row(
        name="door orders into the hub's ledger",
        value=rate,
        unit="orders/s",
        aim="told",
        is_met=None,
        floor=floor_rate,
        floor_name="psycopg script of the same rows",
        ratio=floor_rate / rate,
    )


def sell(till: Till, orders: int) -> None:
    wanted = cart("social")
    total = price(till.catalogue, wanted, at=till.now()).total
    for _ in range(orders):
        till.sell_for_cash(wanted, Money(total.minor, total.currency))


def together(work: Sequence[Callable[[], None]], tills: list[Till]) -> None:
    threads = [threading.Thread(target=each) for each in work]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    drain(tills)


def insert_again(url: str) -> None:
    """Inserts every order's rows into bare copies of the tables, one transaction an order, over two connections."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("DROP SCHEMA IF EXISTS floor CASCADE")
        connection.execute("CREATE SCHEMA floor")
        for name in _ORDER_TABLES:
            connection.execute(f"CREATE TABLE floor.{name} (LIKE public.{name})".encode())
        orders = [row[0] for row in connection.execute("SELECT id FROM orders WHERE status = 'completed'")]
        rows = [[rows_of(connection, name, order) for name in _ORDER_TABLES] for order in orders]

    def insert(share: Sequence[Any]) -> None:
        with psycopg.connect(url, autocommit=True) as mine:
            for order in share:
                with mine.transaction(), mine.cursor() as cursor:
                    for name, each in zip(_ORDER_TABLES, order, strict=True):
                        if each:
                            marks = ", ".join(["%s"] * len(each[0]))
                            cursor.executemany(f"INSERT INTO floor.{name} VALUES ({marks})".encode(), each)

    threads = [threading.Thread(target=insert, args=(rows[i::2],)) for i in (0, 1)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def rows_of(connection: "psycopg.Connection[Any]", table_name: str, order: str) -> list[tuple[Any, ...]]:
    where = {
        "facts": "payload->>'order_id' = %s",
        "orders": "id = %s",
        "ledger_postings": "fact_id IN (SELECT id FROM facts WHERE payload->>'order_id' = %s)",
    }.get(table_name, "order_id = %s")
    found = connection.execute(f"SELECT * FROM {table_name} WHERE {where}".encode(), (order,))
    return [tuple(Jsonb(value) if isinstance(value, dict) else value for value in row) for row in found]


def webhooks(stack: Stack, exits: ExitStack, count: int) -> Row:
    """A burst of signed events at a hub of its own, over ten connections."""
    secret = "whsec_bench"
    url = hub_process(stack, exits, STRIPE_WEBHOOK_SECRET=secret)
    times: list[float] = []

    def send(share: Sequence[int], turn: int) -> None:
        with httpx.Client(base_url=url) as client:
            client.get("/health")
            for i in share:
                body = json.dumps(
                    {
                        "id": f"evt_bench_{turn}_{i}",
                        "object": "event",
                        "type": "payout.paid",
                        "created": int(time.time()),
                        "livemode": False,
                        "data": {"object": {"id": "po_1"}},
                    }
                )
                header = stripe.WebhookSignature.generate_signature_header(body, secret)
                began = time.perf_counter()
                client.post(
                    "/api/webhooks/stripe", content=body, headers={"Stripe-Signature": header}
                ).raise_for_status()
                times.append((time.perf_counter() - began) * 1000)

    for turn in range(3):  # the first warms up
        times.clear()
        threads = [threading.Thread(target=send, args=(range(count)[i::10], turn)) for i in range(10)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    p99 = quantiles(times, n=100)[98]
    return Row("webhook acknowledged, burst of 300", median(times), "ms", "p99 < 50 ms", p99 < 50, p99=p99)


if __name__ == "__main__":
    sys.exit(main())

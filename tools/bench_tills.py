"""Measures what tills ask of the hub: leases on one pool, a long list of offline facts, and twenty tills at once."""

import threading
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median, quantiles
from typing import Any, Final

import httpx
import psycopg
from psycopg import sql

from boxoffice.core.facts import Fact
from boxoffice.core.wire.leases import LeaseRequest
from boxoffice.core.wire.message import FactMessage
from boxoffice.core.wire.pushes import PushRequest
from boxoffice.demo.stack import Stack
from boxoffice.till.net.hub_client import HubClient
from boxoffice.till.usecases.ports import HubBusy
from boxoffice.till.usecases.syncing import BATCH, LEAST, batch_after
from sync.store.chain import new_id
from tests.integration.sync.door import Door
from tools.bench_rivals import bare_leases
from tools.bench_rows import Row, clocked
from tools.bench_shop import hub_process

TILLS: Final = 20
_SALE_FACTS: Final = 5
_CHECKOUT: Final = "/api/payment/create-checkout-session"
_CUSTOMER: Final = {"email": "camila@example.org", "name": "Camila Ortega"}
_PAUSE_S: Final = 0.5
_LEAST_OF_BULK: Final = 0.3
_BULK: Final = ("facts", "orders", "order_items", "payments", "tickets", "ledger_postings")
_OF_DEVICE: Final = {
    "facts": "device_id = {device}",
    "orders": "placed_by = {device}",
    "ledger_postings": "fact_id IN (SELECT id FROM facts WHERE device_id = {device})",
}
_OF_ORDERS: Final = "order_id IN (SELECT id FROM orders WHERE placed_by = {device})"


@dataclass(eq=False, slots=True)
class Pushing:
    """A till that was offline, and sends what it sold as a till does: in batches that shrink where the hub is busy."""

    door: Door
    hub: HubClient
    facts: list[Fact] = field(default_factory=list)
    times: list[float] = field(default_factory=list)

    def sell(self, count: int) -> None:
        self.facts = [fact for _ in range(count) for fact in self.door.cash_sale(("social", 1))]

    def push_all(self) -> None:
        size, sent = BATCH, 0
        while sent < len(self.facts):
            batch = self.facts[sent : sent + size]
            request, began = PushRequest(facts=tuple(map(FactMessage.of, batch))), time.perf_counter()
            try:
                self.hub.push(request, len(self.facts) - sent)
            except HubBusy as busy:
                size = max(LEAST, size // 2)
                time.sleep(busy.retry_after_s)
                continue
            took_s = time.perf_counter() - began
            self.times.append(took_s * 1000)
            sent += len(batch)
            size = batch_after(size, took_s)


def till_rows(stack: Stack, exits: ExitStack, folder: Path, scale: int) -> list[Row]:
    """Returns all that is measured of tills at the hub."""
    with psycopg.connect(stack.addresses.postgres_url, autocommit=True) as connection:
        connection.execute("UPDATE pools SET capacity = capacity + 1000000, available = available + 1000000")
    url = hub_process(stack, exits, LEASE_UNITS="1000000")
    tills = [_pair(stack, exits, url) for _ in range(32)]
    bare = bare_leases(stack, folder, 200 * scale)
    rows = [_leases(tills[:count], 25 * scale * (4 if count < 4 else 1), bare[count]) for count in (1, 4, 16, 32)]
    rows += [_ingest(stack, tills[n], facts) for n, facts in enumerate((1_000, 10_000))]
    return rows + _at_once(url, tills[2 : 2 + TILLS], 30 * scale)


def _pair(stack: Stack, exits: ExitStack, url: str) -> Pushing:
    door = Door.pair(url, stack.pairing_code())
    hub = HubClient(url, door.me.token)
    exits.callback(door.http.close)
    exits.callback(hub.close)
    return Pushing(door, hub)


def _leases(tills: Sequence[Pushing], each: int, bare: float) -> Row:
    """Grants of one unit, asked for at once by so many tills; each asks again as soon as it has one."""
    times: list[float] = []

    def ask(till: Pushing) -> None:
        for _ in range(each):
            request = LeaseRequest(request_id=new_id(), event_id=till.door.catalogue.id, wanted={"social": 1})
            times.append(clocked(lambda: till.hub.lease(request)) * 1000)  # noqa: B023  # called at once

    seconds = clocked(lambda: _together([lambda till=till: ask(till) for till in tills]))  # type: ignore[misc]  # its own
    rate = len(times) / seconds
    name = f"leases granted on one pool, {len(tills)} tills"
    floor = "pgbench with the same statements"
    return Row(name, rate, "grants/s", "told", None, bare, floor, bare / rate, quantiles(times, n=100)[98])


def _ingest(stack: Stack, till: Pushing, facts: int) -> Row:
    """A till's offline facts until the hub has applied them all, against copying the same rows into bare tables."""
    till.door.lease({"social": facts // _SALE_FACTS})
    till.sell(facts // _SALE_FACTS)
    seconds = clocked(till.push_all)
    floor = _bulk(stack.addresses.postgres_url, till.door.me.device_id)
    rate, least = facts / seconds, facts / floor
    name = f"ingest of {facts:,} offline facts"
    aim, words = "≥ 0.3 of floor", "COPY of the same rows"
    return Row(name, rate, "facts/s", aim, rate >= _LEAST_OF_BULK * least, least, words, least / rate)


def _bulk(url: str, device: str) -> float:
    """Returns the seconds that it takes to copy a device's rows into tables without keys or triggers."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("DROP SCHEMA IF EXISTS bulk CASCADE")
        connection.execute("CREATE SCHEMA bulk")
        rows = list[tuple[sql.Composed, bytes]]()
        for name in _BULK:
            table, bare = sql.Identifier(name), sql.Identifier("bulk", name)
            connection.execute(sql.SQL("CREATE TABLE {} (LIKE {})").format(bare, table))
            where = sql.SQL(_OF_DEVICE.get(name, _OF_ORDERS)).format(device=sql.Literal(device))
            copied = sql.SQL("COPY (SELECT * FROM {} WHERE {}) TO STDOUT").format(table, where)
            with connection.cursor().copy(copied) as out:
                into = sql.SQL("COPY {} FROM STDIN").format(bare)
                rows.append((into, b"".join(bytes(part) for part in out)))

        def copy() -> None:
            with connection.transaction():
                for into, data in rows:
                    with connection.cursor().copy(into) as copying:
                        copying.write(data)

        return clocked(copy)


def _at_once(url: str, tills: Sequence[Pushing], sales: int) -> list[Row]:
    """Twenty tills that come back at once, and people who buy on the web meanwhile."""
    for till in tills:
        till.door.lease({"social": sales})
        till.sell(sales)
    alone = [_checkout(url) for _ in range(20)]
    meanwhile: list[float] = []
    is_over = threading.Event()

    def buy() -> None:
        while not is_over.is_set():
            meanwhile.append(_checkout(url))
            is_over.wait(_PAUSE_S)

    buyer = threading.Thread(target=buy)
    buyer.start()
    seconds = clocked(lambda: _together([till.push_all for till in tills]))
    is_over.set()
    buyer.join()
    times = [took for till in tills for took in till.times]
    facts = sum(len(till.facts) for till in tills)
    name = f"{TILLS} tills push {facts:,} facts at once: a batch"
    return [
        Row(name, median(times), "ms", "told", None, p99=max(times)),
        Row("facts taken meanwhile", facts / seconds, "facts/s", "told", None),
        Row(
            "a checkout on the web meanwhile",
            median(meanwhile),
            "ms",
            "told",
            None,
            median(alone),
            "the same with no till",
            median(meanwhile) / median(alone),
            max(meanwhile),
        ),
    ]


def _checkout(url: str) -> float:
    body = {"items": [{"id": "friday-pass", "quantity": 1}], "customerInfo": _CUSTOMER}
    with httpx.Client(base_url=url, timeout=60) as http, suppress(httpx.TimeoutException):
        http.get("/health")
        return clocked(lambda: http.post(_CHECKOUT, json=body).raise_for_status()) * 1000
    return 60_000.0


def _together(work: Sequence[Callable[[], Any]]) -> None:
    threads = [threading.Thread(target=each) for each in work]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

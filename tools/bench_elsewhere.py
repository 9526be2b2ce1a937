"""Measures what a new till takes of others' orders, and how fast it finds one of them, at two sizes."""

import json
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from itertools import cycle
from pathlib import Path
from statistics import median, quantiles
from typing import Final

import psycopg
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from boxoffice.core.order_words import wanted
from boxoffice.core.wire.pairing import PairRequest
from boxoffice.demo.stack import Stack
from boxoffice.till.net.hub_client import pair_with
from boxoffice.till.store.elsewhere import NAME, Elsewhere
from tools.bench_new_till import KEY
from tools.bench_rows import Row, clocked
from tools.bench_shop import hub_process

SIZES: Final = (10_000, 100_000)
"""Tickets, two an order."""
_FOUND_MS: Final = 5.0
_MEMORY_MB: Final = 100
_FIRST: Final = (
    "Maria",
    "José",
    "Ana",
    "Łukasz",
    "Camila",
    "Diego",
    "Sofía",
    "John",
    "Lucía",
    "Peter",
    "Nguyễn",
    "Elena",
)
_LAST: Final = ("García", "Smith", "Ortega", "Nowak", "Brown", "Silva", "Rossi", "Meyer", "Dubois", "Santos", "Kim")
_SEED: Final = (
    """
    INSERT INTO orders (id, order_number, event_id, channel, status, total_amount, currency, customer_email,
                        customer_name, customer_phone, created_at, placed_by)
    SELECT 'bench-' || n, 'WEB-' || upper(lpad(to_hex(n), 5, '0')), %(event)s, 'web', 'completed', 30000, 'USD',
           lower(f.name) || n || '@example.org', f.name || ' ' || l.name,
           '+1 303 555 ' || lpad((n %% 9999)::text, 4, '0'),
           now() + (n - 50000) * interval '1 second', d.id
    FROM generate_series(%(from)s::int, %(to)s::int) n
    JOIN unnest(%(first)s::text[]) WITH ORDINALITY f (name, at) ON f.at = 1 + n %% cardinality(%(first)s::text[])
    JOIN unnest(%(last)s::text[]) WITH ORDINALITY l (name, at) ON l.at = 1 + n %% cardinality(%(last)s::text[])
    CROSS JOIN (SELECT id FROM devices WHERE kind = 'hub' LIMIT 1) d
    """,
    """
    INSERT INTO facts (id, device_id, epoch, seq, kind, event_id, occurred_at, payload, hash, prev_hash, signature)
    SELECT 'bench-' || n, d.id, 999, n, 'order_placed', %(event)s, now(), jsonb_build_object(
        'order_id', 'bench-' || n, 'lines', jsonb_build_array(jsonb_build_object(
            'product_id', 'full-pass', 'name', 'Full Festival Pass', 'quantity', 2, 'subtotal', 30000))), '', '', ''
    FROM generate_series(%(from)s::int, %(to)s::int) n CROSS JOIN (SELECT id FROM devices WHERE kind = 'hub' LIMIT 1) d
    """,
    """
    INSERT INTO payments (id, order_id, tender, amount, currency, status)
    SELECT 'bench-' || n, 'bench-' || n, 'checkout', 30000, 'USD', 'captured'
    FROM generate_series(%(from)s::int, %(to)s::int) n
    """,
    """
    INSERT INTO tickets (id, order_id, product_id, status)
    SELECT 'bench-' || n || '-' || part, 'bench-' || n, 'full-pass', 'valid'
    FROM generate_series(%(from)s::int, %(to)s::int) n, generate_series(1, 2) part
    """,
)


def elsewhere_rows(stack: Stack, exits: ExitStack, folder: Path) -> list[Row]:
    """Returns what is measured of a new till; the orders that it takes stay in the stack's database."""
    url = hub_process(stack, exits)
    with psycopg.connect(stack.addresses.postgres_url) as connection:
        event = str(connection.execute("SELECT id FROM events LIMIT 1").fetchone()[0])  # type: ignore[index]  # loaded
    key = Ed25519PrivateKey.generate().public_key().public_bytes_raw().hex()
    token = pair_with(url, PairRequest(code=stack.pairing_code("bench"), public_key=key)).token
    rows, before = list[Row](), 0
    for size in SIZES:
        fill(stack.addresses.postgres_url, event, before + 1, size // 2)
        before = size // 2
        mine = folder / f"elsewhere-{size}"
        mine.mkdir()
        where = (url, token, event, str(mine))
        rows += _taking(size, _run("--floor", *where), _run(*where))
        rows += _finding(size, mine)
    return rows


def fill(postgres_url: str, event: str, first: int, last: int) -> None:
    """Puts orders of the web into a hub's tables, with nothing behind them but what tills are told."""
    values = {"event": event, "from": first, "to": last, "first": list(_FIRST), "last": list(_LAST)}
    with psycopg.connect(postgres_url) as connection:
        for statement in _SEED:
            connection.execute(statement.encode(), values)
    with psycopg.connect(postgres_url, autocommit=True) as connection:
        connection.execute("ANALYZE")


def _run(*arguments: str) -> dict[str, float]:
    command = [sys.executable, "-m", "tools.bench_new_till", *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=600)
    found: dict[str, float] = json.loads(done.stdout)
    return found


def _taking(size: int, floor: dict[str, float], taken: dict[str, float]) -> list[Row]:
    name, least = f"a new till takes {size:,} tickets", floor["seconds"]
    words = "the same pages, unread, in one table"
    return [
        Row(name, taken["seconds"], "s", "told", None, least, words, taken["seconds"] / least),
        Row(f"its memory beside that, {size:,}", taken["megabytes"], "MB", "< 100 MB", taken["megabytes"] < _MEMORY_MB),
    ]


def _finding(size: int, folder: Path) -> list[Row]:
    kept = Elsewhere(folder / NAME, KEY)
    numbers = cycle(range(1, size // 2, 997))
    ways: Sequence[tuple[str, Callable[[], object]]] = (
        ("a ticket that is scanned", lambda: kept.order_of_ticket(f"bench-{next(numbers)}-2")),
        ("an order by its number", lambda: kept.matching(wanted(f"WEB-{next(numbers):05X}"), 20)),
        ("orders by name", lambda: kept.matching(wanted(next(_people)), 20)),
        ("orders by the telephone's last digits", lambda: kept.matching(wanted(f"{next(numbers) % 9999:04d}"), 20)),
        ("orders by what all of them have", lambda: kept.matching(wanted("example.org"), 20)),
    )
    least = [clocked(lambda: kept.order(f"bench-{next(numbers)}")) * 1000 for _ in range(200)]
    rows = [_found(f"{name}, of {size:,}", [clocked(way) * 1000 for _ in range(200)], least) for name, way in ways]
    kept.close()
    return rows


def _names() -> Iterator[str]:
    yield from cycle(f"{first} {last}" for first in _FIRST for last in _LAST)


_people: Final = _names()


def _found(name: str, times: Sequence[float], least: Sequence[float]) -> Row:
    p99 = quantiles(times, n=100)[98]
    found = median(times)
    return Row(
        name,
        found,
        "ms",
        "< 5 ms",
        found < _FOUND_MS,
        median(least),
        "one order by its key",
        found / median(least),
        p99,
    )

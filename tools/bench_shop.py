"""Measures the shop: answers under a steady load, whole orders, the opening minute, and what a page weighs."""

import asyncio
import gzip
import os
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from statistics import median, quantiles
from typing import Any, Final

import httpx
import psycopg

from boxoffice.demo.stack import TILL_KEY, Stack
from tools.bench_client import crowd
from tools.bench_rivals import bare_orders, plan_opening
from tools.bench_rows import Row

_CAMILA: Final = {"email": "camila@example.org", "name": "Camila Ortega"}
_CHECKOUT: Final = "/api/payment/create-checkout-session"
_PATIENCE_S: Final = 120
_MAILS: Final = b"SELECT count(*) FROM mails"
_HELD: Final = b"SELECT held FROM pools WHERE id = 'social'"
_FONTS: Final = ("bebas-neue", "open-sans-400", "open-sans-600", "open-sans-700")


def hub_process(stack: Stack, exits: ExitStack, workers: int = 1, **more: str) -> str:
    """Starts a hub of its own on the stack's database, of so many processes, and returns its address."""
    environment = {
        **os.environ,
        "POSTGRES_URL": stack.addresses.postgres_url,
        "HUB_MASTER_KEY": stack.master_key,
        "STRIPE_SECRET_KEY": stack.addresses.stripe_key,
        "STRIPE_API_BASE": stack.addresses.sandbox_url,
        "STRIPE_TILL_KEY": TILL_KEY,
        "STRIPE_WEBHOOK_SECRET": stack.addresses.stripe_webhook_secret,
        "HOLDS_PER_ADDRESS": "1000000",
        "PLACES_PER_ADDRESS": "1000000",
        "DATABASE_CONNECTIONS": "12",  # several hubs on one Postgres, which takes a hundred
        "REQUESTS_PER_SECOND": "100000",
        **more,
    }
    command = [sys.executable, "-m", "sync", "serve", "--port", "0", "--workers", str(workers)]
    hub = exits.enter_context(
        subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    )
    exits.callback(hub.terminate)
    if hub.stdout is None:
        raise RuntimeError("the hub has no output to read its address from")
    url = next(line for line in hub.stdout if line.startswith("Boxoffice hub at")).split()[-1]
    with httpx.Client(transport=httpx.HTTPTransport(retries=6)) as http:
        http.get(f"{url}/health", timeout=30).raise_for_status()
    return url


def shop_rows(stack: Stack, exits: ExitStack, folder: Path, scale: int) -> list[Row]:
    """Returns all that is measured of the shop."""
    _make_room(stack)
    url = hub_process(stack, exits)
    bare = bare_orders(stack, folder, 400 * scale)
    plan = plan_opening(exits, 2_500 * scale)
    return [
        asyncio.run(answers(url, 100 * scale)),
        asyncio.run(checkout_start(url, 50 * scale)),
        *(asyncio.run(placed(url, n, 100 * scale)) for n in (1, 4, 16)),
        *(_beside(asyncio.run(orders(stack, url, n, 10 * scale * n)), bare[n]) for n in (1, 4, 16)),
        asyncio.run(opening(stack, hub_process(stack, exits, workers=2), 2_500 * scale)),
        *([] if plan is None else [plan]),
        *page(url),
    ]


async def answers(url: str, count: int) -> Row:
    """Prices and availability, asked for at 50 a second."""
    paths = ("/api/payment/calculate-total", "/api/inventory/check-availability")
    times = await steadily(url, paths, {"items": _body("full-pass", 2)["items"]}, 50, count)
    return _timed("API at 50 requests a second", times, "p95 < 100 ms", 100)


async def checkout_start(url: str, count: int) -> Row:
    """A hold and a Stripe session, at 10 a second."""
    times = await steadily(url, (_CHECKOUT,), _body("friday-pass"), 10, count)
    return _timed("checkout start at 10 a second", times, "p95 < 500 ms", 500)


async def placed(url: str, clients: int, count: int) -> Row:
    """Orders with their places held, on one hot pool: what other systems call an order, before it is paid."""
    began = time.perf_counter()
    answers = await crowd(url, "/api/orders/create", _body("saturday-pass"), count, clients)
    seconds = time.perf_counter() - began
    if {status for status, _ in answers} != {201}:
        raise RuntimeError("an order was refused")
    times = [took for _, took in answers]
    name = f"web orders placed, {clients} clients"
    return Row(name, count / seconds, "orders/s", "told", None, p99=quantiles(times, n=100)[98])


async def orders(stack: Stack, url: str, clients: int, count: int) -> Row:
    """Whole orders on one hot pool, from the API through payment and webhook to tickets and queued mail."""
    before = _number(stack, _MAILS)
    waiting = list(range(count))
    began = time.perf_counter()
    async with httpx.AsyncClient(timeout=60) as http:

        async def client() -> None:
            while waiting:
                waiting.pop()
                bought = (await http.post(url + _CHECKOUT, json=_body("saturday-pass"))).json()
                if "sessionId" not in bought:
                    raise RuntimeError(f"a checkout was refused: {bought}")
                path = f"{stack.addresses.sandbox_url}/control/checkout_sessions/{bought['sessionId']}/pay"
                await http.post(path, json=_CAMILA)

        await asyncio.gather(*(client() for _ in range(clients)))
    patience = time.perf_counter() + _PATIENCE_S
    while _number(stack, _MAILS) - before < count and time.perf_counter() < patience:  # noqa: ASYNC110  # others do the work
        await asyncio.sleep(0.05)
    rate = count / (time.perf_counter() - began)
    return Row(f"web orders to tickets, {clients} clients", rate, "orders/s", "told", None)


async def opening(stack: Stack, url: str, buyers: int) -> Row:
    """So many buyers within a minute for 500 tickets; everyone is answered, and exactly 500 are held."""
    with psycopg.connect(stack.addresses.postgres_url, autocommit=True) as connection:
        connection.execute(
            "UPDATE pools SET capacity = leased + held + sold + 500, available = 500 WHERE id = 'social'"
        )
    before = _number(stack, _HELD)
    body = {"items": [{"id": "social", "quantity": 1}]}
    began = time.perf_counter()
    answers = await crowd(url, "/api/inventory/reserve-tickets", body, buyers, 200)
    seconds = time.perf_counter() - began
    statuses, times = Counter(status for status, _ in answers), [took for _, took in answers]
    held = _number(stack, _HELD) - before
    name = f"opening: {buyers} buyers, {held} of 500 held, {dict(statuses)}"
    return Row(name, seconds, "s", "exactly 500", held == 500, p99=quantiles(times, n=100)[98])


def page(url: str) -> list[Row]:
    """The shop's first page: time to its first byte, and its weight with all that it loads."""
    with httpx.Client(base_url=url) as http:
        http.get("/tickets")
        times = []
        for _ in range(20):
            began = time.perf_counter()
            with http.stream("GET", "/tickets") as answer:
                times.append((time.perf_counter() - began) * 1000)
                answer.read()
        loaded = ("/tickets", "/static/styles/brand.css", "/static/styles/shop.css", "/static/scripts/shop.js")
        texts = [http.get(path).content for path in loaded]
        fonts = [http.get(f"/static/fonts/{name}.woff2").content for name in _FONTS]
    weight = sum(len(gzip.compress(text)) for text in texts) + sum(map(len, fonts))
    return [
        Row("shop page, time to first byte", median(times), "ms", "told", None, p99=max(times)),
        Row("shop page with all it loads", weight / 1024, "KiB", "told", None),
    ]


async def steadily(url: str, paths: Sequence[str], body: Any, rate: int, count: int) -> list[float]:
    """Returns the times in milliseconds of so many requests, sent at a steady rate whatever the answers take."""
    times: list[float] = []
    async with httpx.AsyncClient(base_url=url, timeout=60) as http:
        for path in paths:
            await http.post(path, json=body)

        async def one(number: int) -> None:
            began = time.perf_counter()
            (await http.post(paths[number % len(paths)], json=body)).raise_for_status()
            times.append((time.perf_counter() - began) * 1000)

        began, tasks = time.perf_counter(), []
        for number in range(count):
            await asyncio.sleep(max(0.0, began + number / rate - time.perf_counter()))
            tasks.append(asyncio.create_task(one(number)))
        await asyncio.gather(*tasks)
    return times


def _make_room(stack: Stack) -> None:
    """Lets nothing sell out of what is measured: only the opening is about the last tickets."""
    with psycopg.connect(stack.addresses.postgres_url, autocommit=True) as connection:
        connection.execute("UPDATE pools SET capacity = capacity + 1000000, available = available + 1000000")


def _beside(row: Row, bare: float) -> Row:
    return replace(row, floor=bare, floor_name="pgbench with the same statements", ratio=bare / row.value)


def _timed(name: str, times: Sequence[float], aim: str, most_ms: float) -> Row:
    p95 = quantiles(times, n=100)[94]
    return Row(f"{name} (p95 {p95:.0f} ms)", median(times), "ms", aim, p95 < most_ms, p99=quantiles(times, n=100)[98])


def _body(product: str, quantity: int = 1) -> dict[str, Any]:
    return {"items": [{"id": product, "quantity": quantity}], "customerInfo": _CAMILA}


def _number(stack: Stack, query: bytes) -> int:
    with psycopg.connect(stack.addresses.postgres_url) as connection:
        row = connection.execute(query).fetchone()
    return 0 if row is None else int(row[0])

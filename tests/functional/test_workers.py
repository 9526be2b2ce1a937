"""Two processes of the hub on one Postgres, under load; one is killed, and nobody's order is half done."""

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from boxoffice.demo.stack import Stack, post
from sync.ledger.verify import verify
from tests.functional.test_rollback import CAMILA, buy, environment, until

pytestmark = [pytest.mark.enable_socket, pytest.mark.slow]


@pytest.fixture
def served(stack: Stack, tmp_path: Path) -> Iterator[tuple[subprocess.Popen[str], str]]:
    command = [sys.executable, "-m", "sync", "serve", "--port", "0", "--workers", "2"]
    env = environment(stack) | {
        "DATABASE_CONNECTIONS": "8",
        "METRICS_TOKEN": "metrics-token",
        "HOLDS_PER_ADDRESS": "1000",
        "PLACES_PER_ADDRESS": "1000",
    }
    env["TMPDIR"] = str(tmp_path)
    process = subprocess.Popen(command, env=env, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    url = process.stdout.readline().split()[-1]
    yield process, url
    process.terminate()
    assert process.wait(150) == 0
    process.stdout.close()
    assert list(tmp_path.glob("boxoffice-hub-*")) == []


def children(parent: int) -> list[int]:
    found = [int(pid) for pid in Path(f"/proc/{parent}/task/{parent}/children").read_text("ascii").split()]
    named = {pid: Path(f"/proc/{pid}/cmdline").read_bytes() for pid in found}
    return [pid for pid in found if b"spawn_main" in named[pid]]


def present(stack: Stack) -> set[int]:
    """Returns the processes that told of themselves, the stack's own hub among them."""
    with stack.database.engine.connect() as connection:
        names = connection.exec_driver_sql("SELECT name FROM processes").scalars()
        return {int(name.split(":")[1]) for name in names}


@contextmanager
def standing_still(pid: int) -> Iterator[None]:
    """Holds a process, so that the other must answer."""
    os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(pid, signal.SIGCONT)


def ask(url: str, path: str = "/status") -> str:
    headers = {"Authorization": "Bearer metrics-token"}
    answer = httpx.get(f"{url}{path}", headers=headers, timeout=150)  # each time on a connection of its own
    return answer.raise_for_status().text


def counted(url: str) -> tuple[float, float]:
    """Returns how many answers of `/status` Prometheus is told of, by the histogram and by the counter."""
    page = ask(url, "/metrics")
    count = re.search(
        r'^boxoffice_api_latency_seconds_count\{method="GET",route="/status"\} (\S+)$', page, re.MULTILINE
    )
    total = re.search(r'^boxoffice_answers_total\{route="/status",status="2xx"\} (\S+)$', page, re.MULTILINE)
    assert count is not None
    assert total is not None
    return float(count[1]), float(total[1])


on_linux = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="the processes are found by /proc")


@on_linux
def test_prometheus_is_told_the_sum_whichever_process_answers_and_after_one_has_died(
    stack: Stack, served: tuple[subprocess.Popen[str], str]
) -> None:
    process, url = served
    until(lambda: len(present(stack) & set(children(process.pid))), 2)
    first, second = children(process.pid)
    seen = []
    for held in (first, second):
        with standing_still(held):
            for _ in range(3):
                ask(url)
            seen.append(counted(url))
    with standing_still(first):
        seen.append(counted(url))

    os.kill(first, signal.SIGKILL)
    until(lambda: len((present(stack) & set(children(process.pid))) - {first}), 2)
    (replacement,) = set(children(process.pid)) - {second}
    for held in (second, replacement):
        with standing_still(held):
            ask(url)
            seen.append(counted(url))

    assert seen == [(3, 3), (6, 6), (6, 6), (7, 7), (8, 8)]


@on_linux
def test_a_stop_lets_what_is_under_way_end(stack: Stack, served: tuple[subprocess.Popen[str], str]) -> None:
    process, url = served
    slow = {"match": "POST /v1/checkout/sessions", "kind": "delay", "delay_s": 1.5, "times": 1}
    post(f"{stack.addresses.sandbox_url}/control/faults", slow)

    with ThreadPoolExecutor(1) as buyer:
        bought = buyer.submit(buy, url)
        until(lambda: in_flight(stack), True)
        process.terminate()

        assert bought.result().status_code == 200
    assert process.wait(150) == 0


def in_flight(stack: Stack) -> bool:
    with stack.database.engine.connect() as connection:
        waiting = "SELECT EXISTS (SELECT FROM checkouts WHERE session_id IS NULL AND status = 'open')"
        return bool(connection.exec_driver_sql(waiting).scalar_one())


@on_linux
def test_processes_are_replaced_one_by_one_and_nobody_is_turned_away(served: tuple[subprocess.Popen[str], str]) -> None:
    process, url = served
    ask(url)
    before = set(children(process.pid))
    answers = []

    def are_all_new() -> bool:
        answers.append(ask(url))
        now = set(children(process.pid))
        return len(now) == 2 and not now & before

    process.send_signal(signal.SIGHUP)
    until(are_all_new, True)

    assert len(answers) > 1


@on_linux
def test_a_reload_that_comes_while_the_processes_start_is_done_all_the_same(
    served: tuple[subprocess.Popen[str], str],
) -> None:
    process, url = served
    process.send_signal(signal.SIGHUP)  # at the address: no process answers yet
    until(lambda: len(children(process.pid)) >= 2, True)
    first = set(children(process.pid))

    def are_all_new() -> bool:
        now = set(children(process.pid))
        return len(now) == 2 and not now & first

    until(are_all_new, True)
    assert ask(url)


@on_linux
def test_a_killed_process_is_replaced_and_no_order_is_lost_or_doubled(
    stack: Stack, served: tuple[subprocess.Popen[str], str]
) -> None:
    process, url = served
    assert httpx.get(f"{url}/health", timeout=150).status_code == 200
    workers = children(process.pid)
    body = {"items": [{"id": "sunday-pass", "quantity": 1}], "customerInfo": CAMILA}

    def insist(number: int) -> str:
        """Buys as a careful client does: the same key until there is an answer."""
        if number == 20:
            os.kill(workers[0], signal.SIGKILL)
        told = ""
        for _ in range(60):
            try:
                with httpx.Client(base_url=url, timeout=150) as http:
                    path = "/api/payment/create-checkout-session"
                    answer = http.post(path, json=body, headers={"Idempotency-Key": f"worker-{number}"})
                if answer.status_code == 200:
                    return str(answer.json()["orderId"])
                told = answer.text
            except httpx.TransportError:
                continue
        raise AssertionError(told)

    with ThreadPoolExecutor(8) as crowd:
        orders = list(crowd.map(insist, range(60)))

    assert len(workers) == 2
    assert len(set(orders)) == 60
    with stack.database.engine.connect() as connection:
        held = connection.exec_driver_sql("SELECT held FROM pools WHERE id = 'sunday'").scalar_one()
        made = connection.exec_driver_sql(
            "SELECT count(*) FROM order_items WHERE product_id = 'sunday-pass'"
        ).scalar_one()
    assert (held, made) == (60, 60)
    assert verify(stack.database).problem is None

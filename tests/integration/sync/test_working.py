"""The worker of the durable jobs: a job that hangs gives its place away, and what a dead worker left is taken up."""

import asyncio
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from time import monotonic
from typing import Any

import psycopg
import pytest
from pydantic import SecretStr

from sync.config import Settings
from sync.ledger.hub import Hub
from sync.mail.notices import Notices
from sync.operations import jobs
from sync.operations.jobs import UseCases
from sync.operations.working import WorkerOver, work
from sync.orders.analytics import Analytics
from sync.payments.catching_up import CatchUp
from sync.payments.checkouts import Checkouts
from sync.payments.fees import Fees
from sync.payments.refunds import Refunds
from sync.providers.events import READERS
from sync.store.database import Database
from sync.store.queue import defer
from tests.postgres import new_database

pytestmark = pytest.mark.enable_socket


class Post:
    """Stands in for the mailer: what it does with each mail is what the test says."""

    provider = None

    def __init__(self, on_send: Callable[[int], None]) -> None:
        self.sent: list[str] = []
        self.tries = 0
        self._on_send = on_send

    def send(self, mail_id: str) -> None:
        self.tries += 1
        self._on_send(self.tries)
        self.sent.append(mail_id)

    def note_failure(self, mail_id: str, error: Exception, *, is_last: bool) -> None: ...


@pytest.fixture
def hub(postgres_url: str, request: pytest.FixtureRequest) -> Iterator[Hub]:
    """A hub that nobody serves, on a database of its own."""
    url = new_database(postgres_url, f"working_{request.node.name}"[:60])
    settings = Settings(postgres_url=SecretStr(url), hub_master_key=SecretStr("ab" * 32))
    with Database(url, 4) as database:
        yield Hub.open(settings, database, "")


def cases_of(hub: Hub, post: Post) -> UseCases:
    mailer: Any = post
    return UseCases(
        hub,
        Checkouts(hub, None, {}),
        mailer,
        Refunds(hub, {}),
        CatchUp(hub, READERS, None),
        Analytics(hub, None),
        Notices(hub, None),
        Fees(hub, {}),
        READERS,
    )


def work_until(hub: Hub, post: Post, over: Callable[[], bool], job_s: float = 60) -> int:
    """Works until it is over; returns how often the worker gave a sign of life."""
    beats: list[float] = []

    async def run() -> None:
        asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor(32))  # as the hub does
        working = asyncio.create_task(work(cases_of(hub, post), lambda: beats.append(monotonic()), job_s))
        ends = monotonic() + 150
        while not over():
            assert not working.done(), working.exception()
            assert monotonic() < ends
            await asyncio.sleep(0.05)
        working.cancel()
        await asyncio.gather(working, return_exceptions=True)

    asyncio.run(run())
    return len(beats)


def mail(hub: Hub, mail_id: str) -> None:
    with hub.database.transaction() as connection:
        defer(connection, "send_mail", {"mail_id": mail_id})


def rows(hub: Hub, query: str) -> list[tuple[Any, ...]]:
    with psycopg.connect(hub.database.url, autocommit=True) as connection:
        return connection.execute(query.encode()).fetchall()


def test_a_job_that_hangs_gives_its_place_away_and_is_tried_again(hub: Hub) -> None:
    released = threading.Event()
    post = Post(lambda tries: (None, released.wait(150))[0] if tries <= 6 else None)
    for number in range(6):  # more than are done at once
        mail(hub, f"mail-{number}")

    def is_over() -> bool:
        if len(post.sent) >= 6:
            released.set()
        return len(post.sent) >= 6

    assert work_until(hub, post, is_over, job_s=0.5) > 6
    assert {f"mail-{number}" for number in range(6)} == set(post.sent)


def test_a_job_that_raises_is_tried_again(hub: Hub) -> None:
    def fail_once(tries: int) -> None:
        if tries == 1:
            raise KeyError("a bug")

    post = Post(fail_once)
    mail(hub, "mail-1")

    work_until(hub, post, lambda: post.sent == ["mail-1"])

    assert post.tries == 2


def test_what_a_dead_worker_left_is_taken_up_at_the_start(hub: Hub) -> None:
    mail(hub, "mail-1")
    with psycopg.connect(hub.database.url, autocommit=True) as connection:
        (worker,) = connection.execute("SELECT procrastinate_register_worker_v1()").fetchone() or (0,)
        connection.execute("SELECT id FROM procrastinate_fetch_job_v2(NULL, %s)", (worker,))
        connection.execute("UPDATE procrastinate_workers SET last_heartbeat = now() - interval '1 hour'")
    assert rows(hub, "SELECT status::text FROM procrastinate_jobs") == [("doing",)]
    post = Post(lambda _: None)

    work_until(hub, post, lambda: post.sent == ["mail-1"])

    assert rows(hub, "SELECT count(*) FROM procrastinate_jobs WHERE status <> 'todo'") == [(0,)]


@pytest.mark.parametrize("jump_s", [-3 * 86_400, 366 * 86_400, -60])
def test_a_worker_ends_when_the_wall_clock_is_set(hub: Hub, jump_s: float, monkeypatch: pytest.MonkeyPatch) -> None:
    real, ahead = time.time, [0.0]
    monkeypatch.setattr("time.time", lambda: real() + ahead[0])
    beaten = []

    def beat() -> None:
        beaten.append(1)
        ahead[0] = jump_s

    with pytest.raises(WorkerOver, match="clock"):
        asyncio.run(work(cases_of(hub, Post(lambda _: None)), beat))

    assert beaten


def test_a_worker_does_not_begin_without_postgres(hub: Hub) -> None:
    away = hub.settings.model_copy(update={"postgres_url": SecretStr("postgresql://postgres@127.0.0.1:1/nothing")})
    elsewhere = Hub(hub.database, away, hub.sealer, hub.chain, "")

    with pytest.raises(psycopg.OperationalError):
        asyncio.run(work(cases_of(elsewhere, Post(lambda _: None)), lambda: None))


def test_a_worker_begins_with_what_an_update_left_to_do(hub: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    begun: list[Hub] = []
    monkeypatch.setattr(jobs, "follow_all_money", begun.append)

    work_until(hub, Post(lambda _: None), lambda: bool(begun))

    assert begun == [hub]


def test_a_worker_begins_with_what_providers_told_while_nobody_listened(
    hub: Hub, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[CatchUp] = []

    def listen(catch_up: CatchUp) -> int:
        asked.append(catch_up)
        return 0

    monkeypatch.setattr(CatchUp, "read_again", listen)

    work_until(hub, Post(lambda _: None), lambda: bool(asked))

    assert asked

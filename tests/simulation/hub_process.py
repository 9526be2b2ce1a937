"""The hub as one process of the run: its real use cases over its real database, killed between any two writes."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from copy import copy
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from typing import Any, Final, TypeVar, cast

import procrastinate
from procrastinate import JobContext
from procrastinate.jobs import Job
from procrastinate.testing import InMemoryConnector
from sqlalchemy import Connection, text

from boxoffice.core.errors import BoxofficeError
from sync.config import Settings
from sync.ledger.hub import Hub
from sync.mail.mails import Mailer
from sync.mail.notices import Notices
from sync.operations.jobs import UseCases, make_worker
from sync.orders.analytics import Analytics
from sync.payments.catching_up import CatchUp
from sync.payments.checkouts import Checkouts
from sync.payments.door_checkouts import DoorCheckouts
from sync.payments.fees import Fees
from sync.payments.refunds import Refunds
from sync.payments.webhooks import store_events
from sync.ports import ProviderEvent
from sync.providers.events import READERS
from sync.shop.orders import Shop
from sync.store.database import Database
from sync.store.lives import is_healed
from tests.simulation.chaos import Chaos
from tests.simulation.letters import SimMail
from tests.simulation.options import Fault
from tests.simulation.provider import BEGINNING_S, Provider, SimEvents, SimRecords, SimRefunds, SimSessions
from tests.simulation.stage import Image

T = TypeVar("T")
_NEXT_JOB: Final = text("""
    SELECT id, task_name, args, attempts, queue_name FROM procrastinate_jobs
    WHERE status = 'todo' AND (scheduled_at IS NULL OR scheduled_at <= now()) ORDER BY priority DESC, id LIMIT 1
""")
_DONE: Final = text("UPDATE procrastinate_jobs SET status = CAST(:status AS procrastinate_job_status) WHERE id = :id")
_AGAIN: Final = text("""
    UPDATE procrastinate_jobs SET attempts = attempts + 1, scheduled_at = now() + make_interval(secs => :wait_s)
    WHERE id = :id
""")
_HAS_FACT: Final = text("""
    SELECT 1 FROM facts f JOIN devices d ON d.id = f.device_id
    WHERE d.name = :till AND f.epoch = :epoch AND f.seq = :seq
""")
_END: Final = text("""
    SELECT f.epoch, f.seq FROM facts f JOIN devices d ON d.id = f.device_id
    WHERE d.name = :till ORDER BY f.epoch DESC, f.seq DESC LIMIT 1
""")
PERIODIC: Final = {
    "sweep": 60,
    "sweep_holds": 60,
    "look_at_refunds": 600,
    "catch_up": 300,
    "rebook_disputes": 600,
    "heal": 60,
}
"""What the worker does by itself, and every how many seconds."""


class HubDied(BaseException):
    """The process that worked on this has died: nothing of it may catch that."""


class SimDatabase(Database):
    """`point` is asked before and after each commit whether the process dies there."""

    def __init__(self, url: str, point: Callable[[str], None], tick: Callable[[], None]) -> None:
        super().__init__(url, 8)
        self._point, self.tick = point, tick

    @contextmanager
    def transaction(self) -> Iterator[Connection]:
        self.tick()
        with super().transaction() as connection:
            yield connection
            self._point("before a commit")
        self._point("after a commit")

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        self.tick()
        with super().reading() as connection:
            yield connection


@dataclass
class HubProcess:
    """One hub. `life` counts how often it was started; what an earlier life began never comes back."""

    settings: Settings
    chaos: Chaos
    provider: Provider
    url: str
    on_connect: Callable[[SimDatabase], None]
    life: int = 0
    mail: SimMail = field(init=False)
    is_dirty: bool = True
    """Something was written since it last looked for jobs."""
    restored: int = 0
    """How often its database was put back to what it was before."""
    _told: int = -1

    def __post_init__(self) -> None:
        self.mail = SimMail(self.chaos)
        self._open_database()
        self.start()

    def _open_database(self) -> None:
        self.database = SimDatabase(self.url, self._point, self._tick)
        self.on_connect(self.database)

    def start(self) -> None:
        self.life += 1
        own = copy(self.database)
        own.tick = partial(self._tick_in, self.life)
        own.logs = (lambda _: self._point("before the log"),)
        self.hub = Hub.open(self.settings, own, "https://hub.test", f"hub-{self.life}")
        paypal = SimSessions(self.provider, self.run, "paypal")
        self.checkouts = Checkouts(self.hub, SimSessions(self.provider, self.run), {"paypal": paypal})
        self.door_checkouts = DoorCheckouts(self.checkouts)
        back = SimRefunds(self.provider, self.run)
        self.refunds = Refunds(self.hub, {"stripe": back, "paypal": back})
        self.shop = Shop(self.hub, self.checkouts)
        self.catch_up = CatchUp(self.hub, READERS, SimEvents(self.provider, self.run))
        self.mailer = Mailer(self.hub, self.mail)
        cases = UseCases(
            self.hub,
            self.checkouts,
            self.mailer,
            self.refunds,
            self.catch_up,
            Analytics(self.hub, None),
            Notices(self.hub, self.mail),
            Fees(self.hub, {}),
            READERS,
            {name: SimRecords(self.provider, self.run, name.lower()) for name in ("Stripe", "PayPal")},
        )
        self.worker = make_worker(cases, cast("procrastinate.PsycopgConnector", InMemoryConnector()))

    def _tick_in(self, life: int) -> None:
        if life != self.life:
            raise HubDied
        self._tick()

    def _tick(self) -> None:
        """Tells Postgres what time it is."""
        now = int((BEGINNING_S + self.chaos.scheduler.now) * 1_000_000)
        if now != self._told:
            self._told = now
            with self.database.engine.connect() as connection:
                connection.exec_driver_sql(f"SELECT setval('sim.clock', {now})")

    def _point(self, where: str) -> None:
        self.is_dirty = True
        if self.chaos.strikes(Fault.HUB_DIES, f"hub {where}", 0.1):
            raise HubDied(where)

    def run(self, work: Callable[[], T]) -> T:
        """Does some work of this process.

        Raises:
            HubDied: if it dies meanwhile, or did while this waited for somebody.
        """
        life = self.life
        try:
            answer = work()
        except HubDied:
            if life == self.life:
                self._die()
            raise
        if life != self.life:
            raise HubDied
        return answer

    def put_back(self, image: Image) -> None:
        """Goes on with its database as it was a while ago."""
        self.chaos.scheduler.note("hub", "its database is put back to what it was a while ago")
        self.database.close()
        image.put_back()
        self.restored += 1
        self._told = -1
        was, self.chaos.is_over = self.chaos.is_over, True
        try:
            self._open_database()
            self.start()
        finally:
            self.chaos.is_over = was
        self.is_dirty = True

    def keep(self, image: Image) -> None:
        """Keeps its database as it is now, if nobody is in the middle of something there."""
        if not self.database.connections_in_use:
            self.database.engine.dispose()
            image.keep()

    @property
    def is_healed(self) -> bool:
        with self.database.engine.connect() as connection:
            return is_healed(connection)

    def has_all_of(self, till: str, epoch: int, seq: int) -> bool:
        """Returns whether a till's chain is here up to that place."""
        with self.database.engine.connect() as connection:
            place = {"till": till, "epoch": epoch, "seq": seq}
            return connection.execute(_HAS_FACT, place).first() is not None

    def end_of(self, till: str) -> tuple[int, int]:
        """Returns how far a till's chain has come here: epoch and number."""
        with self.database.engine.connect() as connection:
            row = connection.execute(_END, {"till": till}).first()
            return (0, 0) if row is None else (row.epoch, row.seq)

    def _die(self) -> None:
        self.chaos.scheduler.note("hub", "dies and is started again")
        was, self.chaos.is_over = self.chaos.is_over, True
        try:
            self.start()
        finally:
            self.chaos.is_over = was

    # What a provider tells.

    def deliver(self, event: ProviderEvent) -> bool:
        """Takes a webhook; returns whether it was answered with 200."""
        try:
            self.run(lambda: store_events(self.hub, READERS["stripe"], [event]))
        except HubDied:
            return False
        self.chaos.scheduler.note("hub", f"hears {event.type}")
        return True

    # What it does by itself.

    def work(self) -> None:
        """Does the jobs that are due."""
        self.is_dirty = False
        while self._work_on_next():
            pass

    def periodic(self, name: str) -> None:
        try:
            self.run(lambda: self.worker.tasks[name].func(timestamp=0))
        except HubDied:
            pass
        except BoxofficeError:
            pass

    def _work_on_next(self) -> bool:
        self._tick()
        with self.database.engine.begin() as connection:
            row = connection.execute(_NEXT_JOB).one_or_none()
        if row is None:
            return False
        task = self.worker.tasks[row.task_name]
        job = Job(
            id=row.id,
            queue=row.queue_name,
            lock=None,
            queueing_lock=None,
            task_name=row.task_name,
            task_kwargs=row.args,
            attempts=row.attempts,
        )
        try:
            self.run(lambda: self._do(task, job))
        except HubDied:
            self._later(row.id, 5)
        except BoxofficeError as error:
            strategy = task.retry_strategy
            again = None if strategy is None else strategy.get_retry_decision(exception=error, job=job)
            if again is None or again.retry_at is None:
                self._ended(row.id, "failed")
            else:  # it says when by the machine's own clock, and means how long from now
                self._later(row.id, max(1, round((again.retry_at - datetime.now(UTC)).total_seconds())))
        else:
            self._ended(row.id, "succeeded")
        return True

    def _do(self, task: Any, job: Job) -> None:
        if task.pass_context:
            task.func(
                JobContext(app=self.worker, job=job, start_timestamp=0, abort_reason=lambda: None), **job.task_kwargs
            )
        else:
            task.func(**job.task_kwargs)

    def _later(self, job: int, wait_s: float) -> None:
        with self.database.engine.begin() as connection:
            connection.execute(_AGAIN, {"wait_s": wait_s, "id": job})

    def _ended(self, job: int, status: str) -> None:
        with self.database.engine.begin() as connection:
            connection.execute(_DONE, {"status": status, "id": job})

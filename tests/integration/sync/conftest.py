"""One Postgres for all, a database for each module, and a hub that serves it over HTTP."""

import asyncio
import base64
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event
from time import monotonic
from typing import Any

import httpx
import pytest
from argon2 import PasswordHasher
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from pydantic import SecretStr
from sqlalchemy import select

from boxoffice.core.payloads.exceptions import ExceptionResolved
from boxoffice.documents.languages import language
from sync.config import Settings
from sync.inventory.events import load_event
from sync.ledger.hub import Hub
from sync.mail.mails import Mailer
from sync.mail.notices import Notices
from sync.operations.alerts import Watch
from sync.operations.jobs import UseCases, make_worker
from sync.orders.analytics import Analytics
from sync.organizers import organizers
from sync.payments.catching_up import CatchUp
from sync.payments.checkouts import Checkouts, must_be
from sync.payments.door_checkouts import DoorCheckouts
from sync.payments.fees import Fees
from sync.payments.provider_events import EventWork
from sync.payments.refunds import Refunds
from sync.payments.settling import settle
from sync.payments.webhooks import work_on_event
from sync.ports import Session
from sync.providers.events import READERS
from sync.server import HubServer
from sync.store import tables as t
from sync.store.chain import new_id
from sync.store.checkouts import of_session, of_tender
from sync.store.database import Database
from sync.store.tills import Device
from sync.stored_words import told
from sync.tills.pairing import create_code, device_of
from tests.fest import fest
from tests.integration.sync.door import Door
from tests.integration.sync.fakes import FakeMail, FakeRefunds, FakeSessions
from tests.integration.sync.house import House, open_house
from tests.integration.sync.office import Office
from tests.integration.sync.shopper import Shopper
from tests.outside import ask
from tests.postgres import database_of_its_own, new_database

WEBHOOK_SECRET = "whsec_test"
MAIL_KEY = ec.generate_private_key(ec.SECP256R1())
_DER = (serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
MAIL_KEY_TEXT = base64.b64encode(MAIL_KEY.public_key().public_bytes(*_DER)).decode()
_TOLD_TO_PEOPLE = """
    SELECT DISTINCT payload ->> 'detail' FROM facts WHERE kind = 'exception_raised'
      AND payload ->> 'exception_kind' <> 'fact_does_not_fit' UNION
    SELECT DISTINCT payload ->> 'message' FROM facts f JOIN devices d ON d.id = f.device_id AND d.kind = 'hub'
    WHERE f.kind IN ('payment_failed', 'refund_failed')
"""
"""All that the hub says itself. Why a record of a till does not fit is for whoever mends it."""


@dataclass(frozen=True)
class Stand:
    """A hub that runs, and the same database seen by a second process of the hub."""

    base_url: str
    database: Database
    hub: Hub
    sessions: FakeSessions
    mail: FakeMail
    refunder: FakeRefunds = field(default_factory=FakeRefunds)
    intents: FakeSessions = field(default_factory=FakeSessions)
    doors: list[Door] = field(default_factory=list, repr=False)

    @property
    def checkouts(self) -> Checkouts:
        return Checkouts(self.hub, self.sessions, {"stripe_intent": self.intents})

    @property
    def door_checkouts(self) -> DoorCheckouts:
        return DoorCheckouts(self.checkouts)

    @property
    def mailer(self) -> Mailer:
        return Mailer(self.hub, self.mail)

    @property
    def refunds(self) -> Refunds:
        return Refunds(self.hub, {"stripe": self.refunder})

    @property
    def watch(self) -> Watch:
        return Watch(self.hub, self.mail)

    @property
    def event_work(self) -> EventWork:
        return EventWork(self.hub, self.checkouts, self.refunds, Fees(self.hub, {}), READERS)

    def hear(self, provider: str, kind: str, body: dict[str, Any]) -> None:
        """Stores an event and works on it, as a webhook's job does."""
        query = """
            INSERT INTO payment_events (provider, event_id, event_type, payload, status)
            VALUES (%s, %s, %s, %s::jsonb, 'received') RETURNING id
        """
        work_on_event(self.event_work, int(self.one(query, provider, new_id(), kind, json.dumps(body))))

    def see_all(self, kind: str | None = None) -> None:
        """Somebody has seen what is open, or what of it is of one kind."""
        x = t.exceptions.c
        mine = (x.status == "open", *([] if kind is None else [x.kind == kind]))
        with self.database.transaction() as connection:
            seen = connection.scalars(select(x.id).where(*mine)).all()
            self.hub.write(connection, [ExceptionResolved(exception_id=each, remedy="seen") for each in seen], None)

    def ensure_session(self, tender_id: str) -> str | None:
        """Returns the session of a payment, made if it is not there yet."""
        with self.database.reading() as connection:
            checkout = must_be(of_tender(connection, tender_id))
        return self.checkouts.ensure(checkout).session_id

    def settle(self, session: Session) -> None:
        """Writes down how a session has ended, as whoever hears of it does."""
        with self.database.reading() as connection:
            checkout = of_session(connection, session.id)
        if checkout is not None:
            settle(self.hub, checkout, session, "expired")

    def code(self, name: str | None = None) -> str:
        with self.database.transaction() as connection:
            return create_code(connection, name)

    def door(self) -> Door:
        self.sql("DELETE FROM attempts")
        self.doors.append(Door.pair(self.base_url, self.code()))
        return self.doors[-1]

    def device(self, door: Door) -> Device:
        with self.database.transaction() as connection:
            device = device_of(connection, door.me.token)
        assert device is not None
        return device

    def sql(self, query: str, *values: Any) -> list[tuple[Any, ...]]:
        """Runs SQL from outside, as someone who knows only the tables would."""
        return ask(self.database.url, query, *values)

    def one(self, query: str, *values: Any) -> Any:
        return self.sql(query, *values)[0][0]

    def until(self, expected: Any, query: str, *values: Any) -> None:
        """Waits until the query answers with the expected value: what jobs do is seen nowhere else."""
        patience, pause = monotonic() + 150, Event()
        while (found := self.one(query, *values)) != expected:
            assert monotonic() < patience, f"{query}: {found!r}, not {expected!r}"
            pause.wait(0.01)

    def work(self) -> None:
        """Does all jobs that are due, in this process."""

        async def work() -> None:
            worker = make_worker(
                UseCases(
                    self.hub,
                    self.checkouts,
                    self.mailer,
                    self.refunds,
                    CatchUp(self.hub, READERS, None),
                    Analytics(self.hub, None),
                    Notices(self.hub, self.mail),
                    Fees(self.hub, {}),
                    READERS,
                )
            )
            async with worker.open_async():
                await worker.run_worker_async(wait=False, install_signal_handlers=False, listen_notify=False)

        self.sql(
            "UPDATE procrastinate_jobs SET scheduled_at = NULL WHERE status = 'todo' AND task_name <> %s",
            "close_checkout",
        )
        asyncio.run(work())


@pytest.fixture(scope="module", autouse=True)
def cheap_passwords() -> Iterator[None]:
    """Passwords that are guessed fast: what a real one costs is a test of its own, not the price of each sign-in."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(organizers, "_hasher", PasswordHasher(time_cost=1, memory_cost=512, parallelism=1))
        yield


@pytest.fixture(scope="module")
def database_url(postgres_url: str, request: pytest.FixtureRequest) -> str:
    return new_database(postgres_url, Path(str(request.path)).stem)


@pytest.fixture(scope="module")
def settings(database_url: str) -> Settings:
    return Settings(
        postgres_url=SecretStr(database_url),
        hub_master_key=SecretStr("ab" * 32),
        stripe_webhook_secret=SecretStr(WEBHOOK_SECRET),
        stripe_till_key=SecretStr("rk_test_till"),
        metrics_token=SecretStr("metrics-token"),
        alert_email="alerts@example.org",
        sendgrid_webhook_key=MAIL_KEY_TEXT,
        database_connections=10,
        places_per_order=1_000,
        free_places_per_buyer=1_000_000,
        free_places_per_address=1_000_000,
        lease_units=1_000_000,
        places_per_address=1_000_000,
    )


@pytest.fixture(scope="module")
def hub(settings: Settings) -> Iterator[Stand]:
    """A hub with the Boulder Fest loaded."""
    sessions, mail, refunder, intents = FakeSessions(), FakeMail(), FakeRefunds(), FakeSessions()
    refunders, others = {"stripe": refunder}, {"stripe_intent": intents}
    with HubServer.start(settings, sessions=sessions, mail=mail, refunders=refunders, others=others) as server:
        database = Database(settings.database(), 10)
        second = Hub.open(settings, database, server.base_url, "second")
        load_event(second, fest())
        stand = Stand(server.base_url, database, second, sessions, mail, refunder, intents)
        yield stand
        untold = [
            detail for (detail,) in stand.sql(_TOLD_TO_PEOPLE) if detail and told(detail, language("es")) == detail
        ]
        for door in stand.doors:
            door.http.close()
        database.close()
    assert untold == [], "sync/stored_words.py knows no sentence for what the hub has told people"


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory, postgres_url: str) -> Iterator[House]:
    """A hub with nothing faked, at the sandbox of Stripe and PayPal."""
    with open_house(tmp_path_factory.mktemp("house"), database_of_its_own(postgres_url)) as house:
        yield house


@pytest.fixture
def door(hub: Stand) -> Door:
    return hub.door()


@pytest.fixture
def shopper(hub: Stand) -> Iterator[Shopper]:
    with httpx.Client(base_url=hub.base_url, timeout=150) as http:
        yield Shopper(http)


@pytest.fixture
def office(hub: Stand) -> Iterator[Office]:
    office = Office.open(hub)
    yield office
    office.http.close()


@pytest.fixture
def browser(hub: Stand) -> Iterator[httpx.Client]:
    """Somebody who looks at the hub's pages and follows where they lead."""
    with httpx.Client(base_url=hub.base_url, follow_redirects=True, timeout=30) as browser:
        yield browser

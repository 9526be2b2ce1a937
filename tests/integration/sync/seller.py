"""A till as tests of the hub play it: a real one with its file, which syncs when it is told to."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from time import monotonic as steady_s

from boxoffice.core.ids import PoolId
from boxoffice.core.wire.pairing import EventBody
from boxoffice.demo.tills import MemoryVault
from boxoffice.documents.model import Paper
from boxoffice.till.devices.printer import NoPrinter
from boxoffice.till.net.connections import HttpConnections
from boxoffice.till.store.database import Store, open_store
from boxoffice.till.store.leases import counts_of
from boxoffice.till.usecases import identity
from boxoffice.till.usecases.till_services import Environment, TillServices
from tests.integration.sync.conftest import Stand

EVENT = "boulder-fest-2026"


@dataclass
class HandClock:
    """Time passes when a test says so, for both clocks or for the monotonic one alone."""

    passed_s: float = 0
    jumped_s: float = 0
    started: datetime = field(default_factory=lambda: datetime.now(UTC))

    def now(self) -> datetime:
        return datetime.fromtimestamp(self.started.timestamp() + self.jumped_s, UTC)

    def monotonic(self) -> float:
        return self.passed_s


@dataclass
class SteadyClock(HandClock):
    """Time passes by itself, as for a till whose threads run."""

    def now(self) -> datetime:
        return datetime.now(UTC)

    def monotonic(self) -> float:
        return steady_s()


@dataclass
class Seller:
    """A till without its threads: it syncs when it is told to."""

    hub: Stand
    folder: Path
    clock: HandClock = field(default_factory=HandClock)
    vault: MemoryVault = field(default_factory=MemoryVault)
    store: Store = field(init=False)
    parts: TillServices = field(init=False)

    @property
    def environment(self) -> Environment:
        connections = HttpConnections()
        return Environment(
            self.folder, self.folder, Paper.LETTER, self.vault, connections, NoPrinter(), self.clock, self.hub.base_url
        )

    def open(self, *, kept: bool = False) -> "Seller":
        """Starts the till: with the event that its hub has, or with the one that it kept."""
        self.store = open_store(self.folder / identity.FILE, identity.file_key(self.vault, self.folder))
        self.hub.sql("DELETE FROM attempts")
        who = identity.load(self.store, self.vault) or identity.pair(
            self.store, self.vault, HttpConnections(), self.hub.base_url, self.hub.code()
        )
        self.services = TillServices.build(self.store, who, self.environment)
        self.services.context.take_event(self._kept_event() if kept else self.services.sync.take_event(EVENT))
        return self

    def _kept_event(self) -> EventBody:
        with self.store.reading() as connection:
            body = connection.exec_driver_sql("SELECT body FROM events WHERE id = ?", (EVENT,)).scalar_one()
        return EventBody.model_validate_json(body)

    def left(self, pool: str = "friday") -> int:
        with self.store.reading() as connection:
            found = counts_of(connection, self.services.context.event.catalogue.id).get(PoolId(pool))
        return 0 if found is None else found.left

    def close(self) -> None:
        self.services.close()
        self.store.close()

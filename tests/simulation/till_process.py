"""A till as one process of the run: the real `Till` over its real file, killed between any two writes."""

import atexit
import json
import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any, Final

import sqlcipher3
from sqlalchemy import Connection

from boxoffice.core.errors import BoxofficeError
from boxoffice.core.ids import EventId
from boxoffice.core.wire.pairing import PairAnswer, PairRequest
from boxoffice.core.witness import Mark
from boxoffice.demo.tills import MemoryVault
from boxoffice.documents.model import Paper
from boxoffice.till.devices.printer import NoPrinter
from boxoffice.till.store.backups import Backup, Backups
from boxoffice.till.store.database import Store, open_store
from boxoffice.till.store.facts import COPIED_AT, chain_mark
from boxoffice.till.store.witness import NAME as WITNESS
from boxoffice.till.usecases import identity, running
from boxoffice.till.usecases.ports import Hub, Terminal
from boxoffice.till.usecases.till import Till
from boxoffice.till.usecases.till_services import Environment
from tests.simulation.chaos import Chaos
from tests.simulation.line import Cable, SimHub, pair_at
from tests.simulation.options import Fault
from tests.simulation.provider import Provider
from tests.simulation.scheduler import Killed, SimEvent
from tests.simulation.seams import instant_of
from tests.simulation.terminal import SimTerminal

EVENT: Final = EventId("sim-fest")
_FILE_KEY: Final = "5a" * 32
SYNC_S: Final = 30.0
_OWN_SALES: Final = """
    SELECT kind, payload ->> 'order_id', payload, epoch, seq FROM facts
    WHERE kind IN ('order_placed', 'tickets_issued') ORDER BY position
"""


class SimStore(Store):
    """`point` is asked before, within and after each transaction whether the process dies there."""

    def __init__(self, opened: Store, point: Callable[[str], None]) -> None:
        super().__init__(opened._engine, opened.path)
        self.gap, self._witness, self._printed = opened.gap, opened._witness, opened._printed
        self._point = point

    @contextmanager
    def transaction(self, *, mends: bool = False) -> Iterator[Connection]:
        self._point("file: before")
        with super().transaction(mends=mends) as connection:
            yield connection
            self._point("file: before a commit")
        self._point("file: after a commit")

    def drop(self) -> None:
        self.close()

    def _bear(self, mark: Mark) -> None:
        self._point("file: before the witness")
        super()._bear(mark)


@dataclass
class SimClock:
    """The till's own clocks: the wall's jumps and drifts, the steady one never does."""

    chaos: Chaos
    name: str
    off_s: float = 0.0
    drift: float = 0.0

    def now(self) -> datetime:
        seconds = self.chaos.scheduler.now
        return instant_of(seconds * (1 + self.drift) + self.off_s)

    def monotonic(self) -> float:
        return self.chaos.scheduler.now


@dataclass(frozen=True)
class SimConnections:
    """Implements `till.usecases.ports.Connections`."""

    cable: Cable
    provider: Provider
    point: Callable[[str], None]

    def reach(self, url: str) -> float:  # there is one line
        return 0.01

    def pair(self, hub_url: str, request: PairRequest) -> PairAnswer:  # there is one hub
        return pair_at(self.cable, request)

    def hub(self, hub_url: str, token: str) -> Hub:
        return SimHub(self.cable, token)

    def terminal(self, stripe_base: str, key: str) -> Terminal:
        return SimTerminal(self.provider, self.cable.name, self.point)


class Background:
    """What a till does by itself, as one task in place of three threads; see `till.usecases.background`."""

    process: "TillProcess"

    def __init__(self, link: object, *, sync: Callable[[], None], **others: object) -> None:
        self._sync = sync
        self._due = SimEvent(self.process.chaos.scheduler)

    def start(self) -> None:
        scheduler = self.process.chaos.scheduler
        scheduler.spawn(f"{self.process.name} syncs", self._run, self.process.life)

    def kick(self) -> None:
        self._due.set()

    def stop(self) -> None:
        """It ends with its process."""

    def silent(self) -> list[str]:
        return []

    def _run(self) -> None:
        scheduler, waited = self.process.chaos.scheduler, SYNC_S
        while True:
            if self._due.is_set() or waited >= SYNC_S:
                self._due.clear()
                waited = 0.0
                try:
                    self._sync()
                except BoxofficeError as error:
                    scheduler.note(self.process.name, f"can't sync: {error}".partition(".")[0])
            self._due.wait(1.0)
            waited += 1.0 / self.process.chaos.pace


def _end_of(backups: Backups, file: Path) -> tuple[int, int]:
    """Returns how far the chain in a till's file has come: epoch and number."""
    with backups.reading(Backup(file, instant_of(0))) as connection:
        mark = chain_mark(connection)
    return (0, 0) if mark is None else mark.place


def _unmark(file: Path) -> None:
    """Makes of a backup what an old image of the file is: nothing in it says so."""
    connection = sqlcipher3.connect(str(file), isolation_level=None)
    connection.execute(f"PRAGMA key = \"x'{_FILE_KEY}'\"")
    connection.execute("DELETE FROM settings WHERE name = ?", (COPIED_AT,))
    connection.close()


@cache
def _empty_file() -> Path:
    """Returns a till's file with all its tables, to be copied: making one takes half a second."""
    path = Path(tempfile.mkdtemp(prefix="boxoffice-sim-")) / identity.FILE
    atexit.register(shutil.rmtree, path.parent, ignore_errors=True)
    open_store(path, _FILE_KEY).close()
    return path


@dataclass(frozen=True)
class Gone:
    """What a customer has tickets for: so many places of each pool. `number` is None if the order itself is left."""

    units: Mapping[str, int]
    number: str | None


class Life:
    """One life of a till's process, from its start to its death."""

    is_over = False


@dataclass
class TillProcess:
    """`shown` are the orders that somebody was told are paid, and how that was told."""

    name: str
    folder: Path
    cable: Cable
    provider: Provider
    chaos: Chaos
    patch: Any
    life: Life = field(default_factory=Life)
    till: Till | None = None
    store: SimStore | None = None
    shown: set[str] = field(default_factory=set)
    is_busy: bool = False
    restored: int = 0
    """How often its file was put back to what it was before."""
    losses: int = 0
    """How often nobody had what its file lacked then."""
    gone: dict[str, Gone] = field(default_factory=dict)
    """Orders that were sold here, and that nobody has any more."""
    is_copied: bool = False
    on_copy: Callable[["TillProcess"], None] = lambda _: None
    vault: MemoryVault = field(default_factory=MemoryVault)

    def __post_init__(self) -> None:
        self.clock = SimClock(self.chaos, self.name)
        shutil.copy(_empty_file(), self.folder / identity.FILE)
        self.vault.put("file_key", _FILE_KEY)
        self.cable.point = self.point
        if Fault.CLOCK_DRIFTS in self.chaos.options.faults:
            self.clock.drift = self.chaos.scheduler.draws.of(f"clock {self.name}").between(-0.01, 0.01)
            self.chaos.counts[Fault.CLOCK_DRIFTS.value] += 1

    @property
    def is_up(self) -> bool:
        return self.till is not None

    @property
    def pub(self) -> Till:
        assert self.till is not None
        return self.till

    def wake(self) -> None:
        """Hears that there is news at the hub, if its line is not cut."""
        if self.till is not None and self.chaos.scheduler.now >= max(self.cable.cut_until, self.cable.back_cut_until):
            self.till._changed()

    def point(self, where: str) -> None:
        """A place where this process may die. Whatever a dead one still tries ends here."""
        if self.life.is_over:
            raise Killed
        if self.chaos.strikes(Fault.TILL_DIES, f"{self.name} {where}", 0.05):
            self.die()
            raise Killed

    def start(self, code: str | None = None) -> None:
        """Starts the program on what its last life left; with a code, pairs it first."""
        self.life = life = Life()

        def opened(path: Path, key: str) -> Store:
            self.store = SimStore(open_store(path, key), self._point_of(life))
            return self.store

        self.patch.setattr(running, "open_store", opened)
        self.patch.setattr(running, "Background", type("Background", (Background,), {"process": self}))
        connections = SimConnections(self.cable, self.provider, self.point)
        till = Till(
            Environment(self.folder, self.folder, Paper.LETTER, self.vault, connections, NoPrinter(), self.clock)
        )
        till.open()
        if code is not None:
            till.pair("https://hub.test", code)
            till.choose_event(EVENT)
            till.choose_reader("tmr_1")
            self._keep_image()
        self.till = till

    def _point_of(self, life: Life) -> Callable[[str], None]:
        def point(where: str) -> None:
            if life.is_over:
                raise Killed
            self.point(where)

        return point

    def die(self) -> None:
        """Ends at once, with whatever is under way; the file stays as it is on disk."""
        life, store = self.life, self.store
        life.is_over = True
        self.till, self.store, self.is_busy = None, None, False
        self.chaos.scheduler.note(self.name, "loses power")
        self.chaos.scheduler.kill(life)
        self.chaos.scheduler.doom()
        if store is not None:
            self.chaos.scheduler.after(0.0, store.drop)  # once the task that runs here has unwound
        again_s = self.chaos.scheduler.draws.of(f"again {self.name}").between(1, 300)
        self.chaos.scheduler.spawn(f"{self.name} starts", self.start_again, self, again_s)

    def close(self, till: Till) -> None:
        """Ends the program as its user does; what it holds goes back to the hub, if that answers."""
        life, store = self.life, self.store
        self.till = None
        self.chaos.scheduler.note(self.name, "is closed")
        life.is_over = True  # whatever its tasks still try while they end
        self.chaos.scheduler.kill(life)
        life.is_over = False
        till.close()
        life.is_over, self.store, self.is_busy = True, None, False
        if store is not None:
            store.drop()

    def start_again(self) -> None:
        if self.till is None:
            self._set_back()
            if not self.is_copied and self.chaos.strikes(Fault.CLONED, self.name, 2):
                self.on_copy(self)
            self.chaos.scheduler.note(self.name, "is started again")
            try:
                self.start()
            except Killed:
                return

    def _set_back(self) -> None:
        """Puts the file back to what it was at an earlier start; the hub has all that it lacks then.

        Either its witness is still beside it, or it is a backup, which says that it is one.
        """
        own = self._images
        file, earlier = self.folder / identity.FILE, own.all()
        if earlier and not self.is_copied:
            if self.cable.hub.has_all_of(self.cable.name, *_end_of(own, file)):
                is_backup = self.chaos.strikes(Fault.BACKUP_RESTORED, self.name, 3)
                if is_backup or self.chaos.strikes(Fault.FILE_SET_BACK, self.name, 3):
                    self._put_in_place(earlier[0], is_backup=is_backup)
            elif self.chaos.strikes(Fault.FACTS_LOST, self.name, 5):
                self.losses += 1
                self._note_gone(earlier[0])
                is_backup = self.chaos.scheduler.draws.of(f"lost {self.name}").chance(0.5)
                self._put_in_place(earlier[0], is_backup=is_backup)
                self.chaos.scheduler.spawn(f"{self.name} goes on", self._go_on_without, self, 90)
        self._keep_image()

    def _put_in_place(self, earlier: Backup, *, is_backup: bool) -> None:
        file = self.folder / identity.FILE
        self._images.put_in_place(earlier, file)
        self.restored += 1
        if is_backup:
            (self.folder / WITNESS).unlink()
        else:
            _unmark(file)

    def _note_gone(self, earlier: Backup) -> None:
        """Keeps what customers were sold by facts that neither the hub has nor the file that is put back."""
        own = self._images
        known = max(self.cable.hub.end_of(self.cable.name), _end_of(own, earlier.path))
        with own.reading(Backup(self.folder / identity.FILE, instant_of(0))) as connection:
            rows = connection.exec_driver_sql(_OWN_SALES).all()
        placed = {order: (place, json.loads(p)) for kind, order, p, *place in rows if kind == "order_placed"}
        for kind, order, _, *place in rows:
            if kind == "tickets_issued" and tuple(place) > known:
                at, p = placed[order]
                self.gone[order] = Gone(p["units"], p["order_number"] if tuple(at) > known else None)
                self.shown.discard(order)

    def _go_on_without(self) -> None:
        """Somebody has read what is missing, and goes on without it, if it is not back by then."""
        while self.till is not None and self.till.services.mending.is_needed:
            try:
                self.till.go_on_without()
            except BoxofficeError as error:
                self.chaos.scheduler.note(self.name, f"can't go on: {error}"[:120])
                self.chaos.scheduler.sleep(60)
            else:
                self.chaos.counts["went on without"] += 1
                self.chaos.scheduler.note(self.name, "goes on without what nobody has")

    def _keep_image(self) -> None:
        if self.chaos.options.faults & {Fault.BACKUP_RESTORED, Fault.FILE_SET_BACK, Fault.FACTS_LOST}:
            self._images.make(self.folder / identity.FILE, instant_of(self.chaos.scheduler.now))

    @property
    def _images(self) -> Backups:
        return Backups(self.folder / "earlier", _FILE_KEY, kept=1)

    def do(self, what: str, work: Callable[[Till], object]) -> None:
        """Lets the clerk do something, who is busy until it is over."""
        if self.till is None or self.is_busy:
            return
        self.is_busy, life, till = True, self.life, self.till

        def run() -> None:
            try:
                work(till)
            except BoxofficeError as error:
                self.chaos.counts[f"no: {type(error).__name__}"] += 1
                self.chaos.scheduler.note(self.name, f"{what}: {error}"[:160])
            finally:
                if life is self.life:
                    self.is_busy = False

        self.chaos.scheduler.spawn(f"{self.name}: {what}", run, life)

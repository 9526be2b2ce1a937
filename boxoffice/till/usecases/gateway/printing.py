"""The printer of this till as the screens set it up, and what waits for it."""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import Enum
from typing import Protocol

from boxoffice.core.tenders import TenderKind
from boxoffice.documents.rolls import Letters, RollWidth
from boxoffice.documents.stocks import Density, Stock
from boxoffice.till.usecases.gateway.devices import PrinterState


class Cuts(Enum):
    EACH = "each"
    """Every ticket by itself."""
    END = "end"
    """Once, after the last of them."""
    NEVER = "never"


class DrawerOpens(Enum):
    HERE = "here"
    """With the payment that opens it, before anything prints."""
    AFTER = "after"
    """When the whole sale is paid, after what prints just then."""
    NEIGHBOUR = "neighbour"
    """The cash of this till is in another till's drawer."""
    NEVER = "never"


@dataclass(frozen=True, slots=True)
class PrinterSetup:
    """How a till prints. `address` is `tcp:HOST:PORT`, `usb:…`, `serial:…`, `file:…`, `lp:…`, `png:…`, or empty.

    Tickets are printed on `stock`; where that is not the roll, by the printer at `ticket_address`, with so many dots a
    millimetre. `plain_tickets` is for one that has no letters with accents. `drawer_tenders` open the drawer besides
    cash, which always does. The `neighbour` is another till by its name, with the address of its printer, which has a
    drawer, or prints what can't be printed here.
    """

    address: str = ""
    width: RollWidth = RollWidth.MM_80
    letters: Letters = Letters.CP858
    cuts: Cuts = Cuts.EACH
    drawer: DrawerOpens = DrawerOpens.HERE
    drawer_tenders: tuple[TenderKind, ...] = ()
    neighbour: str = ""
    neighbour_address: str = ""
    stock: Stock = Stock.ROLL
    ticket_address: str = ""
    ticket_density: Density = Density.DPI_203
    plain_tickets: bool = False

    @property
    def has_labels(self) -> bool:
        """Whether tickets have a printer of their own."""
        return self.stock is not Stock.ROLL and bool(self.ticket_address)

    @property
    def of_neighbour(self) -> "PrinterSetup":
        """The printer of the till beside this one, which prints all of it."""
        return replace(self, address=self.neighbour_address, ticket_address="")


class Plug(Enum):
    """What a printer is joined by."""

    USB = "usb"
    NETWORK = "tcp"
    SERIAL = "serial"
    FILE = "file"
    SYSTEM = "lp"
    PICTURE = "png"
    NONE = ""


@dataclass(frozen=True, slots=True)
class FoundPrinter:
    """A printer that may be chosen."""

    address: str
    name: str
    plug: Plug


class PaperKind(Enum):
    RECEIPT = "receipt"
    TICKETS = "tickets"
    REPORT = "report"
    TEST = "test"
    PREFLIGHT = "preflight"


class JobState(Enum):
    WAITING = "waiting"
    """Nothing of what is left of it was sent."""
    PRINTING = "printing"
    STOPPED = "stopped"
    """Its next paper may be out, or half of it: a person looks."""
    PRINTED = "printed"
    SKIPPED = "skipped"


@dataclass(frozen=True, slots=True)
class Job:
    """What is to be printed: of `pieces` papers so many are `done`. `title` is an order's number, or a report's."""

    id: str
    kind: PaperKind
    title: str
    asked_at: datetime
    state: JobState
    pieces: int
    done: int
    why: PrinterState | None = None

    @property
    def is_open(self) -> bool:
        return self.state in (JobState.WAITING, JobState.PRINTING, JobState.STOPPED)


@dataclass(frozen=True, slots=True)
class PrinterNow:
    """The printer, how it is set up, and what waits for it, the oldest first; `recent` were printed last."""

    name: str
    state: PrinterState
    setup: PrinterSetup
    jobs: tuple[Job, ...]
    recent: tuple[Job, ...] = ()


class PrinterPort(Protocol):
    """The printer of this till. All may block on it."""

    def now(self) -> PrinterNow: ...

    def look(self) -> PrinterNow:
        """Asks the printer how it is."""

    def find(self) -> tuple[FoundPrinter, ...]:
        """Returns the printers that this computer can see."""

    def choose(self, setup: PrinterSetup) -> PrinterNow:
        """Prints so from now on. Raises `BadInput` for an address that is none."""

    def test_page(self, language: str) -> PrinterNow:
        """Prints the test page."""

    def picture(self, setup: PrinterSetup, language_code: str, /) -> bytes:
        """Returns the test page as it would come out, as a PNG."""

    def go_on(self) -> PrinterNow:
        """Prints what waits and what has stopped, from the paper on that was not sure."""

    def skip(self, job_id: str) -> PrinterNow:
        """Goes on behind the next paper of a job: it came out, or nobody needs it."""

    def send_away(self) -> PrinterNow:
        """Prints what waits at the neighbour's printer."""

    def open_drawer(self) -> None:
        """Opens the drawer, where this till's printer has one."""

"""Paper in a training: it says so, whichever printer it comes out of, and no drawer opens."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime

from boxoffice.documents.model import Receipt, Ticket
from boxoffice.documents.slips import Slip
from boxoffice.till.usecases.gateway.devices import PrinterState
from boxoffice.till.usecases.gateway.printing import FoundPrinter, PrinterSetup
from boxoffice.till.usecases.ports import Piece, Printer, Printers


def stamped(piece: Piece) -> Piece:
    """Returns the paper with the word all across."""
    match piece:
        case Receipt() | Ticket() | Slip():
            return replace(piece, is_training=True)


@dataclass(frozen=True, slots=True)
class StampedPrinter:
    """Prints on another printer what nobody can take for real; keeps in mind what came out."""

    printer: Printer
    now: Callable[[], datetime]
    printed: list[tuple[datetime, Piece]] = field(default_factory=list)
    has_drawer: bool = False
    """A drawer with real cash stays shut."""

    @property
    def name(self) -> str:
        return self.printer.name

    def look(self) -> PrinterState:
        return self.printer.look()

    def print(self, piece: Piece, *, is_last: bool) -> None:
        self.printer.print(stamped(piece), is_last=is_last)
        self.printed.append((self.now(), piece))

    def kick(self) -> None:
        """No drawer opens."""


@dataclass(frozen=True, slots=True)
class StampedPrinters:
    """The printers of this computer, each of them stamped."""

    printers: Printers
    stamped: StampedPrinter

    def find(self) -> tuple[FoundPrinter, ...]:
        return self.printers.find()

    def open(self, setup: PrinterSetup) -> Printer:
        return replace(self.stamped, printer=self.printers.open(setup))

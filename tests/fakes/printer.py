"""A printer in memory: what it took can be looked at."""

from dataclasses import dataclass, field

from boxoffice.documents.model import Receipt, Ticket
from boxoffice.documents.slips import Slip
from boxoffice.till.usecases.gateway.devices import PrinterState
from boxoffice.till.usecases.gateway.printing import FoundPrinter, Plug, PrinterSetup
from boxoffice.till.usecases.ports import NotPrinted, Piece


@dataclass
class FakePrinter:
    """Takes everything while it is `ready`; `tears_at` so many papers from now it stops within one."""

    name: str = "fake"
    state: PrinterState = PrinterState.READY
    has_drawer: bool = False
    tears_at: int | None = None
    receipts: list[Receipt] = field(default_factory=list)
    tickets: list[Ticket] = field(default_factory=list)
    slips: list[Slip] = field(default_factory=list)
    torn: list[Piece] = field(default_factory=list)
    """What may be out, or half of it."""
    kicks: int = 0

    @property
    def has_paper(self) -> bool:
        return self.state is PrinterState.READY

    @has_paper.setter
    def has_paper(self, has: bool) -> None:
        self.state = PrinterState.READY if has else PrinterState.PAPER_OUT

    def look(self) -> PrinterState:
        return self.state

    def print(self, piece: Piece, *, is_last: bool) -> None:  # the port has it
        if self.state is not PrinterState.READY:
            raise NotPrinted(self.state, self.name, may_be_out=False)
        if self.tears_at is not None:
            self.tears_at -= 1
            if self.tears_at < 0:
                self.tears_at, self.state = None, PrinterState.PAPER_OUT
                self.torn.append(piece)
                raise NotPrinted(PrinterState.PAPER_OUT, self.name, may_be_out=True)
        match piece:
            case Receipt():
                self.receipts.append(piece)
            case Ticket():
                self.tickets.append(piece)
            case Slip():
                self.slips.append(piece)

    def kick(self) -> None:
        if self.state is PrinterState.OFFLINE:
            raise NotPrinted(PrinterState.OFFLINE, self.name, may_be_out=False)
        self.kicks += 1


@dataclass
class FakePrinters:
    """Printers that are found and opened in memory, by their addresses."""

    all: dict[str, FakePrinter] = field(default_factory=dict)
    found: tuple[FoundPrinter, ...] = (
        FoundPrinter("usb:04b8:0e28", "Epson TM-T20III", Plug.USB),
        FoundPrinter("lp:office", "office", Plug.SYSTEM),
    )

    def find(self) -> tuple[FoundPrinter, ...]:
        return self.found

    def open(self, setup: PrinterSetup) -> FakePrinter:
        return self.all.setdefault(setup.address, FakePrinter(setup.address))

"""The printer as screens see it: set up, tried, and its queue."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from boxoffice.core.rights import Right
from boxoffice.documents.languages import Language, language
from boxoffice.documents.model import Ticket
from boxoffice.documents.rolls import Roll
from boxoffice.documents.slips import Slip
from boxoffice.documents.stocks import Stock
from boxoffice.documents.trial_page import trial_slip, trial_ticket
from boxoffice.till.store import print_jobs
from boxoffice.till.store.print_jobs import JobRow
from boxoffice.till.usecases.context import TillContext
from boxoffice.till.usecases.gateway.devices import PrinterState
from boxoffice.till.usecases.gateway.printing import (
    FoundPrinter,
    Job,
    JobState,
    PaperKind,
    PrinterNow,
    PrinterSetup,
)
from boxoffice.till.usecases.ports import Piece
from boxoffice.till.usecases.printing import Printing

_RECENT = 4


@dataclass(frozen=True, slots=True)
class TrialPages:
    """The source of test pages; what one is about is the language that it is in."""

    context: TillContext
    printing: Printing

    def counted_as(self, about: str) -> str:  # noqa: ARG002  # the port has it
        return ""

    def note_outside(self, about: str) -> None:
        """A test page proves no sale."""

    def pieces(self, about: str, copy: int) -> Sequence[Piece]:  # noqa: ARG002  # the port has it
        setup, speaks = self.printing.setup, language(about, "till")
        slips = (self.slip(setup, speaks),) if setup.address or not setup.has_labels else ()
        return (*slips, self.ticket(speaks)) if setup.has_labels else slips

    def slip(self, setup: PrinterSetup, speaks: Language) -> Slip:
        context = self.context
        roll = Roll(setup.width, setup.letters)
        slip = trial_slip(context.device.name, context.local_now(), roll, speaks)
        return replace(slip, is_training=self._is_training)

    def ticket(self, speaks: Language) -> Ticket:
        context = self.context
        ticket = trial_ticket(context.device.name, context.local_now(), speaks)
        return replace(ticket, is_training=self._is_training)

    @property
    def _is_training(self) -> bool:
        return self.context.has_event and self.context.event.catalogue.is_training


@dataclass(frozen=True, slots=True)
class AtThePrinter:
    """Implements `gateway.printing.PrinterPort`."""

    context: TillContext
    printing: Printing

    def now(self) -> PrinterNow:
        with self.context.store.reading() as connection:
            jobs, recent = print_jobs.all_open(connection), print_jobs.over(connection, _RECENT)
        printing = self.printing
        return PrinterNow(
            name=printing.printer.name,
            state=printing.state,
            setup=printing.setup,
            jobs=tuple(map(self._job, jobs)),
            recent=tuple(map(self._job, recent)),
        )

    def _job(self, row: JobRow) -> Job:
        return Job(
            id=row.id,
            kind=PaperKind(row.kind),
            title=row.title,
            asked_at=self.context.local(row.asked_at),
            state=JobState(row.state),
            pieces=row.pieces,
            done=row.done,
            why=PrinterState(row.why) if row.why else None,
        )

    def look(self) -> PrinterNow:
        self.printing.look()
        self.printing.on_change()
        return self.now()

    def find(self) -> tuple[FoundPrinter, ...]:
        return self.printing.printers.find()

    def choose(self, setup: PrinterSetup) -> PrinterNow:
        self.context.operator.must(Right.SETTINGS)
        self.printing.choose(setup)
        self.printing.on_change()
        return self.now()

    def test_page(self, language: str) -> PrinterNow:
        self.printing.ask(PaperKind.TEST, language, "")
        return self.now()

    def picture(self, setup: PrinterSetup, language_code: str, /) -> bytes:
        from boxoffice.documents.escpos import slip_escpos  # noqa: PLC0415  # 80 ms of a till's start
        from boxoffice.documents.escpos_picture import pngs_of  # noqa: PLC0415  # 60 ms that few tills need

        pages, speaks = TrialPages(self.context, self.printing), language(language_code, "till")
        slip = pngs_of(slip_escpos(pages.slip(setup, speaks), Roll(setup.width, setup.letters)), setup.width)[0]
        if setup.stock is Stock.ROLL:
            return slip
        from boxoffice.documents.label_picture import below_each_other, png_of  # noqa: PLC0415  # few tills have one
        from boxoffice.documents.labels import label_of  # noqa: PLC0415  # as above

        return below_each_other([png_of(label_of(pages.ticket(speaks), setup.stock, setup.ticket_density)), slip])

    def go_on(self) -> PrinterNow:
        self.printing.go_on()
        return self.now()

    def skip(self, job_id: str) -> PrinterNow:
        self.printing.skip(job_id)
        self.printing.on_change()
        return self.now()

    def send_away(self) -> PrinterNow:
        self.printing.go_on(self.printing.neighbour())
        return self.now()

    def open_drawer(self) -> None:
        self.context.operator.must(Right.OPEN_DRAWER)
        self.printing.open_drawer()

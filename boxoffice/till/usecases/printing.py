"""The printer's queue: what is asked for lies in the till's file first, and nothing of it comes out twice by itself.

A job is a few papers, printed one by one; how many are out is written down after each. What surely was not sent waits.
What may be out, because the printer stopped within it or the program was killed, is stopped until a person has looked.
Only a person's press prints anything: an error, a restart or a printer that is back begins nothing.
"""

import threading
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Final, Protocol

from pydantic import TypeAdapter, ValidationError

from boxoffice.core.errors import BadInput, BoxofficeError
from boxoffice.core.ids import OrderId
from boxoffice.core.tenders import TENDERS, TenderKind
from boxoffice.till.store import papers, print_jobs, settings
from boxoffice.till.store.print_jobs import JobRow
from boxoffice.till.usecases.context import TillContext
from boxoffice.till.usecases.gateway.devices import PrinterState
from boxoffice.till.usecases.gateway.printing import DrawerOpens, FoundPrinter, JobState, PaperKind, PrinterSetup
from boxoffice.till.usecases.ports import NotPrinted, Piece, Printer, Printers

_SETTING: Final = "printer"
_SETUPS: Final = TypeAdapter(PrinterSetup)
_KICK_S: Final = 5.0
"""How long a paper waits for the drawer that opens before it."""
WORKS: Final = (PrinterState.READY, PrinterState.PAPER_LOW, PrinterState.UNKNOWN)
"""A printer that takes what is sent."""


class Source(Protocol):
    """Where the papers of a kind come from; `about` is an order, a shift, or what a test page is in."""

    def counted_as(self, about: str) -> str:
        """Returns under which kind the journal of papers counts copies of it; empty where there are none."""

    def note_outside(self, about: str) -> None:
        """Notes outside the till's file that it goes out."""

    def pieces(self, about: str, copy: int) -> Sequence[Piece]:
        """Returns its papers, as they are to be printed now."""


class OnlyThisPrinter:
    """Stands where no other printer can be chosen."""

    def find(self) -> tuple[FoundPrinter, ...]:
        return ()

    def open(self, setup: PrinterSetup) -> Printer:  # noqa: ARG002  # the port has it
        raise NotPrinted(PrinterState.NONE, "", may_be_out=False)


class Printing:
    """One per till: its printer, its drawer, and what waits for them."""

    def __init__(
        self,
        context: TillContext,
        printer: Printer,
        printers: Printers | None = None,
        setup: PrinterSetup = PrinterSetup(),  # noqa: B008  # it is frozen
    ) -> None:
        """Takes the printer that was chosen here; until one was, `printer`, which `setup` is of."""
        self.context = context
        self.printers: Printers = printers or OnlyThisPrinter()
        self.printer, self.setup = printer, setup
        self.state = PrinterState.NONE
        self.drawer_problem = ""
        self.sources: Mapping[PaperKind, Source] = {}
        self.on_change: Callable[[], None] = lambda: None
        self._turn = threading.Lock()
        self._kicking: threading.Thread | None = None
        with context.store.transaction() as connection:
            print_jobs.stop_what_was_printing(connection, PrinterState.UNKNOWN.value)
            chosen = settings.get(connection, _SETTING)
            self.waiting = len(print_jobs.all_open(connection))
        if chosen is not None:
            self._take_chosen(chosen)

    def _take_chosen(self, chosen: str) -> None:
        try:
            setup = _SETUPS.validate_json(chosen)
            self.printer, self.setup = self.printers.open(setup), setup
        except (ValidationError, BadInput, NotPrinted):
            return  # a set-up of another version, or of another computer: it is chosen anew

    def choose(self, setup: PrinterSetup) -> None:
        """Prints so from now on, also after the next start.

        Raises:
            BadInput: for an address that is none.
        """
        printer = self.printers.open(setup)
        if setup.neighbour_address:
            self.printers.open(setup.of_neighbour)
        with self.context.store.transaction() as connection:
            settings.put(connection, _SETTING, _SETUPS.dump_json(setup).decode())
        self.printer, self.setup, self.drawer_problem = printer, setup, ""
        self.state = PrinterState.UNKNOWN if printer.name else PrinterState.NONE  # until it is asked

    def look(self) -> PrinterState:
        """Asks the printer how it is."""
        self.state = self.printer.look() if self.printer.name else PrinterState.NONE
        return self.state

    # What is printed

    def ask(self, kind: PaperKind, about: str, title: str) -> int:
        """Prints something now; returns which copy it is. What can't be printed waits for a person to go on.

        What waits already does not wait twice. What has stopped is left as it is: this is asked for in its place.

        Raises:
            NotPrinted: if it did not come out, or nobody knows.
        """
        if not self.printer.name:
            raise NotPrinted(PrinterState.NONE, "", may_be_out=False)
        with self._turn:
            pieces = len(self.sources[kind].pieces(about, 0))
            with self.context.store.transaction() as connection:
                waits = [
                    each for each in print_jobs.all_open(connection) if (each.kind, each.about) == (kind.value, about)
                ]
                for each in waits:
                    if _is_stopped(each):
                        print_jobs.end(connection, each.id, JobState.SKIPPED.value)
                job_id = next((each.id for each in waits if not _is_stopped(each)), "")
                if not job_id:
                    job_id, now = self.context.new_id(), self.context.clock.now()
                    print_jobs.add(connection, job_id, kind.value, about, title, now, pieces)
                job = print_jobs.one(connection, job_id)
            if job is None:
                raise RuntimeError("a job that was just added is gone")
            return self._print(job, self.printer)

    def go_on(self, printer: Printer | None = None) -> None:
        """Prints all that waits and all that has stopped, the oldest first, here or on another printer.

        Raises:
            NotPrinted: as `ask`; what is behind it waits on.
        """
        with self._turn:
            with self.context.store.reading() as connection:
                jobs = print_jobs.all_open(connection)
            for job in jobs:
                self._print(job, printer or self.printer)

    def neighbour(self) -> Printer:
        """Returns the printer of the till beside this one."""
        return self.printers.open(self.setup.of_neighbour)

    def skip(self, job_id: str) -> None:
        """Leaves out the paper that a job has stopped at, or all of one that waits."""
        with self._turn, self.context.store.transaction() as connection:
            job = print_jobs.one(connection, job_id)
            if job is None or job.state in (JobState.PRINTED.value, JobState.SKIPPED.value):
                return
            if not _is_stopped(job):
                print_jobs.end(connection, job_id, JobState.SKIPPED.value)
            else:
                is_last = job.done + 1 >= job.pieces
                if job.done < job.pieces:
                    print_jobs.put_out(connection, job_id)
                print_jobs.end(connection, job_id, (JobState.PRINTED if is_last else JobState.WAITING).value)
            self.waiting = len(print_jobs.all_open(connection))

    def _print(self, job: JobRow, printer: Printer) -> int:
        """Prints what is left of a job; a paper that may be out comes again, as a copy."""
        source, is_torn = self.sources[PaperKind(job.kind)], _is_stopped(job)
        counted, paper_id = source.counted_as(job.about), self.context.new_id()
        count = max(job.pieces, len(source.pieces(job.about, 0)))
        self._let_drawer_open()
        with self.context.store.transaction() as connection:
            now, about = self.context.clock.now(), OrderId(job.about)
            copy = papers.begin(connection, paper_id, about, counted, "print", now) if counted else 0
            first_copy = job.copy if job.done or is_torn else copy
            print_jobs.begin(connection, job.id, first_copy, count)
            self.waiting = len(print_jobs.all_open(connection))
        out = 0
        try:
            source.note_outside(job.about)
            pieces = list(source.pieces(job.about, first_copy))
            if is_torn and job.done < len(pieces):
                pieces[job.done] = source.pieces(job.about, copy)[job.done]
            for i in range(job.done, len(pieces)):
                printer.print(pieces[i], is_last=i == len(pieces) - 1)
                out += 1
                if i < len(pieces) - 1:
                    with self.context.store.transaction() as connection:
                        print_jobs.put_out(connection, job.id)
        except BoxofficeError as error:
            may_be_out = isinstance(error, NotPrinted) and error.may_be_out
            self._end(
                job,
                paper_id,
                JobState.STOPPED if may_be_out or (is_torn and not out) else JobState.WAITING,
                why=error.state if isinstance(error, NotPrinted) else None,
                is_out=None if may_be_out else out > 0,
                printer=printer,
            )
            raise
        self._end(job, paper_id, JobState.PRINTED, why=None, is_out=True, printer=printer)
        return copy

    def _end(
        self,
        job: JobRow,
        paper_id: str,
        state: JobState,
        *,
        why: PrinterState | None,
        is_out: bool | None,
        printer: Printer,
    ) -> None:
        """Notes how far it came; what may be out keeps its place in the journal of papers without an end."""
        with self.context.store.transaction() as connection:
            if is_out is not None:
                papers.end(connection, paper_id, is_done=is_out)
            if state is JobState.PRINTED:
                print_jobs.put_out(connection, job.id)
            is_torn = state is JobState.STOPPED
            print_jobs.end(connection, job.id, state.value, is_torn=is_torn, why="" if why is None else why.value)
            self.waiting = len(print_jobs.all_open(connection))
        if printer is self.printer:
            if why is not None:
                self.state = why
            elif state is JobState.PRINTED and self.state not in WORKS:
                self.state = PrinterState.READY
        self.on_change()

    # The drawer

    @property
    def drawer_at(self) -> str:
        """Where this till's cash goes, if not into a drawer here."""
        return self.setup.neighbour if self.setup.drawer is DrawerOpens.NEIGHBOUR else ""

    def open_drawer_for(self, kind: TenderKind, paid: Collection[TenderKind] = ()) -> None:
        """Opens the drawer for a payment, if it is one that opens it; nobody waits for that.

        `paid` are all payments of its sale once nothing is due: a drawer that opens after the sale opens then.
        """
        kinds = paid if self.setup.drawer is DrawerOpens.AFTER else (kind,)
        if any(TENDERS[each].is_cash or each in self.setup.drawer_tenders for each in kinds):
            self.open_drawer()

    def open_drawer(self) -> None:
        """Opens the drawer, here or at the neighbour; what is against it is shown, and nobody waits for it."""
        printer = self._with_drawer()
        if printer is None:
            return
        comes_after = self.setup.drawer is DrawerOpens.AFTER
        kick = self._kick_after if comes_after else self._kick
        kicking = threading.Thread(target=kick, args=(printer,), name="till-drawer", daemon=True)
        kicking.start()
        if not comes_after:  # papers wait for it, and it for no paper
            self._kicking = kicking

    def _with_drawer(self) -> Printer | None:
        setup = self.setup
        if setup.drawer in (DrawerOpens.HERE, DrawerOpens.AFTER) and self.printer.has_drawer:
            return self.printer
        if setup.drawer is DrawerOpens.NEIGHBOUR and setup.neighbour_address:
            return self.neighbour()
        return None

    def _kick_after(self, printer: Printer) -> None:
        """Lets what is being printed come out first."""
        with self._turn:
            self._kick(printer)

    def _kick(self, printer: Printer) -> None:
        try:
            printer.kick()
            problem = ""
        except NotPrinted as error:
            problem = error.what_happened
        if problem != self.drawer_problem:
            self.drawer_problem = problem
            self.on_change()

    def _let_drawer_open(self) -> None:
        """Lets the drawer open before a paper of the same sale comes out."""
        if self._kicking is not None and self._kicking is not threading.current_thread():
            self._kicking.join(_KICK_S)
            self._kicking = None


def _is_stopped(job: JobRow) -> bool:
    """Returns whether its next paper may be out; one that is being printed with nobody at it was left by a kill."""
    return job.is_torn or job.state in (JobState.STOPPED.value, JobState.PRINTING.value)

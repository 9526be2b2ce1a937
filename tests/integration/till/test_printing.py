"""The printer's queue on a real file and a real socket: what stopped is asked about, and nothing comes out twice."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import cast

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from boxoffice.core.errors import BadInput
from boxoffice.core.ids import OrderId
from boxoffice.core.tenders import TenderKind
from boxoffice.documents.model import Paper, Ticket
from boxoffice.documents.rolls import Letters, RollWidth
from boxoffice.till.devices.finding_printers import PrintersHere
from boxoffice.till.devices.printer import printer_from
from boxoffice.till.usecases.at_the_printer import AtThePrinter, TrialPages
from boxoffice.till.usecases.gateway.devices import PrinterState
from boxoffice.till.usecases.gateway.orders import Paperwork
from boxoffice.till.usecases.gateway.printing import DrawerOpens, JobState, PaperKind, PrinterSetup
from boxoffice.till.usecases.paperwork import OrderPapers, Papers
from boxoffice.till.usecases.ports import NotPrinted, Printer, Printers
from boxoffice.till.usecases.printing import Printing
from boxoffice.till.usecases.syncing import Sync
from tests.examples import examples
from tests.fakes.printer import FakePrinter, FakePrinters
from tests.fakes.roll_machine import Fault, RollMachine
from tests.integration.till.kit import TillOnDisk, cart, usd


class AtTheTill:
    """The printer's use cases over a till's file; opened again, they go on where they were."""

    def __init__(self, till: TillOnDisk, printer: Printer, printers: Printers | None = None) -> None:
        self.till, self.printer, self.printers = till, printer, printers
        self.build()

    def build(self) -> None:
        context = self.till.context
        self.printing = Printing(context, self.printer, self.printers)
        self.papers = Papers(context, cast("Sync", None), self.printing, Path("nowhere"), Paper.LETTER)
        self.printing.sources = {
            PaperKind.RECEIPT: OrderPapers(self.papers, Paperwork.RECEIPT),
            PaperKind.TICKETS: OrderPapers(self.papers, Paperwork.TICKETS),
            PaperKind.TEST: TrialPages(context, self.printing),
        }
        self.port = AtThePrinter(context, self.printing)

    def restart(self) -> None:
        self.till.reopen()
        self.build()

    def sell(self, tickets: int = 1) -> OrderId:
        return self.till.selling.sell_for_cash(cart(("full-pass", tickets)), usd("2000"))

    def print(self, order: OrderId, what: Paperwork = Paperwork.TICKETS) -> int:
        return self.papers.print(order, what)

    @property
    def jobs(self) -> list[tuple[JobState, int, int]]:
        return [(each.state, each.done, each.pieces) for each in self.port.now().jobs]


@pytest.fixture
def machine() -> Iterator[RollMachine]:
    machine = RollMachine()
    yield machine
    machine.close()


@pytest.fixture
def at(till: TillOnDisk, machine: RollMachine) -> AtTheTill:
    return AtTheTill(till, printer_from(PrinterSetup(machine.address), Paper.LETTER))


WAITING, STOPPED = JobState.WAITING, JobState.STOPPED
FAULTS = {
    Fault.PAPER_OUT: PrinterState.PAPER_OUT,
    Fault.COVER_OPEN: PrinterState.COVER_OPEN,
    Fault.KNIFE: PrinterState.FAULT,
}


@pytest.mark.parametrize(("fault", "state"), FAULTS.items())
def test_what_could_not_begin_waits_through_a_restart_and_is_no_copy_when_it_is_printed(
    at: AtTheTill, machine: RollMachine, fault: Fault, state: PrinterState
) -> None:
    order = at.sell(2)
    machine.fault = fault
    with pytest.raises(NotPrinted) as failed:
        at.print(order)

    at.restart()
    machine.mend()

    assert (failed.value.state, failed.value.may_be_out) == (state, False)
    assert at.port.now().jobs[0].why is state
    assert at.jobs == [(WAITING, 0, 2)]
    assert machine.printed == b""  # nothing begins by itself, though all is well
    at.port.go_on()
    assert (at.jobs, machine.order) == ([], ["paper", "paper"])
    assert b"Copy" not in machine.printed


@pytest.mark.parametrize("fault", FAULTS)
def test_a_ticket_that_tore_comes_again_as_a_copy_and_those_before_it_do_not(
    at: AtTheTill, machine: RollMachine, fault: Fault
) -> None:
    order = at.sell(3)
    at.print(order, Paperwork.RECEIPT)
    before = len(machine.printed)
    machine.stops_after = (23, fault)  # within the second ticket
    with pytest.raises(NotPrinted) as failed:
        at.print(order)

    stopped = at.jobs
    at.restart()
    machine.mend()
    torn = machine.printed[before:].decode("cp858")
    at.port.go_on()

    assert failed.value.may_be_out
    assert (stopped, at.jobs) == ([(STOPPED, 1, 3)], [])
    assert (torn.count("1 of 3"), torn.count("3 of 3"), machine.clears) == (1, 0, 1)
    rest = machine.printed[before + len(torn) :].decode("cp858")
    assert [rest.count(f"{n} of 3") for n in (1, 2, 3)] == [0, 1, 1]
    assert rest.count("Copy 1") == 1
    assert rest.index("Copy 1") < rest.index("3 of 3")


def test_a_ticket_that_a_person_sees_come_out_is_skipped_and_the_rest_is_printed(
    at: AtTheTill, machine: RollMachine
) -> None:
    order = at.sell(3)
    machine.stops_after = (23, Fault.PAPER_OUT)
    with pytest.raises(NotPrinted):
        at.print(order)
    machine.mend()
    sent = len(machine.printed)

    at.port.skip(at.port.now().jobs[0].id)
    assert at.jobs == [(WAITING, 2, 3)]
    at.port.go_on()

    rest = machine.printed[sent:].decode("cp858")
    assert [rest.count(f"{n} of 3") for n in (1, 2, 3)] == [0, 0, 1]
    assert "Copy" not in rest


def test_a_line_that_is_cut_within_a_paper_is_not_known(at: AtTheTill, machine: RollMachine) -> None:
    order = at.sell()
    machine.hangs_up_after = 3000
    with pytest.raises(NotPrinted) as failed:
        at.print(order)

    assert (failed.value.state, failed.value.may_be_out) == (PrinterState.OFFLINE, True)
    assert at.jobs == [(STOPPED, 0, 1)]


@pytest.mark.parametrize("fault", [Fault.MUTE, Fault.NO_TURN])
def test_a_printer_that_can_not_say_is_believed(
    at: AtTheTill, machine: RollMachine, fault: Fault, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("boxoffice.till.devices.roll_printer._FIRST_PATIENCE_S", 0.7)
    machine.fault = fault

    at.print(at.sell())

    assert at.printing.look() is (PrinterState.UNKNOWN if fault is Fault.MUTE else PrinterState.READY)
    assert (at.jobs, machine.order) == ([], ["paper"])


def test_what_waits_is_not_asked_for_twice_and_what_is_printed_again_is_a_copy(
    at: AtTheTill, machine: RollMachine
) -> None:
    order = at.sell()
    machine.fault = Fault.COVER_OPEN
    for _ in range(3):
        with pytest.raises(NotPrinted):
            at.print(order)
    assert at.jobs == [(WAITING, 0, 1)]

    machine.mend()

    assert [at.print(order), at.print(order)] == [0, 1]
    assert machine.printed.decode("cp858").count("Copy 1") == 1


def test_what_waits_for_others_does_not_come_out_with_the_next_customers_papers(
    at: AtTheTill, machine: RollMachine
) -> None:
    first, second = at.sell(), at.sell()
    machine.fault = Fault.PAPER_OUT
    with pytest.raises(NotPrinted):
        at.print(first)
    machine.mend()

    at.print(second)

    assert at.jobs == [(WAITING, 0, 1)]
    assert at.papers.of(first)[0].order_number.encode() not in machine.printed


_LIFE = """
import sys
from pathlib import Path
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from boxoffice.documents.model import Paper
from boxoffice.till.devices import roll_printer
from boxoffice.till.devices.printer import printer_from
from boxoffice.till.usecases.gateway.printing import PrinterSetup
from tests.integration.till.kit import TillOnDisk
from tests.integration.till.test_printing import AtTheTill

roll_printer._FIRST_PATIENCE_S = 600.0
till = TillOnDisk(Path(sys.argv[1]), Ed25519PrivateKey.from_private_bytes(bytes.fromhex(sys.argv[2])))
AtTheTill(till, printer_from(PrinterSetup(sys.argv[3]), Paper.LETTER)).print(sys.argv[4])
"""


def test_a_program_that_is_killed_within_a_paper_asks_and_begins_nothing(at: AtTheTill, machine: RollMachine) -> None:
    order, till = at.sell(2), at.till
    till.close()
    machine.fault = Fault.NO_TURN  # the paper is out, and the program still waits to hear it
    command = [sys.executable, "-c", _LIFE, str(till.path.parent), till.key.private_bytes_raw().hex()]
    with subprocess.Popen([*command, machine.address, order], cwd=Path.cwd(), env=os.environ) as process:
        _until(lambda: machine.order == ["paper"])
        process.send_signal(signal.SIGKILL)
    machine.fault = None

    till.open()
    at.build()

    assert at.jobs == [(STOPPED, 0, 2)]
    assert machine.order == ["paper"]
    at.port.go_on()
    assert machine.order == ["paper"] * 3
    assert machine.printed.decode("cp858").count("Copy 1") == 1
    assert till.verify().problem is None


def _until(is_so: Callable[[], bool]) -> None:
    ends = time.monotonic() + 60
    while not is_so():
        assert time.monotonic() < ends
        time.sleep(0.02)


class Gone(BaseException):
    """The program ends here."""


class Deadly(FakePrinter):
    """A printer in memory that may also end the program, before or after a paper is out."""

    dies: str = ""

    def print(self, piece: object, *, is_last: bool) -> None:
        if self.dies == "before":
            self.dies = ""
            raise Gone
        super().print(piece, is_last=is_last)  # type: ignore[arg-type]
        if self.dies == "after":
            self.dies = ""
            raise Gone


@given(
    st.lists(
        st.sampled_from(["print", "print", "go on", "skip", "restart", "mend", "paper out", "tear", "before", "after"]),
        max_size=14,
    )
)
@settings(max_examples=examples(25), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_happens_each_ticket_comes_out_once_without_the_word_copy(till: TillOnDisk, acts: list[str]) -> None:
    till.grant_all(3)
    printer = Deadly()
    at = AtTheTill(till, printer)
    order = at.sell(3)

    for act in acts:
        printed = len(printer.tickets)
        with suppress(NotPrinted, Gone):
            match act:
                case "print":
                    at.print(order)
                case "go on":
                    at.port.go_on()
                case "skip":
                    for job in at.port.now().jobs[:1]:
                        at.port.skip(job.id)
                case "restart":
                    at.build()
                case "mend" | "paper out":
                    printer.state = PrinterState.READY if act == "mend" else PrinterState.PAPER_OUT
                case "tear":
                    printer.tears_at = 1
                case _:
                    printer.dies = act
        assert len(printer.tickets) == printed or act in ("print", "go on")

    for job in at.port.now().jobs:  # of one test, and not of the next
        at.port.skip(job.id)
    maybe_out = [*printer.tickets, *(each for each in printer.torn if isinstance(each, Ticket))]
    firsts = Counter(ticket.token for ticket in maybe_out if not ticket.copy)
    assert max(firsts.values(), default=1) == 1


# The drawer, and which printer it is


def test_the_drawer_opens_before_the_paper_of_the_same_sale(at: AtTheTill, machine: RollMachine) -> None:
    order = at.sell()

    at.printing.open_drawer_for(TenderKind.CASH)
    at.print(order, Paperwork.RECEIPT)

    assert machine.order == ["kick", "paper"]


def test_the_drawer_opens_for_cash_and_for_what_was_chosen_besides(till: TillOnDisk) -> None:
    printers = FakePrinters()
    at = AtTheTill(till, FakePrinter(), printers)
    here, there = printers.open(PrinterSetup("a")), printers.open(PrinterSetup("b"))
    here.has_drawer = True

    def kicks(setup: PrinterSetup) -> tuple[int, int]:
        at.printing.choose(setup)
        here.kicks = there.kicks = 0
        for kind in (TenderKind.CASH, TenderKind.TERMINAL, TenderKind.COMPLIMENTARY):
            at.printing.open_drawer_for(kind)
            at.printing._let_drawer_open()
        return here.kicks, there.kicks

    assert kicks(PrinterSetup("a")) == (1, 0)
    assert kicks(PrinterSetup("a", drawer_tenders=(TenderKind.COMPLIMENTARY,))) == (2, 0)
    assert kicks(PrinterSetup("a", drawer=DrawerOpens.NEVER)) == (0, 0)
    assert kicks(PrinterSetup("a", drawer=DrawerOpens.NEIGHBOUR, neighbour="Till 2", neighbour_address="b")) == (0, 1)
    assert at.printing.drawer_at == "Till 2"


def test_a_drawer_that_opens_after_the_sale_opens_once_when_all_of_it_is_paid(till: TillOnDisk) -> None:
    printers = FakePrinters()
    at = AtTheTill(till, FakePrinter(), printers)
    here = printers.open(PrinterSetup("a"))
    here.has_drawer = True
    at.printing.choose(PrinterSetup("a", drawer=DrawerOpens.AFTER))

    at.printing.open_drawer_for(TenderKind.CASH)  # a part of it: something is still due
    assert here.kicks == 0
    at.printing.open_drawer_for(TenderKind.TERMINAL, [TenderKind.CASH, TenderKind.TERMINAL])
    _wait(lambda: here.kicks == 1)
    at.printing.open_drawer_for(TenderKind.TERMINAL, [TenderKind.TERMINAL])

    assert here.kicks == 1


def test_a_drawer_that_opens_after_the_sale_lets_the_paper_out_first(at: AtTheTill, machine: RollMachine) -> None:
    order = at.sell()
    at.printing.setup = replace(at.printing.setup, drawer=DrawerOpens.AFTER)

    with at.printing._turn:  # a paper is being printed
        at.printing.open_drawer_for(TenderKind.CASH, [TenderKind.CASH])
        assert machine.order == []
    _wait(lambda: machine.order == ["kick"])
    at.print(order, Paperwork.RECEIPT)

    assert machine.order == ["kick", "paper"]


def _wait(is_so: Callable[[], bool]) -> None:
    ends = time.monotonic() + 60
    while not is_so():
        assert time.monotonic() < ends
        threading.Event().wait(0.005)


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")  # of the library, as it gives up
def test_a_drawer_that_can_not_be_opened_is_said_and_stops_nothing(till: TillOnDisk) -> None:
    at = AtTheTill(till, printer_from(PrinterSetup("tcp:127.0.0.1:9"), Paper.LETTER))

    at.printing.open_drawer()
    at.printing._let_drawer_open()

    assert "can't be reached" in at.printing.drawer_problem


def test_what_was_chosen_stays_after_a_restart_and_what_is_no_address_changes_nothing(
    till: TillOnDisk, machine: RollMachine
) -> None:
    at = AtTheTill(till, FakePrinter(), PrintersHere(Paper.LETTER))
    setup = PrinterSetup(machine.address, RollWidth.MM_58, Letters.CP1252, drawer_tenders=(TenderKind.COMPLIMENTARY,))
    at.port.choose(setup)
    with pytest.raises(BadInput):
        at.port.choose(PrinterSetup("tcp::"))

    at.restart()

    assert at.port.now().setup == setup
    at.port.test_page("es")
    assert "PÁGINA DE PRUEBA".encode("cp1252") in machine.printed
    assert at.port.now().state in (PrinterState.READY, PrinterState.NONE)


def test_what_waits_can_be_printed_at_the_till_beside(till: TillOnDisk, machine: RollMachine) -> None:
    printers = PrintersHere(Paper.LETTER)
    at = AtTheTill(till, FakePrinter(state=PrinterState.PAPER_OUT), printers)
    at.printing.setup = PrinterSetup(neighbour="Door B", neighbour_address=machine.address)
    order = at.sell()
    with pytest.raises(NotPrinted):
        at.print(order)

    at.port.send_away()

    assert (at.jobs, machine.order) == ([], ["paper"])
    assert at.printing.state is PrinterState.PAPER_OUT

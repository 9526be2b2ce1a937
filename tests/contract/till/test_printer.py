"""What every printer owes the till: each of the real ones, the fake, and the one that stands where there is none."""

import socket
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from queue import Queue
from typing import Any

import pymupdf as _pymupdf
import pytest

from boxoffice.core.errors import BadInput, OperationFailed
from boxoffice.documents.model import Paper, Receipt, ReceiptLine, ReceiptTender, Ticket
from boxoffice.till.devices.printer import NoPrinter, PagePrinter, RollPrinter, printer_from
from boxoffice.till.usecases.ports import Printer
from tests.fakes.printer import FakePrinter

pymupdf: Any = _pymupdf  # it has no types

RECEIPT = Receipt(
    event_name=("Boulder Fest",),
    venue=("Avalon Ballroom",),
    event_dates="May 15–17, 2026",
    order_number="7K2-F4Q",
    sold_at="Fri, May 15, 2026, 9:14 pm",
    sold_by="till-1",
    lines=(ReceiptLine("Full Festival Pass", "", 1, "$150.00", "$150.00"),),
    subtotal_text="$150.00",
    taxes=(),
    total_text="$150.00",
    tenders=(ReceiptTender("Cash", "$150.00"),),
)
FIRST = Ticket(
    event_name=("Boulder Fest",),
    event_dates="May 15–17, 2026",
    venue=("Avalon Ballroom",),
    product_name="Full Festival Pass",
    days=("Fri 15",),
    order_number="7K2-F4Q",
    position="1 of 2",
    token="7K2F4Q8",
)
TICKETS = (FIRST, replace(FIRST, position="2 of 2", token="7K2F4Q9"))

CameOut = Callable[[], str]


class NotPrintingContract:
    """What a printer owes when it can't print; `broken` is one that can't."""

    def test_a_printer_that_is_not_there_is_not_ready(self, broken: Printer) -> None:
        assert not broken.is_ready()

    def test_a_receipt_that_is_not_taken_says_what_is_safe_and_what_to_do(self, broken: Printer) -> None:
        with pytest.raises(OperationFailed) as failed:
            broken.print_receipt(RECEIPT)

        assert (failed.value.what_is_safe, bool(failed.value.what_to_do)) == ("The sale is saved.", True)

    def test_tickets_that_are_not_taken_say_what_is_safe_and_what_to_do(self, broken: Printer) -> None:
        with pytest.raises(OperationFailed) as failed:
            broken.print_tickets(TICKETS)

        assert (failed.value.what_is_safe, bool(failed.value.what_to_do)) == ("The sale is saved.", True)


class PrinterContract(NotPrintingContract):
    """What a printer owes when it can print as well; `came_out` returns the text on the paper."""

    def test_a_printer_has_a_name(self, printer: Printer) -> None:
        assert printer.name

    def test_a_printer_that_is_there_is_ready_however_often_it_is_asked(self, printer: Printer) -> None:
        assert printer.is_ready()
        assert printer.is_ready()

    def test_a_receipt_comes_out(self, printer: Printer, came_out: CameOut) -> None:
        printer.print_receipt(RECEIPT)

        assert "7K2-F4Q" in came_out()

    def test_each_ticket_comes_out(self, printer: Printer, came_out: CameOut) -> None:
        printer.print_tickets(TICKETS)

        paper = came_out()
        assert [paper.count("1 of 2"), paper.count("2 of 2")] == [1, 1]


class TestFakePrinter(PrinterContract):
    @pytest.fixture
    def printer(self) -> FakePrinter:
        return FakePrinter()

    @pytest.fixture
    def broken(self) -> FakePrinter:
        return FakePrinter(has_paper=False)

    @pytest.fixture
    def came_out(self, printer: FakePrinter) -> CameOut:
        return lambda: str([*printer.receipts, *printer.tickets])


class TestNoPrinter(NotPrintingContract):
    @pytest.fixture
    def broken(self) -> NoPrinter:
        return NoPrinter()

    def test_it_has_no_name(self, broken: NoPrinter) -> None:
        assert not broken.name


class TestRollPrinterOnADeviceFile(PrinterContract):
    @pytest.fixture
    def printer(self, tmp_path: Path) -> Printer:
        return printer_from(f"file:{tmp_path / 'lp0'}", Paper.LETTER)

    @pytest.fixture
    def broken(self, tmp_path: Path) -> Printer:
        return printer_from(f"file:{tmp_path / 'unplugged' / 'lp0'}", Paper.LETTER)

    @pytest.fixture
    def came_out(self, tmp_path: Path) -> CameOut:
        return lambda: (tmp_path / "lp0").read_bytes().decode("cp858")

    def test_a_device_that_fails_while_it_prints_says_so_in_plain_words(self) -> None:
        full = RollPrinter("full", path="/dev/full")

        with pytest.raises(OperationFailed, match="did not take it"):
            full.print_receipt(RECEIPT)


class NetworkRoll:
    """A printer on the loopback: it takes every connection, and keeps what came over it."""

    def __init__(self) -> None:
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self._jobs: Queue[bytes] = Queue()
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def came_out(self) -> str:
        """Waits for the next job that holds anything: looking whether it is ready sends nothing."""
        while not (job := self._jobs.get(timeout=150)):
            pass
        return job.decode("cp858")

    def close(self) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._thread.join(20)

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            with connection, connection.makefile("rb") as stream:
                self._jobs.put(stream.read())


# The library drops a socket that did not connect without closing it.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
class TestRollPrinterOnTheNetwork(PrinterContract):
    @pytest.fixture
    def roll(self) -> Iterator[NetworkRoll]:
        roll = NetworkRoll()
        yield roll
        roll.close()

    @pytest.fixture
    def printer(self, roll: NetworkRoll) -> Printer:
        return printer_from(f"tcp:127.0.0.1:{roll.port}", Paper.LETTER)

    @pytest.fixture
    def broken(self) -> Printer:
        return printer_from("tcp:127.0.0.1:9", Paper.LETTER)

    @pytest.fixture
    def came_out(self, roll: NetworkRoll) -> CameOut:
        return roll.came_out

    @pytest.mark.parametrize("port", ["0", "65536", "9999999"])
    def test_a_port_that_no_computer_has_is_told_at_the_start(self, port: str) -> None:
        with pytest.raises(BadInput, match="BOXOFFICE_PRINTER"):
            printer_from(f"tcp:printer.local:{port}", Paper.LETTER)


LP = """#!/bin/sh
[ "$1 $2" = "-d door" ] && cp "$3" "{folder}/paper.pdf"
"""
LPSTAT = """#!/bin/sh
[ "$1 $2" = "-p door" ] || exit 1
[ -e "{folder}/stopped" ] || {{ echo "printer door is idle.  enabled since Fri May 15"; exit 0; }}
[ "$LC_ALL" = C ] && echo "printer door disabled since Fri May 15 -" || echo "Drucker door deaktiviert seit Fr 15 Mai -"
"""


class TestPagePrinter(PrinterContract):
    """Through the commands of CUPS, which are two small scripts here; they know one printer, named door."""

    @pytest.fixture(autouse=True)
    def cups(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        for name, script in (("lp", LP), ("lpstat", LPSTAT)):
            (tmp_path / name).write_text(script.format(folder=tmp_path))
            (tmp_path / name).chmod(0o755)
        monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
        monkeypatch.setenv("LC_ALL", "de_DE.UTF-8")

    @pytest.fixture
    def printer(self) -> Printer:
        return printer_from("lp:door", Paper.LETTER)

    @pytest.fixture
    def broken(self) -> Printer:
        return printer_from("lp:cellar", Paper.LETTER)

    @pytest.fixture
    def came_out(self, tmp_path: Path) -> CameOut:
        def came_out() -> str:
            with pymupdf.open(tmp_path / "paper.pdf") as document:
                return "\n".join(page.get_text() for page in document)

        return came_out

    def test_a_printer_that_was_stopped_is_not_ready_whatever_the_computer_speaks(
        self, printer: PagePrinter, tmp_path: Path
    ) -> None:
        (tmp_path / "stopped").touch()

        assert not printer.is_ready()

    def test_a_computer_without_cups_has_no_such_printer(
        self, printer: PagePrinter, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("PATH", str(tmp_path / "nowhere"))

        assert not printer.is_ready()
        with pytest.raises(OperationFailed):
            printer.print_receipt(RECEIPT)

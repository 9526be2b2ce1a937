"""What every printer owes the till: each of the real ones, the fake, and the one that stands where there is none."""

import os
import pty
import threading
import tty
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pymupdf as _pymupdf
import pytest
import zxingcpp
from PIL import Image

from boxoffice.core.errors import BadInput
from boxoffice.documents.model import Paper, Receipt, ReceiptLine, ReceiptTender, Ticket
from boxoffice.documents.rolls import Letters, RollWidth
from boxoffice.till.devices.printer import NoPrinter, PagePrinter, printer_from
from boxoffice.till.usecases.gateway.devices import PrinterState
from boxoffice.till.usecases.gateway.printing import PrinterSetup
from boxoffice.till.usecases.ports import NotPrinted, Printer
from tests.fakes.printer import FakePrinter
from tests.fakes.roll_machine import RollMachine

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

CameOut = Callable[[], str]


GOOD = (PrinterState.READY, PrinterState.UNKNOWN)


def opened(address: str) -> Printer:
    return printer_from(PrinterSetup(address), Paper.LETTER)


class NotPrintingContract:
    """What a printer owes when it can't print; `broken` is one that can't."""

    def test_a_printer_that_is_not_there_is_not_ready(self, broken: Printer) -> None:
        assert broken.look() not in GOOD

    @pytest.mark.parametrize("piece", [RECEIPT, FIRST], ids=["receipt", "ticket"])
    def test_a_paper_that_is_not_taken_says_what_is_safe_and_what_to_do(
        self, broken: Printer, piece: Receipt | Ticket
    ) -> None:
        with pytest.raises(NotPrinted) as failed:
            broken.print(piece, is_last=True)

        assert (failed.value.what_is_safe, bool(failed.value.what_to_do)) == ("The sale is saved.", True)
        assert not failed.value.may_be_out


class PrinterContract(NotPrintingContract):
    """What a printer owes when it can print as well; `came_out` returns the text on the paper."""

    def test_a_printer_has_a_name(self, printer: Printer) -> None:
        assert printer.name

    def test_a_printer_that_is_there_is_ready_however_often_it_is_asked(self, printer: Printer) -> None:
        assert printer.look() in GOOD
        assert printer.look() in GOOD

    def test_a_receipt_comes_out(self, printer: Printer, came_out: CameOut) -> None:
        printer.print(RECEIPT, is_last=True)

        assert "7K2-F4Q" in came_out()

    def test_a_ticket_comes_out_once(self, printer: Printer, came_out: CameOut) -> None:
        printer.print(FIRST, is_last=True)

        assert came_out().count("1 of 2") == 1


class TestFakePrinter(PrinterContract):
    @pytest.fixture
    def printer(self) -> FakePrinter:
        return FakePrinter()

    @pytest.fixture
    def broken(self) -> FakePrinter:
        return FakePrinter(state=PrinterState.PAPER_OUT)

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
        return opened(f"file:{tmp_path / 'lp0'}")

    @pytest.fixture
    def broken(self, tmp_path: Path) -> Printer:
        return opened(f"file:{tmp_path / 'unplugged' / 'lp0'}")

    @pytest.fixture
    def came_out(self, tmp_path: Path) -> CameOut:
        return lambda: (tmp_path / "lp0").read_bytes().decode("cp858")

    def test_a_device_that_fails_while_it_prints_says_so_in_plain_words(self) -> None:
        full = opened("file:/dev/full")

        with pytest.raises(NotPrinted, match="can't be reached") as failed:
            full.print(RECEIPT, is_last=True)

        assert failed.value.may_be_out


# The library drops a socket that did not connect without closing it.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
class TestRollPrinterOnTheNetwork(PrinterContract):
    @pytest.fixture
    def machine(self) -> Iterator[RollMachine]:
        machine = RollMachine()
        yield machine
        machine.close()

    @pytest.fixture
    def printer(self, machine: RollMachine) -> Printer:
        return opened(machine.address)

    @pytest.fixture
    def broken(self) -> Printer:
        return opened("tcp:127.0.0.1:9")

    @pytest.fixture
    def came_out(self, machine: RollMachine) -> CameOut:
        return lambda: machine.printed.decode("cp858")


class TestPicturePrinter(PrinterContract):
    @pytest.fixture
    def printer(self, tmp_path: Path) -> Printer:
        return opened(f"png:{tmp_path / 'papers'}")

    @pytest.fixture
    def broken(self, tmp_path: Path) -> Printer:
        (tmp_path / "file").touch()
        return opened(f"png:{tmp_path / 'file' / 'papers'}")

    @pytest.fixture
    def came_out(self, tmp_path: Path) -> CameOut:
        """What can be read of a picture with another program is its code; a receipt has none here."""
        return lambda: " ".join(map(_read, sorted((tmp_path / "papers").glob("*.png"))))


def _read(picture: Path) -> str:
    with Image.open(picture) as paper:
        found = zxingcpp.read_barcode(paper)
        return "7K2-F4Q" if found is None else found.text.replace("7K2F4Q8", "1 of 2")


@pytest.mark.parametrize(
    "address",
    [
        *(f"tcp:printer.local:{port}" for port in ("0", "65536", "9999999", "x")),
        "tcp:",
        "usb:04b8",
        "usb:4b8:0e28",
        "usb:wxyz:0e28",
        "serial:",
        "serial:/dev/ttyUSB0@12",
        "lp:",
        "printer",
    ],
)
def test_an_address_that_is_none_is_told_at_the_start(address: str) -> None:
    with pytest.raises(BadInput, match="BOXOFFICE_PRINTER"):
        printer_from(PrinterSetup(address), Paper.LETTER, "BOXOFFICE_PRINTER")


@pytest.mark.parametrize(
    "address", ["usb:04b8:0e28", "usb:04b8:0e28:X1", "serial:/dev/ttyNONE0", "serial:COM99@115200"]
)
def test_a_printer_that_is_not_plugged_in_is_offline(address: str) -> None:
    printer = opened(address)

    assert printer.look() is PrinterState.OFFLINE
    with pytest.raises(NotPrinted, match="can't be reached"):
        printer.print(RECEIPT, is_last=True)


def test_a_serial_printer_prints_and_is_heard() -> None:
    """Over a real terminal, whose other end is the test."""
    ours, theirs = pty.openpty()
    tty.setraw(theirs)
    printer = opened(f"serial:{os.ttyname(theirs)}@115200")
    came = bytearray()

    def play() -> None:
        while b"\x1dr\x01" not in came:
            more = os.read(ours, 4096)
            came.extend(more)
            os.write(ours, b"\x12" * more.count(b"\x10\x04") + b"\x00" * more.count(b"\x1dr\x01"))

    machine = threading.Thread(target=play, daemon=True)
    machine.start()
    printer.print(FIRST, is_last=True)
    machine.join(20)
    os.close(ours)
    os.close(theirs)

    assert b"1 of 2" in came


@pytest.mark.parametrize("width", RollWidth)
@pytest.mark.parametrize("letters", [Letters.CP858, Letters.CP1252])
def test_what_comes_out_is_on_the_paper_at_every_width(width: RollWidth, letters: Letters) -> None:
    machine = RollMachine(width)
    setup = PrinterSetup(machine.address, width, letters)

    printer_from(setup, Paper.LETTER).print(replace(FIRST, token="HTTPS://T.EXAMPLE/7K2F4Q8"), is_last=True)
    machine.close()

    (paper,) = machine.papers
    found = zxingcpp.read_barcode(paper)
    assert found is not None
    assert found.text == "HTTPS://T.EXAMPLE/7K2F4Q8"
    assert paper.width == {RollWidth.MM_58: 384, RollWidth.MM_80: 576}[width] + 64


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
        return opened("lp:door")

    @pytest.fixture
    def broken(self) -> Printer:
        return opened("lp:cellar")

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

        assert printer.look() is PrinterState.OFFLINE

    def test_a_computer_without_cups_has_no_such_printer(
        self, printer: PagePrinter, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("PATH", str(tmp_path / "nowhere"))

        assert printer.look() is PrinterState.OFFLINE
        with pytest.raises(NotPrinted):
            printer.print(RECEIPT, is_last=True)

"""Tickets on ticket stock and wristbands: what such a printer is sent, read and drawn by another program."""

import io
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import zxingcpp
from PIL import Image

from boxoffice.core.errors import BadInput
from boxoffice.documents.label_picture import png_of
from boxoffice.documents.labels import label_of
from boxoffice.documents.model import Paper
from boxoffice.documents.stocks import Density, Stock
from boxoffice.documents.zpl import plain
from boxoffice.till.devices.label_printer import host_status
from boxoffice.till.devices.printer import printer_from
from boxoffice.till.usecases.gateway.devices import PrinterState
from boxoffice.till.usecases.gateway.printing import PrinterSetup
from boxoffice.till.usecases.ports import NotPrinted, Printer
from tests.contract.till.test_printer import FIRST, RECEIPT
from tests.fakes.label_machine import LabelMachine
from tests.fakes.roll_machine import RollMachine

TOKEN = ("6BF/ QW+$%*-.:ASDF12 R/ZXCVB 00+-/:QWER" * 9)[:302]
TICKET = replace(
    FIRST,
    event_name=("A Lo Cubano", "Boulder Salsa ^ Bachata ~ Rueda Fest_ival"),
    product_name="Full Festival Pass with all workshops of the whole weekend",
    days=("Fri 15", "Sat 16", "Sun 17"),
    guest="Núñez Peña, Łukasz Dvořák",
    token=TOKEN,
    code="7K2F-4Q8A",
    language="es",
)
ALL = [(stock, density) for stock in (Stock.TICKET, Stock.WRISTBAND) for density in Density]


@pytest.fixture
def machine() -> Iterator[LabelMachine]:
    machine = LabelMachine()
    yield machine
    machine.close()


def opened(machine: LabelMachine, stock: Stock = Stock.TICKET, density: Density = Density.DPI_203) -> Printer:
    return printer_from(PrinterSetup(stock=stock, ticket_address=machine.address, ticket_density=density), Paper.LETTER)


@pytest.mark.parametrize(("stock", "density"), ALL)
def test_a_ticket_comes_out_whole_and_another_program_reads_its_code(
    machine: LabelMachine, stock: Stock, density: Density
) -> None:
    opened(machine, stock, density).print(TICKET, is_last=True)

    (out,) = machine.printed
    assert out.code == TOKEN
    said = " ".join(out.texts)
    assert all(
        words in said for words in ("A Lo Cubano", "Boulder Salsa ^ Bachata ~", "Núñez Peña", "1 of 2", "7K2F-4Q8A")
    )
    mm = sorted(round(each / density) for each in out.picture.size)
    assert mm == ([51, 140] if stock is Stock.TICKET else [25, 254])


@pytest.mark.parametrize(("stock", "density"), ALL)
def test_the_picture_of_a_label_has_the_same_code(stock: Stock, density: Density) -> None:
    picture = Image.open(io.BytesIO(png_of(label_of(TICKET, stock, density)))).convert("L")

    (found,) = zxingcpp.read_barcodes(picture)
    assert found.text == TOKEN


@pytest.mark.parametrize("stock", [Stock.TICKET, Stock.WRISTBAND])
def test_practice_says_so_on_the_label(machine: LabelMachine, stock: Stock) -> None:
    opened(machine, stock).print(replace(TICKET, is_training=True, language="en"), is_last=True)

    assert "TRAINING" in machine.printed[0].texts


def test_a_printer_of_plain_letters_gets_no_others(machine: LabelMachine) -> None:
    setup = PrinterSetup(stock=Stock.TICKET, ticket_address=machine.address, plain_tickets=True)
    printer_from(setup, Paper.LETTER).print(TICKET, is_last=True)

    assert machine.labels[0].isascii()
    assert "Nunez Pena, Lukasz Dvorak" in machine.printed[0].texts
    assert plain("¿Señor “Ø”? 5€ – ß 中") == '?Senor "O"? 5EUR - ss ?'


def test_receipts_come_from_the_roll_beside_it(machine: LabelMachine) -> None:
    roll = RollMachine()
    both = printer_from(PrinterSetup(roll.address, stock=Stock.TICKET, ticket_address=machine.address), Paper.LETTER)

    both.print(RECEIPT, is_last=False)
    both.print(FIRST, is_last=True)

    assert b"7K2-F4Q" in roll.printed
    assert b"1 of 2" not in roll.printed
    assert (len(machine.labels), both.has_drawer, both.look()) == (1, True, PrinterState.READY)
    roll.close()


@pytest.mark.parametrize(("wrong", "state"), [("is_open", PrinterState.COVER_OPEN), ("is_out", PrinterState.PAPER_OUT)])
def test_a_printer_that_can_not_print_says_why_and_is_sent_nothing(
    machine: LabelMachine, wrong: str, state: PrinterState
) -> None:
    printer = opened(machine)
    setattr(machine, wrong, True)

    with pytest.raises(NotPrinted) as failed:
        printer.print(FIRST, is_last=True)

    assert (printer.look(), failed.value.state, failed.value.may_be_out, machine.labels) == (state, state, False, [])


def test_one_that_stops_within_a_label_forgets_it_and_a_person_looks(machine: LabelMachine) -> None:
    printer = opened(machine)
    machine.holds = True
    original = machine._status

    def runs_out(kept: int) -> bytes:
        machine.is_out = bool(machine.labels)
        return original(kept)

    machine._status = runs_out  # type: ignore[method-assign]

    with pytest.raises(NotPrinted) as failed:
        printer.print(FIRST, is_last=True)

    assert (failed.value.state, failed.value.may_be_out) == (PrinterState.PAPER_OUT, True)
    assert machine.cleared.wait(20)


# The library drops a socket that did not connect without closing it.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_one_that_is_not_there_says_so(machine: LabelMachine) -> None:
    machine.close()
    printer = printer_from(PrinterSetup(stock=Stock.TICKET, ticket_address="tcp:127.0.0.1:9"), Paper.LETTER)

    assert printer.look() is PrinterState.OFFLINE
    with pytest.raises(NotPrinted) as failed:
        printer.print(FIRST, is_last=True)
    assert not failed.value.may_be_out


def test_a_device_file_is_believed(tmp_path: Path) -> None:
    setup = PrinterSetup(stock=Stock.WRISTBAND, ticket_address=f"file:{tmp_path / 'lp1'}")

    printer_from(setup, Paper.LETTER).print(FIRST, is_last=True)

    assert (tmp_path / "lp1").read_bytes().count(b"^XZ") == 1


def test_pictures_of_labels_can_be_tried_without_a_printer(tmp_path: Path) -> None:
    printer = printer_from(PrinterSetup(stock=Stock.TICKET, ticket_address=f"png:{tmp_path}"), Paper.LETTER)

    for _ in range(2):
        printer.print(TICKET, is_last=True)

    assert sorted(each.name for each in tmp_path.iterdir()) == ["label-0001.png", "label-0002.png"]


@pytest.mark.parametrize("address", ["lp:Zebra", "tcp::9100", "nonsense"])
def test_an_address_that_is_none_is_refused(address: str) -> None:
    with pytest.raises(BadInput):
        printer_from(PrinterSetup(stock=Stock.TICKET, ticket_address=address), Paper.LETTER)


@pytest.mark.parametrize("came", [b"", b"\x02\x03\x02\x03\x02\x03", b"\x02a,b,c\x03\x02d\x03\x02e\x03", b"\x02030,0,0"])
def test_what_is_no_answer_says_nothing(came: bytes) -> None:
    assert host_status(came) is None

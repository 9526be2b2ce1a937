"""The printer's page: what waits is seen everywhere, a person decides what stopped, and sets the printer up."""

import io
from functools import partial

import zxingcpp
from PIL import Image
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QLineEdit

from boxoffice.documents.rolls import Letters, RollWidth
from boxoffice.documents.stocks import Density, Stock
from boxoffice.documents.trial_page import CODE
from boxoffice.till.ui.screens.printer import Paper
from boxoffice.till.ui.widgets.chip import Chip
from boxoffice.till.ui.widgets.rows import Row
from boxoffice.till.usecases.gateway.devices import PrinterState
from boxoffice.till.usecases.gateway.printing import DrawerOpens, PrinterSetup
from tests.gui.conftest import ENTER, ESC, Door
from tests.gui.fake_till import FakeTill
from tests.gui.pages import complete, printer

F9, F10, F12 = Qt.Key.Key_F9, Qt.Key.Key_F10, Qt.Key.Key_F12


def to_printer(door: Door) -> None:
    door.press(F12)
    door.at("TillPage")
    door.press("p")
    door.at("PrinterPage")


def test_a_torn_ticket_is_printed_again_from_where_it_tore(door: Door, till: FakeTill) -> None:
    printer(door, till)
    assert [each.accessibleName() for each in door.window.findChildren(Chip)][2] == "Printer 1 waits"
    assert "Ticket 2 prints again in full, as a copy." in door.text()
    till.printer.state = PrinterState.READY

    door.press(ENTER)

    door.sees("Nothing waits")
    door.qtbot.waitUntil(lambda: [each.copy for each in till.printer.tickets] == [0, 1, 0])
    assert door.tags() == ["Printed"]


def test_a_ticket_that_came_out_is_skipped(door: Door, till: FakeTill) -> None:
    printer(door, till)
    till.printer.state = PrinterState.READY

    door.press("x")
    door.sees("Print the rest, from ticket 3")
    door.press(ENTER)

    door.qtbot.waitUntil(lambda: [each.position for each in till.printer.tickets] == ["1 of 3", "3 of 3"])


def test_what_waits_is_left_out_and_does_not_print(door: Door, till: FakeTill) -> None:
    till.printer.state = PrinterState.COVER_OPEN
    complete(door, till)
    door.press(F9)
    door.sees("Not printed")
    to_printer(door)
    door.sees("Cover open")
    till.printer.state = PrinterState.READY

    door.press("x")

    door.sees("Nothing waits")
    assert till.printer.receipts == []


def test_a_printer_is_found_chosen_and_tried(door: Door, till: FakeTill) -> None:
    to_printer(door)
    door.qtbot.waitUntil(
        lambda: any(each.accessibleName().startswith("Epson") for each in door.window.findChildren(Row))
    )

    door.press("q", "a", "s", "f")
    door.qtbot.waitUntil(lambda: till.printing.now().setup.letters is Letters.CP1252)
    door.press("p")

    setup = till.printing.now().setup
    chosen = till.printers.all["usb:04b8:0e28"]
    door.qtbot.waitUntil(lambda: [slip.title for slip in chosen.slips] == ["Test page"])
    assert (setup.address, setup.width) == ("usb:04b8:0e28", RollWidth.MM_58)
    paper = door.window.findChild(Paper)
    assert paper is not None
    assert paper.findChildren(QLabel)[0].pixmap().width() > 0
    door.scan(CODE)
    door.sees("The test page reads well.")
    door.press(ESC)
    door.at("TillPage")


def test_an_address_is_typed_as_people_write_it(door: Door, till: FakeTill) -> None:
    to_printer(door)
    fields = {each.accessibleName(): each for each in door.window.findChildren(QLineEdit)}

    for name, text in (
        ("Where the printer is", "192.168.1.40"),
        ("Another till and its printer", "Door B, 192.168.1.41"),
    ):
        fields[name].setFocus()
        fields[name].setText(text)
        door.press(ENTER)
        door.qtbot.waitUntil(partial(_is_set_up, till, text.rpartition(" ")[2]))
        door.window.setFocus()

    setup = till.printing.now().setup
    assert setup == PrinterSetup("tcp:192.168.1.40", neighbour="Door B", neighbour_address="tcp:192.168.1.41")
    door.sees("Send to Door B")
    door.tap("At Door B")
    door.qtbot.waitUntil(lambda: till.printing.now().setup.drawer is DrawerOpens.NEIGHBOUR)


def _is_set_up(till: FakeTill, address: str) -> bool:
    return address in str(till.printing.now().setup)


def test_tickets_get_a_printer_of_their_own_and_the_page_shows_what_it_would_print(door: Door, till: FakeTill) -> None:
    to_printer(door)
    assert "Its head" not in door.text()

    door.press("g", "g")  # past the roll, and past ticket stock
    door.sees("Its head")
    door.qtbot.waitUntil(lambda: till.printing.now().setup.stock is Stock.WRISTBAND)
    door.qtbot.waitUntil(lambda: not door.window.flow.session.is_busy)
    door.tap("300 dpi")
    door.qtbot.waitUntil(lambda: till.printing.now().setup.ticket_density is Density.DPI_300)
    door.qtbot.waitUntil(lambda: not door.window.flow.session.is_busy)
    door.tap("Plain")
    door.qtbot.waitUntil(lambda: till.printing.now().setup.plain_tickets)
    door.qtbot.waitUntil(lambda: not door.window.flow.session.is_busy)
    fields = {each.accessibleName(): each for each in door.window.findChildren(QLineEdit) if each.isVisible()}
    fields["Where the printer of tickets is"].setFocus()
    fields["Where the printer of tickets is"].setText("192.168.1.42")
    door.press(ENTER)
    door.qtbot.waitUntil(lambda: till.printing.now().setup.ticket_address == "tcp:192.168.1.42")

    setup = till.printing.now().setup
    assert (setup.ticket_density, setup.plain_tickets, setup.has_labels) == (Density.DPI_300, True, True)
    picture = Image.open(io.BytesIO(till.printing.picture(setup, "en"))).convert("L")
    codes = zxingcpp.read_barcodes(picture)
    assert [each.text[: len(CODE)] for each in codes] == [CODE, CODE]
    assert {len(each.text) for each in codes} == {len(CODE), 302}

"""A scanner played as raw keys with times of their own, into whatever has the focus, on a machine that may stall."""

import random
import time
from collections.abc import Iterator, Sequence
from uuid import UUID

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication, QLineEdit

from boxoffice.core.ids import ProductId, TicketId
from boxoffice.core.tickets import TicketClaims, encode_token
from boxoffice.till.ui.keys import Scan
from tests.gui.conftest import ENTER, Door, OpenDoor
from tests.gui.fake_till import FakeTill

F5, F6, F8 = Qt.Key.Key_F5, Qt.Key.Key_F6, Qt.Key.Key_F8
TOKEN = "6BF/ QW+$%*-.:ASDF12 R/ZXCVB 00+-/:QWERASDF ZX"


class Scanner:
    """Sends presses and releases as a keyboard does: with Shift where a character needs it, each with its own time."""

    def __init__(self, door: Door) -> None:
        self.door, self.now = door, 1_000_000

    def send(self, code: str, *, end: Qt.Key | None = ENTER, gap_ms: int = 7) -> None:
        for event in self.events(code, end=end, gap_ms=gap_ms):
            self.post(event)

    def events(self, code: str, *, end: Qt.Key | None = ENTER, gap_ms: int = 7) -> Iterator[QKeyEvent]:
        self.now += 2_000
        for char in code:
            self.now += gap_ms
            shift = Qt.KeyboardModifier.ShiftModifier if char.isupper() else Qt.KeyboardModifier.NoModifier
            if char.isupper():
                yield self._event(Qt.Key.Key_Shift, "", shift)
            key = Qt.Key(ord(char.upper()))
            yield self._event(key, char, shift)
            yield self._event(key, char, shift, QEvent.Type.KeyRelease)
        if end is not None:
            self.now += gap_ms
            yield self._event(end, "\r", Qt.KeyboardModifier.NoModifier)

    def post(self, event: QKeyEvent) -> None:
        QCoreApplication.postEvent(QApplication.focusWidget() or self.door.window, event)

    def _event(
        self,
        key: Qt.Key,
        text: str,
        modifiers: Qt.KeyboardModifier,
        kind: QEvent.Type = QEvent.Type.KeyPress,
    ) -> QKeyEvent:
        event = QKeyEvent(kind, key, modifiers, text)
        event.setTimestamp(self.now)
        return event


@pytest.fixture
def scanner(door: Door) -> Scanner:
    return Scanner(door)


def scanned(door: Door, till: FakeTill, code: str = TOKEN) -> None:
    """Waits until the code was looked up, and once."""
    door.qtbot.waitUntil(lambda: bool(till.scans), timeout=10_000)
    assert [each[0] for each in till.scans] == [code]


@pytest.mark.parametrize("end", [ENTER, Qt.Key.Key_Tab, None], ids=["Enter", "Tab", "nothing"])
def test_a_ticket_is_read_whole_and_touches_nothing_on_the_tiles(
    door: Door, till: FakeTill, scanner: Scanner, end: Qt.Key | None
) -> None:
    scanner.send(TOKEN, end=end)

    scanned(door, till)
    door.at("SellPage")
    assert door.window.flow.session.sale.is_empty
    assert not isinstance(QApplication.focusWidget(), QLineEdit)
    assert door.page.prefix == ""  # type: ignore[attr-defined]


def test_a_scan_into_the_search_leaves_the_search_alone(door: Door, till: FakeTill, scanner: Scanner) -> None:
    door.press("/")
    field = QApplication.focusWidget()
    assert isinstance(field, QLineEdit)

    scanner.send(TOKEN)

    scanned(door, till)
    assert field.text() == ""
    assert door.page.search == ""  # type: ignore[attr-defined]


def test_a_scan_into_the_mail_address_sends_no_mail(door: Door, till: FakeTill, scanner: Scanner) -> None:
    door.press("q", F5, ENTER)
    door.at("CompletePage")
    box = door.window.screen_widget.email  # type: ignore[attr-defined]
    box.field.setFocus()

    scanner.send(TOKEN)

    scanned(door, till)
    assert box.field.edit.text() == ""
    assert till.emails == []
    door.at("CompletePage")


@pytest.mark.parametrize("stall_at", [0, 1, 3, 7, 40, 90])
def test_a_machine_that_stalls_makes_no_keys_of_a_scan(
    door: Door, till: FakeTill, scanner: Scanner, stall_at: int
) -> None:
    for i, event in enumerate(scanner.events(TOKEN)):
        scanner.post(event)
        if i == stall_at:
            QCoreApplication.processEvents()
            time.sleep(0.7)  # the machine's own slowness is what is tested

    scanned(door, till)
    assert door.window.flow.session.sale.is_empty


def test_on_a_payment_page_a_scan_only_says_that_the_payment_comes_first(
    door: Door, till: FakeTill, scanner: Scanner
) -> None:
    door.press("q", F5)
    door.at("CashPage")

    scanner.send("123456789012")

    door.sees("A code was scanned. Finish the payment first.")
    door.at("CashPage")
    assert door.page.digits == ""  # type: ignore[attr-defined]
    assert till.orders == {}
    assert till.scans == []


def test_a_scanner_never_presses_what_tab_has_led_to(door: Door, till: FakeTill, scanner: Scanner) -> None:
    door.press("q", Qt.Key.Key_Tab, Qt.Key.Key_Tab, Qt.Key.Key_Tab)
    before = door.window.flow.session.sale.lines

    scanner.send("      " + TOKEN)

    door.qtbot.waitUntil(lambda: bool(till.scans), timeout=10_000)
    door.at("SellPage")
    assert door.window.flow.session.sale.lines == before


def test_a_person_types_into_a_field_whole_and_in_order(door: Door, scanner: Scanner) -> None:
    door.press("/")
    field = QApplication.focusWidget()
    assert isinstance(field, QLineEdit)
    wanted = "Full Festival Pass"

    for char in wanted:
        scanner.send(char, end=None)
        scanner.now -= random.choice([1_700, 1_880, 1_920])

    door.qtbot.waitUntil(lambda: field.text() == wanted, timeout=10_000)


def test_setting_the_till_up_takes_a_scanned_code_into_its_field(open_door: OpenDoor) -> None:
    from tests.gui.festival import UNPAIRED

    door = open_door(state=UNPAIRED, page="PairPage")
    field = QApplication.focusWidget()
    assert isinstance(field, QLineEdit)

    Scanner(door).send("ABCD-EFGH", end=None)

    door.qtbot.waitUntil(lambda: field.text() == "ABCD-EFGH", timeout=10_000)


US_PLAIN, US_SHIFTED = (
    "1234567890-= qwertyuiop[] asdfghjkl;'` zxcvbnm,./",
    '!@#$%^&*()_+ QWERTYUIOP{} ASDFGHJKL:"~ ZXCVBNM<>?',
)
US_EVDEV = (*range(10, 22), 65, *range(24, 36), 65, *range(38, 50), 65, *range(52, 62))
"""The keys of a US keyboard, and where they stand on Linux, whatever they type in the machine's own layout."""
LAYOUTS: dict[str, dict[str, str]] = {
    "us": {},
    "german": dict(zip("zyZY-/:+*? ", "yzYZß-Ö`(_ ", strict=True)),
    "french": dict(zip("aqzwAQZW1234567890./-:", "qawzQAWZ&é\"'(-è_çà:!)M", strict=True)),
}


@pytest.mark.parametrize("has_caps_lock", [False, True], ids=["", "caps lock"])
@pytest.mark.parametrize("layout", LAYOUTS)
def test_a_ticket_is_known_in_any_layout_with_whatever_the_scanner_puts_round_it(
    door: Door, till: FakeTill, layout: str, has_caps_lock: bool
) -> None:
    at_hand = till.context.event
    claims = TicketClaims(at_hand.catalogue.id, TicketId(str(UUID(int=7))), ProductId("social"), ())
    code = f"]Q1{encode_token(claims, at_hand.issuer)}#"
    scanner = Scanner(door)

    for i, char in enumerate(code):
        shift = char not in US_PLAIN
        typed = LAYOUTS[layout].get(char, char)
        typed = typed.swapcase() if has_caps_lock else typed
        place = US_EVDEV[(US_SHIFTED if shift else US_PLAIN).index(char)]
        modifier = Qt.KeyboardModifier.ShiftModifier if shift else Qt.KeyboardModifier.NoModifier
        press = QKeyEvent(QEvent.Type.KeyPress, Qt.Key.Key_unknown, modifier, place, 0, 0, typed)
        press.setTimestamp(2_000_000 + i * 9)
        scanner.post(press)

    door.sees("A good ticket: Social Dance.")
    assert door.window.flow.session.sale.is_empty


def test_what_a_scan_may_say_is_looked_up_in_all_its_readings() -> None:
    readings: Sequence[str] = Scan("abc-12", "ABC-12").readings

    assert readings == ("abc-12", "ABC-12")

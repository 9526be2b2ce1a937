"""Types codes into a till's window as a scanner does, and prints how long each answer took to stand on the screen."""

import json
import os
import sys
import tempfile
import time
from typing import Final

os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", tempfile.gettempdir())

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from boxoffice.core.ids import EventId, TicketId
from boxoffice.core.tickets import TicketClaims, encode_token
from boxoffice.till.ui.flow.check_in import CheckInPage
from boxoffice.till.ui.main_window import MainWindow
from boxoffice.till.ui.screens.check_in import CheckInScreen
from boxoffice.till.ui.theme import Theme
from tests.gui.fake_till import FakeTill
from tools.bench_gate import PRODUCT, fill, ticket_id
from tools.bench_windows import until

_SCANS: Final = 100


def main(tickets: int) -> None:
    app = QApplication([])
    till = FakeTill()
    context = till.context
    fill(context.elsewhere, str(context.device.id), str(till.catalogue.id), tickets)
    window = MainWindow(till, Theme())
    window.resize(1366, 768)
    window.show()
    window.start()
    until(app, lambda: window.flow.session.catalogue is not None and type(window.flow.page).__name__ == "SellPage")
    QTest.keyClick(window, Qt.Key.Key_F4)
    until(app, lambda: isinstance(window.flow.page, CheckInPage))
    print(json.dumps([_beep_to_word(app, window, till, n) for n in range(_SCANS)]))
    window.close()


def _beep_to_word(app: QApplication, window: MainWindow, till: FakeTill, n: int) -> float:
    event = till.context.event
    claims = TicketClaims(EventId(event.catalogue.id), TicketId(ticket_id(1 + 7 * n)), PRODUCT, event.catalogue.days)
    page = window.flow.page
    if not isinstance(page, CheckInPage):
        raise TypeError("the gate is not up")
    before = page.verdict
    for letter in encode_token(claims, event.issuer):
        QTest.keyClick(window, letter)  # type: ignore[call-overload]  # a letter
    began = time.perf_counter()
    QTest.keyClick(window, Qt.Key.Key_Return)
    until(app, lambda: page.verdict is not before and _is_drawn(window))
    return (time.perf_counter() - began) * 1000


def _is_drawn(window: MainWindow) -> bool:
    screen = window.screen_widget
    return isinstance(screen, CheckInScreen) and screen.answer.isVisible()


if __name__ == "__main__":
    main(int(sys.argv[1]))

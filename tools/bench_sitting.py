"""Sells and scans in the window of a paired till as in one sitting, and prints what each sale took, and the memory."""

import gc
import json
import secrets
import sys
import time
from collections.abc import Callable
from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from boxoffice.core.ids import EventId, ProductId, TicketId, uuid7
from boxoffice.core.tickets import TicketClaims, encode_token
from boxoffice.till.app import build_till
from boxoffice.till.config import Settings
from boxoffice.till.ui.flow.check_in import CheckInPage
from boxoffice.till.ui.flow.complete import CompletePage
from boxoffice.till.ui.flow.sell import SellPage
from boxoffice.till.ui.main_window import MainWindow
from boxoffice.till.ui.theme import Theme
from boxoffice.till.usecases.till import Till
from tools.bench_start import megabytes_now
from tools.bench_windows import drawn, until

_ROUNDS: Final = 10
"""How often the memory is looked at."""

_PRODUCT: Final = ProductId("full-pass")


def main(sales: int, scans: int) -> None:
    app = QApplication([])
    till = build_till(Settings.from_environment())
    window = MainWindow(till, Theme())
    window.opened.connect(gc.freeze)  # as the till does
    window.resize(1366, 768)
    window.show()
    window.start()
    until(app, lambda: isinstance(window.flow.page, SellPage))
    drawn(app)
    found: dict[str, list[float]] = {"sale": [], "paid": [], "cpu": [], "floor": [], "megabytes": []}
    for _ in range(_ROUNDS):
        for _ in range(sales // _ROUNDS):
            _sell(app, window, found)
            found["floor"].append(_timed(lambda: _write(till)))
        _scan(app, window, till, scans // _ROUNDS)
        found["megabytes"].append(megabytes_now())
    print(json.dumps(found), flush=True)
    window.close()
    till.close()


def _sell(app: QApplication, window: MainWindow, found: dict[str, list[float]]) -> None:
    """Sells one ticket for cash, from the first key to the tiles for the next customer."""
    began, processor = time.perf_counter(), time.process_time()
    _press(window, "q")
    drawn(app)
    _press(window, Qt.Key.Key_F5)
    drawn(app)
    found["paid"].append(_timed(lambda: _pay(app, window)))
    _press(window, Qt.Key.Key_Return)
    until(app, lambda: isinstance(window.flow.page, SellPage))
    drawn(app)
    found["sale"].append((time.perf_counter() - began) * 1000)
    found["cpu"].append((time.process_time() - processor) * 1000)


def _pay(app: QApplication, window: MainWindow) -> None:
    _press(window, Qt.Key.Key_Return)
    until(app, lambda: isinstance(window.flow.page, CompletePage))
    drawn(app)


def _scan(app: QApplication, window: MainWindow, till: Till, scans: int) -> None:
    """Lets so many people in, each with a ticket of their own."""
    QTest.keyClick(window, Qt.Key.Key_F4)
    until(app, lambda: isinstance(window.flow.page, CheckInPage))
    for _ in range(scans):
        page = window.flow.page
        if not isinstance(page, CheckInPage):
            raise TypeError("the gate is not up")
        before = page.verdict
        for letter in _code(till):
            QTest.keyClick(window, letter)  # type: ignore[call-overload]  # a letter
        QTest.keyClick(window, Qt.Key.Key_Return)
        until(app, lambda page=page, before=before: page.verdict is not before)  # type: ignore[misc]
        drawn(app)
    QTest.keyClick(window, Qt.Key.Key_F2)
    until(app, lambda: isinstance(window.flow.page, SellPage))


def _code(till: Till) -> str:
    event = till.services.context.event
    id_ = TicketId(uuid7(time.time_ns() // 1_000_000, secrets.token_bytes(10)))
    claims = TicketClaims(EventId(event.catalogue.id), id_, _PRODUCT, event.catalogue.days)
    return encode_token(claims, event.issuer)


def _write(till: Till) -> None:
    with till.store.transaction() as connection:
        connection.exec_driver_sql("UPDATE settings SET value = value")


def _press(window: MainWindow, key: Qt.Key | str) -> None:
    """Presses a key. What a letter waits until it is sure that it is no scanner's is nobody's work."""
    QTest.keyClick(window, key)  # type: ignore[call-overload]  # a letter, or a key
    window.flush_keys()


def _timed(work: Callable[[], None]) -> float:
    began = time.perf_counter()
    work()
    return (time.perf_counter() - began) * 1000


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))

"""Presses keys in a till's window that has 200 products and a cart of 50 lines, and prints what each repaint took."""

import gc
import json
import os
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from itertools import cycle, islice
from typing import Final

os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", tempfile.gettempdir())

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from boxoffice.core.catalogue import Catalogue, Product, ProductKind
from boxoffice.core.ids import PoolId, ProductId
from boxoffice.core.money import Money
from boxoffice.core.pricing import CartLine
from boxoffice.till.ui.main_window import MainWindow
from boxoffice.till.ui.theme import Theme
from boxoffice.till.usecases.gateway.standing import Ready
from tests.gui.fake_till import FakeTill
from tools.bench_windows import drawn, until

PRODUCTS: Final = 200
LINES: Final = 50
_PRESSES: Final = 80
_CATEGORIES: Final = 10


def main() -> None:
    app = QApplication([])
    till = FakeTill()
    till.catalogue = many_products(till.catalogue)
    till.state = Ready(till.catalogue, till.status)
    window = MainWindow(till, Theme())
    window.opened.connect(gc.freeze)  # as the till does
    window.resize(1366, 768)
    window.show()
    window.start()
    until(app, lambda: type(window.flow.page).__name__ == "SellPage")
    fill_cart(window)
    drawn(app)
    keys = cycle(["q", Qt.Key.Key_Down, "3", "w", Qt.Key.Key_Up, "-", "+", Qt.Key.Key_Backspace])
    presses = [_pressed(app, window, key) for key in islice(keys, _PRESSES)]
    window.close()
    label = Least()
    label.resize(1366, 768)
    label.show()
    drawn(app)
    least = [_took(app, label.next) for _ in range(_PRESSES)]
    print(json.dumps({"presses": presses, "least": least}))


class Least(QWidget):
    """What any window at all needs: one number that is drawn anew."""

    number = 0

    def next(self) -> None:
        self.number += 1
        self.update(QRect(0, 0, 200, 60))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(event.rect(), QColor("white"))
        painter.drawText(event.rect(), str(self.number))


def many_products(catalogue: Catalogue) -> Catalogue:
    """Returns the catalogue with so many products that they need a tab for each category."""
    pools = [pool.id for pool in catalogue.pools]
    products = tuple(
        Product(
            ProductId(f"product-{n}"),
            f"Dance class {n}",
            ProductKind.TICKET,
            f"Room {n % _CATEGORIES}",
            Money(1_500 + 100 * (n % 40), catalogue.currency),
            {PoolId(pools[n % len(pools)]): 1},
            catalogue.days[:1],
        )
        for n in range(PRODUCTS)
    )
    return replace(catalogue, products=products)


def fill_cart(window: MainWindow) -> None:
    """Puts so many products into the sale."""
    session = window.flow.session
    session.sale.lines = tuple(CartLine(each.id, 1) for each in session.sale.catalogue.products[:LINES])
    session.sale.chosen = 0
    session.changed()


def _pressed(app: QApplication, window: MainWindow, key: Qt.Key | str) -> tuple[float, float]:
    """Returns what a press takes until it is on the screen, in milliseconds by the clock and of this processor.

    What a letter waits until it is sure that it is no scanner's is not in it.
    """

    def press() -> None:
        QTest.keyClick(window, key)  # type: ignore[call-overload]  # a letter, or a key
        window.flush_keys()

    return _took(app, press)


def _took(app: QApplication, work: Callable[[], None]) -> tuple[float, float]:
    began, at = time.perf_counter(), time.process_time()
    work()
    drawn(app)
    return (time.perf_counter() - began) * 1000, (time.process_time() - at) * 1000


if __name__ == "__main__":
    main()

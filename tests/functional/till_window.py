"""The till's real window over a real till, used as a person uses it: by keys and by looking at the screen."""

from pathlib import Path
from typing import Any, Self

import cv2
import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from boxoffice.demo.stack import Stack
from boxoffice.demo.tills import new_till
from boxoffice.till.ui.main_window import MainWindow
from boxoffice.till.ui.theme import Theme
from boxoffice.till.usecases.gateway.orders import Order
from boxoffice.till.usecases.till import Till

_WAIT_MS = 200_000


class TillWindow:
    """One till with its window."""

    def __init__(self, till: Till, qtbot: QtBot, reader_id: str) -> None:
        self.till, self.reader_id = till, reader_id
        self._qtbot = qtbot
        self._window = MainWindow(till, Theme())
        qtbot.addWidget(self._window)
        self._window.resize(1366, 768)
        self._window.show()
        self._window.start()
        self.wait_until(lambda: self.page != "StartPage")

    @classmethod
    def paired(cls, stack: Stack, folder: Path, documents: Path, qtbot: QtBot, hub_url: str | None = None) -> Self:
        till = new_till(stack, folder, documents, folder.name, hub_url)
        reader = till.readers()[-1]
        till.choose_reader(reader.id)
        till.close()
        return cls(till, qtbot, reader.id)

    def reopened(self) -> "TillWindow":
        """Closes the till and opens it anew."""
        self.close()
        return TillWindow(self.till, self._qtbot, self.reader_id)

    @property
    def page(self) -> str:
        """What is up, by the name of its class."""
        return type(self._window.flow.page).__name__

    @property
    def view(self) -> Any:
        return self._window.flow.page.view()

    @property
    def last_order(self) -> Order:
        return self.till.find_orders("", 20).orders[0]

    def wait_for(self, page: str) -> None:
        self._qtbot.waitUntil(lambda: self.page == page, timeout=_WAIT_MS)

    def wait_until(self, condition: Any) -> None:
        self._qtbot.waitUntil(condition, timeout=_WAIT_MS)

    def type(self, text: str) -> None:
        for each in text:
            QTest.keyClick(self._window, each)  # type: ignore[call-overload]
            self._window.flush_keys()

    def scan(self, code: str) -> None:
        """Reads a code as a scanner does: faster than anybody types, with Enter at its end."""
        QTest.keyClicks(self._window, code)
        QTest.keyClick(self._window, Qt.Key.Key_Return)
        self._window.flush_keys()

    def press(self, *keys: Qt.Key) -> None:
        for key in keys:
            QTest.keyClick(self._window, key)

    def press_with_control(self, key: Qt.Key) -> None:
        QTest.keyClick(self._window, key, Qt.KeyboardModifier.ControlModifier)

    def pixels(self) -> "np.ndarray[Any, np.dtype[np.uint8]]":
        """Returns what is on the screen, as grey pixels."""
        image = self._window.grab().toImage().convertToFormat(_grey())
        raw = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), image.bytesPerLine())
        return raw[:, : image.width()].copy()

    def code_on_screen(self) -> str:
        """Reads the code on the screen with another library than the one that drew it."""
        text, _, _ = cv2.QRCodeDetector().detectAndDecode(self.pixels())
        return text

    def close(self) -> None:
        self._window.close()
        self.till.close()


def _grey() -> Any:
    from PySide6.QtGui import QImage

    return QImage.Format.Format_Grayscale8

"""A real main window on the fake till, driven by real key presses and clicks."""

import os
import re
import time
from collections.abc import Callable, Iterator
from html import unescape

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QPoint, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from boxoffice.core.staff import StaffRole
from boxoffice.till.ui.flow.coaching import Coaching
from boxoffice.till.ui.flow.page_port import Page
from boxoffice.till.ui.main_window import MainWindow
from boxoffice.till.ui.speech import speak
from boxoffice.till.ui.theme import Theme
from boxoffice.till.ui.widgets.button import Button
from boxoffice.till.ui.widgets.tag import Tag
from boxoffice.till.ui.widgets.text import Text
from boxoffice.till.usecases.gateway.standing import TillState
from tests.gui.fake_till import FakeTill

ENTER, ESC = Qt.Key.Key_Return, Qt.Key.Key_Escape


class Door:
    """A person at the door: presses keys, taps what is on the screen, and reads it."""

    def __init__(
        self,
        qtbot: QtBot,
        till: FakeTill,
        size: tuple[int, int],
        *,
        is_gate_only: bool = False,
        is_kiosk: bool = False,
        trainer: Coaching | None = None,
    ) -> None:
        self.qtbot, self.till = qtbot, till
        self._now = 0.0
        self.theme = Theme()
        self.window = MainWindow(
            till, self.theme, is_gate_only=is_gate_only, is_kiosk=is_kiosk, trainer=trainer, clock=self._clock
        )
        qtbot.addWidget(self.window, before_close_func=lambda _: till.hang_up())
        self.window.resize(*size)
        self.window.show()
        self.window.start()

    def _clock(self) -> float:
        """Moves on a second at each look, so that no tap comes too soon after the one before."""
        self._now += 1.0
        return self._now

    @property
    def page(self) -> Page:
        return self.window.flow.page

    def at(self, name: str) -> None:
        """Waits until the page of this name is up and drawn."""

        def is_up() -> None:
            assert type(self.page).__name__ == name

        self.qtbot.waitUntil(is_up, timeout=150_000)

    def press(self, *keys: Qt.Key | str) -> None:
        """Presses keys one after another, as a person does: each letter waits until it was not part of a scan."""
        for key in keys:
            for each in key if isinstance(key, str) else (key,):
                self._press(each)

    def _press(self, key: Qt.Key | str) -> None:
        target = QApplication.focusWidget() or self.window
        if isinstance(key, str):
            QTest.keyClick(target, key)  # type: ignore[call-overload]
            self.window.flush_keys()
        else:
            QTest.keyClick(target, key)

    def type(self, text: str) -> None:
        """Types into the field that has the focus."""
        focus = QApplication.focusWidget()
        assert focus is not None
        for each in text:
            QTest.keyClick(QApplication.focusWidget(), each)  # type: ignore[call-overload]
            self.window.flush_keys()

    def scan(self, text: str) -> None:
        """Types as fast as a scanner, however slow this machine is just now, and ends with Enter as scanners do."""
        target = QApplication.focusWidget() or self.window
        at = round(time.monotonic() * 1000) - 1000  # a moment ago: what is pressed next is nothing of the scanner's
        for key, char in [*((Qt.Key(ord(each.upper())), each) for each in text), (ENTER, "\r")]:
            for kind in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease):
                event = QKeyEvent(kind, key, Qt.KeyboardModifier.NoModifier, char)
                event.setTimestamp(at)
                QCoreApplication.postEvent(target, event)
        QCoreApplication.processEvents()

    def buttons(self) -> dict[str, Button]:
        """Returns the buttons that can be seen, by label."""
        return {each.view.label: each for each in self.window.findChildren(Button) if each.isVisible()}

    def tap(self, label: str) -> None:
        self.tap_widget(self.buttons()[label])

    def tap_widget(self, widget: QWidget) -> None:
        where = QPoint(widget.width() // 2, widget.height() // 2)
        QTest.mouseClick(widget, Qt.MouseButton.LeftButton, pos=where)

    def text(self) -> str:
        """Returns all words that can be seen, for looking something up in."""
        texts = [each.text() for each in self.window.findChildren(Text) if each.isVisible()]
        return unescape(re.sub("<[^>]+>", "", "\n".join([*texts, *self.buttons()])))

    def typed(self) -> list[str]:
        """Returns what stands in the fields that can be seen."""
        return [each.text() for each in self.window.findChildren(QLineEdit) if each.isVisible()]

    def tags(self) -> list[str]:
        """Returns the words of all marks that can be seen, such as `Paid`."""
        return [each.accessibleName() for each in self.window.findChildren(Tag) if each.isVisible()]

    def sees(self, words: str) -> None:
        """Waits until the words can be seen."""

        def is_seen() -> None:
            assert words in self.text()

        self.qtbot.waitUntil(is_seen, timeout=150_000)


OpenDoor = Callable[..., Door]


@pytest.fixture
def till() -> FakeTill:
    return FakeTill()


@pytest.fixture
def open_door(qtbot: QtBot, till: FakeTill) -> Iterator[OpenDoor]:
    """Opens the till's window, at a size and in a state."""
    doors: list[Door] = []

    def open_it(size: tuple[int, int] = (1366, 768), state: TillState | None = None, page: str = "SellPage") -> Door:
        if state is not None:
            till.state = state
        doors.append(Door(qtbot, till, size))
        doors[-1].at(page)
        return doors[-1]

    yield open_it
    for door in doors:
        door.window.close()
    speak("en")


@pytest.fixture
def door(open_door: OpenDoor) -> Door:
    return open_door()


PIN = "4071"
"""Ana's, at a kiosk."""


@pytest.fixture
def kiosk(qtbot: QtBot, till: FakeTill) -> Iterator[Door]:
    """A kiosk of a till where Ana works."""
    till.hire("Ana", StaffRole.SELLER, pin=PIN)
    door = Door(qtbot, till, (1080, 1920), is_kiosk=True)
    door.at("WelcomePage")
    door.window.resize(1080, 1920)
    door.window.activateWindow()
    qtbot.waitUntil(door.window.isActiveWindow)
    yield door
    till.clock.forward(0)
    door.window.flow.session.kiosk = None
    door.window.close()
    speak("en")

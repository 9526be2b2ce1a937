"""A till stands open for days: what a sale or a scan needed is there again for the next, and nothing is left behind."""

from PySide6.QtCore import QChildEvent, QCoreApplication, QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication
from shiboken6 import Shiboken

from boxoffice.till.ui.keyboard import press_of
from tests.gui.conftest import ENTER, Door

F4, F5 = Qt.Key.Key_F4, Qt.Key.Key_F5


class _Newcomers(QObject):
    """Notes each widget that comes into the window."""

    def __init__(self) -> None:
        super().__init__()
        self.names: list[str] = []

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QChildEvent) and event.added() and event.child().isWidgetType():
            self.names.append(f"{type(event.child()).__name__} in {type(watched).__name__}")
        return False


def test_a_second_sale_like_the_first_makes_no_widget_anew(door: Door) -> None:
    for _ in range(2):  # the second has the strip of the first below its tiles
        _sell(door)
    newcomers = _Newcomers()
    app = QApplication.instance()
    assert app is not None
    app.installEventFilter(newcomers)

    _sell(door)

    app.removeEventFilter(newcomers)
    assert newcomers.names == []


def test_a_key_that_is_kept_back_is_freed_when_it_was_said(door: Door) -> None:
    event = QKeyEvent(QEvent.Type.KeyPress, Qt.Key.Key_Q, Qt.KeyboardModifier.ShiftModifier, 24, 81, 1, "Q", True, 2)
    event.setTimestamp(1_234)

    kept = press_of(event, 0).item

    assert Shiboken.ownedByPython(kept)
    assert _told(kept) == _told(event)


def _told(event: QKeyEvent) -> tuple[object, ...]:
    """Returns all that an event says."""
    natives = (event.nativeScanCode(), event.nativeVirtualKey(), event.nativeModifiers())
    kind = (event.type(), event.key(), event.modifiers(), event.text())
    return (*kind, *natives, event.isAutoRepeat(), event.count(), event.timestamp())


def _sell(door: Door) -> None:
    door.press("q", F5)
    door.at("CashPage")
    door.press(ENTER)
    door.at("CompletePage")
    door.press(ENTER)
    door.at("SellPage")
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)

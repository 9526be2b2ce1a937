"""Turns Qt's key events into the till's keys, and tells a scanner's burst from a person's typing."""

from typing import Final

from PySide6.QtCore import QObject, Qt, QTimer, Signal
from PySide6.QtGui import QGuiApplication, QKeyEvent

from boxoffice.ui.keys import Key, Named, Scan, tile_at

_NAMED: Final = {
    Qt.Key.Key_Return: Named.ENTER,
    Qt.Key.Key_Enter: Named.ENTER,
    Qt.Key.Key_Escape: Named.ESC,
    Qt.Key.Key_Delete: Named.DELETE,
    Qt.Key.Key_Backspace: Named.BACKSPACE,
    Qt.Key.Key_Up: Named.UP,
    Qt.Key.Key_Down: Named.DOWN,
    Qt.Key.Key_PageUp: Named.PAGE_UP,
    Qt.Key.Key_PageDown: Named.PAGE_DOWN,
    **{
        getattr(Qt.Key, f"Key_F{n}"): named
        for n in range(1, 13)
        if (named := getattr(Named, f"F{n}", None)) is not None
    },
}
_ONCE: Final = {Named.ENTER, Named.ESC, *(named for named in Named if named.value.startswith("F"))}
"""Keys that a held finger must not press twice."""

_BURST_GAP_MS: Final = 30
_BURST_LENGTH: Final = 6


def key_of(event: QKeyEvent) -> Key | None:
    """Returns the till's key for Qt's, or None where it is none of ours."""
    named = _NAMED.get(Qt.Key(event.key()))
    if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
        if event.key() in (Qt.Key.Key_Plus, Qt.Key.Key_Equal):
            return Key(Named.LARGER)
        return Key(Named.SMALLER) if event.key() in (Qt.Key.Key_Minus, Qt.Key.Key_Underscore) else None
    if event.modifiers() & (Qt.KeyboardModifier.AltModifier | Qt.KeyboardModifier.MetaModifier):
        return None
    if named is not None:
        return Key(named)
    text = event.text()
    if not text or not text.isprintable():
        return None
    platform = QGuiApplication.platformName()
    native = event.nativeVirtualKey() if platform == "cocoa" else event.nativeScanCode()
    return Key(None, text, tile_at(platform, native, text))


def is_held(event: QKeyEvent, key: Key) -> bool:
    """Returns whether this is a held key's repeat that must not count."""
    return event.isAutoRepeat() and key.name in _ONCE


class KeyReader(QObject):
    """Collects typed characters for a moment: a long fast run is a scan, anything else goes on as keys."""

    pressed = Signal(object)
    """A `Key` or a `Scan`, in the order of the presses."""

    def __init__(self) -> None:
        super().__init__()
        self._run: list[Key] = []
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_BURST_GAP_MS)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self.flush)

    def take(self, key: Key) -> None:
        """Takes a key press."""
        if key.text and not key.name:
            self._run.append(key)
            self._timer.start()
            return
        was_scan = self.flush()
        if not (was_scan and key.name is Named.ENTER):
            self.pressed.emit(key)

    def flush(self) -> bool:
        """Sends on what was collected; returns whether it was a scan."""
        run, self._run = self._run, []
        self._timer.stop()
        if len(run) >= _BURST_LENGTH:
            self.pressed.emit(Scan("".join(key.text for key in run)))
            return True
        for key in run:
            self.pressed.emit(key)
        return False

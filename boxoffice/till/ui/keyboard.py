"""Turns Qt's key events into the till's keys, and tells a scanner's burst from a person's typing."""

import time
from collections.abc import Callable, Sequence
from typing import Final

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QGuiApplication, QKeyEvent

from boxoffice.till.ui.bursts import Bursts, Press
from boxoffice.till.ui.keys import Key, Named, Scan, tile_at, us_char

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
_WITH_CONTROL: Final = {
    Qt.Key.Key_Plus: Named.LARGER,
    Qt.Key.Key_Equal: Named.LARGER,
    Qt.Key.Key_Minus: Named.SMALLER,
    Qt.Key.Key_Underscore: Named.SMALLER,
    Qt.Key.Key_T: Named.TILL,
    Qt.Key.Key_D: Named.SHIFT,
    Qt.Key.Key_H: Named.HINT,
    Qt.Key.Key_R: Named.AGAIN,
    Qt.Key.Key_K: Named.SKIP,
    Qt.Key.Key_G: Named.SHOW,
    Qt.Key.Key_Q: Named.LEAVE,
}
_ONCE: Final = {
    Named.ENTER,
    Named.ESC,
    Named.SHIFT,
    *(Named.HINT, Named.AGAIN, Named.SKIP, Named.SHOW, Named.LEAVE),
    *(named for named in Named if named.value.startswith("F")),
}
"""Keys that a held finger must not press twice."""

_ENDS: Final = frozenset({Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Tab})
_SILENT: Final = frozenset(
    {Qt.Key.Key_Shift, Qt.Key.Key_CapsLock, Qt.Key.Key_Control, Qt.Key.Key_Alt, Qt.Key.Key_AltGr}
)
_ROUNDS: Final = 3
"""How often the events that wait are let in, before silence counts as silence: a stalled machine is not a quiet one."""


def key_of(event: QKeyEvent) -> Key | None:
    """Returns the till's key for Qt's, or None where it is none of ours."""
    named = _NAMED.get(Qt.Key(event.key()))
    if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
        with_control = _WITH_CONTROL.get(Qt.Key(event.key()))
        return None if with_control is None else Key(with_control)
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


def is_leant_on(event: QKeyEvent, key: Key) -> bool:
    """Returns whether this is a held key's repeat outside of a field: what adds or removes something does so once."""
    return event.isAutoRepeat() and (key.name in {*_ONCE, Named.DELETE} or key.text.isalnum())


def press_of(event: QKeyEvent, stamp_ms: int) -> Press[QKeyEvent]:
    """Returns the event as the bursts take it. A held key's repeats are nobody's code."""
    key, platform = Qt.Key(event.key()), QGuiApplication.platformName()
    held = _copy(event)
    if key in _SILENT or event.type() is QEvent.Type.KeyRelease:
        return Press(stamp_ms, held, is_silent=True)
    is_plain = not event.isAutoRepeat() and not _is_command(event)
    if key in _ENDS or not is_plain:
        return Press(stamp_ms, held, is_end=key in _ENDS and is_plain)
    text = event.text() if event.text().isprintable() else ""
    native = event.nativeVirtualKey() if platform == "cocoa" else event.nativeScanCode()
    is_shifted = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
    is_dead = Qt.Key.Key_Dead_Grave <= key <= Qt.Key.Key_Dead_Longsolidusoverlay
    by_place = us_char(platform, native, is_shifted=is_shifted) if text or is_dead else ""
    return Press(stamp_ms, held, text, by_place)


def _copy(event: QKeyEvent) -> QKeyEvent:
    """Returns an event of our own that says the same: what `clone` returns belongs to nobody, and is never freed."""
    copy = QKeyEvent(
        event.type(),
        event.key(),
        event.modifiers(),
        event.nativeScanCode(),
        event.nativeVirtualKey(),
        event.nativeModifiers(),
        event.text(),
        event.isAutoRepeat(),
        event.count(),
    )
    copy.setTimestamp(event.timestamp())
    return copy


def _is_command(event: QKeyEvent) -> bool:
    """Returns whether a key is held that makes a command of the others; Ctrl and Alt together only make characters."""
    modifiers, control = event.modifiers(), Qt.KeyboardModifier.ControlModifier
    alt, meta = Qt.KeyboardModifier.AltModifier, Qt.KeyboardModifier.MetaModifier
    return bool(modifiers & meta) or (bool(modifiers & control) != bool(modifiers & alt))


class KeyReader(QObject):
    """Sees the window's key events before any widget does, and says what they were: keys, or a scan."""

    came = Signal(object)
    """A `QKeyEvent` or a `Scan`, in the order of the presses."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__()
        self._bursts: Bursts[QKeyEvent] = Bursts()
        self._clock, self._rounds = clock, 0
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._it_is_quiet)

    def take(self, event: QKeyEvent) -> bool:
        """Takes an event; returns whether it is kept, or said. One that nothing was kept back for stays with Qt."""
        if self._bursts.is_empty and event.type() is QEvent.Type.KeyRelease:
            return False
        press = press_of(event, event.timestamp() or round(self._clock() * 1000))
        out = self._bursts.take(press)
        self._wait()
        if len(out) == 1 and out[0] is press.item:
            return False
        self._say(out)
        return True

    def flush(self) -> None:
        """Says at once what is kept back."""
        self._timer.stop()
        self._say(self._bursts.settle())

    def _wait(self) -> None:
        self._rounds = _ROUNDS
        if self._bursts.is_empty:
            self._timer.stop()
        else:
            self._timer.start(self._bursts.wait_ms + 5)

    def _it_is_quiet(self) -> None:
        """Lets in what waits in the queues, as after a stall; only then is the silence one of the keyboard."""
        self._rounds -= 1
        if self._rounds > 0:
            self._timer.start(0)
        else:
            self.flush()

    def _say(self, out: Sequence[QKeyEvent | Scan]) -> None:
        for each in out:
            self.came.emit(each)

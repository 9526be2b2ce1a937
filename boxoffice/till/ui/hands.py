"""Keys and taps of the window, before any widget sees them: a scan is told from typing, and a double tap from two."""

from collections.abc import Callable
from typing import Final

from PySide6.QtCore import QEvent, QObject, QPoint, QPointF, Qt
from PySide6.QtGui import QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QApplication, QWidget

from boxoffice.till.ui.flow.till import TillFlow
from boxoffice.till.ui.keyboard import KeyReader, is_held, is_leant_on, key_of
from boxoffice.till.ui.keys import Key, Named, Scan
from boxoffice.till.ui.screens.screen import Screen
from boxoffice.till.ui.widgets.field import is_typing

_SAME_SPOT_S: Final = 0.3
_SAME_SPOT_PX: Final = 40
_KEYS_AND_TAPS: Final = frozenset(
    (QEvent.Type.KeyPress, QEvent.Type.KeyRelease, QEvent.Type.MouseButtonPress, QEvent.Type.MouseButtonDblClick)
)
_PAST_FIELDS: Final = frozenset({Named.LARGER, Named.SMALLER, Named.HINT, Named.AGAIN, Named.SKIP, Named.LEAVE})
"""Keys with Ctrl that are the till's wherever somebody types."""


class Hands(QObject):
    """What a person presses and taps in one window, handed to its flow or left to its widgets."""

    def __init__(
        self,
        window: QWidget,
        flow: TillFlow,
        screen: Callable[[], Screen],
        customers_window: Callable[[], QWidget | None],
        clock: Callable[[], float],
    ) -> None:
        super().__init__(window)
        self._window, self._flow, self._screen = window, flow, screen
        self._customers_window, self._clock = customers_window, clock
        self._keys = KeyReader()
        self._keys.came.connect(self._on_came)
        self._is_handing_on = self._is_tab_led = False
        self._shown_at = -1.0
        self._last_tap = QPoint(-1000, -1000)

    def begin(self) -> None:
        """Sees all keys and taps from now on."""
        app = QApplication.instance()
        if app is not None:
            app.installEventFilter(self)

    def end(self) -> None:
        app = QApplication.instance()
        if app is not None:
            app.removeEventFilter(self)

    def see_new_screen(self) -> None:
        """Notes that another screen stands under the finger now."""
        self._shown_at = self._clock()
        self._is_tab_led = False

    def flush(self) -> None:
        """Takes typed characters at once instead of waiting whether they are a scanner's."""
        self._keys.flush()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Sees every key and tap of the window before any widget does."""
        if event.type() not in _KEYS_AND_TAPS or not isinstance(watched, QWidget):
            return False
        if isinstance(event, QKeyEvent) and watched.window() is self._customers_window():
            QApplication.sendEvent(
                self._window.focusWidget() or self._window, event
            )  # whichever window the system thinks is typed in
            return True
        if watched.window() is not self._window:
            return False
        if isinstance(event, QKeyEvent):
            return self._filters_key(event)
        return isinstance(event, QMouseEvent) and self._ignores_tap(event.globalPosition())

    def _filters_key(self, event: QKeyEvent) -> bool:
        """Keeps back what may become a scan; where the till is paired, codes are typed into fields as they come."""
        if self._is_handing_on:
            return False
        if not self._flow.page.types_codes and self._keys.take(event):
            return True
        return event.type() is QEvent.Type.KeyPress and self._takes_key(event)

    def _on_came(self, what: QKeyEvent | Scan) -> None:
        if isinstance(what, Scan):
            self._flow.on_key(what)
        elif what.type() is not QEvent.Type.KeyPress or not self._takes_key(what):
            self._hand_on(what)

    def _hand_on(self, event: QKeyEvent) -> None:
        """Gives a key that was kept back to the widget that it is for."""
        self._is_handing_on = True
        try:
            QApplication.sendEvent(QApplication.focusWidget() or self._window, event)
        finally:
            self._is_handing_on = False

    def _takes_key(self, event: QKeyEvent) -> bool:
        """Returns whether the key is ours; typing into a field, Tab and space stay with Qt."""
        if event.key() in (Qt.Key.Key_Tab, Qt.Key.Key_Backtab):
            self._is_tab_led = True
            return False
        key = key_of(event)
        if key is None:
            return False
        focus = QApplication.focusWidget()
        if is_typing(focus):
            return self._takes_key_from_field(event, key)
        if key.text == " ":
            return False
        if not is_leant_on(event, key) and not self._presses_focused(key, focus) and not self._focuses_search(key):
            self._flow.on_key(key)
        return True

    def _takes_key_from_field(self, event: QKeyEvent, key: Key) -> bool:
        """Only F-keys, Esc and text size get past a text field."""
        if key.name is Named.ESC:
            if not event.isAutoRepeat():
                self._window.setFocus()
                self._flow.on_key(key)
            return True
        is_ours = key.name is not None and (key.name.value.startswith("F") or key.name in _PAST_FIELDS)
        if is_ours and not is_held(event, key):
            self._window.setFocus()
            self._flow.on_key(key)
        return is_ours or is_held(event, key)

    def _presses_focused(self, key: Key, focus: QWidget | None) -> bool:
        """Enter presses what Tab has led to; otherwise it is the screen's primary."""
        if key.name is not Named.ENTER or not self._is_tab_led or focus is None or focus is self._window:
            return False
        press = getattr(focus, "click", None)
        if press is None or not focus.isEnabled() or self._flow.session.is_busy:
            return False
        press()
        return True

    def _focuses_search(self, key: Key) -> bool:
        field = self._screen().focus_search() if key.text == "/" else None
        if field is None:
            return False
        field.setFocus(Qt.FocusReason.ShortcutFocusReason)
        return True

    def _ignores_tap(self, where: QPointF) -> bool:
        """A second tap on the spot that brought up this screen must not press what now stands there."""
        spot = where.toPoint()
        is_same = (spot - self._last_tap).manhattanLength() < _SAME_SPOT_PX
        is_new = self._clock() - self._shown_at < _SAME_SPOT_S
        self._last_tap = spot
        self._flow.session.touch()
        self._is_tab_led = False
        return (is_same and is_new) or self._flow.session.is_busy

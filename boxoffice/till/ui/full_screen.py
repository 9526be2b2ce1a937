"""A kiosk's window: it fills its screen and lies above all, as the customer of now wants it to look."""

from PySide6.QtCore import QEvent, Qt, QTimer
from PySide6.QtWidgets import QWidget

from boxoffice.till.ui.flow.session import Session
from boxoffice.till.ui.theme import Theme


class FullScreen:
    """Keeps the window full while customers stand before it; they find no way out of it."""

    def __init__(self, window: QWidget, theme: Theme, session: Session) -> None:
        self._window, self._theme, self._session = window, theme, session
        self._text_before = theme.text_percent

    @property
    def is_kept(self) -> bool:
        """Whether customers stand before it."""
        return self._session.kiosk is not None

    def look(self) -> None:
        """Looks as the customer of now wants it; fills the screen and lies above all while it is a kiosk."""
        kiosk, theme = self._session.kiosk, self._theme
        was_kiosk = theme.is_kiosk
        if not was_kiosk:
            self._text_before = theme.text_percent
        if kiosk is None:
            theme.look(self._text_before, is_kiosk=False, has_contrast=False)
        else:
            theme.look(kiosk.text_percent, is_kiosk=True, has_contrast=kiosk.has_contrast)
        if theme.is_kiosk is not was_kiosk and self._window.isVisible():
            self._fill() if theme.is_kiosk else self._leave()

    def hear(self, event: QEvent) -> None:
        """Comes back at once where it was made small, or another window was put before it."""
        is_less = event.type() is QEvent.Type.WindowStateChange and not self._window.isFullScreen()
        is_behind = event.type() is QEvent.Type.ActivationChange and not self._window.isActiveWindow()
        if (is_less or is_behind) and self.is_kept:
            QTimer.singleShot(0, self._window, self._come_back)

    def _fill(self) -> None:
        self._window.setWindowFlag(Qt.WindowType.FramelessWindowHint)
        self._window.setWindowFlag(Qt.WindowType.WindowStaysOnTopHint)
        self._show()

    def _leave(self) -> None:
        self._window.setWindowFlag(Qt.WindowType.FramelessWindowHint, on=False)
        self._window.setWindowFlag(Qt.WindowType.WindowStaysOnTopHint, on=False)
        self._window.showMaximized()

    def _come_back(self) -> None:
        if self.is_kept:
            self._show()

    def _show(self) -> None:
        self._window.showFullScreen()
        self._window.raise_()
        self._window.activateWindow()

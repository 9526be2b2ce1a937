"""The focus ring: three pixels of focus blue with a gap of two, around whatever has the focus."""

from PySide6.QtCore import QEvent, QObject, QPoint, QRect, QRectF, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QApplication, QLineEdit, QScrollArea, QWidget
from shiboken6 import isValid

from boxoffice.till.ui import tokens
from boxoffice.till.ui.theme import Theme
from boxoffice.till.ui.widgets.field import Field


class FocusRing(QWidget):
    """Lies over the whole window, lets every tap through, and follows the focus."""

    def __init__(self, theme: Theme, window: QWidget) -> None:
        super().__init__(window)
        self._theme, self._window = theme, window
        self._target: QWidget | None = None
        self._watched: list[QWidget] = []
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setAttribute(Qt.WidgetAttribute.WA_NoSystemBackground)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        app = QApplication.instance()
        if isinstance(app, QApplication):
            app.focusChanged.connect(self._follow)
        window.installEventFilter(self)

    def _follow(self, _old: QWidget | None, now: QWidget | None) -> None:
        is_ours = now is not None and now is not self._window and self._window.isAncestorOf(now)
        wanted = now if is_ours and now is not None and now.focusPolicy() != Qt.FocusPolicy.NoFocus else None
        if isinstance(wanted, QLineEdit) and isinstance(wanted.parent(), Field):
            wanted = wanted.parentWidget()
        self._watch(wanted)
        if wanted is not None:
            self._scroll_to(wanted)
        self.place()

    def _watch(self, target: QWidget | None) -> None:
        """Looks after the target, and after all that it stands in: when that moves, the target moves with it."""
        for each in self._watched:
            if isValid(each):
                each.removeEventFilter(self)
        self._target, self._watched, at = target, [], target
        while at is not None and at is not self._window:
            at.installEventFilter(self)
            self._watched.append(at)
            at = at.parentWidget()

    def _scroll_to(self, target: QWidget) -> None:
        above = target.parentWidget()
        while above is not None:
            if isinstance(above, QScrollArea):
                above.ensureWidgetVisible(target)
            above = above.parentWidget()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() in (QEvent.Type.Move, QEvent.Type.Resize, QEvent.Type.Hide, QEvent.Type.Show):
            self.place()
        elif event.type() is QEvent.Type.Destroy and watched is self._target:
            self._target = None
        return super().eventFilter(watched, event)

    def place(self) -> None:
        """Puts the ring where the focus is."""
        self.setVisible(self._target is not None and self._target.isVisible())
        if self.isVisible():
            self.setGeometry(self._around())
            self.raise_()
            self.update()

    def _around(self) -> QRect:
        if self._target is None:
            return QRect()
        room = self._theme.px(tokens.RING + tokens.RING_GAP) + 1
        corner = self._target.mapTo(self._window, QPoint(0, 0))
        return QRect(corner, self._target.size()).adjusted(-room, -room, room, room)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        width = self._theme.px(tokens.RING)
        painter.setPen(QPen(self._theme.colour("focus"), width))
        radius = self._theme.px(tokens.RADIUS_CONTROL + tokens.RING_GAP + 1)
        inset = width / 2 + 0.5
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(inset, inset, -inset, -inset), radius, radius)

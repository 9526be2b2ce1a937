"""A box that has a check or not, and the hint of a key that stands by itself."""

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from boxoffice.till.ui.theme import Theme
from boxoffice.till.ui.widgets.button import paint_key

_SIZE = 28
_KEY_WIDTH = 28


class Tick(QWidget):
    """Filled with a check, empty, or dashed where nothing can be chosen."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme, self._is_on, self._can_press = theme, False, True
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        theme.changed.connect(self.updateGeometry)

    def show_state(self, *, is_on: bool, can_press: bool) -> None:
        self._is_on, self._can_press = is_on, can_press
        self.update()

    def sizeHint(self) -> QSize:
        size = self._theme.px(_SIZE)
        return QSize(size, size)

    def paintEvent(self, event: QPaintEvent) -> None:
        theme, painter = self._theme, QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        box = QRectF(self.rect()).adjusted(1, 1, -1, -1)
        pen = QPen(theme.colour("coral-700" if self._is_on else "line-strong"), 1.5)
        if not self._can_press:
            pen.setStyle(Qt.PenStyle.DashLine)
        painter.setPen(pen)
        painter.setBrush(theme.colour("coral-700" if self._is_on else "white"))
        painter.drawRoundedRect(box, theme.px(6), theme.px(6))
        if self._is_on:
            size = self.width() * 2 // 3
            at = (self.width() - size) // 2
            theme.icons.paint(painter, "check", at, at, size, theme.colour("white"), 2.6)


class KeyHint(QWidget):
    """The key that chooses what it stands beside."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme, self._key = theme, ""
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        theme.changed.connect(self.updateGeometry)

    def show_key(self, key: str) -> None:
        self._key = key
        self.setVisible(bool(key))
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(self._theme.px(_KEY_WIDTH), self._theme.px(_SIZE))

    def paintEvent(self, event: QPaintEvent) -> None:
        if self._key:
            paint_key(QPainter(self), self._theme, self._key, 1, self.height() / 2, self._theme.colour("ink"))

"""Tags and pills: a state in icon and word, where the word alone is enough."""

from PySide6.QtCore import QRect, QRectF, QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from boxoffice.till.ui import tokens
from boxoffice.till.ui.theme import Theme
from boxoffice.till.ui.views.parts import TagView


class Tag(QWidget):
    """Draws a `TagView`; hides where there is none."""

    def __init__(self, theme: Theme, size: float = 13) -> None:
        super().__init__()
        self._theme, self._size = theme, size
        self._view: TagView | None = None
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        theme.changed.connect(self.updateGeometry)
        self.hide()

    def show_view(self, view: TagView | None) -> None:
        self.setVisible(view is not None)
        if view != self._view:
            self._view = view
            self.setAccessibleName(view.text if view else "")
            self.updateGeometry()
            self.update()

    def sizeHint(self) -> QSize:
        if self._view is None:
            return QSize(0, 0)
        metrics = QFontMetrics(self._theme.font(self._size, 700))
        width = metrics.horizontalAdvance(self._view.text) + self._theme.tall(self._size + 2) + self._theme.px(24)
        return QSize(width, round(metrics.height() + self._theme.px(6 if self._size < 15 else 10)))

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:
        if self._view is None:
            return
        theme, state = self._theme, self._view.state
        ground, colour = ("cream-2", "ink-2") if state == "plain" else (f"{state}-tint", state)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.colour(ground))
        radius = theme.px(tokens.RADIUS_TAG)
        painter.drawRoundedRect(QRectF(self.rect()), radius, radius)
        icon, x = theme.tall(self._size + 2), theme.px(8)
        text = theme.colour(colour)
        theme.icons.paint(painter, self._view.icon, x, (self.height() - icon) / 2, icon, text, 2.6)
        painter.setPen(text)
        painter.setFont(theme.font(self._size, 700))
        box = QRect(x + icon + theme.px(6), 0, self.width(), self.height())
        painter.drawText(box, int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter), self._view.text)


class Pill(QWidget):
    """A number that waits for its letter."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme, self._text = theme, ""
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.hide()

    def show_text(self, text: str, spoken: str) -> None:
        self.setVisible(bool(text))
        if text != self._text:
            self._text = text
            self.setAccessibleName(spoken)
            self.updateGeometry()
            self.update()

    def sizeHint(self) -> QSize:
        metrics = QFontMetrics(self._theme.font(16, 700))
        return QSize(metrics.horizontalAdvance(self._text) + self._theme.px(24), self._theme.tall(32))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._theme.colour("coral-700"))
        painter.drawRoundedRect(QRectF(self.rect()), self.height() / 2, self.height() / 2)
        painter.setPen(self._theme.colour("white"))
        painter.setFont(self._theme.font(16, 700))
        painter.drawText(self.rect(), int(Qt.AlignmentFlag.AlignCenter), self._text)

"""What stands where there is nothing yet, or nothing any more, or not yet."""

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QVBoxLayout, QWidget

from boxoffice.till.ui.speech import say
from boxoffice.till.ui.theme import Theme
from boxoffice.till.ui.widgets.text import Text


class Icon(QWidget):
    """An icon that stands by itself."""

    def __init__(self, theme: Theme, name: str, size: int, colour: str = "ink", stroke: float = 2.0) -> None:
        super().__init__()
        self._theme, self._name, self._size, self._colour, self._stroke = theme, name, size, colour, stroke
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        theme.changed.connect(self.updateGeometry)

    def show_icon(self, name: str, colour: str = "") -> None:
        self._name, self._colour = name, colour or self._colour
        self.update()

    def sizeHint(self) -> QSize:
        size = self._theme.px(self._size)
        return QSize(size, size)

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:
        if self._name:
            size = self._theme.px(self._size)
            colour = self._theme.colour(self._colour)
            painter = QPainter(self)
            self._theme.icons.paint(
                painter, self._name, (self.width() - size) / 2, (self.height() - size) / 2, size, colour, self._stroke
            )


class Medal(QWidget):
    """A white check on a green disc."""

    def __init__(self, theme: Theme, size: int) -> None:
        super().__init__()
        self._theme, self._size = theme, size
        theme.changed.connect(self.restyle)
        self.restyle()

    def resize_to(self, size: int) -> None:
        self._size = size
        self.restyle()

    def restyle(self) -> None:
        self.setFixedSize(self._theme.px(self._size), self._theme.px(self._size))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._theme.colour("ok"))
        painter.drawEllipse(self.rect())
        size = self.width() // 2
        place = (self.width() - size) / 2
        self._theme.icons.paint(painter, "check", place, place, size, self._theme.colour("white"), 2.6)


class Empty(QWidget):
    """An icon, a short title, and one sentence on how to begin."""

    def __init__(self, theme: Theme, icon: str, title: str, text: str) -> None:
        super().__init__()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(theme.px(32), theme.px(16), theme.px(32), theme.px(16))
        layout.setSpacing(theme.px(4))
        middle = Qt.AlignmentFlag.AlignHCenter
        self._icon = Icon(theme, icon, 44)
        self._title = Text(theme, title, 28, head=True, align=middle, wraps=True)
        self._text = Text(theme, text, 16, colour="ink-2", align=middle, wraps=True)
        layout.addStretch()
        layout.addWidget(self._icon, 0, middle)
        layout.addSpacing(8)
        layout.addWidget(self._title)
        layout.addWidget(self._text)
        layout.addStretch()

    def show_words(self, icon: str, title: str, text: str) -> None:
        self._icon.show_icon(icon)
        self._title.set_text(title)
        self._text.set_text(text)


class GreyBars(QWidget):
    """Stands in for rows that are on their way."""

    def __init__(self, theme: Theme, rows: int = 3) -> None:
        super().__init__()
        self._theme, self._rows = theme, rows
        self.setMinimumHeight(theme.px(64 * rows))
        self.setAccessibleName(say("Loading"))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._theme.colour("cream-2"))
        px = self._theme.px
        for i, share in zip(range(self._rows), (0.7, 0.52, 0.62), strict=False):
            top = px(16 + 64 * i)
            painter.drawRoundedRect(px(20), top, px(44), px(44), px(10), px(10))
            width = max(self.width() - px(100), 0)
            painter.drawRoundedRect(px(78), top + px(4), int(width * share), px(14), px(4), px(4))
            painter.drawRoundedRect(px(78), top + px(26), int(width * (share - 0.2)), px(12), px(4), px(4))

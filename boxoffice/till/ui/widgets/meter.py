"""A bar that is full in part: what is left of time, of a share, of paper to print."""

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from boxoffice.till.ui.theme import Theme


class Meter(QWidget):
    def __init__(self, theme: Theme, *, height: int = 10, fill: str = "coral-700", ground: str = "cream-2") -> None:
        super().__init__()
        self._theme, self._height, self._fill, self._ground, self._percent = theme, height, fill, ground, 0
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        theme.changed.connect(self.restyle)
        self.restyle()

    def restyle(self) -> None:
        self.setFixedHeight(self._theme.px(self._height))

    def set_percent(self, percent: int) -> None:
        if percent != self._percent:
            self._percent = percent
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        box, radius = QRectF(self.rect()), self.height() / 2
        painter.setBrush(self._theme.colour(self._ground))
        painter.drawRoundedRect(box, radius, radius)
        if self._percent > 0:
            painter.setBrush(self._theme.colour(self._fill))
            width = max(box.width() * min(self._percent, 100) / 100, box.height())
            painter.drawRoundedRect(QRectF(0, 0, width, box.height()), radius, radius)

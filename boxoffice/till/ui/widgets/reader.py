"""A drawing of the card reader with what the customer sees on it."""

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from boxoffice.till.ui.speech import say
from boxoffice.till.ui.theme import Theme


class ReaderDrawing(QWidget):
    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._amount = self._text = self._name = ""
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        theme.changed.connect(self.updateGeometry)

    def show_words(self, amount: str, text: str, name: str) -> None:
        if (amount, text, name) != (self._amount, self._text, self._name):
            self._amount, self._text, self._name = amount, text, name
            self.setAccessibleName(say("{name} shows {amount}, {text}", name=name, amount=amount, text=text))
            self.update()

    def sizeHint(self) -> QSize:
        return QSize(self._theme.pick(190, 222, 290), self._theme.pick(276, 322, 420))

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:
        theme = self._theme
        unit = self.width() / 222
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.colour("ink"))
        painter.drawRoundedRect(QRectF(self.rect()), 30 * unit, 30 * unit)
        screen = QRectF(18 * unit, 22 * unit, self.width() - 36 * unit, 250 * unit)
        painter.setBrush(theme.colour("cream"))
        painter.drawRoundedRect(screen, 10 * unit, 10 * unit)
        painter.setBrush(theme.colour("line-strong"))
        painter.drawRoundedRect(QRectF(66 * unit, 292 * unit, 90 * unit, 8 * unit), 4 * unit, 4 * unit)
        self._paint_waves(painter, unit)
        self._paint_line(painter, self._amount, 34, 700, "ink", screen, 30 * unit, unit)
        self._paint_line(painter, self._text, 17, 600, "ink", screen, 196 * unit, unit)
        self._paint_line(painter, self._name, 13, 400, "ink-3", screen, 221 * unit, unit)

    def _paint_waves(self, painter: QPainter, unit: float) -> None:
        pen = QPen(self._theme.colour("coral"), 7 * unit)
        pen.setCapStyle(Qt.PenCapStyle.RoundCap)
        painter.setPen(pen)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for radius in (32.0, 62.0, 92.0):
            box = QRectF((64 - radius) * unit, (158 - radius) * unit, 2 * radius * unit, 2 * radius * unit)
            painter.drawArc(box, -35 * 16, 70 * 16)

    def _paint_line(
        self,
        painter: QPainter,
        text: str,
        size: float,
        weight: int,
        colour: str,
        screen: QRectF,
        top: float,
        unit: float,
    ) -> None:
        """Draws a line of the screen, smaller where it would not fit."""
        font = self._theme.font(size, weight)
        font.setPixelSize(max(9, round(size * unit)))
        room = screen.width() - 12 * unit
        width = QFontMetrics(font).horizontalAdvance(text)
        if width > room:
            font.setPixelSize(max(9, int(font.pixelSize() * room / width)))
        painter.setFont(font)
        painter.setPen(self._theme.colour(colour))
        box = QRectF(screen.x(), screen.y() + top, screen.width(), size * 1.4 * unit)
        painter.drawText(box, int(Qt.AlignmentFlag.AlignCenter), text)

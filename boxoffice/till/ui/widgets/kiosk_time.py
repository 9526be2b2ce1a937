"""How long a kiosk still waits: for a payment, and for somebody who may have left."""

from typing import ClassVar

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from boxoffice.till.ui.theme import Theme
from boxoffice.till.ui.views.kiosk import (
    Part,
    TimePart,
)
from boxoffice.till.ui.widgets.kiosk_boxes import TEXT, PartBox
from boxoffice.till.ui.widgets.meter import Meter
from boxoffice.till.ui.widgets.text import Amount, Text


class TimeBox(PartBox):
    def __init__(self, theme: Theme) -> None:
        super().__init__(theme)
        card = QFrame()
        card.setProperty("part", "card")
        column = QVBoxLayout(card)
        column.setContentsMargins(theme.px(32), theme.px(20), theme.px(32), theme.px(24))
        row = QHBoxLayout()
        self._label = Text(theme, "", TEXT, colour="ink-2", wraps=True)
        self._time = Amount(theme, 40)
        row.addWidget(self._label, 1)
        row.addWidget(self._time)
        self._meter = Meter(theme, height=18)
        column.addLayout(row)
        column.addWidget(self._meter)
        self._column.addWidget(card)

    def show_part(self, part: Part) -> None:
        if isinstance(part, TimePart):
            self._label.set_text(part.label)
            self._time.set_text(part.time)
            self._meter.set_percent(part.percent)


class Ring(QWidget):
    """A number in a ring that empties as it counts down."""

    SIDE: ClassVar = 220

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme, self._number, self._percent = theme, "", 0
        theme.changed.connect(self._restyle)
        self._restyle()

    def _restyle(self) -> None:
        side = self._theme.px(self.SIDE)
        self.setFixedSize(side, side)

    def show_number(self, number: str, percent: int) -> None:
        if (number, percent) != (self._number, self._percent):
            self._number, self._percent = number, percent
            self.setAccessibleName(number)
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        theme, width = self._theme, self._theme.px(16)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        box = QRectF(self.rect()).adjusted(width, width, -width, -width)
        painter.setPen(QPen(theme.colour("line"), width))
        painter.drawEllipse(box)
        painter.setPen(QPen(theme.colour("coral-700"), width))
        painter.drawArc(box, 90 * 16, -round(360 * 16 * self._percent / 100))
        font = theme.font(88, 700)
        font.setPixelSize(theme.px(96))
        painter.setFont(font)
        painter.setPen(theme.colour("ink"))
        painter.drawText(self.rect(), int(Qt.AlignmentFlag.AlignCenter), self._number)

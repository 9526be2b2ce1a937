"""A few choices side by side, one of them chosen."""

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFontMetrics, QPainter, QPainterPath, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QFrame, QHBoxLayout, QSizePolicy

from boxoffice.ui import tokens
from boxoffice.ui.theme import Theme


class Segment(QAbstractButton):
    def __init__(self, theme: Theme, text: str) -> None:
        super().__init__()
        self._theme = theme
        self.setText(text)
        self.setCheckable(True)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Expanding)
        self.setAccessibleName(text)
        theme.changed.connect(self.updateGeometry)

    def sizeHint(self) -> QSize:
        width = QFontMetrics(self._theme.font(15, 600)).horizontalAdvance(self.text()) + 2 * self._theme.px(16)
        return QSize(max(width, self._theme.px(64)), self._theme.tall(56))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        if self.isChecked():
            painter.fillRect(self.rect(), self._theme.colour("ink"))
        painter.setPen(self._theme.colour("on-ink" if self.isChecked() else "ink"))
        painter.setFont(self._theme.font(15, 600))
        painter.drawText(self.rect(), int(Qt.AlignmentFlag.AlignCenter), self.text())


class Segments(QFrame):
    """Says the index of the choice that is pressed."""

    chosen = Signal(int)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._parts: list[Segment] = []
        self._texts: tuple[str, ...] = ()
        self._layout = QHBoxLayout(self)
        self._layout.setContentsMargins(2, 2, 2, 2)
        self._layout.setSpacing(0)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        theme.changed.connect(self.restyle)
        self.restyle()

    def restyle(self) -> None:
        self.setFixedHeight(self._theme.tall(56))

    def show_choices(self, texts: tuple[str, ...], current: int) -> None:
        self.setVisible(bool(texts))
        if texts != self._texts:
            self._texts = texts
            while self._parts:
                gone = self._parts.pop()
                self._layout.removeWidget(gone)
                gone.hide()
                gone.deleteLater()
            for i, text in enumerate(texts):
                part = Segment(self._theme, text)
                part.clicked.connect(lambda _checked=False, at=i: self.chosen.emit(at))
                self._layout.addWidget(part)
                self._parts.append(part)
        for i, part in enumerate(self._parts):
            part.setChecked(i == current)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        radius = self._theme.px(tokens.RADIUS_CONTROL)
        path = QPainterPath()
        path.addRoundedRect(QRectF(self.rect()).adjusted(0.75, 0.75, -0.75, -0.75), radius, radius)
        painter.fillPath(path, self._theme.colour("white"))
        painter.setPen(QPen(self._theme.colour("line-strong"), 1.5))
        painter.drawPath(path)

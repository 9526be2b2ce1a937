"""The steps of a payment: a circle with check, clock, question mark or nothing; they never go backwards."""

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from boxoffice.till.ui.theme import Theme
from boxoffice.till.ui.views.parts import StepView
from boxoffice.till.ui.widgets.listing import keep_count
from boxoffice.till.ui.widgets.text import Text

# state: (edge, ground, icon, pen width)
_DOTS = {
    "done": ("ok", "ok-tint", "check", 2.0),
    "now": ("coral-700", "coral-tint", "clock", 3.0),
    "unknown": ("unknown", "unknown-tint", "unknown", 2.0),
    "later": ("line-strong", "", "", 2.0),
}


class Dot(QWidget):
    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme, self._state = theme, "later"
        theme.changed.connect(self.restyle)
        self.restyle()

    def restyle(self) -> None:
        self.setFixedSize(self._theme.px(36), self._theme.px(36))

    def show_state(self, state: str) -> None:
        if state != self._state:
            self._state = state
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        edge, ground, icon, width = _DOTS[self._state]
        theme = self._theme
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(theme.colour(edge), width * theme.px(100) / 100))
        painter.setBrush(theme.colour(ground) if ground else Qt.BrushStyle.NoBrush)
        painter.drawEllipse(QRectF(self.rect()).adjusted(width / 2, width / 2, -width / 2, -width / 2))
        if icon:
            size = theme.px(18)
            place = (self.width() - size) / 2
            colour = theme.colour("coral-800" if self._state == "now" else edge)
            theme.icons.paint(painter, icon, place, place, size, colour)


class Step(QWidget):
    def __init__(self, theme: Theme, height: int, size: float) -> None:
        super().__init__()
        self._theme, self._height = theme, height
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(theme.px(16))
        self._dot = Dot(theme)
        words = QVBoxLayout()
        words.setSpacing(0)
        self._title = Text(theme, "", size, weight=600, wraps=True)
        self._detail = Text(theme, "", 14, colour="ink-3", wraps=True)
        words.addStretch()
        words.addWidget(self._title)
        words.addWidget(self._detail)
        words.addStretch()
        layout.addWidget(self._dot)
        layout.addLayout(words, 1)
        theme.changed.connect(self.restyle)
        self.restyle()

    def restyle(self) -> None:
        self.setMinimumHeight(self._theme.tall(min(48, self._height) if self._theme.is_text_large else self._height))

    def show_view(self, view: StepView) -> None:
        self._dot.show_state(view.state)
        self._title.set_text(view.title)
        self._title.set_weight(700 if view.state in ("now", "unknown") else 600)
        self._title.set_colour("ink-3" if view.state == "later" else "ink")
        self._detail.set_text(view.detail)
        self._detail.setVisible(bool(view.detail))
        self.setAccessibleName(f"{view.title}, {view.detail or view.state}")


class Steps(QWidget):
    def __init__(self, theme: Theme, *, height: int = 64, size: float = 17) -> None:
        super().__init__()
        self._theme, self._height, self._size = theme, height, size
        self._steps: list[Step] = []
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setSpacing(0)

    def show_views(self, views: tuple[StepView, ...]) -> None:
        self.setVisible(bool(views))
        keep_count(self._steps, len(views), self._layout, lambda: Step(self._theme, self._height, self._size))
        for step, view in zip(self._steps, views, strict=True):
            step.show_view(view)

"""A PIN being typed: how many digits, never which; and the keys to type it by touch."""

from typing import Final

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QGridLayout, QSizePolicy, QWidget

from boxoffice.till.ui import tokens
from boxoffice.till.ui.actions import Do, TypeDigits
from boxoffice.till.ui.speech import say
from boxoffice.till.ui.theme import Theme
from boxoffice.till.ui.views.parts import ButtonView
from boxoffice.till.ui.views.staff import PinView
from boxoffice.till.ui.widgets.button import Button

_KEYS: Final = "123456789"


class Dots(QWidget):
    """A dot for each digit: filled once it is typed."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme, self._view = theme, PinView(0, 4)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        theme.changed.connect(self.updateGeometry)

    def show_view(self, view: PinView) -> None:
        self.setAccessibleName(say("{typed} of {of} digits", typed=view.typed, of=view.of))
        if view != self._view:
            self._view = view
            self.updateGeometry()
            self.update()

    def sizeHint(self) -> QSize:
        side, gap = self._theme.px(22), self._theme.px(14)
        return QSize(self._view.of * (side + gap) - gap, side + 2)

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:
        theme, side, gap = self._theme, self._theme.px(22), self._theme.px(14)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for i in range(self._view.of):
            is_typed = i < self._view.typed
            painter.setPen(QPen(theme.colour("ink" if is_typed else "line-strong"), theme.px(2)))
            painter.setBrush(theme.colour("ink") if is_typed else Qt.BrushStyle.NoBrush)
            painter.drawEllipse(QRectF(i * (side + gap) + 1.5, 1.5, side - 3, side - 3))


class PinPad(QWidget):
    """Twelve large keys, in the order of a telephone's."""

    did = Signal(object)

    def __init__(self, theme: Theme, scale: float = 1.0) -> None:
        super().__init__()
        self._theme, self._scale = theme, scale
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        views = [ButtonView(each, TypeDigits(each)) for each in _KEYS]
        views += [
            ButtonView(say("Clear"), Do.CLEAR_DIGITS),
            ButtonView("0", TypeDigits("0")),
            ButtonView("", Do.DELETE_DIGIT, icon="delete", name=say("Delete last digit")),
        ]
        self._buttons = [self._button(i, view) for i, view in enumerate(views)]
        theme.changed.connect(self.restyle)
        self.restyle()

    def _button(self, index: int, view: ButtonView) -> Button:
        size = (18 if len(view.label) > 1 else 26) * self._scale
        button = Button(self._theme, view, size=size, height=tokens.TARGET, icon_size=round(26 * self._scale))
        button.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        button.did.connect(self.did)
        self._grid.addWidget(button, index // 3, index % 3)
        self._grid.setColumnStretch(index % 3, 1)
        return button

    def restyle(self) -> None:
        self._grid.setSpacing(self._theme.px(8))

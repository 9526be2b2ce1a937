"""The keys of the screen that is up, over a shade; F1, Esc or a tap closes it."""

from PySide6.QtCore import QRect, Qt, Signal
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from boxoffice.till.ui.speech import say
from boxoffice.till.ui.theme import Theme
from boxoffice.till.ui.views.parts import ButtonView
from boxoffice.till.ui.views.shell import HelpView
from boxoffice.till.ui.widgets.button import Button
from boxoffice.till.ui.widgets.rows import Scroll
from boxoffice.till.ui.widgets.text import Text

_SHADE = 140  # 55 % ink


class Help(QWidget):
    """A plain child widget: no window, no blur."""

    did = Signal(object)

    def __init__(self, theme: Theme, parent: QWidget, view: HelpView, room: QRect) -> None:
        """`room` is what of the window it may cover."""
        super().__init__(parent)
        self._theme, self._close = theme, view.close
        outer = QVBoxLayout(self)
        outer.setContentsMargins(theme.px(24), theme.px(24), theme.px(24), theme.px(24))
        card = QFrame()
        card.setProperty("part", "card")
        card.setMaximumWidth(theme.tall(720))
        inside = QVBoxLayout(card)
        side = theme.px(28)
        inside.setContentsMargins(side, side, side, side)
        inside.setSpacing(theme.px(16))
        head = QHBoxLayout()
        head.addWidget(Text(theme, view.title, 36, head=True))
        head.addStretch()
        button = Button(theme, ButtonView(say("Close"), view.close, key="Esc"), height=48)
        button.did.connect(self.did)
        head.addWidget(button)
        inside.addLayout(head)
        lines = QWidget()
        grid = QGridLayout(lines)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setVerticalSpacing(theme.px(10))
        grid.setHorizontalSpacing(theme.px(24))
        grid.setColumnStretch(1, 1)
        for i, (key, what) in enumerate(view.lines):
            grid.addWidget(Text(theme, key, 16, weight=700, colour="coral-700"), i, 0)
            grid.addWidget(Text(theme, what, 16, wraps=True), i, 1)
        grid.setRowStretch(len(view.lines), 1)
        scroll = Scroll(lines)
        scroll.setMinimumHeight(min(lines.sizeHint().height() + 4, room.height() - theme.px(200)))
        inside.addWidget(scroll, 1)
        outer.addStretch(1)
        outer.addWidget(card, 0, Qt.AlignmentFlag.AlignHCenter)
        outer.addStretch(1)
        card.setMinimumWidth(min(theme.tall(640), room.width() - theme.px(60)))
        self.setAccessibleName(view.title)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self.did.emit(self._close)

    def paintEvent(self, event: QPaintEvent) -> None:
        shade = QColor(self._theme.colour("ink"))
        shade.setAlpha(_SHADE)
        QPainter(self).fillRect(self.rect(), shade)

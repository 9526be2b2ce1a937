"""What the parts of a kiosk's page are made of: sizes for whoever stands before it, rows of buttons, tiles."""

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import QFontMetrics, QPainter, QPen, QResizeEvent
from PySide6.QtWidgets import QGridLayout, QSizePolicy, QVBoxLayout, QWidget

from boxoffice.till.ui import tokens
from boxoffice.till.ui.actions import Do
from boxoffice.till.ui.theme import Theme
from boxoffice.till.ui.views.kiosk import (
    Part,
)
from boxoffice.till.ui.views.parts import ButtonView
from boxoffice.till.ui.widgets.button import Button

TARGET: Final = 104
NOTHING: Final = ButtonView("", Do.BACK, is_on=False)
"""What a button shows before it is told what it is."""
TEXT: Final = 28
PAD: Final = 1.6
SMALL: Final = 24
NARROW: Final = 1.25
"""From this size of text on, a row has its buttons below its words."""


def spread(button: Button) -> Button:
    button.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
    return button


class Spread(QWidget):
    """Buttons beside each other in rows as long as there is room, all of one width."""

    did = Signal(object)

    def __init__(self, theme: Theme, size: float = SMALL, height: int = TARGET) -> None:
        super().__init__()
        self._theme, self._size, self._height = theme, size, height
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._buttons: list[Button] = []
        self._across = 0
        theme.changed.connect(self.restyle)
        self.restyle()

    def restyle(self) -> None:
        self._grid.setSpacing(self._theme.px(16))
        self._across = 0
        self._place()

    def show_views(self, views: Sequence[ButtonView]) -> None:
        if len(views) != len(self._buttons):
            self._across = 0
        while len(self._buttons) > len(views):
            gone = self._buttons.pop()
            self._grid.removeWidget(gone)
            gone.hide()
            gone.deleteLater()
        while len(self._buttons) < len(views):
            button = Button(self._theme, views[len(self._buttons)], size=self._size, height=self._height, icon_size=32)
            button.did.connect(self.did)
            button.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
            self._buttons.append(button)
        for button, view in zip(self._buttons, views, strict=True):
            if button.view != view:
                self._across = 0
            button.show_view(view)
        self._place()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place()

    def _place(self) -> None:
        """Puts so many into a row as each has room whole, but two at least: a label may take two lines."""
        if not self._buttons:
            return
        gap, room = self._grid.spacing(), max(self.width(), 1)
        widest = max(button.sizeHint().width() for button in self._buttons)
        fit = max(min(len(self._buttons), 2), min(len(self._buttons), (room + gap) // (widest + gap)))
        rows = -(-len(self._buttons) // fit)
        across = -(-len(self._buttons) // rows)
        if across == self._across:
            return
        self._across = across
        for column in range(max(self._grid.columnCount(), across)):
            self._grid.setColumnStretch(column, 1 if column < across else 0)
        for i, button in enumerate(self._buttons):
            self._grid.addWidget(button, i // across, i % across)
        self.updateGeometry()

    def minimumSizeHint(self) -> QSize:
        return QSize(self._theme.px(tokens.TARGET), super().minimumSizeHint().height())


class BigTile(Button):
    """A tile as wide as the page: an icon, what it does, and a quieter line."""

    def sizeHint(self) -> QSize:
        lines = 52 + (38 if self.view.sub else 0)
        return QSize(self._theme.px(400), max(self._theme.px(148), self._theme.tall(lines) + self._theme.px(48)))

    def shows_whole_label(self) -> bool:
        room = self._words().width()
        font = self._within(self._theme.font(38, 700), self.view.label, room)
        return QFontMetrics(font).horizontalAdvance(self.view.label) <= room

    def _words(self) -> QRect:
        px = self._theme.px
        left = px(44) + (self._theme.px(72) + px(36) if self.view.icon else 0)
        return QRect(left, 0, self.width() - left - px(96), self.height())

    def _paint_words(self, painter: QPainter, colour: object) -> None:
        theme, px = self._theme, self._theme.px
        ink = theme.colour("ink-3" if not self.view.is_on else "white" if self.view.kind == "primary" else "ink")
        painter.setPen(ink)
        if self.view.icon:
            side = px(72)
            theme.icons.paint(painter, self.view.icon, px(44), (self.height() - side) / 2, side, ink)
        words = self._words()
        title, quiet = theme.tall(50), theme.tall(36) if self.view.sub else 0
        top = (self.height() - title - quiet) // 2
        flags = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        painter.setFont(self._within(theme.font(38, 700), self.view.label, words.width()))
        painter.drawText(QRect(words.left(), top, words.width(), title), flags, self.view.label)
        if self.view.sub:
            painter.setFont(self._within(theme.font(SMALL), self.view.sub, words.width()))
            painter.drawText(QRect(words.left(), top + title, words.width(), quiet), flags, self.view.sub)
        if self.view.is_on:
            pen = QPen(ink, px(4))
            pen.setCapStyle(Qt.PenCapStyle.RoundCap)
            painter.setPen(pen)
            x, y, half = self.width() - px(60), self.height() // 2, px(16)
            tips = (QPoint(x - half // 2, y - half), QPoint(x + half // 2, y), QPoint(x - half // 2, y + half))
            painter.drawPolyline(tips)


class PartBox(QWidget):
    """Draws one kind of part."""

    did = Signal(object)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(theme.px(16))

    def show_part(self, part: Part) -> None:
        raise NotImplementedError

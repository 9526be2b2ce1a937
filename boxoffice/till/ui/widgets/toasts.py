"""Short messages with undo where undo is possible: at the foot of the screen, or in the bar; never over money."""

from typing import Final

from PySide6.QtCore import QPoint, QRect, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from boxoffice.till.ui import tokens
from boxoffice.till.ui.actions import UseToast
from boxoffice.till.ui.speech import say
from boxoffice.till.ui.theme import Theme
from boxoffice.till.ui.views.parts import ButtonView
from boxoffice.till.ui.views.shell import ToastView
from boxoffice.till.ui.widgets.button import Button
from boxoffice.till.ui.widgets.text import Amount, Text
from boxoffice.till.ui.widgets.tile import Tile

_SIZES: Final = (16, 14, 12)


class Toast(QFrame):
    did = Signal(object)

    def __init__(self, theme: Theme, view: ToastView) -> None:
        super().__init__()
        self._theme, self.view = theme, view
        is_plain = view.state == "plain"
        self._row = layout = QHBoxLayout(self)
        colour = "on-ink" if is_plain else view.state
        self._text = text = Text(theme, "", _SIZES[0], colour=colour, wraps=True)
        text.set_marked(f"{view.text if is_plain else f'**{view.text}**'} {view.detail}".strip())
        layout.addWidget(text, 1)
        if view.button:
            self._add(ButtonView(view.button, UseToast(view.id), "strong" if is_plain else "plain"))
        if view.stays:
            close = ButtonView(say("Close"), UseToast(view.id, closes=True), name=say("Close this message"))
            self._add(close)
        self.setAccessibleName(f"{view.text} {view.detail}".strip())
        self._space()

    def _space(self) -> None:
        """Leaves room for the picture, at the window's size of now."""
        px = self._theme.px
        self._row.setContentsMargins(px(16) + px(22) + px(12), px(4), px(10), px(4))
        self._row.setSpacing(px(12))
        self.setMinimumHeight(px(56))

    def fit(self, width: int, height: int | None) -> int:
        """Makes the text small enough for a height, if there is one to keep to; returns the height that it takes."""
        self._space()
        layout = self.layout()
        taken = 0
        for size in _SIZES[:1] if height is None else (self._theme.big(each) for each in _SIZES):
            self._text.set_size(size)
            if layout is not None:
                layout.activate()
                taken = max(layout.totalHeightForWidth(width), self.minimumHeight())
            if height is None or taken <= height:
                break
        return taken

    def _add(self, view: ButtonView) -> None:
        button = Button(self._theme, view, size=15, height=tokens.TARGET)
        button.did.connect(self.did)
        layout = self.layout()
        if layout is not None:
            layout.addWidget(button)

    def paintEvent(self, event: QPaintEvent) -> None:
        theme, state = self._theme, self.view.state
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        is_plain = state == "plain"
        painter.setBrush(theme.colour("ink" if is_plain else f"{state}-tint"))
        painter.setPen(Qt.PenStyle.NoPen if is_plain else QPen(theme.colour(state), 1.5))
        radius = theme.px(tokens.RADIUS_CONTROL)
        painter.drawRoundedRect(self.rect().adjusted(1, 1, -1, -1), radius, radius)
        size = theme.px(22)
        colour = theme.colour("on-ink" if is_plain else state)
        theme.icons.paint(painter, self.view.icon, theme.px(16), (self.height() - size) / 2, size, colour)


class Toasts(QWidget):
    """Draws the newest; those before it come back when it goes."""

    did = Signal(object)

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme
        self._shown: dict[int, Toast] = {}
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setSpacing(theme.px(8))
        self.hide()

    def show_views(self, views: tuple[ToastView, ...]) -> None:
        views = views[-1:]
        for gone in self._shown.keys() - {view.id for view in views}:
            toast = self._shown.pop(gone)
            self._layout.removeWidget(toast)
            toast.hide()
            toast.deleteLater()
        for view in views:
            if view.id not in self._shown:
                toast = Toast(self._theme, view)
                toast.did.connect(self.did)
                self._layout.addWidget(toast)
                self._shown[view.id] = toast
        self.setVisible(bool(views))

    def place_above(self, width: int, bottom: int, left: int) -> None:
        """Stands above `bottom`, `width` wide."""
        height = self._fit(width, None)
        self.setGeometry(left, bottom - height, width, height)
        self.raise_()

    def place_in(self, room: QRect) -> None:
        """Stands in a room, with smaller text if it is low."""
        height = self._fit(room.width(), room.height())
        self.setGeometry(room.x(), room.y(), room.width(), max(height, room.height()))
        self.raise_()

    def _fit(self, width: int, height: int | None) -> int:
        self.setFixedWidth(width)
        return max((toast.fit(width, height) for toast in self._shown.values()), default=0)

    def lie_on_money(self, screen: QWidget) -> bool:
        """Returns whether an amount, a tile or a button of a screen in the same window is under them."""
        under = self.geometry()
        return any(
            part.visibleRegion().boundingRect().translated(part.mapTo(self.window(), QPoint(0, 0))).intersects(under)
            for part in screen.findChildren(QWidget)
            if isinstance(part, Amount | Tile | Button) and part.isVisible() and not part.visibleRegion().isEmpty()
        )

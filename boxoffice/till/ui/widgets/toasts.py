"""Short messages with undo where undo is possible: at the foot of the screen, or in the bar; never over money."""

from typing import Final

from PySide6.QtCore import QPoint, QRect, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from boxoffice.till.ui import tokens
from boxoffice.till.ui.actions import Do, UseToast
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
        self._theme = theme
        self._row = QHBoxLayout(self)
        self._text = Text(theme, "", _SIZES[0], wraps=True)
        self._row.addWidget(self._text, 1)
        self._button, self._close = self._add(), self._add()
        self.show_view(view)
        self._space()

    def show_view(self, view: ToastView) -> None:
        """Says another message."""
        self.view = view
        is_plain = view.state == "plain"
        self._text.set_colour("on-ink" if is_plain else view.state)
        self._text.set_marked(f"{view.text if is_plain else f'**{view.text}**'} {view.detail}".strip())
        button = ButtonView(view.button, UseToast(view.id), "strong" if is_plain else "plain")
        self._button.show_view(button if view.button else None)
        close = ButtonView(say("Close"), UseToast(view.id, closes=True), name=say("Close this message"))
        self._close.show_view(close if view.stays else None)
        self.setAccessibleName(f"{view.text} {view.detail}".strip())
        self.update()

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

    def _add(self) -> Button:
        button = Button(self._theme, ButtonView("", Do.BACK), size=15, height=tokens.TARGET)
        button.did.connect(self.did)
        self._row.addWidget(button)
        return button

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
        self._toast: Toast | None = None
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setSpacing(theme.px(8))
        self.hide()

    def show_views(self, views: tuple[ToastView, ...]) -> None:
        if views and self._toast is None:
            self._toast = Toast(self._theme, views[-1])
            self._toast.did.connect(self.did)
            self._layout.addWidget(self._toast)
        elif views and self._toast is not None and self._toast.view != views[-1]:
            self._toast.show_view(views[-1])
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
        return 0 if self._toast is None else self._toast.fit(width, height)

    def lie_on_money(self, screen: QWidget) -> bool:
        """Returns whether an amount, a tile or a button of a screen in the same window is under them."""
        under, window = self.geometry(), self.window()
        parts = (part for kind in (Amount, Tile, Button) for part in screen.findChildren(kind) if part.isVisible())
        for part in parts:
            at = part.mapTo(window, QPoint(0, 0))
            # What is seen of a part takes long to find out, and most lie elsewhere altogether.
            if part.rect().translated(at).intersects(under):
                seen = part.visibleRegion().boundingRect()
                if not seen.isEmpty() and seen.translated(at).intersects(under):
                    return True
        return False

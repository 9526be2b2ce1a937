"""The rail at the left: where a person can go, with a count where something waits."""

from PySide6.QtCore import QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QFrame, QSizePolicy, QVBoxLayout, QWidget

from boxoffice.till.ui import tokens
from boxoffice.till.ui.speech import say
from boxoffice.till.ui.theme import Theme
from boxoffice.till.ui.views.shell import RailItem
from boxoffice.till.ui.widgets.text import Text, plain_ground


class RailButton(QAbstractButton):
    """A place to go: icon over word, with a count where something waits."""

    did = Signal(object)

    def __init__(self, theme: Theme, item: RailItem) -> None:
        super().__init__()
        self._theme, self._item = theme, item
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.clicked.connect(lambda: self.did.emit(self._item.action))
        theme.changed.connect(self.updateGeometry)
        self._name()

    def show_item(self, item: RailItem) -> None:
        if item != self._item:
            self._item = item
            self._name()
            self.update()

    def _name(self) -> None:
        item = self._item
        waiting = say(", {badge} open", badge=item.badge) if item.badge else ""
        self.setAccessibleName(f"{item.label}{waiting}, {item.key}")
        self.setToolTip(f"{item.label} ({item.key})")

    def sizeHint(self) -> QSize:
        theme = self._theme
        height = 44 if theme.is_text_tight else 56 if theme.is_text_large else 80 if theme.is_large else 70
        return QSize(self._theme.px(60), self._theme.tall(height))

    def paintEvent(self, event: QPaintEvent) -> None:
        item, theme = self._item, self._theme
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if item.is_current or self.isDown():
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme.colour("coral" if item.is_current else "ink-2"))
            radius = theme.px(tokens.RADIUS_CONTROL)
            painter.drawRoundedRect(QRectF(self.rect()), radius, radius)
        colour = theme.colour("ink" if item.is_current else "on-ink-2")
        icon, font = theme.tall(22 if theme.is_text_tight else 28), theme.font(15 if theme.is_large else 13, 600)
        metrics = QFontMetrics(font)
        top = (self.height() - icon - metrics.height() - theme.px(2)) // 2
        theme.icons.paint(painter, item.icon, (self.width() - icon) / 2, top, icon, colour)
        painter.setPen(colour)
        painter.setFont(font)
        words = QRect(0, top + icon + theme.px(2), self.width(), metrics.height())
        painter.drawText(words, int(Qt.AlignmentFlag.AlignCenter), item.label)
        if item.badge:
            self._paint_badge(painter, top)

    def _paint_badge(self, painter: QPainter, top: int) -> None:
        theme, text = self._theme, str(self._item.badge)
        font = theme.font(13, 700)
        size = theme.tall(22)
        width = max(size, QFontMetrics(font).horizontalAdvance(text) + theme.px(12))
        box = QRectF(self.width() / 2 + theme.px(10), max(top - theme.px(8), 2), width, size)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.colour("ink" if self._item.is_current else "coral-light"))
        painter.drawRoundedRect(box, size / 2, size / 2)
        painter.setPen(theme.colour("on-ink" if self._item.is_current else "ink"))
        painter.setFont(font)
        painter.drawText(box, int(Qt.AlignmentFlag.AlignCenter), text)


class Rail(QFrame):
    """The column at the left; its last entry stands at the bottom."""

    did = Signal(object)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        plain_ground(self, "ink")
        self._items: list[RailButton] = []
        self._layout = QVBoxLayout(self)
        self._logo = QWidget()
        logo = QVBoxLayout(self._logo)
        logo.setContentsMargins(0, 0, 0, 0)
        logo.setSpacing(0)
        middle = Qt.AlignmentFlag.AlignHCenter
        self._name = (
            Text(theme, "Box", 21, head=True, colour="on-ink", align=middle),
            Text(theme, "Office", 21, head=True, colour="coral-light", align=middle),
        )
        logo.addStretch()
        for word in self._name:
            logo.addWidget(word)
        logo.addStretch()
        self._layout.addWidget(self._logo)
        theme.changed.connect(self.restyle)
        self.restyle()

    def restyle(self) -> None:
        theme = self._theme
        wide = {True: 76, False: 92}[theme.is_compact] if not theme.is_large else 108
        self.setFixedWidth(theme.tall(wide))
        side = theme.px(4 if theme.is_compact else 8)
        self._layout.setContentsMargins(side, 0, side, theme.px(10))
        self._layout.setSpacing(theme.px(4))
        self._logo.setFixedHeight(theme.tall(64))
        self._logo.setVisible(not theme.is_text_tight)
        for word in self._name:
            word.setFixedHeight(theme.tall(20))

    def show_items(self, items: tuple[RailItem, ...]) -> None:
        if len(self._items) != len(items):
            self._clear()
            for item in items:
                if item is items[-1]:
                    self._layout.addStretch()
                button = RailButton(self._theme, item)
                button.did.connect(self.did)
                self._layout.addWidget(button)
                self._items.append(button)
        for button, item in zip(self._items, items, strict=True):
            button.show_item(item)

    def _clear(self) -> None:
        """Takes all items away, with the room between them."""
        for button in self._items:
            self._layout.removeWidget(button)
            button.deleteLater()
        self._items = []
        while self._layout.count() > 1:
            self._layout.takeAt(1)

"""Whose till it is, and who is signed in, as the bar draws them."""

from typing import Final

from PySide6.QtCore import QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFont, QFontMetrics, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QWidget

from boxoffice.till.ui import tokens
from boxoffice.till.ui.speech import say
from boxoffice.till.ui.theme import Theme
from boxoffice.till.ui.views.shell import SellerView
from boxoffice.till.ui.widgets.button import paint_key

_RIGHT: Final = Qt.TextElideMode.ElideRight


class Avatar(QWidget):
    """The till's initials in a dark circle."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme, self._text = theme, ""
        theme.changed.connect(self.restyle)
        self.restyle()

    def restyle(self) -> None:
        self.setFixedSize(self._theme.px(40), self._theme.px(40))

    def set_text(self, text: str) -> None:
        self._text = text
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._theme.colour("ink"))
        painter.drawEllipse(self.rect())
        painter.setPen(self._theme.colour("on-ink"))
        font = self._theme.font(14, 700)
        font.setPixelSize(self._theme.px(14))
        painter.setFont(font)
        painter.drawText(self.rect(), int(Qt.AlignmentFlag.AlignCenter), self._text)


class Seller(QAbstractButton):
    """Who is signed in: a press lets another take over."""

    did = Signal(object)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self.view: SellerView | None = None
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.clicked.connect(lambda: None if self.view is None else self.did.emit(self.view.action))
        theme.changed.connect(self.updateGeometry)

    def show_view(self, view: SellerView | None) -> None:
        if view is not None:
            self.setAccessibleName(
                say("{name}, {text}. Let another take over, {key}", name=view.name, text=view.text, key=view.key)
            )
            self.setToolTip(f"{view.name} ({view.key})")
        if view != self.view:
            self.view = view
            self.updateGeometry()
            self.update()

    @property
    def _is_short(self) -> bool:
        return self._theme.is_compact or self._theme.text_scale > 1.3

    def _fonts(self) -> tuple[QFont, QFont]:
        return self._theme.font(14, 700), self._theme.font(13)

    def sizeHint(self) -> QSize:
        theme, view = self._theme, self.view
        if view is None:
            return QSize(0, 0)
        bold, plain = self._fonts()
        words = QFontMetrics(bold).horizontalAdvance(view.name)
        if not self._is_short:
            words = max(words, QFontMetrics(plain).horizontalAdvance(view.text))
        words = min(words, theme.tall(150 if self._is_short else 200))
        key = QFontMetrics(theme.font(12, 700)).horizontalAdvance(view.key) + theme.px(14)
        return QSize(theme.px(40) + words + key + theme.px(8 + 10 + 10 + 8), theme.tall(tokens.TARGET))

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:
        theme, view = self._theme, self.view
        if view is None:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(theme.colour("line-strong"), max(1.0, theme.px(3) / 2)))
        painter.setBrush(theme.colour("cream-2" if self.isDown() else "white"))
        radius = theme.px(tokens.RADIUS_CONTROL)
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.75, 0.75, -0.75, -0.75), radius, radius)
        side = theme.px(36)
        circle = QRect(theme.px(8), (self.height() - side) // 2, side, side)
        paint_person(painter, theme, circle, view.initials)
        key = QFontMetrics(theme.font(12, 700)).horizontalAdvance(view.key) + theme.px(14)
        left = circle.right() + theme.px(10)
        room = self.width() - left - key - theme.px(8 + 8)
        bold, plain = self._fonts()
        painter.setPen(theme.colour("ink"))
        painter.setFont(bold)
        whole = QRect(left, 0, room, self.height())
        flags = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        rise = 0 if self._is_short else theme.tall(9)
        name = QFontMetrics(bold).elidedText(view.name, _RIGHT, room)
        painter.drawText(whole.adjusted(0, -rise, 0, -rise), flags, name)
        if not self._is_short:
            painter.setFont(plain)
            painter.setPen(theme.colour("ink-3"))
            text = QFontMetrics(plain).elidedText(view.text, _RIGHT, room)
            painter.drawText(whole.adjusted(0, theme.tall(10), 0, theme.tall(10)), flags, text)
        x = self.width() - key - theme.px(8)
        paint_key(painter, theme, view.key, x, self.height() / 2, theme.colour("ink"))


def paint_person(painter: QPainter, theme: Theme, circle: QRect, initials: str, icon: str = "person") -> None:
    """Draws somebody's initials in a dark circle, or a picture where there are none."""
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(theme.colour("ink"))
    painter.drawEllipse(circle)
    painter.setPen(theme.colour("on-ink"))
    if not initials:
        size = circle.width() // 2
        x, y = circle.center().x() - size / 2, circle.center().y() - size / 2
        theme.icons.paint(painter, icon, x, y, size, theme.colour("on-ink"))
        return
    font = theme.font(14, 700)
    font.setPixelSize(circle.width() * 2 // 5)
    painter.setFont(font)
    painter.drawText(circle, int(Qt.AlignmentFlag.AlignCenter), initials)

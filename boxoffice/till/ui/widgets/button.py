"""Buttons: one primary a screen, strong for equal choices, plain, danger and quiet; with icon and key hint."""

from typing import Final

from PySide6.QtCore import QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFont, QFontMetrics, QHideEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QSizePolicy

from boxoffice.till.ui import tokens
from boxoffice.till.ui.theme import Theme
from boxoffice.till.ui.views.parts import ButtonView

# kind: (ground, pressed ground, edge, text)
_LOOKS: Final = {
    "primary": ("coral-700", "coral-800", "coral-700", "white"),
    "strong": ("ink", "ink-2", "ink", "on-ink"),
    "plain": ("white", "cream-2", "line-strong", "ink"),
    "danger": ("white", "danger-tint", "danger", "danger"),
    "quiet": ("", "coral-tint", "", "coral-700"),
}
_OFF: Final = ("cream-2", "cream-2", "line-strong", "ink-3")


class Button(QAbstractButton):
    """Draws a `ButtonView` and says its action when it is pressed."""

    did = Signal(object)

    def __init__(
        self,
        theme: Theme,
        view: ButtonView,
        *,
        size: float = 16,
        height: int = 56,
        colour: str = "",
        icon_size: int = 22,
    ) -> None:
        super().__init__()
        self._theme, self._size, self._height, self._colour = theme, size, height, colour
        self._icon_size = icon_size
        self.keeps_key = False
        self.view = view
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.clicked.connect(self._press)
        theme.changed.connect(self.updateGeometry)
        self._name()

    def show_view(self, view: ButtonView | None) -> None:
        """Draws another view; hides where there is none."""
        self.setVisible(view is not None)
        if view is not None and view != self.view:
            self.view = view
            self._name()
            self.updateGeometry()
            self.update()

    def resize_to(self, size: float, height: int) -> None:
        """Changes the size of text and button."""
        if (size, height) != (self._size, self._height):
            self._size, self._height = size, height
            self.updateGeometry()
            self.update()

    def _name(self) -> None:
        spoken = self.view.name or " ".join(part for part in (self.view.label, self.view.sub) if part)
        self.setAccessibleName(spoken)
        self.setEnabled(self.view.is_on)
        self.setProperty("kind", self.view.kind)

    def hideEvent(self, event: QHideEvent) -> None:
        """Forgets a finger that was on it: where it is shown again, another may press it."""
        super().hideEvent(event)
        self.setDown(False)

    def _press(self) -> None:
        self.did.emit(self.view.action)

    # Sizes

    @property
    def _weight(self) -> int:
        return 700 if self.view.kind in ("primary", "strong") else 600

    @property
    def _has_key(self) -> bool:
        wanted = self.keeps_key or self.view.kind in ("primary", "strong") or not self._theme.is_compact
        return bool(self.view.key) and wanted

    def _parts(self) -> tuple[int, int, int, int]:
        """Returns the widths of icon, text and key, and the gap between them."""
        metrics = QFontMetrics(self._theme.font(self._size, self._weight))
        icon = self._theme.tall(self._icon_size) if self.view.icon else 0
        text = metrics.horizontalAdvance(self.view.label) if self.view.label else 0
        key = self._key_width() if self._has_key else 0
        return icon, text, key, self._theme.px(10)

    def _key_width(self) -> int:
        return QFontMetrics(self._theme.font(12, 700)).horizontalAdvance(self.view.key) + self._theme.px(14)

    def sizeHint(self) -> QSize:
        icon, text, key, gap = self._parts()
        shown = [part for part in (icon, text, key) if part]
        pad = self._theme.px(10 if self.view.kind == "quiet" else 14 if self._theme.is_compact else 20)
        width = sum(shown) + gap * (len(shown) - 1) + 2 * pad
        height = max(self._theme.px(self._height), self._theme.tall(min(self._height, 56)))
        return QSize(max(width, self._theme.px(tokens.TARGET)), height)

    def minimumSizeHint(self) -> QSize:
        return QSize(self._theme.px(tokens.TARGET), self.sizeHint().height())

    # Drawing

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        ground, pressed, edge, text = _LOOKS[self.view.kind] if self.view.is_on else _OFF
        self._paint_box(painter, pressed if self.isDown() else ground, edge)
        self._paint_words(painter, self._theme.colour(self._colour if self._colour and self.view.is_on else text))

    def _paint_box(self, painter: QPainter, ground: str, edge: str) -> None:
        radius = self._theme.px(tokens.RADIUS_CONTROL)
        painter.setBrush(self._theme.colour(ground) if ground else Qt.BrushStyle.NoBrush)
        painter.setPen(Qt.PenStyle.NoPen)
        if edge:
            pen = QPen(self._theme.colour(edge), max(1.0, self._theme.px(3) / 2))
            pen.setStyle(Qt.PenStyle.SolidLine if self.view.is_on else Qt.PenStyle.DashLine)
            painter.setPen(pen)
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.75, 0.75, -0.75, -0.75), radius, radius)

    def _paint_words(self, painter: QPainter, colour: QColor) -> None:
        if self.view.sub and (self.view.icon or self.view.key):
            self._paint_wide(painter, colour)
            return
        icon, text, key, gap = self._shown()
        parts = [part for part in (icon, text, key) if part]
        x = (self.width() - sum(parts) - gap * (len(parts) - 1)) // 2
        painter.setPen(colour)
        if icon:
            self._theme.icons.paint(painter, self.view.icon, x, (self.height() - icon) / 2, icon, colour)
            x += icon + gap
        if text:
            self._paint_label(painter, QRect(x, 0, text + 2, self.height()))
            x += text + gap
        if key:
            paint_key(painter, self._theme, self.view.key, x, self.height() / 2, colour)

    def _paint_wide(self, painter: QPainter, colour: QColor) -> None:
        """Draws the icon at the left, label and quiet word beside it, and the key at the right."""
        theme, icon, gap = self._theme, self._parts()[0], self._theme.px(12)
        key = self._key_width() if self._has_key and self.width() > theme.px(130) else 0
        left, right = theme.px(14), self.width() - theme.px(12)
        painter.setPen(colour)
        if icon:
            theme.icons.paint(painter, self.view.icon, left, (self.height() - icon) / 2, icon, colour)
            left += icon + gap
        if key:
            paint_key(painter, theme, self.view.key, right - key, self.height() / 2, colour)
            right -= key + gap
        middle, room = self.height() // 2, max(right - left, 1)
        at_left = int(Qt.AlignmentFlag.AlignLeft)
        painter.setPen(colour)
        painter.setFont(self._within(theme.font(self._size, self._weight), self.view.label, room))
        above = QRect(left, 0, room, middle + theme.tall(2))
        painter.drawText(above, at_left | int(Qt.AlignmentFlag.AlignBottom), self.view.label)
        painter.setFont(self._within(theme.font(13), self.view.sub, room))
        if self.view.is_on and self.view.kind == "plain":
            painter.setPen(theme.colour("ink-3"))
        below = QRect(left, middle + theme.tall(2), room, middle)
        painter.drawText(below, at_left | int(Qt.AlignmentFlag.AlignTop), self.view.sub)

    def _shown(self) -> tuple[int, int, int, int]:
        """Returns the parts as they fit: the key goes first, then the label takes two lines or gets smaller."""
        icon, text, key, gap = self._parts()
        room = self.width() - 2 * self._theme.px(8)
        gaps = gap * (sum(map(bool, (icon, text, key))) - 1)
        if key and not self.keeps_key and icon + text + key + gaps > room:
            key = 0
        others = sum(part + gap for part in (icon, key) if part)
        return icon, min(text, max(room - others, 0)), key, gap

    def shows_whole_label(self) -> bool:
        """Returns whether the label can be read whole at the button's present size."""
        _, text, _, _ = self._shown()
        return bool(self.view.sub) or not self.view.label or self._fit(QRect(0, 0, text + 2, self.height()))[2]

    def _paint_label(self, painter: QPainter, box: QRect) -> None:
        """Draws the label: in one line, in two if it must, then smaller."""
        if self.view.sub:
            self._paint_two(painter)
            return
        font, flags, _ = self._fit(box)
        painter.setFont(font)
        painter.drawText(box, flags, self.view.label)

    def _fit(self, box: QRect) -> tuple[QFont, int, bool]:
        """Returns the font and flags to draw the label with, and whether all of it can be seen."""
        font = self._theme.font(self._size, self._weight)
        side = Qt.AlignmentFlag.AlignLeft if self.view.icon else Qt.AlignmentFlag.AlignHCenter
        flags = int(Qt.AlignmentFlag.AlignVCenter | side)
        if QFontMetrics(font).horizontalAdvance(self.view.label) <= box.width():
            return font, flags, True
        flags |= int(Qt.TextFlag.TextWordWrap)
        while True:
            needed = QFontMetrics(font).boundingRect(QRect(0, 0, box.width(), 10_000), flags, self.view.label)
            is_whole = needed.height() <= box.height() - 8 and needed.width() <= box.width()
            if is_whole or font.pixelSize() <= self._theme.tall(tokens.SMALLEST_TEXT):
                return font, flags, is_whole
            font.setPixelSize(font.pixelSize() - 1)

    def _paint_two(self, painter: QPainter) -> None:
        """Draws the label with the quiet word under it."""
        whole = QRect(0, 0, self.width(), self.height())
        room = self.width() - 2 * self._theme.px(6)
        painter.setFont(self._within(self._theme.font(self._size, self._weight), self.view.label, room))
        middle = self._theme.tall(12)
        painter.drawText(whole.adjusted(0, 0, 0, -middle - 6), int(Qt.AlignmentFlag.AlignCenter), self.view.label)
        painter.setFont(self._within(self._theme.font(13), self.view.sub, room))
        if self.view.is_on and self.view.kind == "plain":
            painter.setPen(self._theme.colour("ink-3"))
        painter.drawText(whole.adjusted(0, middle + 12, 0, 0), int(Qt.AlignmentFlag.AlignCenter), self.view.sub)

    def _within(self, font: QFont, words: str, room: int) -> QFont:
        """Returns the font small enough for the words to fit."""
        wide = QFontMetrics(font).horizontalAdvance(words)
        if wide > room > 0:
            font.setPixelSize(max(self._theme.px(tokens.SMALLEST_TEXT), font.pixelSize() * room // wide))
        return font


def paint_key(painter: QPainter, theme: Theme, key: str, x: float, middle: float, colour: QColor) -> int:
    """Draws a key's cap with its left edge at x; returns its width."""
    font = theme.font(12, 700)
    metrics = QFontMetrics(font)
    width, height = metrics.horizontalAdvance(key) + theme.px(14), round(font.pixelSize() + theme.px(8))
    box = QRectF(x + 0.75, middle - height / 2 + 0.75, width - 1.5, height - 1.5)
    painter.setPen(QPen(colour, max(1.0, theme.px(3) / 2)))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawRoundedRect(box, theme.px(5), theme.px(5))
    painter.setFont(font)
    painter.drawText(box, int(Qt.AlignmentFlag.AlignCenter), key)
    return width

"""A product to tap: category bar, name, letter, price, what is left; chosen, low and sold out each look different."""

from PySide6.QtCore import QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter, QPaintEvent, QPen, QTextLayout, QTextOption
from PySide6.QtWidgets import QAbstractButton, QSizePolicy

from boxoffice.till.ui import tokens
from boxoffice.till.ui.sale_actions import AddProduct
from boxoffice.till.ui.theme import Theme
from boxoffice.till.ui.views.sell import TileView
from boxoffice.till.ui.widgets.button import paint_key


class Tile(QAbstractButton):
    """Draws a `TileView`; a press adds the product."""

    did = Signal(object)

    def __init__(self, theme: Theme, view: TileView) -> None:
        super().__init__()
        self._theme = theme
        self.view = view
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.pressed.connect(self.update)
        self.clicked.connect(lambda: self.did.emit(AddProduct(self.view.product_id)))
        theme.changed.connect(self.updateGeometry)
        self._room = 0
        self._name()

    def show_view(self, view: TileView) -> None:
        if view != self.view:
            self.view = view
            self._name()
            self.update()

    def _name(self) -> None:
        self.setAccessibleName(self.view.spoken)
        self.setEnabled(not self.view.is_out)

    def set_height(self, height: int) -> None:
        """Makes the tile as tall as its row has room for, within what its words need."""
        if height != self._room:
            self._room = height
            self.updateGeometry()

    def sizeHint(self) -> QSize:
        wanted = self._theme.pick(158, 154, 236)
        least = self._theme.tall(self._compact(130, 136, 180))
        return QSize(self._theme.px(96), max(least, min(self._room or wanted, wanted)))

    def minimumSizeHint(self) -> QSize:
        return QSize(self._theme.px(96), self.sizeHint().height())

    def _compact(self, compact: int, normal: int, large: int) -> int:
        return compact if self._theme.is_compact else large if self._theme.is_large else normal

    @property
    def _pad(self) -> int:
        return self._theme.pick(12, 14, 20)

    @property
    def words_width(self) -> int:
        """How wide its words may be, in pixels."""
        return self.width() - 2 * self._pad

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._paint_box(painter)
        self._paint_top(painter, self._inner)
        self._paint_bottom(painter, self._inner)

    @property
    def _inner(self) -> QRect:
        pad = self._pad
        return self.rect().adjusted(pad, pad, -pad, -pad + self._theme.px(2))

    def _paint_box(self, painter: QPainter) -> None:
        view, theme = self.view, self._theme
        is_chosen = view.in_sale > 0 and not view.is_out
        edge = theme.colour("coral-700" if is_chosen else "line-2")
        width, below = (theme.px(2), theme.px(4)) if is_chosen else (theme.px(1), theme.px(3))
        radius = theme.px(tokens.RADIUS_CARD)
        ground = "cream-2" if view.is_out or self.isDown() else "white"
        whole = QRectF(self.rect())
        if view.is_out:
            pen = QPen(edge, width, Qt.PenStyle.DashLine)
            painter.setPen(pen)
            painter.setBrush(theme.colour(ground))
            painter.drawRoundedRect(whole.adjusted(1, 1, -1, -1), radius, radius)
            return
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(edge)
        painter.drawRoundedRect(whole, radius, radius)
        painter.setBrush(theme.colour(ground))
        painter.drawRoundedRect(whole.adjusted(width, width, -width, -below), radius - width, radius - width)

    def _paint_top(self, painter: QPainter, inner: QRect) -> None:
        view, theme = self.view, self._theme
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.colour(view.category_colour))
        painter.drawRoundedRect(QRectF(inner.x(), inner.y(), theme.px(32), theme.px(5)), theme.px(3), theme.px(3))
        quiet = theme.colour("ink-3")
        key = self._key_width
        if view.letter:
            paint_key(painter, theme, view.letter, inner.right() - key + theme.px(2), inner.y() + theme.tall(9), quiet)
        painter.setPen(quiet if view.is_out else theme.colour("ink"))
        self._paint_name(painter, self._name_box(inner))

    @property
    def _key_width(self) -> int:
        letter, theme = self.view.letter, self._theme
        return QFontMetrics(theme.font(12, 700)).horizontalAdvance(letter) + theme.px(14) if letter else 0

    def _name_box(self, inner: QRect) -> QRect:
        """Returns the room between the category's bar and the price."""
        top = inner.y() + self._theme.px(13)
        return QRect(inner.x(), top, inner.width(), self._price_top(inner) - top)

    def name_lines(self) -> tuple[QFont, list[str]]:
        """Returns the name in two lines, or more where there is room above the price; the first beside the key.

        It is smaller where a word is longer than that.
        """
        box, key = self._name_box(self._inner), self._key_width
        room = box.width() - (key + self._theme.px(8) if key else 0)
        font = self._name_font()
        metrics = QFontMetrics(font)
        longest = max((metrics.horizontalAdvance(word) for word in self.view.name.split()), default=0)
        if longest > room > 0:
            font.setPixelSize(max(self._theme.px(tokens.SMALLEST_TEXT), font.pixelSize() * room // longest))
        most = max(2, box.height() // _line_height(font))
        return font, broken(self.view.name, font, room, box.width(), most)

    def _paint_name(self, painter: QPainter, box: QRect) -> None:
        font, lines = self.name_lines()
        painter.setFont(font)
        height = _line_height(font)
        # Lines are set closer than the font is tall: a box of that height would cut the tails of g and y off.
        flags = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextDontClip)
        for i, line in enumerate(lines):
            at = QRect(box.x(), box.y() + i * height, box.width(), height)
            painter.drawText(at, flags, line)

    def _paint_bottom(self, painter: QPainter, inner: QRect) -> None:
        view, theme = self.view, self._theme
        meter = theme.px(6)
        bottom = inner.bottom() - theme.px(1)
        if view.meter >= 0:
            self._paint_meter(painter, QRectF(inner.x(), bottom - meter, inner.width(), meter))
        line = theme.tall(self._compact(18, 18, 21))
        lines = self.stock_lines()
        stock_top = self._stock_top(inner, len(lines))
        for i, words in enumerate(lines):
            box = QRect(inner.x(), stock_top + i * line, inner.width(), line)
            self._paint_stock(painter, box, words, is_alone=len(lines) == 1)
        self._paint_price(painter, QRect(inner.x(), stock_top - self._price_height, inner.width(), self._price_height))

    @property
    def _price_height(self) -> int:
        return self._theme.tall(self._compact(26, 28, 38))

    def _stock_top(self, inner: QRect, lines: int) -> int:
        theme = self._theme
        if self._has_room_below:
            return inner.bottom()
        # Where there is no meter, a second line takes its place.
        below = 0 if self.view.meter < 0 and lines > 1 else theme.px(12)
        line = theme.tall(self._compact(18, 18, 21))
        return inner.bottom() - theme.px(1) - below - line * lines + theme.px(2)

    @property
    def _has_room_below(self) -> bool:
        """Whether nothing stands below the price."""
        view = self.view
        return view.meter < 0 and not view.stock and (not view.note or self._theme.is_compact)

    def _name_font(self) -> QFont:
        return self._theme.font(self._compact(15, 17, 22), 700)

    def _price_top(self, inner: QRect) -> int:
        return self._stock_top(inner, len(self.stock_lines())) - self._price_height

    def _paint_price(self, painter: QPainter, box: QRect) -> None:
        view, theme = self.view, self._theme
        pill = self._paint_count(painter, box) if view.in_sale and not view.is_out else 0
        font = theme.font(self._compact(19, 24, 34), 700)
        room, width = box.width() - pill, QFontMetrics(font).horizontalAdvance(view.price)
        if width > room > 0:
            font.setPixelSize(max(theme.px(13), font.pixelSize() * room // width))
        painter.setFont(font)
        painter.setPen(theme.colour("ink-3" if view.is_out else "ink"))
        painter.drawText(box, int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter), view.price)

    def _paint_count(self, painter: QPainter, box: QRect) -> int:
        theme, text = self._theme, f"×{self.view.in_sale}"
        font = theme.font(self._compact(13, 14, 16), 700)
        height = theme.tall(self._compact(24, 28, 32))
        width = max(QFontMetrics(font).horizontalAdvance(text) + theme.px(self._compact(16, 20, 20)), height)
        pill = QRectF(box.right() - width + 1, box.center().y() - height / 2 + 1, width, height)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.colour("coral-700"))
        painter.drawRoundedRect(pill, height / 2, height / 2)
        painter.setPen(theme.colour("white"))
        painter.setFont(font)
        painter.drawText(pill, int(Qt.AlignmentFlag.AlignCenter), text)
        return width + theme.px(6)

    def stock_lines(self) -> list[str]:
        """Returns what is left in lines: in the most words that have room, or broken where nothing stands below."""
        font, width = self._theme.font(tokens.SMALLEST_TEXT, 600), self.words_width
        metrics = QFontMetrics(font)
        ways = [words.split("\n") for words in (self.view.stock, *self.view.stock_short)]
        fitting = (lines for lines in ways if all(metrics.horizontalAdvance(line) <= width for line in lines))
        lines = next(fitting, ways[-1])
        if self.view.meter >= 0:
            return lines
        return [part for line in lines for part in broken(line, font, width, width, 2)]

    def _paint_stock(self, painter: QPainter, box: QRect, words: str, *, is_alone: bool) -> None:
        view, theme = self.view, self._theme
        colour = theme.colour("ink-2")
        font = theme.font(self._compact(14, 14, 17), 600)
        icon = theme.tall(18) + theme.px(6)
        wide = QFontMetrics(theme.font(tokens.SMALLEST_TEXT, 600)).horizontalAdvance(words)
        # Two lines need all the room, and words come before the sign.
        if (view.is_low or view.is_out) and is_alone and wide + icon <= box.width():
            side = theme.tall(18)
            name = "sold-out" if view.is_out else "warning"
            theme.icons.paint(painter, name, box.x(), box.center().y() - side / 2, side, colour)
            box = box.adjusted(icon, 0, 0, 0)
        wide = QFontMetrics(font).horizontalAdvance(words)
        if wide > box.width() > 0:
            font.setPixelSize(max(theme.px(tokens.SMALLEST_TEXT), font.pixelSize() * box.width() // wide))
        painter.setPen(colour)
        painter.setFont(font)
        metrics = QFontMetrics(font)
        flags = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        painter.drawText(box, flags, metrics.elidedText(words, Qt.TextElideMode.ElideRight, box.width()))
        used = metrics.horizontalAdvance(words) + theme.px(7) if words else 0
        if view.note and not theme.is_compact:
            font.setWeight(QFont.Weight.Normal)
            self._paint_note(painter, box.adjusted(used, 0, 0, 0), font, theme.colour("ink-3"))

    def _paint_note(self, painter: QPainter, box: QRect, font: QFont, colour: QColor) -> None:
        painter.setFont(font)
        if QFontMetrics(font).horizontalAdvance(self.view.note) <= box.width():
            painter.setPen(colour)
            painter.drawText(box, int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter), self.view.note)

    def _paint_meter(self, painter: QPainter, box: QRectF) -> None:
        radius = box.height() / 2
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._theme.colour("cream-2"))
        painter.drawRoundedRect(box, radius, radius)
        if self.view.meter > 0:
            width = max(box.width() * self.view.meter / 100, box.height())
            painter.setBrush(self._theme.colour("coral-700" if self.view.is_low else "ink-2"))
            painter.drawRoundedRect(QRectF(box.x(), box.y(), width, box.height()), radius, radius)


def _line_height(font: QFont) -> int:
    return round(font.pixelSize() * 1.2)


def broken(text: str, font: QFont, first_width: int, width: int, most: int) -> list[str]:
    """Returns the text broken into at most so many lines of these widths, the last with … where it must be.

    It breaks between words as its script does, and within a word that is wider than a line.
    """
    option = QTextOption()
    option.setWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
    layout = QTextLayout(text, font)
    layout.setTextOption(option)
    lines: list[str] = []
    layout.beginLayout()
    at = 0
    while at < len(text):
        line = layout.createLine()
        line.setLineWidth(max(width if lines else first_width, 1))
        rest = text[at:].strip()
        at = line.textStart() + line.textLength()
        is_last = len(lines) == most - 1
        fits = QFontMetrics(font).elidedText(rest, Qt.TextElideMode.ElideRight, width if lines else first_width)
        lines.append(fits if is_last else text[line.textStart() : at].strip())
        if is_last:
            break
    layout.endLayout()
    return lines or [text]

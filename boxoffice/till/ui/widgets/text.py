"""Words on the screen: in the theme's fonts, never clipped without a sign of it."""

from html import escape

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QFont, QFontMetrics, QPainter, QPaintEvent, QPalette
from PySide6.QtWidgets import QLabel, QSizePolicy, QWidget

from boxoffice.till.ui.theme import Theme


class Text(QLabel):
    """Plain words. `set_marked` takes `**bold**`; whatever else is in the text is shown as it is."""

    def __init__(
        self,
        theme: Theme,
        text: str = "",
        size: float = 16,
        *,
        weight: int = 400,
        head: bool = False,
        colour: str = "ink",
        wraps: bool = False,
        align: Qt.AlignmentFlag = Qt.AlignmentFlag.AlignLeft,
    ) -> None:
        super().__init__(text)
        self._theme, self._size, self._weight, self._head = theme, size, weight, head
        self._colour = ""
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setTextInteractionFlags(Qt.TextInteractionFlag.NoTextInteraction)
        self.setWordWrap(wraps)
        self.setAlignment(align | Qt.AlignmentFlag.AlignVCenter)
        if wraps:
            self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Minimum)
        self.set_colour(colour)
        theme.changed.connect(self.restyle)
        self.restyle()

    def restyle(self) -> None:
        self.setFont(self._theme.font(self._size, self._weight, head=self._head))
        self._paint_in(self._colour)
        self.updateGeometry()

    def set_size(self, size: float) -> None:
        if size != self._size:
            self._size = size
            self.restyle()

    def set_weight(self, weight: int) -> None:
        if weight != self._weight:
            self._weight = weight
            self.restyle()

    def set_colour(self, colour: str) -> None:
        if colour != self._colour:
            self._colour = colour
            self._paint_in(colour)

    def _paint_in(self, colour: str) -> None:
        """Gives the words a colour; who paints them itself looks it up then."""
        wanted, palette = self._theme.colour(colour), self.palette()
        if palette.color(QPalette.ColorRole.WindowText) != wanted:
            palette = QPalette(palette)  # a style sheet of its own would cost a hundred times as much
            palette.setColor(QPalette.ColorRole.WindowText, wanted)
            self.setPalette(palette)

    def wrap(self, *, wraps: bool) -> None:
        """Breaks into lines as wide as there is room, or stays one line."""
        if wraps != self.wordWrap():
            self.setWordWrap(wraps)
            across = QSizePolicy.Policy.Ignored if wraps else QSizePolicy.Policy.Preferred
            self.setSizePolicy(across, QSizePolicy.Policy.Minimum if wraps else QSizePolicy.Policy.Preferred)

    @property
    def colour(self) -> str:
        return self._colour

    def set_text(self, text: str) -> None:
        if text != self.text():
            self.setText(text)

    def set_marked(self, text: str) -> None:
        """Shows a text in which `**` stands around bold words."""
        parts = escape(text).split("**")
        html = "".join(f"<b>{part}</b>" if i % 2 else part for i, part in enumerate(parts))
        if html != self.text():
            self.setTextFormat(Qt.TextFormat.RichText)
            self.setText(html)


class _Painted(Text):
    """Words that are painted here: a palette, which Qt resolves anew for each widget, would only cost time."""

    def _paint_in(self, colour: str) -> None:
        self.update()


class Elided(_Painted):
    """One line that ends in … where it does not fit, with the whole text as its tool tip.

    Where there are `shorter` words that say as much as is needed, the first of them that fit are shown before that.
    """

    def __init__(self, theme: Theme, text: str = "", size: float = 16, **how: object) -> None:
        super().__init__(theme, text, size, **how)  # type: ignore[arg-type]
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Preferred)
        self.setMinimumWidth(0)
        self.shorter: tuple[str, ...] = ()

    def minimumSizeHint(self) -> QSize:
        return QSize(self.fontMetrics().horizontalAdvance("…"), super().minimumSizeHint().height())

    def sizeHint(self) -> QSize:
        hint = super().sizeHint()
        return QSize(self.fontMetrics().horizontalAdvance(self.text()) + 2, hint.height())

    @property
    def is_cut(self) -> bool:
        """Whether the text ends in … now."""
        return self.fontMetrics().horizontalAdvance(self._fitting()) > self.width()

    def _fitting(self) -> str:
        texts, wide = (self.text(), *self.shorter), self.fontMetrics().horizontalAdvance
        return next((each for each in texts if wide(each) <= self.width()), texts[-1])

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setFont(self.font())
        painter.setPen(self._theme.colour(self._colour))
        shown = self.fontMetrics().elidedText(self._fitting(), Qt.TextElideMode.ElideRight, self.width())
        self.setToolTip(self.text() if shown != self.text() else "")
        painter.drawText(self.rect(), int(self.alignment()), shown)


class Snug(Elided):
    """Breaks into lines and grows smaller, down to what can be read from where a seller stands, before it is cut."""

    LEAST = 13

    def __init__(self, theme: Theme, text: str = "", size: float = 16, **how: object) -> None:
        super().__init__(theme, text, size, **how)
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Ignored)

    @property
    def is_cut(self) -> bool:
        return not self._holds(self._snug())

    def _snug(self) -> QFont:
        font, least = QFont(self.font()), self._theme.px(self.LEAST)
        while font.pixelSize() > least and not self._holds(font):
            font.setPixelSize(font.pixelSize() - 1)
        return font

    def _holds(self, font: QFont) -> bool:
        room, flags = self.rect(), int(self.alignment()) | int(Qt.TextFlag.TextWordWrap)
        needed = QFontMetrics(font).boundingRect(QRect(0, 0, room.width(), 10_000), flags, self.text())
        is_one_line = QFontMetrics(font).horizontalAdvance(self.text()) <= room.width()
        return is_one_line or (needed.width() <= room.width() and needed.height() <= room.height())

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setFont(self._snug())
        painter.setPen(self._theme.colour(self._colour))
        self.setToolTip(self.text() if self.is_cut else "")
        is_one_line = painter.fontMetrics().horizontalAdvance(self.text()) <= self.width()
        wrap = 0 if is_one_line else int(Qt.TextFlag.TextWordWrap)
        painter.drawText(self.rect(), int(self.alignment()) | wrap, self.text())


class Broken(Elided):
    """Breaks into more lines where one has no room and more have, and ends in … only where they have none either."""

    def __init__(self, theme: Theme, text: str = "", size: float = 16, *, most: int = 3, **how: object) -> None:
        super().__init__(theme, text, size, **how)
        self._most = most
        policy = QSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Preferred)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)

    def lines(self, width: int, most: int) -> list[str]:
        """Returns the text in as many lines as it needs, broken at blanks; the last may be too long."""
        metrics, rest = self.fontMetrics(), self.text()
        done: list[str] = []
        while len(done) < most - 1 and metrics.horizontalAdvance(rest) > width:
            ends = [i for i, char in enumerate(rest) if char == " " and metrics.horizontalAdvance(rest[:i]) <= width]
            if not ends:
                break
            done.append(rest[: ends[-1]])
            rest = rest[ends[-1] + 1 :]
        return [*done, rest]

    @property
    def longest_word(self) -> int:
        """The width that its longest word needs."""
        return max((self.fontMetrics().horizontalAdvance(word) for word in self.text().split()), default=0)

    def hasHeightForWidth(self) -> bool:
        return True

    def heightForWidth(self, width: int) -> int:
        return self.fontMetrics().height() * len(self.lines(width, self._most))

    @property
    def is_cut(self) -> bool:
        return any(self.fontMetrics().horizontalAdvance(line) > self.width() for line in self._shown())

    def _shown(self) -> list[str]:
        fits = max(1, (self.height() + 2) // self.fontMetrics().height())
        return self.lines(self.width(), min(self._most, fits))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter, metrics = QPainter(self), self.fontMetrics()
        painter.setFont(self.font())
        painter.setPen(self._theme.colour(self._colour))
        lines = self._shown()
        shown = [metrics.elidedText(line, Qt.TextElideMode.ElideRight, self.width()) for line in lines]
        self.setToolTip(self.text() if shown != lines else "")
        top = (self.height() - metrics.height() * len(shown)) // 2
        across = int((self.alignment() & Qt.AlignmentFlag.AlignHorizontal_Mask) | Qt.AlignmentFlag.AlignVCenter)
        for i, line in enumerate(shown):
            at = QRect(0, top + i * metrics.height(), self.width(), metrics.height())
            painter.drawText(at, across, line)


class Amount(_Painted):
    """Money, or anything that must be read whole: grows smaller rather than clipped."""

    def __init__(
        self,
        theme: Theme,
        size: float,
        *,
        colour: str = "ink",
        weight: int = 700,
        head: bool = False,
        align: Qt.AlignmentFlag = Qt.AlignmentFlag.AlignRight,
    ) -> None:
        super().__init__(theme, "", size, weight=weight, colour=colour, head=head, align=align)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def minimumSizeHint(self) -> QSize:
        return QSize(self._theme.px(48), self.sizeHint().height())

    def sizeHint(self) -> QSize:
        metrics = QFontMetrics(self._theme.font(self._size, self._weight, head=self._head))
        return QSize(metrics.horizontalAdvance(self.text()) + 2, round(self.font().pixelSize() * 1.16))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setPen(self._theme.colour(self._colour))
        paint_fitted(painter, self.rect(), self.text(), self._theme, self._size, self._weight, self._head, self)


def paint_fitted(
    painter: QPainter, rect: QRect, text: str, theme: Theme, size: float, weight: int, head: bool, label: QLabel
) -> None:
    """Draws the text in one line, smaller where the full size does not fit."""
    font = theme.font(size, weight, head=head)
    width = QFontMetrics(font).horizontalAdvance(text)
    if width > rect.width() > 0:
        font.setPixelSize(max(theme.px(13), font.pixelSize() * rect.width() // width))
    painter.setFont(font)
    painter.drawText(rect, int(label.alignment()), text)


def plain_ground(widget: QWidget, ground: str) -> None:
    """Gives a widget one of the grounds of the style sheet."""
    widget.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
    _set(widget, "ground", ground)


def set_part(widget: QWidget, part: str) -> None:
    """Makes a widget look like one of the parts of the style sheet, or like none."""
    _set(widget, "part", part)


def set_state(widget: QWidget, state: str) -> None:
    """Gives a widget the colours of a state."""
    _set(widget, "state", state)


def _set(widget: QWidget, name: str, value: str) -> None:
    if widget.property(name) != value:
        widget.setProperty(name, value)
        widget.style().unpolish(widget)
        widget.style().polish(widget)

"""The parts of a kiosk's page, as large as somebody reads and hits them who stands before it."""

from collections.abc import Sequence
from typing import ClassVar, Final

from PySide6.QtCore import QPoint, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QFrame, QGridLayout, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from boxoffice.till.ui import tokens
from boxoffice.till.ui.actions import Do
from boxoffice.till.ui.speech import say
from boxoffice.till.ui.theme import Theme
from boxoffice.till.ui.views.kiosk import (
    ChoicesPart,
    CodePart,
    LinesPart,
    NoticePart,
    Part,
    PinPart,
    ProductsPart,
    ProductView,
    TilesPart,
    TimePart,
    TypingPart,
)
from boxoffice.till.ui.views.parts import ButtonView, SummaryLine
from boxoffice.till.ui.widgets.button import Button
from boxoffice.till.ui.widgets.empty import Icon
from boxoffice.till.ui.widgets.listing import keep_count
from boxoffice.till.ui.widgets.meter import Meter
from boxoffice.till.ui.widgets.pin import Dots, PinPad
from boxoffice.till.ui.widgets.qr import QrCode
from boxoffice.till.ui.widgets.text import Amount, Broken, Text, plain_ground, set_state

TARGET: Final = 104
NOTHING: Final = ButtonView("", Do.BACK, is_on=False)
"""What a button shows before it is told what it is."""
TEXT: Final = 28
PAD: Final = 1.6
SMALL: Final = 24
_NARROW: Final = 1.25
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


class ChoicesBox(PartBox):
    def __init__(self, theme: Theme) -> None:
        super().__init__(theme)
        self._label = Text(theme, "", TEXT, weight=600)
        self._choices = Spread(theme, TEXT)
        self._choices.did.connect(self.did)
        self._column.addWidget(self._label)
        self._column.addWidget(self._choices)

    def show_part(self, part: Part) -> None:
        if isinstance(part, ChoicesPart):
            self._label.set_text(part.label)
            self._label.setVisible(bool(part.label))
            self._choices.show_views(part.buttons)


class TilesBox(PartBox):
    def __init__(self, theme: Theme) -> None:
        super().__init__(theme)
        self._title = Text(theme, "", 64, head=True, wraps=True)
        self._tiles: list[BigTile] = []
        self._list = QVBoxLayout()
        self._list.setSpacing(theme.px(20))
        self._column.addWidget(self._title)
        self._column.addLayout(self._list)
        theme.changed.connect(self._restyle)
        self._restyle()

    def _restyle(self) -> None:
        self._title.set_size(self._theme.big(64))

    def show_part(self, part: Part) -> None:
        if not isinstance(part, TilesPart):
            return
        self._title.set_text(part.title)
        self._title.setVisible(bool(part.title))
        keep_count(self._tiles, len(part.tiles), self._list, self._make)
        for tile, view in zip(self._tiles, part.tiles, strict=True):
            tile.show_view(view)

    def _make(self) -> BigTile:
        tile = BigTile(self._theme, NOTHING)
        tile.did.connect(self.did)
        tile.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        return tile


class ProductRow(QFrame):
    """One product, and how many of it."""

    did = Signal(object)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme, self.is_first = theme, True
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._row = QBoxLayout(QBoxLayout.Direction.LeftToRight, self)
        words = QVBoxLayout()
        words.setSpacing(theme.px(2))
        self._name = Broken(theme, "", 32, weight=700, most=3)
        self._name.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self._detail = Text(theme, "", SMALL, colour="ink-2", wraps=True)
        self._price = Text(theme, "", 30, weight=700)
        for each in (self._name, self._detail, self._price):
            words.addWidget(each)
        self._row.addLayout(words, 1)
        self._buttons = QWidget()
        inside = QHBoxLayout(self._buttons)
        inside.setContentsMargins(0, 0, 0, 0)
        inside.setSpacing(theme.px(8))
        self._less, self._more, self._add = (self._button() for _ in range(3))
        self._count = Text(theme, "", 36, weight=700, align=Qt.AlignmentFlag.AlignHCenter)
        inside.addWidget(self._less)
        inside.addWidget(self._count, 1)
        inside.addWidget(self._more)
        inside.addWidget(self._add, 1)
        self._row.addWidget(self._buttons)
        theme.changed.connect(self.restyle)
        self.restyle()

    def _button(self) -> Button:
        button = Button(self._theme, NOTHING, size=TEXT, height=TARGET, icon_size=34)
        button.did.connect(self.did)
        return button

    def restyle(self) -> None:
        theme = self._theme
        is_narrow = theme.text_scale > _NARROW
        way = QBoxLayout.Direction.TopToBottom if is_narrow else QBoxLayout.Direction.LeftToRight
        self._row.setDirection(way)
        self._row.setContentsMargins(theme.px(32), theme.px(18), theme.px(32), theme.px(18))
        self._row.setSpacing(theme.px(16))
        self._buttons.setMinimumWidth(0 if is_narrow else theme.px(310))
        for button in (self._less, self._more):
            button.setMinimumWidth(theme.px(TARGET))

    def show_view(self, view: ProductView) -> None:
        self._name.set_text(view.name)
        self._detail.set_text(view.detail)
        self._detail.setVisible(bool(view.detail))
        self._price.set_text(view.price)
        is_off, has_some = bool(view.off), view.count > 0
        for text, colour in ((self._name, "ink"), (self._price, "ink"), (self._detail, "ink-2")):
            text.set_colour("ink-3" if is_off else colour)
        plain_ground(self, "coral-tint" if has_some else "white")
        about = ", ".join(each for each in (view.name, view.price, view.detail) if each)
        chosen = say("{count} chosen", count=view.count)
        self._less.show_view(
            ButtonView("", view.less, icon="minus", name=say("One less: {about}. {chosen}", about=about, chosen=chosen))
            if has_some
            else None
        )
        self._more.show_view(
            ButtonView(
                "",
                view.more,
                icon="plus",
                is_on=view.can_more,
                name=say("One more: {about}. {chosen}", about=about, chosen=chosen),
            )
            if has_some
            else None
        )
        self._count.set_text(str(view.count))
        self._count.setVisible(has_some)
        label = view.off or say("Add")
        self._add.show_view(
            None
            if has_some
            else ButtonView(
                label,
                view.more,
                icon="" if is_off else "plus",
                is_on=not is_off and view.can_more,
                name=f"{label}: {about}",
            )
        )
        self.setAccessibleName(f"{about}. {chosen}" if has_some else about)

    def paintEvent(self, event: QPaintEvent) -> None:
        if not self.is_first:
            QPainter(self).fillRect(0, 0, self.width(), max(1, self._theme.px(2)), self._theme.colour("line"))


class ProductsBox(PartBox):
    def __init__(self, theme: Theme) -> None:
        super().__init__(theme)
        card = QFrame()
        card.setProperty("part", "card")
        self._list = QVBoxLayout(card)
        self._list.setContentsMargins(2, 2, 2, 2)
        self._list.setSpacing(0)
        self._rows: list[ProductRow] = []
        self._column.addWidget(card)

    def show_part(self, part: Part) -> None:
        if not isinstance(part, ProductsPart):
            return
        keep_count(self._rows, len(part.rows), self._list, self._make)
        for i, (row, view) in enumerate(zip(self._rows, part.rows, strict=True)):
            row.is_first = not i
            row.show_view(view)

    def _make(self) -> ProductRow:
        row = ProductRow(self._theme)
        row.did.connect(self.did)
        return row


class _Line(QWidget):
    def __init__(self, theme: Theme) -> None:
        super().__init__()
        row = QHBoxLayout(self)
        row.setContentsMargins(theme.px(32), theme.px(14), theme.px(32), theme.px(14))
        row.setSpacing(theme.px(16))
        words = QVBoxLayout()
        words.setSpacing(0)
        self._name = Broken(theme, "", TEXT, weight=700, most=3)
        self._name.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self._detail = Text(theme, "", SMALL, colour="ink-2", wraps=True)
        self._amount = Text(theme, "", TEXT, weight=700)
        words.addWidget(self._name)
        words.addWidget(self._detail)
        row.addLayout(words, 1)
        row.addWidget(self._amount)

    def show_line(self, line: SummaryLine) -> None:
        name = f"{line.count.rstrip('×')} × {line.name}"
        self._name.set_text(name)
        self._detail.set_text(line.detail)
        self._detail.setVisible(bool(line.detail))
        self._amount.set_text(line.amount)
        self.setAccessibleName(f"{name} {line.detail} {line.amount}")


class LinesBox(PartBox):
    def __init__(self, theme: Theme) -> None:
        super().__init__(theme)
        self._card = QFrame()
        self._card.setProperty("part", "card")
        self._list = QVBoxLayout(self._card)
        self._list.setContentsMargins(0, 0, 0, 0)
        self._list.setSpacing(0)
        self._lines: list[_Line] = []
        self._column.addWidget(self._card)

    def show_part(self, part: Part) -> None:
        if isinstance(part, LinesPart):
            self._card.setVisible(bool(part.lines))
            keep_count(self._lines, len(part.lines), self._list, lambda: _Line(self._theme))
            for shown, line in zip(self._lines, part.lines, strict=True):
                shown.show_line(line)


class CodeBox(PartBox):
    """A code as large as an arm away needs it, with words beside it, or under it where the words are large."""

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme)
        card = QFrame()
        card.setProperty("part", "poster")
        self._row = QBoxLayout(QBoxLayout.Direction.LeftToRight, card)
        self._qr, self._icon = QrCode(theme), Icon(theme, "phone", 120)
        words = QVBoxLayout()
        words.setSpacing(theme.px(10))
        self._title = Text(theme, "", 56, head=True, wraps=True)
        self._text = Text(theme, "", TEXT, wraps=True)
        self._note = Text(theme, "", SMALL, colour="ink-2", wraps=True)
        self._button = spread(Button(theme, NOTHING, size=TEXT, height=TARGET, icon_size=34))
        self._button.did.connect(self.did)
        words.addStretch(1)
        for each in (self._title, self._text, self._note, self._button):
            words.addWidget(each)
        words.addStretch(1)
        self._row.addWidget(self._qr)
        self._row.addWidget(self._icon, 0, Qt.AlignmentFlag.AlignCenter)
        self._row.addLayout(words, 1)
        self._column.addWidget(card)
        self._is_dense = False
        theme.changed.connect(self._restyle)
        self._restyle()

    def _restyle(self) -> None:
        theme = self._theme
        is_below = theme.text_scale > _NARROW or self._is_dense
        self._row.setDirection(QBoxLayout.Direction.TopToBottom if is_below else QBoxLayout.Direction.LeftToRight)
        edge = theme.px(32)
        self._row.setContentsMargins(edge, edge, edge, edge)
        self._row.setSpacing(theme.px(32))
        side = theme.px(620 if self._is_dense else 400)
        self._qr.setMinimumSize(side, side)
        self._qr.setMaximumHeight(side)
        self._title.set_size(theme.big(56))

    def show_part(self, part: Part) -> None:
        if not isinstance(part, CodePart):
            return
        is_dense = len(part.link) > _DENSE
        if is_dense != self._is_dense:
            self._is_dense = is_dense
            self._restyle()
        self._qr.show_text(part.link)
        self._qr.setVisible(bool(part.link))
        self._icon.show_icon(part.icon)
        self._icon.setVisible(bool(part.icon) and not part.link)
        self._title.set_text(part.title)
        self._text.set_text(part.text)
        self._note.set_text(part.note)
        self._note.setVisible(bool(part.note))
        self._button.show_view(part.button)


_DENSE: Final = 200
"""A code of more letters than this has small modules: it holds a whole offer, and has all the room."""


class TimeBox(PartBox):
    def __init__(self, theme: Theme) -> None:
        super().__init__(theme)
        card = QFrame()
        card.setProperty("part", "card")
        column = QVBoxLayout(card)
        column.setContentsMargins(theme.px(32), theme.px(20), theme.px(32), theme.px(24))
        row = QHBoxLayout()
        self._label = Text(theme, "", TEXT, colour="ink-2", wraps=True)
        self._time = Amount(theme, 40)
        row.addWidget(self._label, 1)
        row.addWidget(self._time)
        self._meter = Meter(theme, height=18)
        column.addLayout(row)
        column.addWidget(self._meter)
        self._column.addWidget(card)

    def show_part(self, part: Part) -> None:
        if isinstance(part, TimePart):
            self._label.set_text(part.label)
            self._time.set_text(part.time)
            self._meter.set_percent(part.percent)


class NoticeBox(PartBox):
    def __init__(self, theme: Theme) -> None:
        super().__init__(theme)
        self._card = QFrame()
        self._card.setProperty("part", "notice")
        row = QHBoxLayout(self._card)
        edge = theme.px(32)
        row.setContentsMargins(edge, edge, edge, edge)
        row.setSpacing(theme.px(28))
        self._icon = Icon(theme, "info", 72)
        words = QVBoxLayout()
        self._title = Text(theme, "", 36, weight=700, wraps=True)
        self._text = Text(theme, "", TEXT, wraps=True)
        words.addWidget(self._title)
        words.addWidget(self._text)
        row.addWidget(self._icon)
        row.addLayout(words, 1)
        self._column.addWidget(self._card)

    def show_part(self, part: Part) -> None:
        if not isinstance(part, NoticePart):
            return
        notice = part.notice
        set_state(self._card, notice.state)
        self._icon.show_icon(notice.icon, notice.state if notice.state != "plain" else "ink")
        self._title.set_text(notice.title)
        self._title.set_colour(notice.state if notice.state != "plain" else "ink")
        self._text.set_text(notice.text)
        self._text.setVisible(bool(notice.text))
        self._card.setAccessibleName(f"{notice.title} {notice.text}".strip())


class TypingBox(PartBox):
    """What is typed, over a keyboard of its own: the system's never comes up."""

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme)
        self._label = Text(theme, "", TEXT, weight=600)
        well = QFrame()
        well.setProperty("part", "card")
        inside = QVBoxLayout(well)
        inside.setContentsMargins(theme.px(24), theme.px(20), theme.px(24), theme.px(20))
        self._text = Amount(theme, 40, weight=600, align=Qt.AlignmentFlag.AlignLeft)
        inside.addWidget(self._text)
        self._problem = Text(theme, "", TEXT, weight=600, colour="danger", wraps=True)
        self._rows: list[QHBoxLayout] = []
        self._keys: list[list[Button]] = []
        for each in (self._label, well, self._problem):
            self._column.addWidget(each)

    def show_part(self, part: Part) -> None:
        if not isinstance(part, TypingPart):
            return
        self._label.set_text(part.label)
        self._text.set_text(f"{part.text}|")
        self._text.setAccessibleName(f"{part.label}: {part.text}")
        self._problem.set_text(part.problem)
        self._problem.setVisible(bool(part.problem))
        while len(self._rows) < len(part.keys):
            row = QHBoxLayout()
            row.setSpacing(self._theme.px(8))
            self._rows.append(row)
            self._keys.append([])
            self._column.addLayout(row)
        for row, shown, views in zip(self._rows, self._keys, part.keys, strict=True):
            keep_count(shown, len(views), row, self._make)
            for button, view in zip(shown, views, strict=True):
                button.show_view(view)

    def _make(self) -> Button:
        button = Button(self._theme, NOTHING, size=TEXT, height=84, icon_size=30)
        button.did.connect(self.did)
        return spread(button)


class PinBox(PartBox):
    def __init__(self, theme: Theme) -> None:
        super().__init__(theme)
        self._dots, self._pad = Dots(theme), PinPad(theme, PAD)
        self._problem = Text(theme, "", TEXT, weight=600, colour="danger", wraps=True)
        self._pad.did.connect(self.did)
        self._pad.setMinimumHeight(theme.px(420))
        self._column.addWidget(self._dots, 0, Qt.AlignmentFlag.AlignHCenter)
        self._column.addWidget(self._problem)
        self._column.addWidget(self._pad)

    def show_part(self, part: Part) -> None:
        if isinstance(part, PinPart):
            self._dots.show_view(part.pin)
            self._problem.set_text(part.pin.problem)
            self._problem.setVisible(bool(part.pin.problem))


BOXES: Final[dict[type, type[PartBox]]] = {
    ChoicesPart: ChoicesBox,
    TilesPart: TilesBox,
    ProductsPart: ProductsBox,
    LinesPart: LinesBox,
    CodePart: CodeBox,
    TimePart: TimeBox,
    NoticePart: NoticeBox,
    TypingPart: TypingBox,
    PinPart: PinBox,
}
"""What draws each kind of part."""


class Ring(QWidget):
    """A number in a ring that empties as it counts down."""

    SIDE: ClassVar = 220

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme, self._number, self._percent = theme, "", 0
        theme.changed.connect(self._restyle)
        self._restyle()

    def _restyle(self) -> None:
        side = self._theme.px(self.SIDE)
        self.setFixedSize(side, side)

    def show_number(self, number: str, percent: int) -> None:
        if (number, percent) != (self._number, self._percent):
            self._number, self._percent = number, percent
            self.setAccessibleName(number)
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        theme, width = self._theme, self._theme.px(16)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        box = QRectF(self.rect()).adjusted(width, width, -width, -width)
        painter.setPen(QPen(theme.colour("line"), width))
        painter.drawEllipse(box)
        painter.setPen(QPen(theme.colour("coral-700"), width))
        painter.drawArc(box, 90 * 16, -round(360 * 16 * self._percent / 100))
        font = theme.font(88, 700)
        font.setPixelSize(theme.px(96))
        painter.setFont(font)
        painter.setPen(theme.colour("ink"))
        painter.drawText(self.rect(), int(Qt.AlignmentFlag.AlignCenter), self._number)

"""What a kiosk sells, and what somebody has chosen of it."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QBoxLayout, QFrame, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from boxoffice.till.ui.speech import say
from boxoffice.till.ui.theme import Theme
from boxoffice.till.ui.views.kiosk import (
    LinesPart,
    Part,
    ProductsPart,
    ProductView,
)
from boxoffice.till.ui.views.parts import ButtonView, SummaryLine
from boxoffice.till.ui.widgets.button import Button
from boxoffice.till.ui.widgets.kiosk_boxes import NARROW, NOTHING, SMALL, TARGET, TEXT, PartBox
from boxoffice.till.ui.widgets.listing import keep_count
from boxoffice.till.ui.widgets.text import Broken, Text, plain_ground


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
        is_narrow = theme.text_scale > NARROW
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

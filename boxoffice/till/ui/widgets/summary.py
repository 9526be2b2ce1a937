"""The sale beside a payment: what is bought, what it comes to, and the way back."""

from dataclasses import replace
from typing import Final

from PySide6.QtCore import QRect, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from boxoffice.till.ui.actions import Do
from boxoffice.till.ui.speech import later, say
from boxoffice.till.ui.theme import Theme
from boxoffice.till.ui.views.parts import ButtonView, NoticeView, SummaryLine, SummaryView
from boxoffice.till.ui.widgets.button import Button
from boxoffice.till.ui.widgets.listing import keep_count
from boxoffice.till.ui.widgets.notice import Note
from boxoffice.till.ui.widgets.rows import Scroll
from boxoffice.till.ui.widgets.text import Amount, Text, plain_ground

_KEPT: Final = later("This sale keeps what was quoted.")
"""What a note says where there is no room for each price."""


class Line(QFrame):
    """How many of what, for how much."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._row = QHBoxLayout(self)
        self._count = Text(theme, "", 16, weight=700)
        words = QVBoxLayout()
        words.setSpacing(0)
        self._name = Text(theme, "", 16, weight=600, wraps=True)
        self._detail = Text(theme, "", 14, colour="ink-3", wraps=True)
        words.addStretch()
        words.addWidget(self._name)
        words.addWidget(self._detail)
        words.addStretch()
        self._amount = Text(theme, "", 16, weight=700, align=Qt.AlignmentFlag.AlignRight)
        self._row.addWidget(self._count)
        self._row.addLayout(words, 1)
        self._row.addWidget(self._amount)
        theme.changed.connect(self.restyle)
        self.restyle()

    def restyle(self) -> None:
        theme = self._theme
        side = theme.pick(16, 20, 24)
        self._row.setContentsMargins(side, theme.px(12), side, theme.px(12))
        self._row.setSpacing(theme.px(6 if theme.is_compact else 8))
        self._count.setMinimumWidth(theme.tall(26))
        for text in (self._count, self._name, self._amount):
            text.set_size(15 if theme.is_compact else 16)
        self.setMinimumHeight(theme.tall(64))

    def show_view(self, view: SummaryLine) -> None:
        self._count.set_text(view.count)
        self._name.set_text(view.name)
        self._detail.set_text(view.detail)
        self._detail.setVisible(bool(view.detail))
        self._amount.set_text(view.amount)
        self.setAccessibleName(f"{view.count} {view.name}, {view.amount}")

    def paintEvent(self, event: QPaintEvent) -> None:
        QPainter(self).fillRect(0, self.height() - 1, self.width(), 1, self._theme.colour("line"))


class Sum(QWidget):
    """One line under the sale, such as its tax."""

    def __init__(self, theme: Theme, *, weight: int = 400, colour: str = "ink-2") -> None:
        super().__init__()
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        self._name = Text(theme, "", 16, weight=weight, colour=colour)
        self._amount = Text(theme, "", 16, weight=weight, colour=colour, align=Qt.AlignmentFlag.AlignRight)
        row.addWidget(self._name)
        row.addStretch()
        row.addWidget(self._amount)

    def show_sum(self, name: str, amount: str) -> None:
        self._name.set_text(name)
        self._amount.set_text(amount)


class SummaryPanel(QFrame):
    """Draws a `SummaryView` as the left column of a payment."""

    did = Signal(object)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme, self._is_bar = theme, False
        self._told: NoticeView | None = None
        plain_ground(self, "white")
        self._lines: list[Line] = []
        self._sums: list[Sum] = []
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 1, 0)
        layout.setSpacing(0)
        self._head = QFrame()
        self._head_row = QHBoxLayout(self._head)
        self._title = Text(theme, say("This sale"), 32, head=True)
        self._items = Text(theme, "", 14, colour="ink-3")
        self._head_row.addWidget(self._title)
        self._head_row.addStretch()
        self._head_row.addWidget(self._items)
        inner = QWidget()
        self._scroll = Scroll(inner)
        self._list = QVBoxLayout(inner)
        self._list.setContentsMargins(0, 0, 0, 0)
        self._list.setSpacing(0)
        self._list.addStretch(1)
        self._note = Note(theme)
        self._note_row = QHBoxLayout()
        self._note_row.addWidget(self._note)
        self._back = Button(theme, ButtonView("", Do.BACK), size=15, height=48)
        self._back.did.connect(self.did)
        self._back_row = QHBoxLayout()
        self._back_row.addWidget(self._back)
        self._back_row.addStretch()
        layout.addWidget(self._head)
        layout.addWidget(self._scroll, 1)
        layout.addLayout(self._note_row)
        layout.addLayout(self._back_row)
        layout.addWidget(self._make_foot())
        theme.changed.connect(self.restyle)
        self.restyle()

    def _make_foot(self) -> QWidget:
        self._foot = QFrame()
        plain_ground(self._foot, "cream-2")
        self._foot_column = QVBoxLayout(self._foot)
        self._sums_box = QWidget()
        self._sum_column = QVBoxLayout(self._sums_box)
        self._sum_column.setContentsMargins(0, 0, 0, 0)
        self._sum_column.setSpacing(2)
        self._foot_column.addWidget(self._sums_box)
        self._total_row = row = QHBoxLayout()
        row.setSpacing(self._theme.px(12))
        self._total_label = Text(self._theme, "", 32, head=True)
        self._total = Amount(self._theme, 34)
        row.addWidget(self._total_label)
        row.addWidget(self._total, 1)
        self._foot_column.addLayout(row)
        return self._foot

    def set_bar(self, *, is_bar: bool) -> None:
        """Becomes a bar with the way back and the total, or a column again."""
        self._is_bar = is_bar
        for widget in (self._head, self._scroll, self._sums_box):
            widget.setVisible(not is_bar)
        (self._total_row if is_bar else self._back_row).insertWidget(0, self._back)
        self._show_note()
        self.restyle()

    def free_place(self) -> QRect:
        """Returns where something may lie for a while without hiding an amount or a button."""
        return QRect(0, self._head.height(), self.width(), self._scroll.height())

    def restyle(self) -> None:
        theme = self._theme
        wide = round(theme.pick(244, 340, 460) * min(theme.text_scale, 1.25))
        if self._is_bar:
            self.setMinimumWidth(0)
            self.setMaximumWidth(16_777_215)
        else:
            self.setFixedWidth(wide)
        side = theme.pick(16, 20, 24)
        self._head.setFixedHeight(max(theme.pick(57, 61, 72), theme.tall(48)))
        self._head_row.setContentsMargins(side, 0, side, 0)
        self._title.set_size(28 if theme.is_compact else 32)
        self._note_row.setContentsMargins(theme.px(12), 0, theme.px(12), 0)
        self._back_row.setContentsMargins(theme.px(10), theme.px(8), side, theme.px(8))
        edge = theme.px(4 if self._is_bar else 14)
        self._foot_column.setContentsMargins(side, edge, side, edge)
        self._total_label.set_size(theme.big(26 if theme.is_compact else 32))
        self._total.set_size(theme.big(34))
        self._show_note()

    def show_view(self, view: SummaryView) -> None:
        theme = self._theme
        self._items.set_text(view.items)
        keep_count(self._lines, len(view.lines), self._list, lambda: Line(theme))
        for line, each in zip(self._lines, view.lines, strict=True):
            line.show_view(each)
        keep_count(self._sums, len(view.sums), self._sum_column, lambda: Sum(theme))
        for row, (name, amount) in zip(self._sums, view.sums, strict=True):
            row.show_sum(name, amount)
        self._total_label.set_text(view.total_label)
        self._total.set_text(view.total)
        self._back.show_view(view.back)
        self._told = view.note
        self._show_note()

    def _show_note(self) -> None:
        note = self._told
        if note is not None and (self._is_bar or self._theme.is_low):
            note = replace(note, title=f"{note.title}. {say(_KEPT)}", text="")
        self._note.show_view(note)

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        painter = QPainter(self)
        line = self._theme.colour("line")
        if self._is_bar:
            painter.fillRect(0, 0, self.width(), 1, line)
            return
        painter.fillRect(self.width() - 1, 0, 1, self.height(), line)
        painter.fillRect(0, self._head.height() - 1, self.width(), 1, line)

"""The column at the right of a form."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from boxoffice.till.ui.screens.form_parts import Lines
from boxoffice.till.ui.screens.pay import new_button, share_width
from boxoffice.till.ui.screens.screen import Screen
from boxoffice.till.ui.views.form import SideView
from boxoffice.till.ui.widgets.button import Button
from boxoffice.till.ui.widgets.listing import keep_count
from boxoffice.till.ui.widgets.notice import Note
from boxoffice.till.ui.widgets.rows import Rows, Scroll
from boxoffice.till.ui.widgets.steps import Steps
from boxoffice.till.ui.widgets.text import Amount, Elided, Text, plain_ground


class Side(QFrame):
    """The column at the right."""

    did = Signal(object)

    def __init__(self, screen: Screen) -> None:
        super().__init__()
        theme = self._theme = screen.theme
        self._screen = screen
        plain_ground(self, "white")
        self._column = QVBoxLayout(self)
        head = QHBoxLayout()
        self._title, self._hint = Elided(theme, "", 28, head=True), Text(theme, "", 14, colour="ink-3")
        head.addWidget(self._title, 1)
        head.addWidget(self._hint)
        inner = QWidget()
        middle = QVBoxLayout(inner)
        middle.setContentsMargins(0, 0, 0, 0)
        middle.setSpacing(theme.px(10))
        self._lines, self._rows, self._steps = Lines(theme), Rows(theme, height=52, side=0, is_card=False), Steps(theme)
        self._note = Note(theme)
        for each in (self._lines, self._note, self._steps, self._rows):
            middle.addWidget(each)
        middle.addStretch(1)
        total = QHBoxLayout()
        self._label, self._total = Text(theme, "", 28, head=True), Amount(theme, 44)
        total.addWidget(self._label)
        total.addWidget(self._total, 1)
        self._buttons: list[Button] = []
        self._foot_column = QVBoxLayout()
        self._foot = Text(theme, "", 14, colour="ink-2", wraps=True, align=Qt.AlignmentFlag.AlignHCenter)
        self._column.addLayout(head)
        self._column.addWidget(Scroll(inner), 1)
        self._column.addLayout(total)
        self._column.addLayout(self._foot_column)
        self._column.addWidget(self._foot)
        theme.changed.connect(self.restyle)
        self.restyle()

    def restyle(self) -> None:
        theme = self._theme
        side = theme.px(16)
        self._column.setContentsMargins(side, side, side, side)
        self._column.setSpacing(theme.px(10))
        self._foot_column.setSpacing(theme.px(8))
        share_width(self, round(theme.pick(324, 408, 520) * min(theme.text_scale, 1.15)), theme)
        self._total.set_size(theme.big(32 if theme.is_compact else 44))

    def show_view(self, view: SideView) -> None:
        self._title.set_text(view.title)
        self._hint.set_text(view.hint)
        self._lines.show_lines(view.lines)
        self._rows.show_rows(view.rows)
        self._steps.show_views(view.steps)
        self._note.show_view(view.note)
        self._label.set_text(view.total_label)
        self._total.set_text(view.total)
        for each in (self._label, self._total):
            each.setVisible(bool(view.total))
        keep_count(self._buttons, len(view.buttons), self._foot_column, self._make)
        for button, shown in zip(self._buttons, view.buttons, strict=True):
            is_main = shown.kind == "primary"
            button.resize_to((17 if self._theme.is_compact else 20) if is_main else 16, 72 if is_main else 56)
            button.show_view(shown)
        self._foot.set_text(view.foot)
        self._foot.setVisible(bool(view.foot))

    def _make(self) -> Button:
        button = new_button(self._screen, 20, 72)
        button.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        return button

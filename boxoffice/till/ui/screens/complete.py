"""The end of a sale: the change at the left, as big as it gets; receipt, tickets and the next customer at the right."""

from PySide6.QtCore import QRect, Qt
from PySide6.QtWidgets import QBoxLayout, QFrame, QHBoxLayout, QSizePolicy, QSpacerItem, QVBoxLayout, QWidget

from boxoffice.till.ui.screens.pay import new_button
from boxoffice.till.ui.screens.screen import Screen
from boxoffice.till.ui.speech import say
from boxoffice.till.ui.theme import Theme
from boxoffice.till.ui.views.pay import CompleteView
from boxoffice.till.ui.widgets.button import Button
from boxoffice.till.ui.widgets.email import EmailBox
from boxoffice.till.ui.widgets.empty import Icon, Medal
from boxoffice.till.ui.widgets.listing import keep_count
from boxoffice.till.ui.widgets.rows import Rows, Scroll
from boxoffice.till.ui.widgets.text import Amount, Text, plain_ground


class CompleteScreen(Screen):
    """Draws a `CompleteView`."""

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme)
        columns = QHBoxLayout(self)
        columns.setContentsMargins(0, 0, 0, 0)
        columns.setSpacing(0)
        columns.addWidget(self._make_left(), 46)
        columns.addWidget(self._make_right(), 54)
        theme.changed.connect(self.restyle)
        self.restyle()

    def _make_left(self) -> QWidget:
        left = QFrame()
        plain_ground(left, "ok-tint")
        theme, middle = self.theme, Qt.AlignmentFlag.AlignHCenter
        column = QVBoxLayout(left)
        column.setContentsMargins(theme.px(24), theme.px(24), theme.px(24), theme.px(24))
        column.setSpacing(theme.px(8))
        title = QHBoxLayout()
        title.setSpacing(theme.px(12))
        self._title = Text(theme, "", 48, head=True, colour="ok")
        title.addStretch()
        title.addWidget(Medal(theme, 56))
        title.addWidget(self._title)
        title.addStretch()
        self._label = Text(theme, "", 36, head=True, colour="ink-2", align=middle)
        self._big = Amount(theme, 120, align=middle)
        self._given = Text(theme, "", 18, colour="ink-2", align=middle, wraps=True)
        self._saved_row = saved = QHBoxLayout()
        saved.setSpacing(theme.px(8))
        self._saved = Text(theme, "", 16, colour="ink-2")
        saved.addStretch()
        saved.addWidget(Icon(theme, "safe", 20, "ink-2"))
        saved.addWidget(self._saved)
        saved.addStretch()
        self._gaps = QSpacerItem(0, 0), QSpacerItem(0, 0)
        column.addStretch(3)
        column.addLayout(title)
        column.addItem(self._gaps[0])
        for widget in (self._label, self._big, self._given):
            column.addWidget(widget)
        column.addItem(self._gaps[1])
        column.addLayout(saved)
        column.addStretch(3)
        self._left = column
        return left

    def _make_right(self) -> QWidget:
        theme = self.theme
        right = QFrame()
        plain_ground(right, "white")
        self._right = QVBoxLayout(right)
        inner = QWidget()
        self._upper = QVBoxLayout(inner)
        self._upper.setContentsMargins(0, 0, 0, theme.px(4))
        self._papers = Rows(theme)
        self._papers.did.connect(self.did)
        copy = QHBoxLayout()
        self._heads = (
            Text(theme, say("Tickets and receipt"), 28, head=True),
            Text(theme, say("Send a copy"), 28, head=True),
        )
        copy.addWidget(self._heads[1])
        copy.addWidget(Text(theme, say("optional"), 15, colour="ink-3"))
        copy.addStretch()
        self.email = EmailBox(theme)
        self.email.did.connect(self.did)
        self._upper.addWidget(self._heads[0])
        self._upper.addWidget(self._papers)
        self._upper.addSpacing(theme.px(12))
        self._upper.addLayout(copy)
        self._upper.addWidget(self.email)
        self._upper.addStretch(1)
        self._buttons: list[Button] = []
        self._button_row = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self._upper.addLayout(self._button_row)
        self._next = new_button(self, 26, 96)
        self._right.addWidget(Scroll(inner), 1)
        self._right.addWidget(self._next)
        return right

    def restyle(self) -> None:
        theme = self.theme
        side = theme.pick(16, 28, 44)
        self._right.setContentsMargins(side, theme.px(24), side, theme.px(28))
        self._right.setSpacing(theme.px(12))
        self._upper.setSpacing(theme.px(12))
        self._button_row.setSpacing(theme.px(8))
        edge = theme.px(12 if theme.is_low else 24)
        self._left.setContentsMargins(edge, edge, edge, edge)
        self._left.setSpacing(theme.px(4 if theme.is_low else 8))
        for gap, size in zip(self._gaps, (8, 8) if theme.is_low else (32, 40), strict=True):
            gap.changeSize(0, theme.px(size))
        self._left.invalidate()
        self._big.set_size(theme.big({True: 92, False: 120}[theme.is_compact] if not theme.is_large else 160))
        self._title.set_size(theme.big(40 if theme.is_compact else 48))
        self._label.set_size(theme.big(36))
        for head in self._heads:
            head.set_size(theme.big(28))
        self._next.resize_to(theme.big(26), 96)
        self._saved.wrap(wraps=theme.is_text_large)
        self._saved_row.setStretchFactor(self._saved, 1 if theme.is_text_large else 0)
        way = QBoxLayout.Direction.TopToBottom if theme.is_text_huge else QBoxLayout.Direction.LeftToRight
        self._button_row.setDirection(way)

    def refresh(self, view: object) -> None:
        if not isinstance(view, CompleteView):
            return
        self._title.set_text(view.title)
        self._label.set_text(view.big_label)
        self._big.set_text(view.big)
        self._given.set_text(view.given)
        self._saved.set_marked(view.saved)
        self._papers.show_rows(view.papers)
        self.email.show_email(view.email, view.email_problem, view.email_note, is_sending=view.is_sending)
        keep_count(self._buttons, len(view.buttons), self._button_row, self._make_button)
        for button, each in zip(self._buttons, view.buttons, strict=True):
            button.show_view(each)
        self._next.show_view(view.next)

    def _make_button(self) -> Button:
        button = new_button(self, 16, 56)
        button.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        return button

    def toast_place(self) -> QRect:
        return QRect(0, 0, self.width() * 46 // 100, self.height())

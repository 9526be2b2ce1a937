"""What goes back of an order, in one card: its things at the top, what will happen and the one press at the foot."""

from PySide6.QtCore import QRect, Qt
from PySide6.QtWidgets import QBoxLayout, QFrame, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from boxoffice.till.ui.screens.pay import new_button
from boxoffice.till.ui.screens.screen import Screen
from boxoffice.till.ui.theme import Theme
from boxoffice.till.ui.views.after_sale import RefundView
from boxoffice.till.ui.widgets.button import Button
from boxoffice.till.ui.widgets.empty import GreyBars
from boxoffice.till.ui.widgets.listing import keep_count
from boxoffice.till.ui.widgets.notice import Note, Notice
from boxoffice.till.ui.widgets.rows import Rows, Scroll
from boxoffice.till.ui.widgets.text import Amount, Text, plain_ground


class RefundScreen(Screen):
    """Draws a `RefundView`."""

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme)
        plain_ground(self, "cream")
        outer = QHBoxLayout(self)
        self._card = QFrame()
        self._card.setProperty("part", "card")
        outer.addStretch(1)
        outer.addWidget(self._card)
        outer.addStretch(1)
        column = QVBoxLayout(self._card)
        column.setContentsMargins(1, 1, 1, 1)
        column.setSpacing(0)
        self._head = QHBoxLayout()
        self._title, self._close = Text(theme, "", 36, head=True, wraps=True), new_button(self, 15, 48)
        self._head.addWidget(self._title, 1)
        self._head.addWidget(self._close)
        column.addLayout(self._head)
        inner = QWidget()
        self._rows = Rows(theme, height=68, side=24, is_card=False)
        self._rows.did.connect(self.did)
        self._done, self._loading = Notice(theme), GreyBars(theme, 3)
        rows = QVBoxLayout(inner)
        rows.setContentsMargins(0, 0, 0, 0)
        for widget in (self._loading, self._done, self._rows):
            rows.addWidget(widget)
        rows.addStretch(1)
        column.addWidget(Scroll(inner), 1)
        column.addWidget(self._make_foot())
        theme.changed.connect(self.restyle)
        self.restyle()

    def _make_foot(self) -> QWidget:
        theme, foot = self.theme, QFrame()
        plain_ground(foot, "cream")
        self._foot = QVBoxLayout(foot)
        self._problem = Note(theme)
        words, sums = QVBoxLayout(), QVBoxLayout()
        self._way = Text(theme, "", 16, weight=600, wraps=True)
        self._detail = Text(theme, "", 14, colour="ink-2", wraps=True)
        self._amounts: list[Button] = []
        self._amount_row = QHBoxLayout()
        self._amount_row.setSpacing(theme.px(8))
        self._amount_row.addStretch(1)
        words.setSpacing(theme.px(4))
        words.addWidget(self._way)
        words.addWidget(self._detail)
        words.addLayout(self._amount_row)
        words.addStretch(1)
        self._label = Text(theme, "", 14, colour="ink-3", align=Qt.AlignmentFlag.AlignRight)
        self._amount = Amount(theme, 40)
        sums.setSpacing(0)
        sums.addWidget(self._label)
        sums.addWidget(self._amount)
        sums.addStretch(1)
        self._sum_row = QHBoxLayout()
        self._sum_row.addLayout(words, 1)
        self._sum_row.addLayout(sums)
        self._keep, self._go = new_button(self, 16, 64), new_button(self, 18, 64)
        for button in (self._keep, self._go):
            button.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._last = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self._last.addWidget(self._keep, 2)
        self._last.addWidget(self._go, 3)
        self._foot.addWidget(self._problem)
        self._foot.addLayout(self._sum_row)
        self._foot.addLayout(self._last)
        return foot

    def restyle(self) -> None:
        theme = self.theme
        side = theme.px(24)
        self._card.setFixedWidth(round(theme.pick(760, 820, 1040) * min(theme.text_scale, 1.15)))
        layout = self.layout()
        if layout is not None:
            layout.setContentsMargins(theme.px(12), theme.px(16), theme.px(12), theme.px(16))
        self._head.setContentsMargins(side, theme.px(14), theme.px(12), theme.px(14))
        self._foot.setContentsMargins(side, theme.px(16), side, side)
        self._foot.setSpacing(theme.px(14))
        self._last.setSpacing(theme.px(12))
        self._sum_row.setSpacing(theme.px(16))
        self._title.set_size(theme.big(36))
        self._amount.set_size(theme.big(40))
        is_huge = theme.is_text_huge
        way = QBoxLayout.Direction.TopToBottom if is_huge else QBoxLayout.Direction.LeftToRight
        self._last.setDirection(way)

    def refresh(self, view: object) -> None:
        if not isinstance(view, RefundView):
            return
        self._title.set_text(view.title)
        self._close.show_view(view.close)
        self._rows.show_rows(view.rows)
        self._loading.setVisible(view.is_loading and not view.rows)
        self._done.setVisible(view.done is not None)
        if view.done is not None:
            self._done.show_view(view.done)
        self._problem.show_view(view.problem)
        for text, words in ((self._way, view.way), (self._detail, view.detail), (self._label, view.amount_label)):
            text.set_text(words)
            text.setVisible(bool(words))
        self._amount.set_text(view.amount)
        keep_count(self._amounts, len(view.amounts), self._amount_row, self._make_amount)
        for button, each in zip(self._amounts, view.amounts, strict=True):
            button.show_view(each)
        self._keep.show_view(view.keep)
        self._go.show_view(view.go)

    def _make_amount(self) -> Button:
        return new_button(self, 15, 48)

    def toast_place(self) -> QRect:
        return self._card.geometry()

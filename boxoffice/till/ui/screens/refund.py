"""What goes back of an order, in one card: its things at the top, what will happen and the one press at the foot."""

from PySide6.QtWidgets import QBoxLayout, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from boxoffice.till.ui.screens.card import CardScreen
from boxoffice.till.ui.screens.pay import new_button
from boxoffice.till.ui.theme import Theme
from boxoffice.till.ui.views.after_sale import RefundView
from boxoffice.till.ui.widgets.button import Button
from boxoffice.till.ui.widgets.empty import GreyBars
from boxoffice.till.ui.widgets.listing import keep_count
from boxoffice.till.ui.widgets.notice import Notice
from boxoffice.till.ui.widgets.rows import Rows


class RefundScreen(CardScreen):
    """Draws a `RefundView`."""

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme)
        inner = QWidget()
        self._rows = Rows(theme, height=68, side=24, is_card=False)
        self._rows.did.connect(self.did)
        self._done, self._loading = Notice(theme), GreyBars(theme, 3)
        rows = QVBoxLayout(inner)
        rows.setContentsMargins(0, 0, 0, 0)
        for widget in (self._loading, self._done, self._rows):
            rows.addWidget(widget)
        rows.addStretch(1)
        self._amounts: list[Button] = []
        self._amount_row = QHBoxLayout()
        self._amount_row.setSpacing(theme.px(8))
        self._amount_row.addStretch(1)
        self.words.setSpacing(theme.px(4))
        self.words.addLayout(self._amount_row)
        self.words.addStretch(1)
        self._keep, self._go = new_button(self, 16, 64), new_button(self, 18, 64)
        for button in (self._keep, self._go):
            button.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._last = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self._last.addWidget(self._keep, 2)
        self._last.addWidget(self._go, 3)
        self.foot.addLayout(self._last)
        self.fill(inner)
        theme.changed.connect(self.restyle)
        self.restyle()

    def restyle(self) -> None:
        theme = self.theme
        side = theme.px(24)
        self.restyle_card(round(theme.pick(760, 820, 1040) * min(theme.text_scale, 1.15)))
        self.head.setContentsMargins(side, theme.px(14), theme.px(12), theme.px(14))
        self.foot.setContentsMargins(side, theme.px(16), side, side)
        self.foot.setSpacing(theme.px(14))
        self._last.setSpacing(theme.px(12))
        self.sum_row.setSpacing(theme.px(16))
        way = QBoxLayout.Direction.TopToBottom if theme.is_text_huge else QBoxLayout.Direction.LeftToRight
        self._last.setDirection(way)

    def refresh(self, view: object) -> None:
        if not isinstance(view, RefundView):
            return
        self.title.set_text(view.title)
        self.close_button.show_view(view.close)
        self._rows.show_rows(view.rows)
        self._loading.setVisible(view.is_loading and not view.rows)
        self._done.setVisible(view.done is not None)
        if view.done is not None:
            self._done.show_view(view.done)
        self.problem.show_view(view.problem)
        self.show_words(view.way, view.detail, view.amount_label)
        self.amount.set_text(view.amount)
        keep_count(self._amounts, len(view.amounts), self._amount_row, self._make_amount)
        for button, each in zip(self._amounts, view.amounts, strict=True):
            button.show_view(each)
        self._keep.show_view(view.keep)
        self._go.show_view(view.go)

    def _make_amount(self) -> Button:
        return new_button(self, 15, 48)

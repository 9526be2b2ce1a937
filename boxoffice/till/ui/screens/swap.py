"""One thing for another, in one card: both side by side, the choice of each, and the ways to pay the difference."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QBoxLayout, QFrame, QGridLayout, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from boxoffice.till.ui.screens.card import CardScreen
from boxoffice.till.ui.screens.pay import new_button
from boxoffice.till.ui.speech import say
from boxoffice.till.ui.theme import Theme
from boxoffice.till.ui.views.after_sale import SwapView
from boxoffice.till.ui.views.parts import RowView
from boxoffice.till.ui.widgets.button import Button
from boxoffice.till.ui.widgets.empty import GreyBars, Icon
from boxoffice.till.ui.widgets.listing import keep_count
from boxoffice.till.ui.widgets.rows import Rows
from boxoffice.till.ui.widgets.text import Text

_COLUMNS = 4


class _Side(QFrame):
    """What goes, or what comes."""

    def __init__(self, theme: Theme, label: str) -> None:
        super().__init__()
        self.setProperty("part", "card")
        column = QVBoxLayout(self)
        column.setContentsMargins(theme.px(20), theme.px(12), theme.px(20), theme.px(12))
        column.setSpacing(theme.px(2))
        self._name = Text(theme, "", 20, weight=700, wraps=True)
        self._detail = Text(theme, "", 14, colour="ink-2", wraps=True)
        self._amount = Text(theme, "", 24, weight=700)
        column.addWidget(Text(theme, label, 14, colour="ink-3"))
        for widget in (self._name, self._detail, self._amount):
            column.addWidget(widget)
        column.addStretch(1)

    def show_view(self, view: RowView) -> None:
        for text, words in ((self._name, view.title), (self._detail, view.detail), (self._amount, view.amount)):
            text.set_text(words)
            text.setVisible(bool(words))


class SwapScreen(CardScreen):
    """Draws a `SwapView`."""

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme)
        self.words.addStretch(1)
        self._ways: list[Button] = []
        self._way_row = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self.foot.addLayout(self._way_row)
        self.fill(self._make_choice())
        theme.changed.connect(self.restyle)
        self.restyle()

    def _make_choice(self) -> QWidget:
        theme, inner = self.theme, QWidget()
        self._inner = QVBoxLayout(inner)
        self._gives, self._gets = _Side(theme, say("Gives back")), _Side(theme, say("Gets"))
        self._sides = QHBoxLayout()
        self._sides.addWidget(self._gives, 1)
        self._sides.addWidget(Icon(theme, "sync", 28, "coral-800"), 0, Qt.AlignmentFlag.AlignVCenter)
        self._sides.addWidget(self._gets, 1)
        self._rows = Rows(theme, height=56)
        self._rows.did.connect(self.did)
        self._loading = GreyBars(theme, 3)
        self._products: list[Button] = []
        self._grid = QGridLayout()
        self._label = Text(theme, say("Change to"), 14, weight=600, colour="ink-2")
        self._inner.addLayout(self._sides)
        for widget in (self._loading, self._rows, self._label):
            self._inner.addWidget(widget)
        self._inner.addLayout(self._grid)
        self._inner.addStretch(1)
        return inner

    def restyle(self) -> None:
        theme = self.theme
        side = theme.px(24)
        self.restyle_card(round(theme.pick(820, 900, 1080) * min(theme.text_scale, 1.1)))
        self.head.setContentsMargins(side, theme.px(10), theme.px(12), theme.px(6))
        self._inner.setContentsMargins(side, theme.px(4), side, theme.px(12))
        self._inner.setSpacing(theme.px(12))
        self._sides.setSpacing(theme.px(16))
        self._grid.setSpacing(theme.px(8))
        self.foot.setContentsMargins(side, theme.px(12), side, theme.px(20))
        self.foot.setSpacing(theme.px(12))
        self._way_row.setSpacing(theme.px(12))
        way = QBoxLayout.Direction.TopToBottom if theme.is_text_huge else QBoxLayout.Direction.LeftToRight
        self._way_row.setDirection(way)

    def refresh(self, view: object) -> None:
        if not isinstance(view, SwapView):
            return
        self.title.set_text(view.title)
        self.close_button.show_view(view.close)
        self._gives.show_view(view.gives)
        self._gets.show_view(view.gets)
        self._rows.show_rows(view.rows if len(view.rows) > 1 else ())
        self._loading.setVisible(view.is_loading)
        self.problem.show_view(view.problem)
        while len(self._products) < len(view.products):
            button, at = self._wide(15, 48), len(self._products)
            self._grid.addWidget(button, at // _COLUMNS, at % _COLUMNS)
            self._products.append(button)
        for i, button in enumerate(self._products):
            button.show_view(view.products[i] if i < len(view.products) else None)
        self.show_words(view.note, view.detail, view.amount_label if view.amount else "")
        self.amount.set_text(view.amount)
        keep_count(self._ways, len(view.ways), self._way_row, lambda: self._wide(18, 64))
        for button, each in zip(self._ways, view.ways, strict=True):
            button.show_view(each)

    def _wide(self, size: float, height: int) -> Button:
        button = new_button(self, size, height)
        button.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        return button

"""The screen of a shift: what is counted, chosen or typed at the left, and at the right what it comes to."""

from PySide6.QtCore import QRect, Qt
from PySide6.QtWidgets import QBoxLayout, QFrame, QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from boxoffice.till.ui.actions import Do
from boxoffice.till.ui.order_actions import GiveReason
from boxoffice.till.ui.screens.form_parts import ButtonGrid, Card, Choices, CountRow
from boxoffice.till.ui.screens.form_side import Side
from boxoffice.till.ui.screens.pay import new_button
from boxoffice.till.ui.screens.screen import Screen
from boxoffice.till.ui.speech import say
from boxoffice.till.ui.theme import Theme
from boxoffice.till.ui.views.form import CardView, CountView, FormView
from boxoffice.till.ui.widgets.comparison import Comparison
from boxoffice.till.ui.widgets.field import Field
from boxoffice.till.ui.widgets.figures import Figures
from boxoffice.till.ui.widgets.keypad import Keypad
from boxoffice.till.ui.widgets.listing import keep_count
from boxoffice.till.ui.widgets.notice import Notice
from boxoffice.till.ui.widgets.rows import Rows, Scroll
from boxoffice.till.ui.widgets.text import Amount, Text, plain_ground


class FormScreen(Screen):
    """Draws a `FormView`."""

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme)
        plain_ground(self, "cream")
        self._whole = QBoxLayout(QBoxLayout.Direction.LeftToRight, self)
        self._whole.setContentsMargins(0, 0, 0, 0)
        self._whole.setSpacing(0)
        self._counts: list[CountRow] = []
        self._choices: list[Choices] = []
        self._cards: list[Card] = []
        inner = QWidget()
        self._left = QVBoxLayout(inner)
        self._make_left()
        self._side = Side(self)
        self._scroll = Scroll(inner)
        self._whole.addWidget(self._scroll, 1)
        self._whole.addWidget(self._side)
        theme.changed.connect(self.restyle)
        self.restyle()

    def _make_left(self) -> None:
        theme = self.theme
        head = QHBoxLayout()
        head.setSpacing(theme.px(12))
        self._title = Text(theme, "", 40, head=True)
        self._hint = Text(theme, "", 16, colour="ink-2", wraps=True)
        self._back = new_button(self, 16, 48)
        head.addWidget(self._title)
        head.addWidget(self._hint, 1)
        head.addWidget(self._back)
        self._tabs = ButtonGrid(theme, size=16, height=68)
        self._tiles = ButtonGrid(theme, size=20, height=100)
        self._rows = Rows(theme, height=60)
        self._grid = QGridLayout()
        self._card_grid = QGridLayout()
        self._foot = Text(theme, "", 14, colour="ink-2", wraps=True)
        self._left.addLayout(head)
        self._figures, self._comparison = Figures(theme), Comparison(theme)
        for part in (self._tabs, self._tiles, self._figures, self._comparison, self._rows):
            self._left.addWidget(part)
        self._left.addLayout(self._grid)
        self._left.addLayout(self._make_body())
        self._left.addLayout(self._card_grid)
        self._left.addStretch(1)
        self._left.addWidget(self._foot)
        for each in (self._tabs, self._tiles, self._rows, self._quick, self._keypad):
            each.did.connect(self.did)

    def _make_body(self) -> QHBoxLayout:
        """An amount that is typed, and beside it what is chosen."""
        theme = self.theme
        self._body = QHBoxLayout()
        self._entry = QWidget()
        entry = QVBoxLayout(self._entry)
        entry.setContentsMargins(0, 0, 0, 0)
        entry.setSpacing(theme.px(10))
        card = QFrame()
        card.setProperty("part", "card")
        typed = QHBoxLayout(card)
        typed.setContentsMargins(theme.px(18), theme.px(10), theme.px(18), theme.px(10))
        self._typed_label, self._typed = Text(theme, "", 16, colour="ink-3"), Amount(theme, 44)
        typed.addWidget(self._typed_label)
        typed.addWidget(self._typed, 1)
        self._quick = ButtonGrid(theme, size=17, height=52)
        self._keypad = Keypad(theme)
        self._keypad.setMinimumHeight(theme.px(300))
        for each in (card, self._quick, self._keypad):
            entry.addWidget(each)
        self._beside = QVBoxLayout()
        self._notice = Notice(theme)
        self._reason = Field(theme, icon="tag", hint=say("Another reason"), key="/", name=say("Another reason"))
        self._reason.typed.connect(lambda text: self.did.emit(GiveReason(text)))
        self._reason.submitted.connect(lambda _: self.did.emit(Do.FINISH))
        self._choice_column = QVBoxLayout()
        self._beside.addWidget(self._notice)
        self._beside.addLayout(self._choice_column)
        self._beside.addWidget(self._reason)
        self._beside.addStretch(1)
        self._body.addWidget(self._entry, 5, Qt.AlignmentFlag.AlignTop)
        self._body.addLayout(self._beside, 5)
        return self._body

    def restyle(self) -> None:
        theme = self.theme
        way = QBoxLayout.Direction.TopToBottom if theme.is_text_large else QBoxLayout.Direction.LeftToRight
        self._whole.setDirection(way)
        side = theme.px(12 if theme.is_compact else 20)
        self._left.setContentsMargins(side, theme.px(16), side, side)
        self._left.setSpacing(theme.px(14))
        self._body.setSpacing(theme.px(20))
        self._beside.setSpacing(theme.px(12))
        self._choice_column.setSpacing(theme.px(12))
        self._grid.setSpacing(theme.px(10))
        self._grid.setHorizontalSpacing(theme.px(12 if theme.is_compact else 24))
        for column in (0, 1):
            self._grid.setColumnStretch(column, 0 if theme.is_text_large else 1)
        self._card_grid.setSpacing(theme.px(12))
        self._title.set_size(theme.big(32 if theme.is_compact else 40))
        self._typed.set_size(theme.big(36 if theme.is_compact else 44))

    def toast_place(self) -> QRect:
        return self._scroll.geometry()

    def focus_search(self) -> QWidget | None:
        return self._reason.edit if self._reason.isVisible() else None

    def refresh(self, view: object) -> None:
        if not isinstance(view, FormView):
            return
        self._title.set_text(view.title)
        self._hint.set_text(view.hint)
        self._back.show_view(view.back)
        self._tabs.show_buttons(view.tabs, max(1, len(view.tabs)))
        self._tiles.show_buttons(view.tiles, 2)
        self._figures.show_figures(view.figures)
        self._comparison.show_view(view.comparison)
        self._rows.show_rows(view.rows)
        self._show_counts(view.counts)
        self._entry.setVisible(view.typed is not None)
        if view.typed is not None:
            self._typed_label.set_text(view.typed[0])
            self._typed.set_text(view.typed[1])
        self._quick.show_buttons(view.quick, max(1, len(view.quick)))
        self._notice.setVisible(view.note is not None)
        if view.note is not None:
            self._notice.show_view(view.note)
        keep_count(self._choices, len(view.choices), self._choice_column, self._make_choices)
        for choices, shown in zip(self._choices, view.choices, strict=True):
            choices.show_view(shown)
        self._reason.setVisible(view.reason is not None)
        self._reason.show_text(view.reason or "")
        self._show_cards(view.cards)
        self._foot.set_text(view.foot)
        self._foot.setVisible(bool(view.foot))
        self._side.setVisible(view.side is not None)
        if view.side is not None:
            self._side.show_view(view.side)

    def _show_counts(self, views: tuple[CountView, ...]) -> None:
        """Bills and coins from above, in two columns where there is room."""
        rows = -(-len(views) // (1 if self.theme.is_text_large else 2))
        while len(self._counts) < len(views):
            row = CountRow(self.theme)
            row.did.connect(self.did)
            self._counts.append(row)
        for i, row in enumerate(self._counts):
            self._grid.removeWidget(row)
            row.setVisible(i < len(views))
            if i < len(views):
                self._grid.addWidget(row, i % rows, i // rows)
                row.show_view(views[i])

    def _show_cards(self, views: tuple[CardView, ...]) -> None:
        columns = 1 if self.theme.is_text_large else 2
        while len(self._cards) < len(views):
            self._cards.append(Card(self.theme))
        for i, card in enumerate(self._cards):
            self._card_grid.removeWidget(card)
            card.setVisible(i < len(views))
            if i < len(views):
                self._card_grid.addWidget(card, i // columns, i % columns, Qt.AlignmentFlag.AlignTop)
                card.show_view(views[i])

    def _make_choices(self) -> Choices:
        choices = Choices(self.theme)
        choices.did.connect(self.did)
        return choices

"""The cash screen: what is due and given in the middle, the change and the finish at the right."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QBoxLayout, QFrame, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from boxoffice.till.ui.screens.pay import PayScreen, share_width
from boxoffice.till.ui.speech import say
from boxoffice.till.ui.theme import Theme
from boxoffice.till.ui.views.pay import CashView
from boxoffice.till.ui.widgets.button import Button
from boxoffice.till.ui.widgets.empty import Icon
from boxoffice.till.ui.widgets.keypad import Keypad
from boxoffice.till.ui.widgets.listing import keep_count
from boxoffice.till.ui.widgets.rows import Scroll
from boxoffice.till.ui.widgets.summary import Sum
from boxoffice.till.ui.widgets.text import Amount, Elided, Text, plain_ground, set_state

_BESIDE, _BELOW = QBoxLayout.Direction.LeftToRight, QBoxLayout.Direction.TopToBottom


class ChangeBox(QFrame):
    """The change due, as big as there is room; or what is still to pay.

    Where the text is large and the screen small, the amount stands beside its word, so that all of it can be seen.
    """

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self.setProperty("part", "tinted")
        self._column = column = QVBoxLayout(self)
        column.setSpacing(0)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        middle = Qt.AlignmentFlag.AlignHCenter
        self._label = Text(theme, "", 32, head=True, align=middle)
        self._amount = Amount(theme, 76, align=middle)
        column.addWidget(self._label)
        column.addWidget(self._amount)
        theme.changed.connect(self.restyle)
        self.restyle()

    def restyle(self) -> None:
        theme = self._theme
        is_tight = theme.is_text_large and theme.is_compact
        above, below = (6, 8) if theme.is_text_huge else (20, 24)
        self._column.setDirection(_BESIDE if is_tight else _BELOW)
        self._column.setContentsMargins(theme.px(16), theme.px(above), theme.px(16), theme.px(below))
        self._amount.set_size(theme.big(96 if theme.is_large else 42 if is_tight else 58 if theme.is_compact else 76))
        self._label.set_size(theme.big(24 if is_tight else 32))

    def show_change(self, label: str, amount: str, *, is_enough: bool) -> None:
        state = "ok" if is_enough else "warn"
        self._label.set_text(label)
        self._label.set_colour(state)
        self._amount.set_text(amount)
        self.setAccessibleName(f"{label} {amount}")
        set_state(self, state)


class Pieces(QFrame):
    """Which bills and coins to give back."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.px(8))
        self._head = Text(theme, say("Give back"), 16, weight=600)
        column.addWidget(self._head)
        well = QFrame()
        well.setProperty("part", "well")
        self._column = QVBoxLayout(well)
        self._column.setContentsMargins(theme.px(16), theme.px(11), theme.px(16), theme.px(11))
        self._column.setSpacing(theme.px(4))
        self._rows: list[Sum] = []
        column.addWidget(well)

    def show_pieces(self, pieces: tuple[tuple[str, str], ...]) -> None:
        self.setVisible(bool(pieces))
        self._head.setVisible(not self._theme.is_text_huge)
        keep_count(self._rows, len(pieces), self._column, lambda: Sum(self._theme, weight=700, colour="ink"))
        for row, (what, amount) in zip(self._rows, pieces, strict=True):
            row.show_sum(what, amount)


class CashScreen(PayScreen):
    """Draws a `CashView`."""

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme)
        self._quick: list[Button] = []
        middle = QWidget()
        self._middle = QVBoxLayout(middle)
        head = QHBoxLayout()
        head.setSpacing(theme.px(12))
        self._title = Text(theme, "", 40, head=True)
        self._hint = Elided(theme, "", 16, colour="ink-2")
        head.addWidget(self._title)
        head.addStretch(1)
        head.addWidget(self._hint)
        self._middle.addLayout(head)
        self._middle.addWidget(self._make_given())
        self._quick_row = QHBoxLayout()
        self._middle.addLayout(self._quick_row)
        self._keypad = Keypad(theme)
        self._keypad.did.connect(self.did)
        self._middle.addWidget(self._keypad, 1)
        self.columns.addWidget(Scroll(middle), 1)
        self.columns.addWidget(self._make_right(), 1)
        theme.changed.connect(self.restyle)
        self.restyle()

    def _make_given(self) -> QWidget:
        card = QFrame()
        card.setProperty("part", "card")
        self._given_row = QHBoxLayout(card)
        left, right = QVBoxLayout(), QVBoxLayout()
        for column in (left, right):
            column.setSpacing(0)
        self._due = Amount(self.theme, 28, align=Qt.AlignmentFlag.AlignLeft)
        self._given = Amount(self.theme, 48)
        left.addStretch()
        left.addWidget(Text(self.theme, say("Due"), 14, colour="ink-3"))
        left.addWidget(self._due)
        self._due_note = Text(self.theme, "", 13, colour="ink-2", wraps=True)
        left.addWidget(self._due_note)
        left.addStretch()
        label = Text(self.theme, say("Customer gave"), 14, colour="ink-3", align=Qt.AlignmentFlag.AlignRight)
        right.addWidget(label)
        right.addWidget(self._given)
        self._given_row.addLayout(left, 2)
        self._given_row.addLayout(right, 3)
        return card

    def _make_right(self) -> QWidget:
        self._side = QFrame()
        plain_ground(self._side, "white")
        self._right = QVBoxLayout(self._side)
        self._change, self._pieces = ChangeBox(self.theme), Pieces(self.theme)
        self._note = QWidget()
        note = QHBoxLayout(self._note)
        note.setContentsMargins(0, 0, 0, 0)
        note.setSpacing(self.theme.px(8))
        note.addWidget(Icon(self.theme, "safe", 18, "ink-2"))
        note.addWidget(
            Text(self.theme, say("Saved on this till before you see “Paid”."), 14, colour="ink-2", wraps=True), 1
        )
        self._finish, self._split, self._let_in = self.button(22, 88), self.button(16, 56), self.button(16, 56)
        self._right.addWidget(self._change)
        inner = QWidget()
        pieces = QVBoxLayout(inner)
        pieces.setContentsMargins(0, 0, 0, 0)
        pieces.addWidget(self._pieces)
        pieces.addStretch(1)
        scroll = Scroll(inner)
        scroll.setMinimumHeight(1)  # the pieces give way, never the change
        self._right.addWidget(scroll, 1)
        self._right.addWidget(self._note)
        self._right.addWidget(self._finish)
        self._right.addWidget(self._let_in)
        self._right.addWidget(self._split)
        return self._side

    def restyle(self) -> None:
        theme = self.theme
        gap, side = theme.px(10 if theme.is_text_large else 16), theme.px(20)
        self._middle.setContentsMargins(side, theme.px(14), side, side)
        self._middle.setSpacing(gap)
        self._right.setContentsMargins(side, side, side, side)
        self._right.setSpacing(gap)
        self._given_row.setContentsMargins(side, theme.px(14), side, theme.px(14))
        self._quick_row.setSpacing(theme.px(8))
        share_width(self._side, round(theme.pick(292, 392, 520) * min(theme.text_scale, 1.15)), theme)
        self._finish.resize_to(18 if theme.is_compact else 22, 60 if theme.is_text_huge else 88)
        for button in (self._split, self._let_in):
            button.resize_to(16, 40 if theme.is_text_huge else 56)
        self._title.set_size(theme.big(40))
        self._title.setVisible(not theme.is_text_large)
        self._due.set_size(theme.big(28))
        self._given.set_size(theme.big(48))
        for button in self._quick:
            button.resize_to(20, self._quick_height)
        self._hint.setVisible(theme.is_large or theme.text_scale <= (1.0 if theme.is_compact else 1.1))
        self._note.setVisible(not theme.is_text_tight)

    def refresh(self, view: object) -> None:
        if not isinstance(view, CashView):
            return
        self.summary.show_view(view.summary)
        self._title.set_text(view.title)
        self._hint.set_text(view.hint)
        self._due.set_text(view.due)
        self._due_note.set_text(view.due_note)
        self._due_note.setVisible(bool(view.due_note))
        self._given.set_text(view.given)
        keep_count(self._quick, len(view.quick), self._quick_row, self._make_quick)
        for button, quick in zip(self._quick, view.quick, strict=True):
            button.show_view(quick)
        self._change.show_change(view.change_label, view.change, is_enough=view.is_enough)
        self._pieces.show_pieces(view.give_back)
        self._finish.show_view(view.finish)
        self._split.show_view(view.split)
        self._let_in.show_view(view.let_in)

    @property
    def _quick_height(self) -> int:
        return 40 if self.theme.is_text_huge else 52 if self.theme.is_text_large else 72

    def _make_quick(self) -> Button:
        button = self.button(20, self._quick_height)
        button.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        return button

"""The split screen: how much the next payment takes; what is paid, what is due and the ways to pay beside it."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from boxoffice.till.ui.screens.pay import PayScreen, share_width
from boxoffice.till.ui.speech import say
from boxoffice.till.ui.theme import Theme
from boxoffice.till.ui.views.pay import SplitView
from boxoffice.till.ui.widgets.button import Button
from boxoffice.till.ui.widgets.field import ErrorLine
from boxoffice.till.ui.widgets.keypad import Keypad
from boxoffice.till.ui.widgets.listing import keep_count
from boxoffice.till.ui.widgets.rows import Rows, Scroll
from boxoffice.till.ui.widgets.text import Amount, Text, plain_ground


class SplitScreen(PayScreen):
    """Draws a `SplitView`."""

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme)
        self._quick: list[Button] = []
        middle = QWidget()
        self._middle = QVBoxLayout(middle)
        self._title = Text(theme, "", 40, head=True)
        self._quick_row = QHBoxLayout()
        self._problem, self._keypad = ErrorLine(theme), Keypad(theme)
        self._keypad.did.connect(self.did)
        self._middle.addWidget(self._title)
        self._middle.addWidget(self._make_amount())
        self._middle.addWidget(self._problem)
        self._middle.addLayout(self._quick_row)
        self._middle.addWidget(self._keypad, 1)
        self.columns.addWidget(Scroll(middle), 1)
        self.columns.addWidget(self._make_right(), 1)
        theme.changed.connect(self.restyle)
        self.restyle()

    def _make_amount(self) -> QWidget:
        card = QFrame()
        card.setProperty("part", "card")
        row = QHBoxLayout(card)
        row.setContentsMargins(self.theme.px(20), self.theme.px(14), self.theme.px(20), self.theme.px(14))
        self._left = QWidget()
        left, right = QVBoxLayout(self._left), QVBoxLayout()
        left.setContentsMargins(0, 0, 0, 0)
        for column in (left, right):
            column.setSpacing(0)
        self._due = Amount(self.theme, 28, align=Qt.AlignmentFlag.AlignLeft)
        self._typed = Amount(self.theme, 48)
        left.addStretch()
        left.addWidget(Text(self.theme, say("Still due"), 14, colour="ink-3"))
        left.addWidget(self._due)
        left.addStretch()
        right.addWidget(
            Text(self.theme, say("Next payment takes"), 14, colour="ink-3", align=Qt.AlignmentFlag.AlignRight)
        )
        right.addWidget(self._typed)
        row.addWidget(self._left, 2)
        row.addLayout(right, 3)
        return card

    def _make_right(self) -> QWidget:
        self._side = QFrame()
        plain_ground(self._side, "white")
        self._right = QVBoxLayout(self._side)
        head = QHBoxLayout()
        head.addWidget(Text(self.theme, say("Paid so far"), 28, head=True))
        self._paid_total = Amount(self.theme, 24)
        head.addWidget(self._paid_total, 1)
        inner = QWidget()
        column = QVBoxLayout(inner)
        column.setContentsMargins(0, 0, 0, 0)
        self._paid = Rows(self.theme)
        self._nothing = Text(
            self.theme, say("Nothing yet. Type an amount, then choose how it is paid."), 16, colour="ink-2", wraps=True
        )
        column.addWidget(self._paid)
        column.addWidget(self._nothing)
        column.addStretch(1)
        self._pay = [self.button(20, 72), self.button(18, 64), self.button(18, 64)]
        self._second = QHBoxLayout()
        self._second.addWidget(self._pay[1], 1)
        self._second.addWidget(self._pay[2], 1)
        self._back = self.button(16, 48)
        self._right.addLayout(head)
        self._right.addWidget(Scroll(inner), 1)
        self._right.addWidget(self._pay[0])
        self._right.addLayout(self._second)
        self._other, self._gift_card = self.button(16, 48), self.button(16, 48)
        others = QHBoxLayout()
        others.addWidget(self._gift_card)
        others.addWidget(self._other)
        self._right.addLayout(others)
        self._park = self.button(16, 48)
        self._right.addWidget(self._park)
        self._right.addWidget(self._back)
        return self._side

    def restyle(self) -> None:
        theme = self.theme
        gap, side = theme.px(10 if theme.is_text_large else 16), theme.px(20)
        self._middle.setContentsMargins(side, theme.px(14), side, side)
        self._middle.setSpacing(gap)
        self._right.setContentsMargins(side, side, side, side)
        self._right.setSpacing(theme.px(10))
        self._second.setSpacing(theme.px(8))
        self._quick_row.setSpacing(theme.px(8))
        # No wider with larger text than leaves the keypad its room at 1280.
        share_width(self._side, round(theme.pick(292, 392, 520) * min(theme.text_scale, 1.05)), theme)
        self._title.setVisible(not theme.is_text_large)
        self._due.set_size(theme.big(28))
        self._typed.set_size(theme.big(48))
        self._left.setVisible(not self._is_tight)  # what is still due stands in the bar below, too
        for button in self._quick:
            button.resize_to(self._quick_size, self._quick_height)
        for i, button in enumerate(self._pay):
            button.resize_to(20 if i == 0 else 18, 44 if theme.is_text_huge else (72, 64, 64)[i])
        for button in (self._gift_card, self._other, self._park, self._back):
            button.resize_to(16, 32 if theme.is_text_huge else 48)

    def refresh(self, view: object) -> None:
        if not isinstance(view, SplitView):
            return
        self.summary.show_view(view.summary)
        self._title.set_text(view.title)
        self._due.set_text(view.due)
        self._typed.set_text(view.typed)
        self._problem.show_text(view.problem)
        self._paid_total.set_text(view.paid_total)
        self._paid.show_rows(view.paid)
        self._nothing.setVisible(not view.paid)
        keep_count(self._quick, len(view.quick), self._quick_row, self._make_quick)
        for button, quick in zip(self._quick, view.quick, strict=True):
            button.show_view(quick)
        for button, pay in zip(self._pay, view.pay, strict=True):
            button.show_view(pay)
        self._other.show_view(view.other)
        self._gift_card.show_view(view.gift_card)
        self._park.show_view(view.park)
        self._back.show_view(view.back)

    @property
    def _is_tight(self) -> bool:
        return self.theme.is_text_huge and self.theme.is_compact

    @property
    def _quick_size(self) -> int:
        return 15 if self._is_tight else 20

    @property
    def _quick_height(self) -> int:
        return 40 if self.theme.is_text_huge else 52 if self.theme.is_text_large else 72

    def _make_quick(self) -> Button:
        button = self.button(self._quick_size, self._quick_height)
        button.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        return button

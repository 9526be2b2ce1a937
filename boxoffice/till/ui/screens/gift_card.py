"""A gift card: its code to scan or to type, what it can pay here, and the one press."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from boxoffice.till.ui.actions import Do
from boxoffice.till.ui.sale_actions import TypeCode
from boxoffice.till.ui.screens.pay import PayScreen
from boxoffice.till.ui.speech import say
from boxoffice.till.ui.theme import Theme
from boxoffice.till.ui.views.gift_card import GiftCardView
from boxoffice.till.ui.widgets.field import LabelledField
from boxoffice.till.ui.widgets.listing import keep_count
from boxoffice.till.ui.widgets.notice import Advice, Note
from boxoffice.till.ui.widgets.rows import Scroll
from boxoffice.till.ui.widgets.text import Amount, Text

_WIDEST = 760


class GiftCardScreen(PayScreen):
    """Draws a `GiftCardView`: the sale at the left, if it pays for one."""

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme)
        self._title = Text(theme, "", 40, head=True, wraps=True)
        self._code = LabelledField(theme, say("Scan it, or type its code"), icon="gift", hint="GC-7Q4M-2KD9-…")
        self._code.field.typed.connect(lambda text: self.did.emit(TypeCode(text)))
        self._code.field.submitted.connect(lambda _: self.did.emit(Do.FINISH))
        inner = QWidget()
        column = QVBoxLayout(inner)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.px(16))
        self._card = self._make_card()
        self._note = Note(theme)
        self._advice: list[Advice] = []
        self._lines = QVBoxLayout()
        self._lines.setSpacing(0)
        for part in (self._code, self._card, self._note):
            column.addWidget(part)
        column.addLayout(self._lines)
        column.addStretch(1)
        self._finish, self._other, self._back = self.button(20, 72), self.button(18, 64), self.button(16, 56)
        for button in (self._finish, self._other):
            button.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        last = QHBoxLayout()
        last.setSpacing(theme.px(12))
        last.addWidget(self._back)
        last.addStretch(1)
        self.body.addWidget(self._title)
        self.body.addWidget(Scroll(inner), 1)
        self.body.addWidget(self._other)
        self.body.addWidget(self._finish)
        self.body.addLayout(last)
        theme.changed.connect(self.restyle)
        self.restyle()

    def _make_card(self) -> QFrame:
        theme, left = self.theme, Qt.AlignmentFlag.AlignLeft
        card = QFrame()
        card.setProperty("part", "card")
        row, here, all_of_it = QHBoxLayout(card), QVBoxLayout(), QVBoxLayout()
        side = theme.px(20)
        row.setContentsMargins(side, theme.px(14), side, theme.px(14))
        self._here_label, self._here = Text(theme, "", 14, colour="ink-2"), Amount(theme, 56, align=left)
        self._balance_label = Text(theme, "", 14, colour="ink-3", align=Qt.AlignmentFlag.AlignRight)
        self._balance = Amount(theme, 24)
        for column, widgets in (
            (here, (self._here_label, self._here)),
            (all_of_it, (self._balance_label, self._balance)),
        ):
            column.setSpacing(0)
            for widget in widgets:
                column.addWidget(widget)
        all_of_it.addStretch(1)
        row.addLayout(here, 1)
        row.addLayout(all_of_it)
        return card

    def restyle(self) -> None:
        theme = self.theme
        self._title.set_size(theme.big(32 if theme.is_compact else 40))
        self._title.setVisible(not theme.is_text_huge)
        self._here.set_size(theme.big(44 if theme.is_compact else 56))
        self._balance.set_size(theme.big(24))
        self._finish.resize_to(20, 48 if theme.is_text_huge else 72)

    def first_focus(self) -> QWidget | None:
        return self._code.field.edit

    def refresh(self, view: object) -> None:
        if not isinstance(view, GiftCardView):
            return
        self.summary.setVisible(view.summary is not None)
        if view.summary is not None:
            self.summary.show_view(view.summary)
        self._title.set_text(view.title)
        self._code.field.show_text(view.typed)
        self._code.show_problem(view.problem)
        self._card.setVisible(bool(view.here))
        self._here_label.set_text(view.here_label)
        self._here.set_text(view.here)
        self._balance_label.set_text(view.balance_label)
        self._balance.set_text(view.balance)
        self._note.show_view(view.note)
        keep_count(self._advice, len(view.advice), self._lines, lambda: Advice(self.theme, height=44))
        for line, advice in zip(self._advice, view.advice, strict=True):
            line.show_view(advice)
        self._finish.show_view(view.finish)
        self._other.show_view(view.other)
        self._back.show_view(view.back)

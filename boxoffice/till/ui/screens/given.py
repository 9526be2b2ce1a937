"""Given for a reason: the reasons to choose from or to type, and beside them what is given."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QBoxLayout, QFrame, QGridLayout, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from boxoffice.till.ui.actions import Do
from boxoffice.till.ui.order_actions import GiveReason
from boxoffice.till.ui.screens.pay import PayScreen
from boxoffice.till.ui.speech import say
from boxoffice.till.ui.theme import Theme
from boxoffice.till.ui.views.pay import GivenView
from boxoffice.till.ui.widgets.button import Button
from boxoffice.till.ui.widgets.field import Field
from boxoffice.till.ui.widgets.listing import keep_count
from boxoffice.till.ui.widgets.notice import Advice
from boxoffice.till.ui.widgets.rows import Scroll
from boxoffice.till.ui.widgets.text import Amount, Text

_COLUMNS = 2


class GivenScreen(PayScreen):
    """Draws a `GivenView`; where there is little room, what is given stands below the reasons, and scrolls."""

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme)
        self._ways: list[Button] = []
        self._reasons: list[Button] = []
        self._title = Text(theme, "", 40, head=True, wraps=True)
        inner = QWidget()
        self._parts = QBoxLayout(QBoxLayout.Direction.LeftToRight, inner)
        self._parts.setContentsMargins(0, 0, 0, 0)
        self._parts.addWidget(self._make_reasons(), 3)
        self._parts.addWidget(self._make_given(), 2)
        self._finish = self.button(20, 72)
        self._finish.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.body.addWidget(self._title)
        self.body.addWidget(Scroll(inner), 1)
        self.body.addWidget(self._finish)
        theme.changed.connect(self.restyle)
        self.restyle()

    def _make_reasons(self) -> QWidget:
        part = QWidget()
        column = QVBoxLayout(part)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(self.theme.px(10))
        self._way_row, self._grid = QHBoxLayout(), QGridLayout()
        self._way_row.setSpacing(self.theme.px(8))
        self._grid.setSpacing(self.theme.px(8))
        self._question = Text(self.theme, "", 14, weight=600, colour="ink-2")
        self._typed = Field(self.theme, icon="tag", hint=say("Another reason"), key="/", name=say("Another reason"))
        self._typed.typed.connect(lambda text: self.did.emit(GiveReason(text)))
        self._typed.submitted.connect(lambda _: self.did.emit(Do.FINISH))
        column.addLayout(self._way_row)
        column.addWidget(self._question)
        column.addLayout(self._grid)
        column.addWidget(self._typed)
        column.addStretch(1)
        return part

    def _make_given(self) -> QWidget:
        part, card = QWidget(), QFrame()
        card.setProperty("part", "card")
        column, inside = QVBoxLayout(part), QVBoxLayout(card)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(self.theme.px(16))
        side = self.theme.px(20)
        inside.setContentsMargins(side, self.theme.px(14), side, self.theme.px(14))
        inside.setSpacing(0)
        self._label = Text(self.theme, "", 14, colour="ink-3")
        self._amount = Amount(self.theme, 40, align=Qt.AlignmentFlag.AlignLeft)
        self._what = Text(self.theme, "", 14, colour="ink-2", wraps=True)
        for each in (self._label, self._amount, self._what):
            inside.addWidget(each)
        self._advice: list[Advice] = []
        self._lines = QVBoxLayout()
        self._lines.setSpacing(0)
        column.addWidget(card)
        column.addLayout(self._lines)
        column.addStretch(1)
        return part

    def restyle(self) -> None:
        theme = self.theme
        is_narrow = theme.is_compact or theme.text_scale > 1
        way = QBoxLayout.Direction.TopToBottom if is_narrow else QBoxLayout.Direction.LeftToRight
        self._parts.setDirection(way)
        self._parts.setSpacing(theme.px(24))
        self._title.set_size(theme.big(32 if theme.is_compact else 40))
        self._title.setVisible(not theme.is_text_huge)
        self._amount.set_size(theme.big(40))
        self._finish.resize_to(20, 48 if theme.is_text_huge else 72)

    def focus_search(self) -> QWidget | None:
        return self._typed.edit if self._typed.isVisible() else None

    def refresh(self, view: object) -> None:
        if not isinstance(view, GivenView):
            return
        self.summary.show_view(view.summary)
        self._title.set_text(view.title)
        keep_count(self._ways, len(view.ways), self._way_row, self._wide)
        for button, each in zip(self._ways, view.ways, strict=True):
            button.show_view(each)
        self._question.set_text(view.question)
        self._question.setVisible(bool(view.question))
        while len(self._reasons) < len(view.reasons):
            at = len(self._reasons)
            self._reasons.append(self._wide())
            self._grid.addWidget(self._reasons[at], at // _COLUMNS, at % _COLUMNS)
        for at, button in enumerate(self._reasons):
            button.show_view(view.reasons[at] if at < len(view.reasons) else None)
        self._typed.setVisible(bool(view.question))
        self._typed.show_text(view.typed)
        self._label.set_text(view.amount_label)
        self._amount.set_text(view.amount)
        self._what.set_text(view.what)
        keep_count(self._advice, len(view.advice), self._lines, lambda: Advice(self.theme, height=44))
        for line, advice in zip(self._advice, view.advice, strict=True):
            line.show_view(advice)
        self._finish.show_view(view.finish)

    def _wide(self) -> Button:
        button = self.button(16, 64)
        button.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        return button

"""The rest can't be paid: what is paid and what is not, then parking and giving back side by side."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QBoxLayout, QFrame, QGridLayout, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from boxoffice.till.ui.screens.pay import PayScreen
from boxoffice.till.ui.speech import say
from boxoffice.till.ui.theme import Theme
from boxoffice.till.ui.views.parts import AdviceView
from boxoffice.till.ui.views.pay import GiveBackView
from boxoffice.till.ui.widgets.button import Button
from boxoffice.till.ui.widgets.empty import Icon
from boxoffice.till.ui.widgets.listing import keep_count
from boxoffice.till.ui.widgets.notice import Advice, Facts
from boxoffice.till.ui.widgets.rows import Rows, Scroll
from boxoffice.till.ui.widgets.tag import Tag
from boxoffice.till.ui.widgets.text import Amount, Text

_REASON_COLUMNS = 2


class GiveBackScreen(PayScreen):
    """Draws a `GiveBackView`; where there is little room the two ways stand below each other, and scroll."""

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme)
        self._tags: list[Tag] = []
        self._lines: list[Advice] = []
        self._reasons: list[Button] = []
        self._title = Text(theme, "", 40, head=True, wraps=True)
        self._back = self.button(16, 48)
        head = QHBoxLayout()
        head.addWidget(self._title, 1)
        head.addWidget(self._back)
        inner = QWidget()
        self._column = QVBoxLayout(inner)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._ways = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self._ways.addWidget(self._make_park(), 1)
        self._ways.addWidget(self._make_back(), 1)
        self._column.addWidget(self._make_sums())
        self._column.addLayout(self._ways, 1)
        self._foot = Facts(theme)
        self._column.addWidget(self._foot)
        self.body.addLayout(head)
        self.body.addWidget(Scroll(inner), 1)
        theme.changed.connect(self.restyle)
        self.restyle()

    def _make_sums(self) -> QWidget:
        theme = self.theme
        card = QFrame()
        card.setProperty("part", "card")
        row = QHBoxLayout(card)
        row.setContentsMargins(theme.px(20), theme.px(12), theme.px(20), theme.px(12))
        row.setSpacing(theme.px(16))
        left, right, self._tag_box = QVBoxLayout(), QVBoxLayout(), QWidget()
        self._tag_row = QHBoxLayout(self._tag_box)
        self._tag_row.setContentsMargins(0, 0, 0, 0)
        for column in (left, right):
            column.setSpacing(0)
        self._tag_row.setSpacing(theme.px(8))
        self._paid = Amount(theme, 28, align=Qt.AlignmentFlag.AlignLeft)
        self._due = Amount(theme, 40)
        left.addWidget(Text(theme, say("Paid so far"), 14, colour="ink-3"))
        left.addWidget(self._paid)
        right.addWidget(Text(theme, say("Not paid"), 14, colour="ink-3", align=Qt.AlignmentFlag.AlignRight))
        right.addWidget(self._due)
        row.addLayout(left)
        row.addWidget(self._tag_box)
        row.addStretch(1)
        row.addLayout(right)
        return card

    def _make_park(self) -> QWidget:
        card, column = self._card("pause", say("Park it, they come back"))
        self._line_column = QVBoxLayout()
        self._line_column.setSpacing(0)
        self._park = self._wide(18)
        column.addLayout(self._line_column)
        column.addStretch(1)
        column.addWidget(self._park)
        return card

    def _make_back(self) -> QWidget:
        card, column = self._card("back", say("Give it all back"))
        self._rows = Rows(self.theme, height=44, side=0, is_card=False)
        self._grid = QGridLayout()
        self._grid.setSpacing(self.theme.px(8))
        self._give = self._wide(18)
        column.addWidget(self._rows)
        column.addWidget(Text(self.theme, say("Reason"), 14, weight=600, colour="ink-2"))
        column.addLayout(self._grid)
        column.addStretch(1)
        column.addWidget(self._give)
        return card

    def _card(self, icon: str, title: str) -> tuple[QWidget, QVBoxLayout]:
        theme = self.theme
        card = QFrame()
        card.setProperty("part", "card")
        column = QVBoxLayout(card)
        column.setContentsMargins(theme.px(20), theme.px(16), theme.px(20), theme.px(20))
        column.setSpacing(theme.px(10))
        head = QHBoxLayout()
        head.setSpacing(theme.px(12))
        head.addWidget(Icon(theme, icon, 24))
        head.addWidget(Text(theme, title, 28, head=True, wraps=True), 1)
        column.addLayout(head)
        return card, column

    def _wide(self, size: float) -> Button:
        button = self.button(size, 72)
        button.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        return button

    def _reason(self) -> Button:
        button = self.button(15, 52)
        button.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        return button

    def restyle(self) -> None:
        theme = self.theme
        is_narrow = theme.text_scale > (1.0 if theme.is_compact else 1.25)
        way = QBoxLayout.Direction.TopToBottom if is_narrow else QBoxLayout.Direction.LeftToRight
        self._ways.setDirection(way)
        self._ways.setSpacing(theme.px(16))
        self._column.setSpacing(theme.px(16))
        self._paid.set_size(theme.big(28))
        self._due.set_size(theme.big(40))
        self._tag_box.setVisible(not theme.is_text_huge)
        self._title.set_size(theme.big(32 if theme.is_compact else 40))

    def refresh(self, view: object) -> None:
        if not isinstance(view, GiveBackView):
            return
        self.summary.show_view(view.summary)
        self._title.set_text(view.title)
        self._back.show_view(view.back)
        self._paid.set_text(view.paid)
        self._due.set_text(view.due)
        keep_count(self._tags, len(view.tags), self._tag_row, lambda: Tag(self.theme))
        for tag, each in zip(self._tags, view.tags, strict=True):
            tag.show_view(each)
        keep_count(self._lines, len(view.park_lines), self._line_column, self._line)
        for line, advice in zip(self._lines, view.park_lines, strict=True):
            line.show_view(AdviceView(advice.icon, advice.text))
        self._park.show_view(view.park)
        self._rows.show_rows(view.ways)
        while len(self._reasons) < len(view.reasons):
            button = self._reason()
            at = len(self._reasons)
            self._grid.addWidget(button, at // _REASON_COLUMNS, at % _REASON_COLUMNS)
            self._reasons.append(button)
        for button, reason in zip(self._reasons, view.reasons, strict=True):
            button.show_view(reason)
        self._give.show_view(view.give_back)
        self._foot.show_views((AdviceView("safe", view.foot),))

    def _line(self) -> Advice:
        return Advice(self.theme, height=44)

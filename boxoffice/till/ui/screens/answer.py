"""The screen of an answer: declined, cancelled or unknown, what is safe, and the ways on."""

from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from boxoffice.till.ui.screens.pay import ButtonBar, PayScreen
from boxoffice.till.ui.theme import Theme
from boxoffice.till.ui.views.pay import AnswerView
from boxoffice.till.ui.widgets.notice import AdviceCard, Notice
from boxoffice.till.ui.widgets.rows import Scroll
from boxoffice.till.ui.widgets.steps import Steps


class AnswerScreen(PayScreen):
    """Draws an `AnswerView`; with steps, they stand at the left of the advice."""

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme)
        self._notice, self._steps = Notice(theme), Steps(theme)
        self._advice, self._bar = AdviceCard(theme), ButtonBar(self)
        self._middle = QHBoxLayout()
        self._middle.addWidget(self._steps, 11)
        self._middle.addWidget(self._advice, 9)
        inner = QWidget()
        rows = QVBoxLayout(inner)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(theme.px(20))
        rows.addWidget(self._notice)
        rows.addLayout(self._middle)
        rows.addStretch(1)
        self.body.addWidget(Scroll(inner), 1)
        self.body.addWidget(self._bar)
        theme.changed.connect(self.restyle_middle)
        self.restyle_middle()

    def restyle_middle(self) -> None:
        self._middle.setSpacing(self.theme.pick(self.theme.px(16), self.theme.px(32), self.theme.px(48)))

    def refresh(self, view: object) -> None:
        if not isinstance(view, AnswerView):
            return
        self.summary.show_view(view.summary)
        self._notice.show_view(view.notice)
        self._steps.show_views(view.steps)
        self._advice.show_views(view.advice)
        self._bar.show_buttons(view.left, view.right)

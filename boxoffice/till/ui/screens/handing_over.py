"""The screen of a revoked till: why it sells no more, what it still holds, and the way to a new beginning."""

from PySide6.QtCore import QRect
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from boxoffice.till.ui.screens.pay import ButtonBar
from boxoffice.till.ui.screens.screen import Screen
from boxoffice.till.ui.theme import Theme
from boxoffice.till.ui.views.pages import HandOverView
from boxoffice.till.ui.widgets.notice import AdviceCard, Notice
from boxoffice.till.ui.widgets.rows import Scroll
from boxoffice.till.ui.widgets.steps import Steps
from boxoffice.till.ui.widgets.text import plain_ground


class HandOverScreen(Screen):
    """Draws a `HandOverView`."""

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme)
        plain_ground(self, "cream")
        self._column = QVBoxLayout(self)
        self._notice, self._steps = Notice(theme), Steps(theme)
        self._advice, self._bar = AdviceCard(theme), ButtonBar(self)
        advice = QVBoxLayout()
        advice.addWidget(self._advice)
        advice.addStretch(1)
        steps = QVBoxLayout()
        steps.addWidget(self._steps)
        steps.addStretch(1)
        inner = QWidget()
        self._middle = QHBoxLayout(inner)
        self._middle.setContentsMargins(0, 0, 0, 0)
        self._middle.addLayout(steps, 11)
        self._middle.addLayout(advice, 9)
        self._column.addWidget(self._notice)
        self._column.addWidget(Scroll(inner), 1)
        self._column.addWidget(self._bar)
        theme.changed.connect(self.restyle)
        self.restyle()

    def restyle(self) -> None:
        theme = self.theme
        side = theme.pick(24, 48, 96)
        self._column.setContentsMargins(side, theme.px(32), side, theme.px(32))
        self._column.setSpacing(theme.px(24))
        self._middle.setSpacing(theme.pick(theme.px(16), theme.px(32), theme.px(48)))

    def refresh(self, view: object) -> None:
        if not isinstance(view, HandOverView):
            return
        self._notice.show_view(view.notice)
        self._steps.show_views(view.steps)
        self._advice.show_views(view.advice)
        self._bar.show_buttons(view.left, view.right)

    def toast_place(self) -> QRect:
        room = self.rect()
        room.setTop(self._notice.geometry().bottom())
        room.setBottom(self._bar.geometry().top())
        return room

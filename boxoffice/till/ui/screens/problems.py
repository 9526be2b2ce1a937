"""The payments that nobody knows about yet, what not to do meanwhile, and the way on."""

from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from boxoffice.till.ui.screens.pay import Heading, new_button
from boxoffice.till.ui.screens.screen import Screen
from boxoffice.till.ui.theme import Theme
from boxoffice.till.ui.views.pages import ProblemsView
from boxoffice.till.ui.widgets.button import Button
from boxoffice.till.ui.widgets.empty import Empty
from boxoffice.till.ui.widgets.listing import keep_count
from boxoffice.till.ui.widgets.notice import AdviceCard
from boxoffice.till.ui.widgets.rows import Rows, Scroll
from boxoffice.till.ui.widgets.text import plain_ground


class ProblemsScreen(Screen):
    """Draws a `ProblemsView`."""

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme)
        plain_ground(self, "cream")
        columns = QHBoxLayout(self)
        columns.setContentsMargins(0, 0, 0, 0)
        columns.setSpacing(0)
        self._left = QVBoxLayout()
        self._heading = Heading(theme)
        self.rows = Rows(theme, height=112, title_size=18)
        self.rows.did.connect(self.did)
        self._empty = Empty(theme, "check", "", "")
        inner = QWidget()
        column = QVBoxLayout(inner)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.rows)
        column.addStretch(1)
        self._scroll = Scroll(inner)
        self._left.addWidget(self._heading)
        self._left.addWidget(self._scroll, 1)
        self._left.addWidget(self._empty, 1)
        self._side = QFrame()
        plain_ground(self._side, "white")
        self._right = QVBoxLayout(self._side)
        self._advice = AdviceCard(theme)
        self._buttons: list[Button] = []
        self._button_column = QVBoxLayout()
        told = QWidget()
        advice = QVBoxLayout(told)
        advice.setContentsMargins(0, 0, 0, 0)
        advice.addWidget(self._advice)
        advice.addStretch(1)
        self._right.addWidget(Scroll(told), 1)
        self._right.addLayout(self._button_column)
        columns.addLayout(self._left, 1)
        columns.addWidget(self._side)
        theme.changed.connect(self.restyle)
        self.restyle()

    def restyle(self) -> None:
        theme = self.theme
        side = theme.pick(16, 20, 32)
        self._left.setContentsMargins(side, theme.px(20), side, side)
        self._left.setSpacing(theme.px(16))
        self._right.setContentsMargins(side, theme.px(20), side, side)
        self._button_column.setSpacing(theme.px(12))
        self._side.setFixedWidth(round(theme.pick(320, 400, 520) * min(theme.text_scale, 1.15)))

    def refresh(self, view: object) -> None:
        if not isinstance(view, ProblemsView):
            return
        self._heading.show_words(view.title, view.hint)
        self.rows.show_rows(view.rows)
        self._scroll.setVisible(bool(view.rows))
        self._empty.setVisible(not view.rows)
        self._empty.show_words("check", view.empty_title, view.empty_text)
        self._advice.show_views(view.advice)
        keep_count(self._buttons, len(view.buttons), self._button_column, lambda: new_button(self, 18, 64))
        for button, each in zip(self._buttons, view.buttons, strict=True):
            button.show_view(each)

"""The sales that wait, those with a payment under way first."""

from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from boxoffice.till.ui.screens.pay import Heading, new_button
from boxoffice.till.ui.screens.screen import Screen
from boxoffice.till.ui.speech import say
from boxoffice.till.ui.theme import Theme
from boxoffice.till.ui.views.pay import ParkedView
from boxoffice.till.ui.widgets.empty import Empty
from boxoffice.till.ui.widgets.rows import Rows, Scroll
from boxoffice.till.ui.widgets.text import Text, plain_ground


class ParkedScreen(Screen):
    """Draws a `ParkedView`."""

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme)
        plain_ground(self, "cream")
        self._column = QVBoxLayout(self)
        head = QHBoxLayout()
        self._heading, self._back = Heading(theme), new_button(self, 16, 48)
        head.addWidget(self._heading, 1)
        head.addWidget(self._back)
        self._waiting_title = Text(theme, say("Waiting for payment"), 24, head=True)
        self._parked_title = Text(theme, say("Parked"), 24, head=True)
        self.waiting, self.parked = (Rows(theme, height=80, title_size=18) for _ in range(2))
        inner = QWidget()
        lists = QVBoxLayout(inner)
        lists.setContentsMargins(0, 0, 0, 0)
        lists.setSpacing(theme.px(12))
        for title, rows in ((self._waiting_title, self.waiting), (self._parked_title, self.parked)):
            rows.did.connect(self.did)
            lists.addWidget(title)
            lists.addWidget(rows)
        lists.addStretch(1)
        self._scroll, self._empty = Scroll(inner), Empty(theme, "pause", "", "")
        self._column.addLayout(head)
        self._column.addWidget(self._scroll, 1)
        self._column.addWidget(self._empty, 1)
        theme.changed.connect(self.restyle)
        self.restyle()

    def restyle(self) -> None:
        side = self.theme.pick(16, 20, 32)
        self._column.setContentsMargins(side, self.theme.px(20), side, side)
        self._column.setSpacing(self.theme.px(16))

    def refresh(self, view: object) -> None:
        if not isinstance(view, ParkedView):
            return
        self._heading.show_words(view.title, view.hint)
        self._back.show_view(view.back)
        self.waiting.show_rows(view.waiting)
        self.parked.show_rows(view.parked)
        self._waiting_title.setVisible(bool(view.waiting))
        self._parked_title.setVisible(bool(view.parked))
        is_any = bool(view.waiting or view.parked)
        self._scroll.setVisible(is_any)
        self._empty.setVisible(not is_any and bool(view.empty_title))
        self._empty.show_words("pause", view.empty_title, view.empty_text)

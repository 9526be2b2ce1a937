"""One card in the middle: what it is about at the top, then the choice, and what it comes to with the presses."""

from PySide6.QtCore import QRect, Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from boxoffice.till.ui.screens.pay import new_button
from boxoffice.till.ui.screens.screen import Screen
from boxoffice.till.ui.theme import Theme
from boxoffice.till.ui.widgets.notice import Note
from boxoffice.till.ui.widgets.rows import Scroll
from boxoffice.till.ui.widgets.text import Amount, Text, plain_ground


class CardScreen(Screen):
    """Has the card; a screen of its own fills it with `fill`, and adds its presses to `foot`."""

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme)
        plain_ground(self, "cream")
        self._outer = QHBoxLayout(self)
        self.card = QFrame()
        self.card.setProperty("part", "card")
        self._outer.addStretch(1)
        self._outer.addWidget(self.card)
        self._outer.addStretch(1)
        self.title, self.close_button = Text(theme, "", 36, head=True, wraps=True), new_button(self, 15, 48)
        self.head = QHBoxLayout()
        self.head.addWidget(self.title, 1)
        self.head.addWidget(self.close_button)
        self.problem = Note(theme)
        self.way = Text(theme, "", 16, weight=600, wraps=True)
        self.detail = Text(theme, "", 14, colour="ink-2", wraps=True)
        self.label = Text(theme, "", 14, colour="ink-3", align=Qt.AlignmentFlag.AlignRight)
        self.amount = Amount(theme, 40)
        self.words, self.sum_row = QVBoxLayout(), QHBoxLayout()
        self._foot_frame = QFrame()
        plain_ground(self._foot_frame, "cream")
        self.foot = QVBoxLayout(self._foot_frame)
        self._make_foot()

    def _make_foot(self) -> None:
        sums = QVBoxLayout()
        sums.setSpacing(0)
        for widget in (self.label, self.amount):
            sums.addWidget(widget)
        sums.addStretch(1)
        for widget in (self.way, self.detail):
            self.words.addWidget(widget)
        self.sum_row.addLayout(self.words, 1)
        self.sum_row.addLayout(sums)
        self.foot.addWidget(self.problem)
        self.foot.addLayout(self.sum_row)

    def fill(self, body: QWidget) -> None:
        """Puts the choice between head and foot; it scrolls where it has no room."""
        column = QVBoxLayout(self.card)
        column.setContentsMargins(1, 1, 1, 1)
        column.setSpacing(0)
        column.addLayout(self.head)
        column.addWidget(Scroll(body), 1)
        column.addWidget(self._foot_frame)

    def restyle_card(self, width: int) -> None:
        """Sizes what every card has; `width` is in pixels of the screen."""
        theme = self.theme
        self.card.setFixedWidth(width)
        self._outer.setContentsMargins(theme.px(12), theme.px(16), theme.px(12), theme.px(16))
        self.title.set_size(theme.big(36))
        self.amount.set_size(theme.big(40))

    def show_words(self, way: str, detail: str, label: str) -> None:
        """Shows what will happen, and what the amount is; what is empty takes no room."""
        for text, words in ((self.way, way), (self.detail, detail), (self.label, label)):
            text.set_text(words)
            text.setVisible(bool(words))

    def toast_place(self) -> QRect:
        return self.card.geometry()

"""The dark half of the screens that stand alone: the program's name, a big title, and the coral stripe."""

from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from boxoffice.till.ui.theme import Theme
from boxoffice.till.ui.widgets.text import Text, plain_ground


class Poster(QFrame):
    def __init__(self, theme: Theme, title: str, text: str) -> None:
        super().__init__()
        self._theme = theme
        plain_ground(self, "ink")
        outer = QHBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(0)
        self._words = QVBoxLayout()
        name = QHBoxLayout()
        name.setSpacing(theme.px(6))
        name.addWidget(Text(theme, "Box", 30, head=True, colour="on-ink"))
        name.addWidget(Text(theme, "Office", 30, head=True, colour="coral-light"))
        name.addStretch()
        self._title = Text(theme, title, 96, head=True, colour="on-ink", wraps=True)
        self._text = Text(theme, text, 18, colour="on-ink-2", wraps=True)
        self._words.addLayout(name)
        self._words.addStretch(1)
        self._words.addWidget(self._title)
        self._words.addSpacing(24)
        self._words.addWidget(self._text)
        self._words.addStretch(2)
        outer.addLayout(self._words, 1)
        self._stripe = QWidget()
        plain_ground(self._stripe, "coral")
        outer.addWidget(self._stripe)
        theme.changed.connect(self.restyle)
        self.restyle()

    def restyle(self) -> None:
        px = self._theme.px
        side = self._theme.pick(32, 56, 72)
        self._words.setContentsMargins(side, px(48), px(24), px(40))
        self._stripe.setFixedWidth(px(10))
        size = 64 if self._theme.is_compact or self._theme.text_scale > 1.2 else 96
        self._title.set_size(self._theme.big(size))

    def show_words(self, title: str, text: str) -> None:
        self._title.set_text(title)
        self._text.set_text(text)

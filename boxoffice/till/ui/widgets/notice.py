"""The one big answer of a screen, and the card of what is safe and what comes next."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QBoxLayout, QFrame, QHBoxLayout, QVBoxLayout, QWidget

from boxoffice.till.ui.theme import Theme
from boxoffice.till.ui.views.parts import AdviceView, NoticeView
from boxoffice.till.ui.widgets.empty import Icon
from boxoffice.till.ui.widgets.listing import keep_count
from boxoffice.till.ui.widgets.text import Text, set_state


class Notice(QFrame):
    """Icon, heading and one sentence in the colours of a state."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self.setProperty("part", "notice")
        layout = QHBoxLayout(self)
        layout.setContentsMargins(theme.px(26), theme.px(22), theme.px(26), theme.px(22))
        layout.setSpacing(theme.px(24))
        self._icon = Icon(theme, "", 88, stroke=2.4)
        words = QVBoxLayout()
        words.setSpacing(theme.px(4))
        self._title = Text(theme, "", 46, head=True, wraps=True)
        self._text = Text(theme, "", 18, wraps=True)
        words.addStretch()
        words.addWidget(self._title)
        words.addWidget(self._text)
        words.addStretch()
        layout.addWidget(self._icon)
        layout.addLayout(words, 1)
        theme.changed.connect(self.restyle)
        self.restyle()

    def restyle(self) -> None:
        self._title.set_size(self._theme.big(34 if self._theme.is_compact else 46))
        self._icon.setVisible(not self._theme.is_text_huge)

    def show_view(self, view: NoticeView) -> None:
        self._icon.show_icon(view.icon, view.state)
        self._title.set_text(view.title)
        self._title.set_colour(view.state)
        self._text.set_text(view.text)
        self._text.setVisible(bool(view.text))
        self.setAccessibleName(f"{view.title} {view.text}")
        set_state(self, view.state)


class Note(QFrame):
    """A small notice beside other things; hidden while there is nothing to note."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.setProperty("part", "notice")
        layout = QHBoxLayout(self)
        layout.setContentsMargins(theme.px(14), theme.px(10), theme.px(14), theme.px(10))
        layout.setSpacing(theme.px(12))
        self._icon = Icon(theme, "", 18)
        words = QVBoxLayout()
        words.setSpacing(theme.px(2))
        self._title, self._text = Text(theme, "", 14, weight=700, wraps=True), Text(theme, "", 14, wraps=True)
        words.addWidget(self._title)
        words.addWidget(self._text)
        layout.addWidget(self._icon, 0, Qt.AlignmentFlag.AlignTop)
        layout.addLayout(words, 1)
        self.hide()

    def show_view(self, view: NoticeView | None) -> None:
        self.setVisible(view is not None)
        if view is not None:
            self._icon.show_icon(view.icon, view.state)
            self._title.set_text(view.title)
            self._title.set_colour(view.state)
            self._text.set_text(view.text)
            self._text.setVisible(bool(view.text))
            set_state(self, view.state)


class Advice(QFrame):
    """One sentence with its icon."""

    def __init__(self, theme: Theme, *, height: int) -> None:
        super().__init__()
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, theme.px(8), 0, theme.px(8))
        layout.setSpacing(theme.px(14))
        self._icon = Icon(theme, "", 22)
        self._text = Text(theme, "", 16, wraps=True)
        layout.addWidget(self._icon)
        layout.addWidget(self._text, 1)
        self._theme, self._height, self.is_first = theme, height, True
        theme.changed.connect(self.restyle)
        self.restyle()

    def restyle(self) -> None:
        self.setMinimumHeight(self._theme.tall(self._height))

    def show_view(self, view: AdviceView) -> None:
        self._icon.show_icon(view.icon)
        self._text.set_marked(view.text)

    def paintEvent(self, event: QPaintEvent) -> None:
        if not self.is_first:
            QPainter(self).fillRect(0, 0, self.width(), 1, self._theme.colour("line"))


class Facts(QWidget):
    """Quiet facts in a row, each with its icon."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._shown: list[Fact] = []
        self._row = QBoxLayout(QBoxLayout.Direction.LeftToRight, self)
        self._row.setContentsMargins(theme.px(4), 0, 0, 0)
        self._row.setSpacing(theme.px(24))
        self._row.addStretch(1)
        theme.changed.connect(self.restyle)

    def restyle(self) -> None:
        """Lets words stand below each other and break where one line of them is wider than the screen."""
        wraps = self._theme.text_scale > 1 or self._theme.is_compact
        self._row.setDirection(QBoxLayout.Direction.TopToBottom if wraps else QBoxLayout.Direction.LeftToRight)
        for fact in self._shown:
            fact.wrap(wraps=wraps)

    def show_views(self, views: tuple[AdviceView, ...]) -> None:
        keep_count(self._shown, len(views), self._row, lambda: Fact(self._theme))
        for fact, view in zip(self._shown, views, strict=True):
            fact.show_view(view)
        self.restyle()


class Fact(QWidget):
    def __init__(self, theme: Theme) -> None:
        super().__init__()
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(theme.px(10))
        self._icon, self._text = Icon(theme, "", 18, "ink-2"), Text(theme, "", 14, colour="ink-2")
        self._row = row
        row.addWidget(self._icon)
        row.addWidget(self._text)

    def wrap(self, *, wraps: bool) -> None:
        self._text.wrap(wraps=wraps)
        self._row.setStretchFactor(self._text, 1 if wraps else 0)

    def show_view(self, view: AdviceView) -> None:
        self._icon.show_icon(view.icon)
        self._text.set_text(view.text)


class AdviceCard(QFrame):
    """What is safe, what not to do, what comes next."""

    def __init__(self, theme: Theme, *, height: int = 72) -> None:
        super().__init__()
        self._theme, self._height = theme, height
        self.setProperty("part", "card")
        self._shown: list[Advice] = []
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(theme.px(18), theme.px(4), theme.px(18), theme.px(8))
        self._layout.setSpacing(0)

    def show_views(self, views: tuple[AdviceView, ...]) -> None:
        self.setVisible(bool(views))
        keep_count(self._shown, len(views), self._layout, lambda: Advice(self._theme, height=self._height))
        for i, view in enumerate(views):
            self._shown[i].is_first = i == 0
            self._shown[i].show_view(view)

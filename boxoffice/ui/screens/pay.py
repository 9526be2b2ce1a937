"""What the payment screens share: the sale at the left, a heading, and room for the rest."""

from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from boxoffice.ui.actions import Do
from boxoffice.ui.screens.screen import Screen
from boxoffice.ui.theme import Theme
from boxoffice.ui.views.parts import ButtonView
from boxoffice.ui.widgets.button import Button
from boxoffice.ui.widgets.summary import SummaryPanel
from boxoffice.ui.widgets.text import Text, plain_ground


def new_button(screen: Screen, size: float = 16, height: int = 64) -> Button:
    """Returns a button that says what it does through its screen; hidden until it has a view."""
    button = Button(screen.theme, ButtonView("", Do.BACK), size=size, height=height)
    button.did.connect(screen.did)
    button.hide()
    return button


class PayScreen(Screen):
    """The sale's column, then whatever the screen puts into `columns`."""

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme)
        plain_ground(self, "cream")
        self.columns = QHBoxLayout(self)
        self.columns.setContentsMargins(0, 0, 0, 0)
        self.columns.setSpacing(0)
        self.summary = SummaryPanel(theme)
        self.summary.did.connect(self.did)
        self.columns.addWidget(self.summary)

    def button(self, size: float = 16, height: int = 64) -> Button:
        return new_button(self, size, height)

    def toast_room(self) -> int:
        return self.summary.width() + self.theme.px(20)


class Heading(QWidget):
    """The title of a screen with a sentence under it."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        self._title = Text(theme, "", 48, head=True, wraps=True)
        self._hint = Text(theme, "", 18, colour="ink-2", wraps=True)
        column.addWidget(self._title)
        column.addWidget(self._hint)
        theme.changed.connect(self.restyle)
        self.restyle()

    def restyle(self) -> None:
        self._title.set_size(34 if self._theme.is_compact else 48)

    def show_words(self, title: str, hint: str) -> None:
        self._title.set_text(title)
        self._hint.set_marked(hint)
        self._hint.setVisible(bool(hint))

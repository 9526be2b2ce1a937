"""What the payment screens share: the sale at the left, a heading, and room for the rest."""

from PySide6.QtCore import QRect
from PySide6.QtWidgets import QBoxLayout, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from boxoffice.till.ui.actions import Do
from boxoffice.till.ui.screens.screen import Screen
from boxoffice.till.ui.theme import Theme
from boxoffice.till.ui.views.parts import ButtonView
from boxoffice.till.ui.widgets.button import Button
from boxoffice.till.ui.widgets.listing import keep_count
from boxoffice.till.ui.widgets.summary import SummaryPanel
from boxoffice.till.ui.widgets.text import Text, plain_ground


def new_button(screen: Screen, size: float = 16, height: int = 64) -> Button:
    """Returns a button that says what it does through its screen; hidden until it has a view."""
    button = Button(screen.theme, ButtonView("", Do.BACK), size=size, height=height)
    button.did.connect(screen.did)
    button.hide()
    return button


def share_width(side: QWidget, width: int, theme: Theme) -> None:
    """Gives a right-hand column its width; where the text is large, half of what there is."""
    if theme.is_text_large:
        side.setMinimumWidth(0)
        side.setMaximumWidth(16_777_215)
        side.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
    else:
        side.setFixedWidth(width)
        side.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)


class PayScreen(Screen):
    """The sale's column, then `body` or whatever the screen puts into `columns`."""

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme)
        plain_ground(self, "cream")
        self._outer = QBoxLayout(QBoxLayout.Direction.LeftToRight, self)
        self.columns = QHBoxLayout()
        for layout in (self._outer, self.columns):
            layout.setContentsMargins(0, 0, 0, 0)
            layout.setSpacing(0)
        self.summary = SummaryPanel(theme)
        self.summary.did.connect(self.did)
        self._outer.addWidget(self.summary)
        self._outer.addLayout(self.columns, 1)
        self._body: QVBoxLayout | None = None
        theme.changed.connect(self._restyle_outer)
        self._restyle_outer()

    def _restyle_outer(self) -> None:
        """Where the text is large, the sale is a bar at the bottom."""
        is_bar = self.theme.is_text_large
        way = QBoxLayout.Direction.BottomToTop if is_bar else QBoxLayout.Direction.LeftToRight
        self._outer.setDirection(way)
        self.summary.set_bar(is_bar=is_bar)

    @property
    def body(self) -> QVBoxLayout:
        """One column beside the sale, with the margins of a payment."""
        if self._body is None:
            self._body = QVBoxLayout()
            self.columns.addLayout(self._body, 1)
            self.theme.changed.connect(self._restyle_body)
            self._restyle_body()
        return self._body

    def _restyle_body(self) -> None:
        side = self.theme.pick(20, 32, 48)
        if self._body is not None:
            edge = self.theme.px(12 if self.theme.is_text_large else 24)
            self._body.setContentsMargins(side, edge, side, edge)
            self._body.setSpacing(self.theme.px(12 if self.theme.is_text_large else 20))

    def button(self, size: float = 16, height: int = 64) -> Button:
        return new_button(self, size, height)

    def toast_place(self) -> QRect:
        if not self.theme.is_text_large:
            return self.summary.free_place().translated(self.summary.pos())
        return QRect(0, 0, self.width(), self.summary.y())


class ButtonBar(QWidget):
    """The buttons at the foot of a payment: one at the left, the ways on at the right."""

    def __init__(self, screen: Screen) -> None:
        super().__init__()
        self._screen = screen
        self._left = new_button(screen, 16, 64)
        self._right: list[Button] = []
        self._whole = QBoxLayout(QBoxLayout.Direction.LeftToRight, self)
        self._whole.setContentsMargins(0, 0, 0, 0)
        self._row = QHBoxLayout()
        for each in (self._whole, self._row):
            each.setSpacing(screen.theme.px(12))
        self._whole.addWidget(self._left)
        self._whole.addStretch(1)
        self._whole.addLayout(self._row)

    def show_buttons(self, left: ButtonView | None, right: tuple[ButtonView, ...]) -> None:
        """Shows them beside each other, or the left one below where large words have no room."""
        theme = self._screen.theme
        most = 1 if theme.is_text_huge else 2 if theme.is_compact and theme.text_scale > 1 else 3
        is_stacked = left is not None and len(right) > most
        way = QBoxLayout.Direction.BottomToTop if is_stacked else QBoxLayout.Direction.LeftToRight
        self._whole.setDirection(way)
        self._left.show_view(left)
        keep_count(self._right, len(right), self._row, lambda: new_button(self._screen, 18, 64))
        for button, view in zip(self._right, right, strict=True):
            is_big = view.kind in ("primary", "strong")
            button.resize_to((17 if self._screen.theme.is_compact else 20) if is_big else 16, 72 if is_big else 64)
            button.show_view(view)


class Heading(QWidget):
    """The title of a screen with a sentence under it."""

    def __init__(self, theme: Theme, *, size: float = 48) -> None:
        super().__init__()
        self._theme, self._size = theme, size
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.px(4))
        self._title = Text(theme, "", size, head=True, wraps=True)
        self._hint = Text(theme, "", 18, colour="ink-2", wraps=True)
        column.addWidget(self._title)
        column.addWidget(self._hint)
        theme.changed.connect(self.restyle)
        self.restyle()

    def restyle(self) -> None:
        self._title.set_size(self._theme.big(34 if self._theme.is_compact else self._size))

    def show_words(self, title: str, hint: str) -> None:
        self._title.set_text(title)
        self._hint.set_marked(hint)
        self._hint.setVisible(bool(hint))

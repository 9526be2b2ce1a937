"""The parts of a form: buttons in a grid, choices, counted pieces, lines, and cards of them."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from boxoffice.till.ui.actions import Do
from boxoffice.till.ui.speech import say
from boxoffice.till.ui.theme import Theme
from boxoffice.till.ui.views.form import CardView, ChoicesView, CountView, LineView
from boxoffice.till.ui.views.parts import ButtonKind, ButtonView
from boxoffice.till.ui.widgets.button import Button
from boxoffice.till.ui.widgets.listing import keep_count
from boxoffice.till.ui.widgets.text import Amount, Text

_WIDE = QSizePolicy.Policy.Expanding


_FIXED = QSizePolicy.Policy.Fixed


class ButtonGrid(QWidget):
    """Buttons of one width, in so many columns."""

    did = Signal(object)

    def __init__(self, theme: Theme, *, size: float = 16, height: int = 56) -> None:
        super().__init__()
        self._theme, self._size, self._height = theme, size, height
        self._buttons: list[Button] = []
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setSpacing(theme.px(8))

    def show_buttons(self, views: tuple[ButtonView, ...], columns: int, height: int = 0) -> None:
        self.setVisible(bool(views))
        columns = min(columns, 2 if self._theme.is_text_large else columns)
        while len(self._buttons) < len(views):
            button = Button(self._theme, ButtonView("", Do.BACK), size=self._size, height=self._height)
            button.setSizePolicy(_WIDE, _FIXED)
            button.did.connect(self.did)
            self._buttons.append(button)
        for i, button in enumerate(self._buttons):
            self._grid.removeWidget(button)
            if i < len(views):
                self._grid.addWidget(button, i // columns, i % columns)
                if height:
                    button.resize_to(self._size, height)
            button.show_view(views[i] if i < len(views) else None)
        for column in range(8):
            self._grid.setColumnStretch(column, 1 if column < columns and views else 0)


class Choices(QWidget):
    """A question over its choices."""

    did = Signal(object)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.px(6))
        self._label = Text(theme, "", 14, weight=600)
        self._grid = ButtonGrid(theme, size=15, height=52)
        self._grid.did.connect(self.did)
        column.addWidget(self._label)
        column.addWidget(self._grid)

    def show_view(self, view: ChoicesView) -> None:
        self._label.set_text(view.label)
        self._grid.show_buttons(view.buttons, view.columns)


class CountRow(QFrame):
    """One bill or coin: less, how many, more, and what it comes to."""

    did = Signal(object)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._view: CountView | None = None
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(theme.px(6))
        self._label = Text(theme, "", 17, weight=700)
        self._less, self._value, self._more = (
            Button(theme, ButtonView("", Do.BACK), size=17, height=50) for _ in range(3)
        )
        for button in (self._less, self._value, self._more):
            button.did.connect(self.did)
        self._value.setSizePolicy(_WIDE, _FIXED)
        self._amount = Amount(theme, 16)
        row.addWidget(self._label)
        row.addWidget(self._less)
        row.addWidget(self._value, 1)
        row.addWidget(self._more)
        row.addWidget(self._amount)
        theme.changed.connect(self.restyle)
        self.restyle()

    def restyle(self) -> None:
        theme = self._theme
        self._label.setFixedWidth(theme.tall(theme.pick(54, 72, 92)))
        self._amount.setFixedWidth(theme.tall(theme.pick(70, 96, 110)))
        for button in (self._less, self._more):
            button.setFixedWidth(theme.tall(48))

    def show_view(self, view: CountView) -> None:
        self._label.set_text(view.label)
        name = f"{view.label} {view.value}"
        kind: ButtonKind = "strong" if view.is_chosen else "plain"
        self._less.show_view(ButtonView("", view.less, icon="minus", name=say("One less of {label}", label=view.label)))
        self._value.show_view(ButtonView(view.value, view.choose, kind, name=name))
        self._more.show_view(ButtonView("", view.more, icon="plus", name=say("One more of {label}", label=view.label)))
        self._amount.set_text(view.amount)
        for button in (self._less, self._more):  # where there is little room, only what is counted now has them
            button.setVisible(view.is_chosen or not self._theme.is_compact)


class Line(QWidget):
    """A label at the left, what it comes to at the right."""

    def __init__(self, theme: Theme, size: float = 16) -> None:
        super().__init__()
        row = QHBoxLayout(self)
        row.setContentsMargins(0, theme.px(3), 0, theme.px(3))
        row.setSpacing(theme.px(10))
        self._label = Text(theme, "", size, colour="ink-2", wraps=True)
        self._text = Text(theme, "", size, weight=700, align=Qt.AlignmentFlag.AlignRight)
        row.addWidget(self._label, 1)
        row.addWidget(self._text)

    def show_view(self, view: LineView) -> None:
        self._label.set_text(view.label)
        self._label.set_weight(700 if view.is_strong else 400)
        self._label.set_colour("ink" if view.is_strong else "ink-2")
        self._text.set_text(view.text)
        self._text.setVisible(bool(view.text))
        self.setAccessibleName(f"{view.label} {view.text}")


class Lines(QWidget):
    def __init__(self, theme: Theme, size: float = 16) -> None:
        super().__init__()
        self._theme, self._size = theme, size
        self._lines: list[Line] = []
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(0)

    def show_lines(self, views: tuple[LineView, ...]) -> None:
        self.setVisible(bool(views))
        keep_count(self._lines, len(views), self._column, lambda: Line(self._theme, self._size))
        for line, view in zip(self._lines, views, strict=True):
            line.show_view(view)


class Card(QFrame):
    """Lines under a title."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.setProperty("part", "card")
        column = QVBoxLayout(self)
        column.setContentsMargins(theme.px(16), theme.px(12), theme.px(16), theme.px(12))
        column.setSpacing(theme.px(4))
        self._title = Text(theme, "", 20, head=True)
        self._lines = Lines(theme, 15)
        column.addWidget(self._title)
        column.addWidget(self._lines)

    def show_view(self, view: CardView) -> None:
        self._title.set_text(view.title)
        self._lines.show_lines(view.lines)

"""The screen of a shift: what is counted, chosen or typed at the left, and at the right what it comes to."""

from PySide6.QtCore import QRect, Qt, Signal
from PySide6.QtWidgets import QBoxLayout, QFrame, QGridLayout, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from boxoffice.till.ui.actions import Do, GiveReason
from boxoffice.till.ui.screens.pay import new_button, share_width
from boxoffice.till.ui.screens.screen import Screen
from boxoffice.till.ui.speech import say
from boxoffice.till.ui.theme import Theme
from boxoffice.till.ui.views.desk import CardView, ChoicesView, CountView, DeskView, LineView, SideView
from boxoffice.till.ui.views.parts import ButtonKind, ButtonView
from boxoffice.till.ui.widgets.button import Button
from boxoffice.till.ui.widgets.comparison import Comparison
from boxoffice.till.ui.widgets.field import Field
from boxoffice.till.ui.widgets.figures import Figures
from boxoffice.till.ui.widgets.keypad import Keypad
from boxoffice.till.ui.widgets.listing import keep_count
from boxoffice.till.ui.widgets.notice import Note, Notice
from boxoffice.till.ui.widgets.rows import Rows, Scroll
from boxoffice.till.ui.widgets.steps import Steps
from boxoffice.till.ui.widgets.text import Amount, Elided, Text, plain_ground

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


class Side(QFrame):
    """The column at the right."""

    did = Signal(object)

    def __init__(self, screen: "DeskScreen") -> None:
        super().__init__()
        theme = self._theme = screen.theme
        self._screen = screen
        plain_ground(self, "white")
        self._column = QVBoxLayout(self)
        head = QHBoxLayout()
        self._title, self._hint = Elided(theme, "", 28, head=True), Text(theme, "", 14, colour="ink-3")
        head.addWidget(self._title, 1)
        head.addWidget(self._hint)
        inner = QWidget()
        middle = QVBoxLayout(inner)
        middle.setContentsMargins(0, 0, 0, 0)
        middle.setSpacing(theme.px(10))
        self._lines, self._rows, self._steps = Lines(theme), Rows(theme, height=52, side=0, is_card=False), Steps(theme)
        self._note = Note(theme)
        for each in (self._lines, self._note, self._steps, self._rows):
            middle.addWidget(each)
        middle.addStretch(1)
        total = QHBoxLayout()
        self._label, self._total = Text(theme, "", 28, head=True), Amount(theme, 44)
        total.addWidget(self._label)
        total.addWidget(self._total, 1)
        self._buttons: list[Button] = []
        self._foot_column = QVBoxLayout()
        self._foot = Text(theme, "", 14, colour="ink-2", wraps=True, align=Qt.AlignmentFlag.AlignHCenter)
        self._column.addLayout(head)
        self._column.addWidget(Scroll(inner), 1)
        self._column.addLayout(total)
        self._column.addLayout(self._foot_column)
        self._column.addWidget(self._foot)
        theme.changed.connect(self.restyle)
        self.restyle()

    def restyle(self) -> None:
        theme = self._theme
        side = theme.px(16)
        self._column.setContentsMargins(side, side, side, side)
        self._column.setSpacing(theme.px(10))
        self._foot_column.setSpacing(theme.px(8))
        share_width(self, round(theme.pick(324, 408, 520) * min(theme.text_scale, 1.15)), theme)
        self._total.set_size(theme.big(32 if theme.is_compact else 44))

    def show_view(self, view: SideView) -> None:
        self._title.set_text(view.title)
        self._hint.set_text(view.hint)
        self._lines.show_lines(view.lines)
        self._rows.show_rows(view.rows)
        self._steps.show_views(view.steps)
        self._note.show_view(view.note)
        self._label.set_text(view.total_label)
        self._total.set_text(view.total)
        for each in (self._label, self._total):
            each.setVisible(bool(view.total))
        keep_count(self._buttons, len(view.buttons), self._foot_column, self._make)
        for button, shown in zip(self._buttons, view.buttons, strict=True):
            is_main = shown.kind == "primary"
            button.resize_to((17 if self._theme.is_compact else 20) if is_main else 16, 72 if is_main else 56)
            button.show_view(shown)
        self._foot.set_text(view.foot)
        self._foot.setVisible(bool(view.foot))

    def _make(self) -> Button:
        button = new_button(self._screen, 20, 72)
        button.setSizePolicy(_WIDE, _FIXED)
        return button


class DeskScreen(Screen):
    """Draws a `DeskView`."""

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme)
        plain_ground(self, "cream")
        self._whole = QBoxLayout(QBoxLayout.Direction.LeftToRight, self)
        self._whole.setContentsMargins(0, 0, 0, 0)
        self._whole.setSpacing(0)
        self._counts: list[CountRow] = []
        self._choices: list[Choices] = []
        self._cards: list[Card] = []
        inner = QWidget()
        self._left = QVBoxLayout(inner)
        self._make_left()
        self._side = Side(self)
        self._scroll = Scroll(inner)
        self._whole.addWidget(self._scroll, 1)
        self._whole.addWidget(self._side)
        theme.changed.connect(self.restyle)
        self.restyle()

    def _make_left(self) -> None:
        theme = self.theme
        head = QHBoxLayout()
        head.setSpacing(theme.px(12))
        self._title = Text(theme, "", 40, head=True)
        self._hint = Text(theme, "", 16, colour="ink-2", wraps=True)
        self._back = new_button(self, 16, 48)
        head.addWidget(self._title)
        head.addWidget(self._hint, 1)
        head.addWidget(self._back)
        self._tabs = ButtonGrid(theme, size=16, height=68)
        self._tiles = ButtonGrid(theme, size=20, height=100)
        self._rows = Rows(theme, height=60)
        self._grid = QGridLayout()
        self._card_grid = QGridLayout()
        self._foot = Text(theme, "", 14, colour="ink-2", wraps=True)
        self._left.addLayout(head)
        self._figures, self._comparison = Figures(theme), Comparison(theme)
        for part in (self._tabs, self._tiles, self._figures, self._comparison, self._rows):
            self._left.addWidget(part)
        self._left.addLayout(self._grid)
        self._left.addLayout(self._make_body())
        self._left.addLayout(self._card_grid)
        self._left.addStretch(1)
        self._left.addWidget(self._foot)
        for each in (self._tabs, self._tiles, self._rows, self._quick, self._keypad):
            each.did.connect(self.did)

    def _make_body(self) -> QHBoxLayout:
        """An amount that is typed, and beside it what is chosen."""
        theme = self.theme
        self._body = QHBoxLayout()
        self._entry = QWidget()
        entry = QVBoxLayout(self._entry)
        entry.setContentsMargins(0, 0, 0, 0)
        entry.setSpacing(theme.px(10))
        card = QFrame()
        card.setProperty("part", "card")
        typed = QHBoxLayout(card)
        typed.setContentsMargins(theme.px(18), theme.px(10), theme.px(18), theme.px(10))
        self._typed_label, self._typed = Text(theme, "", 16, colour="ink-3"), Amount(theme, 44)
        typed.addWidget(self._typed_label)
        typed.addWidget(self._typed, 1)
        self._quick = ButtonGrid(theme, size=17, height=52)
        self._keypad = Keypad(theme)
        self._keypad.setMinimumHeight(theme.px(300))
        for each in (card, self._quick, self._keypad):
            entry.addWidget(each)
        self._beside = QVBoxLayout()
        self._notice = Notice(theme)
        self._reason = Field(theme, icon="tag", hint=say("Another reason"), key="/", name=say("Another reason"))
        self._reason.typed.connect(lambda text: self.did.emit(GiveReason(text)))
        self._reason.submitted.connect(lambda _: self.did.emit(Do.FINISH))
        self._choice_column = QVBoxLayout()
        self._beside.addWidget(self._notice)
        self._beside.addLayout(self._choice_column)
        self._beside.addWidget(self._reason)
        self._beside.addStretch(1)
        self._body.addWidget(self._entry, 5, Qt.AlignmentFlag.AlignTop)
        self._body.addLayout(self._beside, 5)
        return self._body

    def restyle(self) -> None:
        theme = self.theme
        way = QBoxLayout.Direction.TopToBottom if theme.is_text_large else QBoxLayout.Direction.LeftToRight
        self._whole.setDirection(way)
        side = theme.px(12 if theme.is_compact else 20)
        self._left.setContentsMargins(side, theme.px(16), side, side)
        self._left.setSpacing(theme.px(14))
        self._body.setSpacing(theme.px(20))
        self._beside.setSpacing(theme.px(12))
        self._choice_column.setSpacing(theme.px(12))
        self._grid.setSpacing(theme.px(10))
        self._grid.setHorizontalSpacing(theme.px(12 if theme.is_compact else 24))
        for column in (0, 1):
            self._grid.setColumnStretch(column, 0 if theme.is_text_large else 1)
        self._card_grid.setSpacing(theme.px(12))
        self._title.set_size(theme.big(32 if theme.is_compact else 40))
        self._typed.set_size(theme.big(36 if theme.is_compact else 44))

    def toast_place(self) -> QRect:
        return self._scroll.geometry()

    def focus_search(self) -> QWidget | None:
        return self._reason.edit if self._reason.isVisible() else None

    def refresh(self, view: object) -> None:
        if not isinstance(view, DeskView):
            return
        self._title.set_text(view.title)
        self._hint.set_text(view.hint)
        self._back.show_view(view.back)
        self._tabs.show_buttons(view.tabs, max(1, len(view.tabs)))
        self._tiles.show_buttons(view.tiles, 2)
        self._figures.show_figures(view.figures)
        self._comparison.show_view(view.comparison)
        self._rows.show_rows(view.rows)
        self._show_counts(view.counts)
        self._entry.setVisible(view.typed is not None)
        if view.typed is not None:
            self._typed_label.set_text(view.typed[0])
            self._typed.set_text(view.typed[1])
        self._quick.show_buttons(view.quick, max(1, len(view.quick)))
        self._notice.setVisible(view.note is not None)
        if view.note is not None:
            self._notice.show_view(view.note)
        keep_count(self._choices, len(view.choices), self._choice_column, self._make_choices)
        for choices, shown in zip(self._choices, view.choices, strict=True):
            choices.show_view(shown)
        self._reason.setVisible(view.reason is not None)
        self._reason.show_text(view.reason or "")
        self._show_cards(view.cards)
        self._foot.set_text(view.foot)
        self._foot.setVisible(bool(view.foot))
        self._side.setVisible(view.side is not None)
        if view.side is not None:
            self._side.show_view(view.side)

    def _show_counts(self, views: tuple[CountView, ...]) -> None:
        """Bills and coins from above, in two columns where there is room."""
        rows = -(-len(views) // (1 if self.theme.is_text_large else 2))
        while len(self._counts) < len(views):
            row = CountRow(self.theme)
            row.did.connect(self.did)
            self._counts.append(row)
        for i, row in enumerate(self._counts):
            self._grid.removeWidget(row)
            row.setVisible(i < len(views))
            if i < len(views):
                self._grid.addWidget(row, i % rows, i // rows)
                row.show_view(views[i])

    def _show_cards(self, views: tuple[CardView, ...]) -> None:
        columns = 1 if self.theme.is_text_large else 2
        while len(self._cards) < len(views):
            self._cards.append(Card(self.theme))
        for i, card in enumerate(self._cards):
            self._card_grid.removeWidget(card)
            card.setVisible(i < len(views))
            if i < len(views):
                self._card_grid.addWidget(card, i // columns, i % columns, Qt.AlignmentFlag.AlignTop)
                card.show_view(views[i])

    def _make_choices(self) -> Choices:
        choices = Choices(self.theme)
        choices.did.connect(self.did)
        return choices

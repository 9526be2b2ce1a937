"""Two small questions on the way into a sale: how much is given, and which one is wanted."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from boxoffice.till.ui.screens.pay import Heading, new_button
from boxoffice.till.ui.screens.screen import Screen
from boxoffice.till.ui.theme import Theme
from boxoffice.till.ui.views.sell import AmountView, OptionsView
from boxoffice.till.ui.widgets.button import Button
from boxoffice.till.ui.widgets.keypad import Keypad
from boxoffice.till.ui.widgets.listing import keep_count
from boxoffice.till.ui.widgets.rows import Scroll
from boxoffice.till.ui.widgets.text import Amount, plain_ground

_WIDEST = 720


class AskScreen(Screen):
    """One question in one column in the middle."""

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme)
        plain_ground(self, "cream")
        outer = QHBoxLayout(self)
        self._inner = QWidget()
        self.column = QVBoxLayout(self._inner)
        self.column.setContentsMargins(0, 0, 0, 0)
        outer.addStretch(1)
        outer.addWidget(self._inner)
        outer.addStretch(1)
        self.heading = Heading(theme)
        self.column.addWidget(self.heading)
        theme.changed.connect(self.restyle)
        self.restyle()

    def restyle(self) -> None:
        self.column.setSpacing(self.theme.px(12))
        self._inner.setFixedWidth(self.theme.pick(620, _WIDEST, 860))
        layout = self.layout()
        if layout is not None:
            side = self.theme.px(24)
            layout.setContentsMargins(side, side, side, side)


class AmountScreen(AskScreen):
    """Draws an `AmountView`."""

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme)
        card = QFrame()
        card.setProperty("part", "card")
        inside = QHBoxLayout(card)
        inside.setContentsMargins(theme.px(24), theme.px(14), theme.px(24), theme.px(14))
        self._typed = Amount(theme, 48)
        inside.addWidget(self._typed)
        self._quick: list[Button] = []
        self._quick_row = QHBoxLayout()
        self._quick_row.setSpacing(theme.px(8))
        self._keypad = Keypad(theme)
        self._keypad.did.connect(self.did)
        self._finish, self._back = new_button(self, 22, 72), new_button(self, 16, 72)
        self._finish.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        last = QHBoxLayout()
        last.setSpacing(theme.px(12))
        last.addWidget(self._back)
        last.addWidget(self._finish, 1)
        self.column.addWidget(card)
        self.column.addLayout(self._quick_row)
        self.column.addWidget(self._keypad, 1)
        self.column.addLayout(last)

    def refresh(self, view: object) -> None:
        if not isinstance(view, AmountView):
            return
        is_tight = self.theme.is_text_tight
        self.heading.show_words(view.title, "" if is_tight else view.hint)
        self._typed.set_text(view.typed)
        self._typed.set_size(self.theme.big(48))
        keep_count(self._quick, 0 if is_tight else len(view.quick), self._quick_row, self._make_quick)
        for button, quick in zip(self._quick, view.quick, strict=not is_tight):
            button.show_view(quick)
        self._finish.show_view(view.finish)
        self._back.show_view(view.back)

    def _make_quick(self) -> Button:
        button = new_button(self, 20, 64)
        button.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        return button


class OptionsScreen(AskScreen):
    """Draws an `OptionsView`: two columns of choices with their numbers."""

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme)
        inner = QWidget()
        self._grid = QGridLayout(inner)
        self._grid.setContentsMargins(theme.px(4), theme.px(4), theme.px(4), theme.px(4))
        self._grid.setSpacing(theme.px(12))
        self._grid.setAlignment(Qt.AlignmentFlag.AlignTop)
        self._options: list[Button] = []
        self._back = new_button(self, 16, 64)
        self.column.addWidget(Scroll(inner), 1)
        self.column.addWidget(self._back, 0, Qt.AlignmentFlag.AlignLeft)

    def refresh(self, view: object) -> None:
        if not isinstance(view, OptionsView):
            return
        self.heading.show_words(view.title, view.hint)
        while len(self._options) < len(view.options):
            button = new_button(self, 20, 88)
            button.keeps_key = True
            button.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
            self._grid.addWidget(button, len(self._options) // 2, len(self._options) % 2)
            self._options.append(button)
        for i, button in enumerate(self._options):
            button.show_view(view.options[i] if i < len(view.options) else None)
        self._back.show_view(view.back)

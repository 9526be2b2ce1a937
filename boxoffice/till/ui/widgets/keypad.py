"""Twelve big keys to type an amount by touch."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QGridLayout, QSizePolicy, QWidget

from boxoffice.till.ui.actions import Do, TypeDigits
from boxoffice.till.ui.speech import say
from boxoffice.till.ui.theme import Theme
from boxoffice.till.ui.views.parts import ButtonView
from boxoffice.till.ui.widgets.button import Button

_KEYS = ("7", "8", "9", "4", "5", "6", "1", "2", "3", "00", "0")


class Keypad(QWidget):
    did = Signal(object)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._buttons: list[Button] = []
        views = [ButtonView(each, TypeDigits(each)) for each in _KEYS]
        views.append(ButtonView("", Do.DELETE_DIGIT, icon="delete", name=say("Delete last digit")))
        for i, view in enumerate(views):
            button = Button(theme, view, size=26, height=48, icon_size=26)
            button.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
            button.did.connect(self.did)
            self._grid.addWidget(button, i // 3, i % 3)
            self._buttons.append(button)
        for column in range(3):
            self._grid.setColumnStretch(column, 1)
        theme.changed.connect(self.restyle)
        self.restyle()

    def restyle(self) -> None:
        self._grid.setSpacing(self._theme.px(10))
        for button in self._buttons:
            button.resize_to(26, 24 if self._theme.is_text_huge else 36 if self._theme.is_text_large else 48)

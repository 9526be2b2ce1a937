"""The categories as tabs: a fixed group of whole tabs at a time, and at the ends the way to the others."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QWidget

from boxoffice.till.ui.sale_actions import ShowPage
from boxoffice.till.ui.speech import say
from boxoffice.till.ui.theme import Theme
from boxoffice.till.ui.views.parts import ButtonKind, ButtonView
from boxoffice.till.ui.widgets.button import Button
from boxoffice.till.ui.widgets.listing import keep_count

BACK, ON = ShowPage(-1), ShowPage(-2)


class Tabs(QWidget):
    """Says which page is wanted. A tab is shown whole or not at all, however many there are."""

    did = Signal(object)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._titles: tuple[str, ...] = ()
        self._current = 0
        self._tabs: list[Button] = []
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(theme.px(8))
        self._middle = QHBoxLayout()
        self._middle.setSpacing(theme.px(8))
        self._back, self._on = self._end(), self._end()
        row.addWidget(self._back)
        row.addLayout(self._middle, 1)
        row.addWidget(self._on)
        theme.changed.connect(self._show)
        self.hide()

    def _end(self) -> Button:
        button = Button(self._theme, ButtonView("", BACK), size=14, height=56)
        button.did.connect(self.did)
        return button

    def _tab(self) -> Button:
        button = Button(self._theme, ButtonView("", BACK), size=15, height=56)
        button.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        button.did.connect(self.did)
        return button

    @property
    def most(self) -> int:
        """How many tabs there is room for."""
        if self._theme.is_text_huge:
            return 2
        if self._theme.is_compact or self._theme.is_text_large:
            return 4
        return 6 if self._theme.is_large else 5

    def show_titles(self, titles: tuple[str, ...], current: int) -> None:
        """Shows the group of tabs that the current one is in."""
        self.setVisible(bool(titles))
        if (titles, current) != (self._titles, self._current):
            self._titles, self._current = titles, current
            self._show()

    def _show(self) -> None:
        first = self._current // self.most * self.most
        group = self._titles[first : first + self.most]
        keep_count(self._tabs, len(group), self._middle, self._tab)
        for i, (tab, title) in enumerate(zip(self._tabs, group, strict=True), first):
            kind: ButtonKind = "strong" if i == self._current else "plain"
            tab.show_view(
                ButtonView(
                    title,
                    ShowPage(i),
                    kind,
                    name=say("{title}, {place} of {tabs}", title=title, place=i + 1, tabs=len(self._titles)),
                )
            )
        is_first, is_last = self._current == 0, self._current >= len(self._titles) - 1
        key_back, key_on = ("", "") if self._theme.is_compact else ("PgUp", "PgDn")
        self._back.show_view(ButtonView("‹", BACK, key=key_back, is_on=not is_first, name=say("Categories before")))
        self._on.show_view(ButtonView("›", ON, key=key_on, is_on=not is_last, name=say("More categories")))
        for end in (self._back, self._on):
            end.setVisible(len(self._titles) > self.most)

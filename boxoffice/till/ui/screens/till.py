"""This till: readers, hub, printer, event, text size and places, each as a card of rows."""

from typing import Final

from PySide6.QtWidgets import QBoxLayout, QHBoxLayout, QVBoxLayout, QWidget

from boxoffice.till.ui.screens.pay import Heading
from boxoffice.till.ui.screens.screen import Screen
from boxoffice.till.ui.theme import Theme
from boxoffice.till.ui.views.pages import TillView
from boxoffice.till.ui.views.parts import RowView
from boxoffice.till.ui.widgets.rows import Rows, Scroll
from boxoffice.till.ui.widgets.text import Text, plain_ground

_SIDES: Final = (0, 1, 0, 1, 0, 1)
"""Which column each section stands in, so that both are about as long."""


class Section(QWidget):
    """A heading over a card of rows."""

    def __init__(self, theme: Theme, *, height: int = 72) -> None:
        super().__init__()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.px(8))
        self._title = Text(theme, "", 22, head=True, colour="ink-2")
        self.rows = Rows(theme, height=height)
        column.addWidget(self._title)
        column.addWidget(self.rows)

    def show_section(self, title: str, rows: tuple[RowView, ...]) -> None:
        self._title.set_text(title)
        self.rows.show_rows(rows)


class TillScreen(Screen):
    """Draws a `TillView` in two columns, or in one at 1024."""

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme)
        plain_ground(self, "cream")
        self._column = QVBoxLayout(self)
        self._heading = Heading(theme)
        self._column.addWidget(self._heading)
        inner = QWidget()
        self._halves = QHBoxLayout(inner)
        self._halves.setContentsMargins(0, 0, theme.px(4), theme.px(4))
        self._sides = (QVBoxLayout(), QVBoxLayout())
        for side in self._sides:
            side.addStretch(1)
            self._halves.addLayout(side, 1)
        self._column.addWidget(Scroll(inner), 1)
        self.sections: list[Section] = []
        theme.changed.connect(self.restyle)
        self.restyle()

    def restyle(self) -> None:
        theme = self.theme
        side = theme.pick(16, 28, 40)
        self._column.setContentsMargins(side, theme.px(20), side, 0)
        self._column.setSpacing(theme.px(16))
        is_narrow = theme.is_compact or theme.text_scale > 1.25
        way = QBoxLayout.Direction.TopToBottom if is_narrow else QBoxLayout.Direction.LeftToRight
        self._halves.setDirection(way)
        self._halves.setSpacing(theme.px(24))
        for column in self._sides:
            column.setSpacing(theme.px(20))

    def refresh(self, view: object) -> None:
        if not isinstance(view, TillView):
            return
        self._heading.show_words(view.title, view.hint)
        for i, (title, rows) in enumerate(view.sections):
            if i == len(self.sections):
                section = Section(self.theme)
                section.rows.did.connect(self.did)
                side = self._sides[_SIDES[min(i, len(_SIDES) - 1)]]
                side.insertWidget(side.count() - 1, section)
                self.sections.append(section)
            self.sections[i].show_section(title, rows)
        for i, section in enumerate(self.sections):
            section.setVisible(i < len(view.sections))

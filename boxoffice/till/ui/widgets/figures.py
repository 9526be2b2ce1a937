"""The few numbers that a report comes to, each in a card of its own, side by side."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QGridLayout, QVBoxLayout, QWidget

from boxoffice.till.ui.theme import Theme
from boxoffice.till.ui.views.form import FigureView
from boxoffice.till.ui.widgets.text import Amount, Text


class Figure(QFrame):
    """Draws a `FigureView`."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        column = QVBoxLayout(self)
        column.setContentsMargins(theme.px(16), theme.px(10), theme.px(12), theme.px(10))
        column.setSpacing(theme.px(2))
        self._label, self._detail = Text(theme, "", 14, wraps=True), Text(theme, "", 14, colour="ink-2", wraps=True)
        self._value = Amount(theme, 28, align=Qt.AlignmentFlag.AlignLeft)
        column.addWidget(self._label)
        column.addWidget(self._value)
        column.addWidget(self._detail)
        column.addStretch(1)

    def show_view(self, view: FigureView) -> None:
        if self.property("state") != view.tone:
            self.setProperty("state", view.tone)
            if view.tone:
                self.setProperty("part", "tinted")
            else:
                self.setProperty("part", "card")
            self.style().unpolish(self)
            self.style().polish(self)
        self._label.set_text(view.label)
        self._value.set_text(view.value)
        self._detail.set_text(view.detail)


class Figures(QWidget):
    """Four in a row; two where there is little room, or the text is large."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._figures: list[Figure] = []
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setSpacing(theme.px(12))

    def show_figures(self, views: tuple[FigureView, ...]) -> None:
        self.setVisible(bool(views))
        columns = 2 if self._theme.is_text_large or self._theme.is_compact else 4
        while len(self._figures) < len(views):
            self._figures.append(Figure(self._theme))
        for i, figure in enumerate(self._figures):
            self._grid.removeWidget(figure)
            figure.setVisible(i < len(views))
            if i < len(views):
                self._grid.addWidget(figure, i // columns, i % columns)
                figure.show_view(views[i])
        for column in range(4):
            self._grid.setColumnStretch(column, 1 if column < columns else 0)

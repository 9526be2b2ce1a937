"""A table of what is said of the same money by two: here, there, and whether that agrees."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QGridLayout, QVBoxLayout, QWidget

from boxoffice.till.ui.theme import Theme
from boxoffice.till.ui.views.form import ComparedView, ComparisonView
from boxoffice.till.ui.widgets.tag import Tag
from boxoffice.till.ui.widgets.text import Amount, Text

_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


class _Row:
    """The widgets of one row, in a grid of four columns."""

    def __init__(self, theme: Theme) -> None:
        self.words = QWidget()
        column = QVBoxLayout(self.words)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        self.name = Text(theme, "", 16, weight=700, wraps=True)
        self.detail = Text(theme, "", 14, colour="ink-2", wraps=True)
        column.addWidget(self.name)
        column.addWidget(self.detail)
        self.here, self.there, self.tag = Amount(theme, 17), Amount(theme, 17), Tag(theme, 13)

    @property
    def widgets(self) -> tuple[QWidget, ...]:
        return (self.words, self.here, self.there, self.tag)

    def show_view(self, view: ComparedView) -> None:
        self.name.set_text(view.name)
        self.detail.set_text(view.detail)
        self.here.set_text(view.here)
        self.there.set_text(view.there)
        self.tag.show_view(view.tag)


class Comparison(QFrame):
    """Draws a `ComparisonView`."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.setProperty("part", "card")
        self._theme = theme
        self._rows: list[_Row] = []
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(theme.px(16), theme.px(8), theme.px(16), theme.px(10))
        self._grid.setHorizontalSpacing(theme.px(16))
        self._grid.setVerticalSpacing(theme.px(10))
        self._grid.setColumnStretch(0, 1)
        self._heads = [Text(theme, "", 14, colour="ink-2", wraps=True) for i in range(4)]
        for i, head in enumerate(self._heads):
            self._grid.addWidget(head, 0, i, _RIGHT if i else Qt.AlignmentFlag.AlignVCenter)

    def show_view(self, view: ComparisonView | None) -> None:
        self.setVisible(view is not None)
        if view is None:
            return
        for head, text in zip(self._heads, view.heads, strict=True):
            head.set_text(text)
        while len(self._rows) < len(view.rows):
            row = _Row(self._theme)
            at = len(self._rows) + 1
            for column, widget in enumerate(row.widgets):
                if column:
                    self._grid.addWidget(widget, at, column, _RIGHT)
                else:
                    self._grid.addWidget(widget, at, column)
            self._rows.append(row)
        for i, row in enumerate(self._rows):
            is_shown = i < len(view.rows)
            if is_shown:
                row.show_view(view.rows[i])
            for widget in row.widgets[:3]:
                widget.setVisible(is_shown)
            if not is_shown:
                row.tag.show_view(None)

"""The reader's screens: which one, and the wait for a card on it."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from boxoffice.till.ui.screens.pay import ButtonBar, Heading, PayScreen
from boxoffice.till.ui.theme import Theme
from boxoffice.till.ui.views.pay import PickReaderView, ReaderView
from boxoffice.till.ui.widgets.meter import Meter
from boxoffice.till.ui.widgets.reader import ReaderDrawing
from boxoffice.till.ui.widgets.rows import Rows, Scroll
from boxoffice.till.ui.widgets.steps import Steps
from boxoffice.till.ui.widgets.text import Text


class ReaderScreen(PayScreen):
    """Draws a `ReaderView`."""

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme)
        self._heading, self._drawing, self._steps = Heading(theme), ReaderDrawing(theme), Steps(theme)
        self._meter, self._foot = Meter(theme), Text(theme, "", 14, colour="ink-2", wraps=True)
        self._bar = ButtonBar(self)
        right = QWidget()
        column = QVBoxLayout(right)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.px(8))
        for widget in (self._steps, self._meter, self._foot):
            column.addWidget(widget)
        self._middle = QHBoxLayout()
        self._middle.addWidget(self._drawing)
        self._middle.addWidget(right, 1)
        self._middle.addStretch(0)
        inner = QWidget()
        rows = QVBoxLayout(inner)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.addWidget(self._heading)
        rows.addSpacing(theme.px(8))
        rows.addLayout(self._middle)
        rows.addStretch(1)
        self.body.addWidget(Scroll(inner), 1)
        self.body.addWidget(self._bar)
        self._right = right
        theme.changed.connect(self.restyle_middle)
        self.restyle_middle()

    def restyle_middle(self) -> None:
        self._drawing.setVisible(not self.theme.is_text_large)
        self._right.setMaximumWidth(16_777_215 if self.theme.is_text_large else self.theme.px(480))
        self._middle.setSpacing(self.theme.pick(self.theme.px(24), self.theme.px(56), self.theme.px(80)))

    def refresh(self, view: object) -> None:
        if not isinstance(view, ReaderView):
            return
        self.summary.show_view(view.summary)
        self._heading.show_words(view.title, view.hint)
        self._drawing.show_words(view.amount, view.screen_text, view.reader)
        self._steps.show_views(view.steps)
        self._meter.set_percent(view.percent)
        self._foot.set_text(view.foot)
        self._bar.show_buttons(view.cancel, view.instead)


class PickReaderScreen(PayScreen):
    """Draws a `PickReaderView`."""

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme)
        self._heading, self._bar = Heading(theme), ButtonBar(self)
        self._rows = Rows(theme, height=80, title_size=18)
        self._rows.did.connect(self.did)
        inner = QWidget()
        column = QVBoxLayout(inner)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._rows)
        column.addStretch(1)
        column.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.body.addWidget(self._heading)
        self.body.addWidget(Scroll(inner), 1)
        self.body.addWidget(self._bar)

    def refresh(self, view: object) -> None:
        if not isinstance(view, PickReaderView):
            return
        self.summary.show_view(view.summary)
        self._heading.show_words(view.title, view.hint)
        self._rows.show_rows(view.readers)
        self._bar.show_buttons(None, view.buttons)

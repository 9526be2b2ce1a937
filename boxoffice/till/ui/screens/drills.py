"""The screen of the drills: all of them at the left, and at the right how the last one went."""

from PySide6.QtCore import QRect
from PySide6.QtWidgets import QBoxLayout, QFrame, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from boxoffice.till.ui.screens.pay import new_button, share_width
from boxoffice.till.ui.screens.screen import Screen
from boxoffice.till.ui.theme import Theme
from boxoffice.till.ui.views.training import DrillsView, ScoreView
from boxoffice.till.ui.widgets.meter import Meter
from boxoffice.till.ui.widgets.rows import Rows, Scroll
from boxoffice.till.ui.widgets.text import Text, plain_ground
from boxoffice.till.ui.widgets.training import Measures

_WIDE = QSizePolicy.Policy.Expanding
_FIXED = QSizePolicy.Policy.Fixed


class _Score(QFrame):
    """Points, what was right and wrong, what was measured, and the next drill."""

    def __init__(self, screen: "DrillsScreen") -> None:
        super().__init__()
        theme = self._theme = screen.theme
        plain_ground(self, "white")
        self._column = QVBoxLayout(self)
        inner = QWidget()
        middle = QVBoxLayout(inner)
        middle.setContentsMargins(0, 0, 0, 0)
        middle.setSpacing(theme.px(14))
        head = QHBoxLayout()
        head.setSpacing(theme.px(14))
        self._points = Text(theme, "", 96, weight=700)
        words = QVBoxLayout()
        words.setSpacing(0)
        self._words = Text(theme, "", 34, head=True, wraps=True)
        self._detail = Text(theme, "", 16, colour="ink-2", wraps=True)
        words.addStretch(1)
        words.addWidget(self._words)
        words.addWidget(self._detail)
        words.addStretch(1)
        head.addWidget(self._points)
        head.addLayout(words, 1)
        self._passed, self._failed = Meter(theme, height=14, fill="ok"), Meter(theme, height=14)
        self._lines, self._measures = Rows(theme, height=54, side=0, is_card=False), Measures(theme)
        middle.addLayout(head)
        for each in (self._passed, self._failed, self._lines, self._measures):
            middle.addWidget(each)
        middle.addStretch(1)
        self._next, self._again, self._card = new_button(screen, 18, 72), new_button(screen), new_button(screen)
        for button in (self._next, self._again, self._card):
            button.keeps_key = True
            button.setSizePolicy(_WIDE, _FIXED)
        self._pair = QHBoxLayout()
        self._pair.addWidget(self._again, 1)
        self._pair.addWidget(self._card, 1)
        self._column.addWidget(Scroll(inner), 1)
        self._column.addWidget(self._next)
        self._column.addLayout(self._pair)
        theme.changed.connect(self.restyle)
        self.restyle()

    def restyle(self) -> None:
        theme = self._theme
        side = theme.px(16 if theme.is_compact else 24)
        self._column.setContentsMargins(side, side, side, side)
        self._column.setSpacing(theme.px(12))
        self._pair.setSpacing(theme.px(8))
        self._points.set_size(theme.big(64 if theme.is_compact else 96))
        self._words.set_size(theme.big(28 if theme.is_compact else 34))
        share_width(self, round(theme.pick(372, 450, 560) * min(theme.text_scale, 1.15)), theme)
        self.setMaximumHeight(16_777_215)
        if theme.is_text_large:  # below the drills, as wide as they are
            self.setSizePolicy(_WIDE, _WIDE)
        is_small = theme.is_compact or theme.is_text_large
        self._next.resize_to(17 if is_small else 18, 60 if is_small else 72)
        for button in (self._again, self._card):
            button.resize_to(15 if is_small else 16, 52)

    def show_view(self, view: ScoreView) -> None:
        self._points.set_text(view.points)
        self._points.setVisible(bool(view.points))
        self._words.set_text(view.words)
        self._detail.set_text(view.detail)
        for meter, is_shown in ((self._passed, view.is_passed), (self._failed, not view.is_passed)):
            meter.set_percent(view.percent)
            meter.setVisible(bool(view.points) and is_shown)
        self._lines.show_rows(view.lines)
        self._measures.show_words(view.measures)
        self._measures.setVisible(bool(view.measures))
        for button, shown in ((self._next, view.next), (self._again, view.again), (self._card, view.card)):
            button.show_view(shown)


class DrillsScreen(Screen):
    """Draws a `DrillsView`."""

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme)
        plain_ground(self, "cream")
        self._whole = QBoxLayout(QBoxLayout.Direction.LeftToRight, self)
        self._whole.setContentsMargins(0, 0, 0, 0)
        self._whole.setSpacing(0)
        inner = QWidget()
        self._left = QVBoxLayout(inner)
        self._head = QHBoxLayout()
        self._title = Text(theme, "", 40, head=True)
        self._hint = Text(theme, "", 16, colour="ink-2", wraps=True)
        self._head.addWidget(self._title)
        self._head.addWidget(self._hint, 1)
        self._languages = [new_button(self, 15, 48) for _ in range(2)]
        row = QHBoxLayout()
        row.setSpacing(theme.px(6))
        row.addStretch(1)
        for button in self._languages:
            button.keeps_key = True
            row.addWidget(button)
        self._head.addLayout(row)
        self._rows, self._foot = Rows(theme, height=72, title_size=17), Text(theme, "", 16, colour="ink-2", wraps=True)
        self._rows.did.connect(self.did)
        self._left.addLayout(self._head)
        self._left.addWidget(self._rows)
        self._left.addStretch(1)
        self._left.addWidget(self._foot)
        self._scroll, self._score = Scroll(inner), _Score(self)
        self._whole.addWidget(self._scroll, 1)
        self._whole.addWidget(self._score)
        theme.changed.connect(self.restyle)
        self.restyle()

    def restyle(self) -> None:
        theme = self.theme
        side = theme.px(12 if theme.is_compact else 20)
        self._left.setContentsMargins(side, theme.px(14), side, side)
        self._left.setSpacing(theme.px(12))
        way = QBoxLayout.Direction.TopToBottom if theme.is_text_large else QBoxLayout.Direction.LeftToRight
        self._head.setSpacing(theme.px(12))
        self._hint.setVisible(not theme.is_compact and not theme.is_text_large)
        self._whole.setDirection(way)
        self._whole.setStretch(1, 1 if theme.is_text_large else 0)
        self._title.set_size(theme.big(32 if theme.is_compact else 40))

    def toast_place(self) -> QRect:
        return self._scroll.geometry()

    def refresh(self, view: object) -> None:
        if not isinstance(view, DrillsView):
            return
        self._title.set_text(view.title)
        self._hint.set_text(view.hint)
        for i, button in enumerate(self._languages):
            button.show_view(view.languages[i] if i < len(view.languages) else None)
        self._rows.show_rows(view.rows)
        self._foot.set_text(view.foot)
        self._score.show_view(view.score)

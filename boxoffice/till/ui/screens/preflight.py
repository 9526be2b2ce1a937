"""Before doors open: the checks by their groups in two columns, and beside them what they come to."""

from PySide6.QtCore import QRect, Qt
from PySide6.QtWidgets import QBoxLayout, QFrame, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from boxoffice.till.ui.screens.pay import new_button, share_width
from boxoffice.till.ui.screens.screen import Screen
from boxoffice.till.ui.screens.till import Section
from boxoffice.till.ui.theme import Theme
from boxoffice.till.ui.views.preflight import PreflightView
from boxoffice.till.ui.widgets.button import Button
from boxoffice.till.ui.widgets.listing import keep_count
from boxoffice.till.ui.widgets.meter import Meter
from boxoffice.till.ui.widgets.notice import Note
from boxoffice.till.ui.widgets.rows import Scroll
from boxoffice.till.ui.widgets.text import Text, plain_ground

_WIDE = QSizePolicy.Policy.Expanding
_FIXED = QSizePolicy.Policy.Fixed
_CENTRE = Qt.AlignmentFlag.AlignHCenter
_SIDES = 2


class Outcome(QFrame):
    """The column at the right: how many pass, what is wrong, and the way in."""

    def __init__(self, screen: "PreflightScreen") -> None:
        super().__init__()
        self._screen, theme = screen, screen.theme
        plain_ground(self, "white")
        self._column = QVBoxLayout(self)
        self._big = Text(theme, "", 84, head=True, align=_CENTRE)
        self._caption = Text(theme, "", 16, colour="ink-2", align=_CENTRE)
        self._meter = Meter(theme, height=14, fill="ok")
        inner = QWidget()
        self._middle = QVBoxLayout(inner)
        self._middle.setContentsMargins(0, 0, 0, 0)
        self._note_column, self._notes = QVBoxLayout(), list[Note]()
        self._middle.addLayout(self._note_column)
        self._middle.addStretch(1)
        self._button_column, self._buttons = QVBoxLayout(), list[Button]()
        self._paper_row, self._papers = QHBoxLayout(), list[Button]()
        self._foot = Text(theme, "", 14, colour="ink-2", wraps=True, align=_CENTRE)
        for each in (self._big, self._caption, self._meter):
            self._column.addWidget(each)
        self._told = Scroll(inner)
        self._column.addWidget(self._told, 1)
        self._column.addLayout(self._button_column)
        self._column.addLayout(self._paper_row)
        self._column.addWidget(self._foot)

    def restyle(self, theme: Theme) -> None:
        side = theme.px(16)
        self._column.setContentsMargins(side, side, side, side)
        self._column.setSpacing(theme.px(10))
        for each in (self._note_column, self._button_column, self._paper_row):
            each.setSpacing(theme.px(8))
        is_tight = theme.is_text_large or theme.is_low
        self._big.set_size(theme.big(28 if is_tight else 52 if theme.is_compact else 84))
        for part in (self._caption, self._meter, self._told, self._foot):
            part.setVisible(not is_tight)
        share_width(self, round(theme.pick(300, 360, 480) * min(theme.text_scale, 1.15)), theme)

    def show_view(self, view: PreflightView) -> None:
        self._big.set_text(view.big)
        self._caption.set_text(view.caption)
        self._meter.set_percent(view.percent)
        keep_count(self._notes, len(view.notices), self._note_column, lambda: Note(self._screen.theme))
        for note, each in zip(self._notes, view.notices, strict=True):
            note.show_view(each)
        keep_count(self._buttons, len(view.buttons), self._button_column, self._wide)
        for button, shown in zip(self._buttons, view.buttons, strict=True):
            is_main = shown.kind == "primary"
            is_tight = self._screen.theme.is_text_large or self._screen.theme.is_low
            button.resize_to(18 if is_main else 16, 52 if is_tight else 72 if is_main else 60)
            button.show_view(shown)
        keep_count(self._papers, len(view.papers), self._paper_row, self._wide)
        for button, shown in zip(self._papers, view.papers, strict=True):
            button.resize_to(15, 52)
            button.show_view(shown)
        self._foot.set_text(view.foot)

    def _wide(self) -> Button:
        button = new_button(self._screen, 18, 72)
        button.setSizePolicy(_WIDE, _FIXED)
        return button


class PreflightScreen(Screen):
    """Draws a `PreflightView`."""

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme)
        plain_ground(self, "cream")
        self._whole = QBoxLayout(QBoxLayout.Direction.LeftToRight, self)
        self._whole.setContentsMargins(0, 0, 0, 0)
        self._whole.setSpacing(0)
        self._left = QVBoxLayout()
        self._head = QHBoxLayout()
        self._title = Text(theme, "", 36, head=True)
        self._again, self._back = new_button(self, 16, 48), new_button(self, 16, 48)
        self._head.addWidget(self._title)
        self._head.addStretch(1)
        self._head.addWidget(self._again)
        self._head.addWidget(self._back)
        inner = QWidget()
        self._halves = QBoxLayout(QBoxLayout.Direction.LeftToRight, inner)
        self._halves.setContentsMargins(0, 0, theme.px(4), theme.px(4))
        self._sides = tuple(QVBoxLayout() for _ in range(_SIDES))
        for side in self._sides:
            side.addStretch(1)
            self._halves.addLayout(side, 1)
        self._scroll = Scroll(inner)
        self._left.addLayout(self._head)
        self._left.addWidget(self._scroll, 1)
        self._outcome = Outcome(self)
        self._whole.addLayout(self._left, 1)
        self._whole.addWidget(self._outcome)
        self.sections: list[Section] = []
        theme.changed.connect(self.restyle)
        self.restyle()

    def restyle(self) -> None:
        theme = self.theme
        down, right = QBoxLayout.Direction.TopToBottom, QBoxLayout.Direction.LeftToRight
        self._whole.setDirection(down if theme.is_text_large else right)
        self._halves.setDirection(down if theme.is_compact or theme.text_scale > 1.1 else right)
        side = theme.px(12 if theme.is_compact else 20)
        self._left.setContentsMargins(side, theme.px(16), side, 0)
        self._left.setSpacing(theme.px(12))
        self._head.setSpacing(theme.px(12))
        self._halves.setSpacing(theme.px(16))
        for column in self._sides:
            column.setSpacing(theme.px(12))
        self._title.set_size(theme.big(28 if theme.is_compact else 36))
        self._outcome.restyle(theme)

    def toast_place(self) -> QRect:
        return self._scroll.geometry()

    def refresh(self, view: object) -> None:
        if not isinstance(view, PreflightView):
            return
        self._title.set_text(view.title)
        self._again.show_view(view.again)
        self._back.show_view(view.back)
        while len(self.sections) < len(view.sections):
            section = Section(self.theme, height=60)
            section.rows.did.connect(self.did)
            side = self._sides[len(self.sections) % _SIDES]
            side.insertWidget(side.count() - 1, section)
            self.sections.append(section)
        for section, (title, rows) in zip(self.sections, view.sections, strict=True):
            section.show_section(title, rows)
        self._outcome.show_view(view)

"""The gate's screen: one answer as large as there is room, or who is inside; at the right what was scanned just now."""

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QBoxLayout, QFrame, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from boxoffice.till.ui.order_actions import SearchFor, SubmitSearch
from boxoffice.till.ui.screens.form_parts import ButtonGrid
from boxoffice.till.ui.screens.pay import new_button
from boxoffice.till.ui.screens.screen import Screen
from boxoffice.till.ui.speech import say
from boxoffice.till.ui.theme import Theme
from boxoffice.till.ui.views.gate import GateAnswerView, GateBarView, GateView, InsideView
from boxoffice.till.ui.widgets.button import Button
from boxoffice.till.ui.widgets.empty import Icon
from boxoffice.till.ui.widgets.field import Field
from boxoffice.till.ui.widgets.listing import keep_count
from boxoffice.till.ui.widgets.meter import Meter
from boxoffice.till.ui.widgets.notice import AdviceCard, Note
from boxoffice.till.ui.widgets.rows import Rows, Scroll
from boxoffice.till.ui.widgets.text import Amount, Elided, Text, plain_ground, set_state

_SIDE_BY_SIDE, _BELOW = QBoxLayout.Direction.LeftToRight, QBoxLayout.Direction.TopToBottom


class Ringed(QWidget):
    """An icon in a ring of its colour: an answer is known by its shape as well."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme, self._icon, self._colour = theme, "", "ink"
        theme.changed.connect(self.restyle)
        self.restyle()

    def restyle(self) -> None:
        theme = self._theme
        size = theme.px(72 if theme.is_text_huge else 104 if theme.is_compact or theme.is_low else 140)
        self.setFixedSize(size, size)

    def show_icon(self, icon: str, colour: str) -> None:
        if (icon, colour) != (self._icon, self._colour):
            self._icon, self._colour = icon, colour
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        if not self._icon:
            return
        theme, painter = self._theme, QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        edge = theme.px(6)
        painter.setPen(QPen(theme.colour(self._colour), edge))
        painter.drawEllipse(self.rect().adjusted(edge, edge, -edge, -edge))
        size = self.width() * 9 // 16
        at = (self.width() - size) / 2
        theme.icons.paint(painter, self._icon, at, at, size, theme.colour(self._colour), 2.2)


class Number(QFrame):
    """A number, and below it what it counts."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.setProperty("part", "well")
        column = QVBoxLayout(self)
        column.setContentsMargins(theme.px(8), theme.px(10), theme.px(8), theme.px(12))
        column.setSpacing(0)
        middle = Qt.AlignmentFlag.AlignHCenter
        self._number = Amount(theme, 34, align=middle)
        self._words = Text(theme, "", 14, colour="ink-2", wraps=True, align=middle)
        column.addWidget(self._number)
        column.addWidget(self._words)

    def show_number(self, count: str, words: str) -> None:
        self._number.set_text(count)
        self._words.set_text(words)
        self.setAccessibleName(f"{count} {words}")


class GateBar(QWidget):
    """One gate, a bar as long as its share, and who passed it."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        row = QHBoxLayout(self)
        row.setContentsMargins(0, theme.px(4), 0, theme.px(4))
        row.setSpacing(theme.px(12))
        self._name = Elided(theme, "", 16, weight=600)
        self._bar = Meter(theme, height=8, fill="ink", ground="white")
        self._text = Text(theme, "", 16, align=Qt.AlignmentFlag.AlignRight)
        row.addWidget(self._name, 2)
        row.addWidget(self._bar, 5)
        row.addWidget(self._text, 2)

    def show_view(self, view: GateBarView) -> None:
        self._name.set_text(view.name)
        self._bar.set_percent(view.percent)
        self._text.set_marked(view.text)
        self.setAccessibleName(f"{view.name} {view.text}".replace("*", ""))


class Inside(QFrame):
    """How many are inside, of how many, and by which gates they came."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self.setProperty("part", "card")
        column = QVBoxLayout(self)
        column.setContentsMargins(theme.px(20), theme.px(14), theme.px(20), theme.px(16))
        column.setSpacing(theme.px(8))
        self._head = QHBoxLayout()
        self._head.setSpacing(theme.px(12))
        self._count = Amount(theme, 60, align=Qt.AlignmentFlag.AlignLeft)
        self._count.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self._of = Text(theme, "", 20, colour="ink-2", align=Qt.AlignmentFlag.AlignBottom)
        right = QVBoxLayout()
        right.setSpacing(0)
        self._room = Text(theme, "", 16, colour="ink-2", align=Qt.AlignmentFlag.AlignRight)
        self._detail = Text(theme, "", 14, colour="ink-3", align=Qt.AlignmentFlag.AlignRight)
        right.addStretch()
        right.addWidget(self._room)
        right.addWidget(self._detail)
        self._head.addWidget(self._count)
        self._head.addWidget(self._of, 1)
        self._head.addLayout(right)
        self._meter = Meter(theme, height=14, fill="ink-2")
        self._gates: list[GateBar] = []
        self._rows = QVBoxLayout()
        self._rows.setSpacing(0)
        column.addLayout(self._head)
        column.addWidget(self._meter)
        column.addLayout(self._rows)
        theme.changed.connect(self.restyle)
        self.restyle()

    def restyle(self) -> None:
        self._count.set_size(self._theme.big(44 if self._theme.is_compact else 60))
        self._detail.setVisible(not self._theme.is_text_tight)

    def show_view(self, view: InsideView | None) -> None:
        self.setVisible(view is not None)
        if view is None:
            return
        self._count.set_text(view.count)
        self._of.set_text(view.of)
        self._room.set_text(view.room)
        self._room.setVisible(bool(view.room))
        self._detail.set_text(view.detail)
        self._meter.setVisible(view.percent is not None)
        self._meter.set_percent(view.percent or 0)
        shown = view.gates[:3]
        keep_count(self._gates, len(shown), self._rows, lambda: GateBar(self._theme))
        for bar, gate in zip(self._gates, shown, strict=True):
            bar.show_view(gate)
        self.setAccessibleName(f"{view.count} {view.of}. {view.room}")


class AnswerPanel(QFrame):
    """The answer over all of the screen's left part, in its colour."""

    def __init__(self, screen: Screen) -> None:
        super().__init__()
        theme = screen.theme
        self._theme = theme
        self.setProperty("part", "gate")
        self._column = column = QVBoxLayout(self)
        self._head = QHBoxLayout()
        self._icon = Ringed(theme)
        words = QVBoxLayout()
        words.setSpacing(0)
        self._word = Amount(theme, 96, head=True, weight=400, align=Qt.AlignmentFlag.AlignLeft)
        self._text = Text(theme, "", 22, weight=600, wraps=True)
        words.addStretch()
        words.addWidget(self._word)
        words.addWidget(self._text)
        words.addStretch()
        self._head.addWidget(self._icon)
        self._head.addLayout(words, 1)
        title = QHBoxLayout()
        self._title = Text(theme, "", 20, weight=700, wraps=True)
        self._aside = Text(theme, "", 16, colour="ink-2", align=Qt.AlignmentFlag.AlignRight)
        title.addWidget(self._title, 1)
        title.addWidget(self._aside)
        self._lines = AdviceCard(theme, height=60)
        self.guests = Rows(theme, height=60)
        self._choices = ButtonGrid(theme, size=18, height=72)
        self._note = Note(theme)
        for each in (self.guests, self._choices):
            each.did.connect(screen.did)
        middle = QWidget()
        inner = QVBoxLayout(middle)
        inner.setContentsMargins(0, 0, 0, 0)
        inner.setSpacing(theme.px(12))
        inner.addLayout(title)
        for part in (self._lines, self.guests, self._choices, self._note):
            inner.addWidget(part)
        inner.addStretch(1)
        column.addLayout(self._head)
        column.addWidget(Scroll(middle), 1)
        self._buttons: list[Button] = []
        self._row = QBoxLayout(_SIDE_BY_SIDE)
        self._new = lambda: new_button(screen, 18, 80)
        column.addLayout(self._row)
        theme.changed.connect(self.restyle)
        self.restyle()

    def restyle(self) -> None:
        theme = self._theme
        side = theme.pick(16, 32, 48)
        self._column.setContentsMargins(side, theme.px(20), side, theme.px(24))
        self._column.setSpacing(theme.px(14))
        self._head.setSpacing(theme.pick(14, 26, 32))
        self._row.setSpacing(theme.px(12))
        self._row.setDirection(_BELOW if theme.is_text_huge else _SIDE_BY_SIDE)
        self._word.set_size(theme.big(60 if theme.is_compact or theme.is_low else 128 if theme.is_large else 96))
        self._icon.setVisible(not theme.is_text_tight)
        for button in self._buttons:
            button.resize_to(20 if theme.is_large else 18, 56 if theme.is_text_huge else 80)

    def show_view(self, view: GateAnswerView) -> None:
        set_state(self, view.state)
        self._icon.show_icon(view.icon, view.state)
        self._word.set_text(view.word)
        self._word.set_colour(view.state)
        self._text.set_text(view.text)
        self._title.set_text(view.title)
        self._aside.set_text(view.aside)
        self._lines.show_views(view.lines)
        self.guests.show_rows(view.guests)
        self._choices.show_buttons(view.choices, 2)
        self._note.show_view(view.note)
        keep_count(self._buttons, len(view.buttons), self._row, self._new)
        for i, (button, each) in enumerate(zip(self._buttons, view.buttons, strict=True)):
            button.show_view(each)
            self._row.setStretch(i, 2 if each.kind in ("primary", "strong") else 1)
        self.restyle()
        self.setAccessibleName(f"{view.word}. {view.text}. {view.title}")


class CheckInScreen(Screen):
    """Draws a `GateView`."""

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme)
        plain_ground(self, "cream")
        self._columns = QHBoxLayout(self)
        self._columns.setContentsMargins(0, 0, 0, 0)
        self._columns.setSpacing(0)
        self.answer = AnswerPanel(self)
        self._columns.addWidget(self._make_ready(), 1)
        self._columns.addWidget(self.answer, 1)
        self._columns.addWidget(self._make_side())
        theme.changed.connect(self.restyle)
        self.restyle()

    def _make_ready(self) -> QWidget:
        theme = self.theme
        self._ready = QWidget()
        self._left = QVBoxLayout(self._ready)
        self._places, self._ways = ButtonGrid(theme, size=15, height=56), ButtonGrid(theme, size=15, height=56)
        for grid in (self._places, self._ways):
            grid.did.connect(self.did)
        self._top = QBoxLayout(_SIDE_BY_SIDE)
        self._top.addWidget(self._places, 3)
        self._top.addWidget(self._ways, 1)
        poster = QFrame()
        poster.setProperty("part", "poster")
        self._poster = QVBoxLayout(poster)
        middle = Qt.AlignmentFlag.AlignHCenter
        self._icon = Icon(theme, "scan", 96)
        self._title = Text(theme, "", 64, head=True, align=middle, wraps=True)
        self._text = Text(theme, "", 18, colour="ink-2", align=middle, wraps=True)
        self._poster.addStretch(1)
        self._poster.addWidget(self._icon, 0, middle)
        self._poster.addWidget(self._title)
        self._poster.addWidget(self._text)
        self._poster.addStretch(1)
        self._inside = Inside(theme)
        self._left.addLayout(self._top)
        self._left.addWidget(poster, 1)
        self._left.addWidget(self._inside)
        return self._ready

    def _make_side(self) -> QWidget:
        theme = self.theme
        self._side = QFrame()
        plain_ground(self._side, "white")
        self._right = QVBoxLayout(self._side)
        self._numbers_row = QHBoxLayout()
        self._numbers: list[Number] = []
        self.search = Field(theme, icon="search", hint=say("Name, number or code"), key="/")
        self.search.typed.connect(lambda text: self.did.emit(SearchFor(text)))
        self.search.submitted.connect(lambda text: self.did.emit(SubmitSearch(text)))
        self.found = Rows(theme, height=64, is_card=False, side=4)
        self._found_text = Text(theme, "", 14, colour="ink-2", wraps=True)
        self._just_now = Text(theme, "", 24, head=True)
        self.last = Rows(theme, height=56, is_card=False, side=4)
        for rows in (self.found, self.last):
            rows.did.connect(self.did)
        inner = QWidget()
        column = QVBoxLayout(inner)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.px(8))
        for part in (self._found_text, self.found, self._just_now, self.last):
            column.addWidget(part)
        column.addStretch(1)
        self._foot = Text(theme, "", 14, colour="ink-2", wraps=True)
        self._right.addLayout(self._numbers_row)
        self._right.addWidget(self.search)
        self._right.addWidget(Scroll(inner), 1)
        self._list = new_button(self, 15, 48)
        self._finder = QVBoxLayout()
        self._right.addLayout(self._finder)
        self._right.addWidget(self._foot)
        self._right.addWidget(self._list)
        return self._side

    def restyle(self) -> None:
        theme = self.theme
        edge = theme.pick(12, 20, 32)
        self._left.setContentsMargins(edge, theme.px(16), edge, theme.px(16))
        self._left.setSpacing(theme.px(14))
        self._right.setContentsMargins(theme.px(16), theme.px(16), theme.px(16), theme.px(16))
        for layout in (self._right, self._numbers_row, self._top):
            layout.setSpacing(theme.px(12))
        self._side.setFixedWidth(round(theme.pick(268, 372, 480) * min(theme.text_scale, 1.2)))
        self._top.setDirection(_BELOW if theme.is_text_large else _SIDE_BY_SIDE)
        self._title.set_size(theme.big(40 if theme.is_compact else 64))
        self._icon.setVisible(not theme.is_text_large)
        self._inside.setVisible(not theme.is_text_huge)
        self._foot.setVisible(not (theme.is_text_tight or theme.is_compact))

    def focus_search(self) -> QWidget | None:
        return self.search.edit

    def refresh(self, view: object) -> None:
        if not isinstance(view, GateView):
            return
        self.answer.setVisible(view.answer is not None)
        self._ready.setVisible(view.answer is None)
        if view.answer is not None:
            self.answer.show_view(view.answer)
        else:
            self._show_ready(view)
        keep_count(self._numbers, len(view.numbers), self._numbers_row, lambda: Number(self.theme))
        for box, (count, words) in zip(self._numbers, view.numbers, strict=True):
            box.show_number(count, words)
        self.search.show_text(view.search)
        self.found.show_rows(view.found)
        self._found_text.set_text(view.found_text)
        self._found_text.setVisible(bool(view.found_text))
        self._just_now.set_text(view.just_now)
        self._just_now.setVisible(bool(view.last))
        self.last.show_rows(view.last[: 4 if self.theme.is_compact else 7 if self.theme.is_large else 6])
        self._foot.set_text(view.foot)
        self._list.show_view(view.list_button)

    def _show_ready(self, view: GateView) -> None:
        self._places.show_buttons(view.places, max(1, min(len(view.places), 2 if self.theme.is_compact else 4)))
        self._ways.show_buttons(view.ways, 2)
        self._title.set_text(view.title)
        self._text.set_marked(view.text)
        self._inside.show_view(view.inside if not self.theme.is_text_huge else None)

    def finder_place(self) -> QVBoxLayout:
        return self._finder

    def toast_place(self) -> QRect:
        return self._side.geometry()

"""The printer's screen: what waits at the left, the printer in the middle, the paper at the right."""

from typing import Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QPixmap, QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QFrame, QHBoxLayout, QLabel, QSizePolicy, QVBoxLayout, QWidget

from boxoffice.till.ui.actions import WriteAddress
from boxoffice.till.ui.screens.form_parts import ButtonGrid
from boxoffice.till.ui.screens.pay import new_button
from boxoffice.till.ui.screens.screen import Screen
from boxoffice.till.ui.speech import say
from boxoffice.till.ui.theme import Theme
from boxoffice.till.ui.views.printer import PrinterView, SettingView
from boxoffice.till.ui.widgets.field import Field
from boxoffice.till.ui.widgets.listing import keep_count
from boxoffice.till.ui.widgets.notice import Note
from boxoffice.till.ui.widgets.rows import Rows, Scroll
from boxoffice.till.ui.widgets.text import Text, plain_ground
from boxoffice.till.ui.widgets.tick import KeyHint

_WIDE: Final = QSizePolicy.Policy.Expanding
_FIXED: Final = QSizePolicy.Policy.Fixed


class Paper(QFrame):
    """The test page as it would come out, as wide as there is room."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme, self._shown, self._picture = theme, b"", QPixmap()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        self._label = QLabel()
        self._label.setAlignment(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignHCenter)
        self._label.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Ignored)
        column.addWidget(self._label, 1)
        self.setAccessibleName(say("The test page as it comes out"))

    def show_picture(self, png: bytes) -> None:
        if png != self._shown:
            self._shown, self._picture = png, QPixmap()
            self._picture.loadFromData(png)
            self._draw()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._draw()

    def _draw(self) -> None:
        if not self._picture.isNull() and self.width() > 1 and self.height() > 1:
            ratio = self.devicePixelRatio()
            size = self.size() * ratio
            how = Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation
            scaled = self._picture.scaled(size, *how)
            scaled.setDevicePixelRatio(ratio)
            self._label.setPixmap(scaled)


class Setting(QWidget):
    """A question, and its answers beside it; where there is little room, below."""

    did = Signal(object)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._row = QBoxLayout(QBoxLayout.Direction.LeftToRight, self)
        self._row.setContentsMargins(0, theme.px(3), 0, theme.px(3))
        self._row.setSpacing(theme.px(8))
        words = QHBoxLayout()
        self._label, self._key = Text(theme, "", 15, weight=600, wraps=True), KeyHint(theme)
        words.addWidget(self._label, 1)
        words.addWidget(self._key)
        self._grid = ButtonGrid(theme, size=14, height=44)
        self._grid.did.connect(self.did)
        self._row.addLayout(words, 2)
        self._row.addWidget(self._grid, 5)
        theme.changed.connect(self.restyle)
        self.restyle()

    def restyle(self) -> None:
        is_narrow = self._theme.is_text_large
        way = QBoxLayout.Direction.TopToBottom if is_narrow else QBoxLayout.Direction.LeftToRight
        self._row.setDirection(way)

    def show_view(self, view: SettingView) -> None:
        self._label.set_text(view.label)
        self._key.show_key("" if self._theme.is_compact else view.key)
        self._grid.show_buttons(view.buttons, len(view.buttons))


class PrinterScreen(Screen):
    """Draws a `PrinterView`."""

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme)
        plain_ground(self, "cream")
        self._whole = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self._whole.setContentsMargins(0, 0, 0, 0)
        self._whole.setSpacing(0)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        inner = QWidget()
        inner.setLayout(self._whole)
        outer.addWidget(Scroll(inner))
        self._settings: list[Setting] = []
        self._parts = (self._make_left(), self._make_middle(), self._make_right())
        for part, share in zip(self._parts, (40, 46, 28), strict=True):
            self._whole.addWidget(part, share)
        theme.changed.connect(self.restyle)
        self.restyle()

    def _make_left(self) -> QWidget:
        theme = self.theme
        part, column = _part("white")
        head = QHBoxLayout()
        self._title, self._back = Text(theme, "", 40, head=True), new_button(self, 16, 48)
        head.addWidget(self._title)
        head.addStretch(1)
        head.addWidget(self._back)
        self._hint = Text(theme, "", 16, colour="ink-2", wraps=True)
        self._note = Note(theme)
        self._waiting = Text(theme, "", 22, head=True, colour="ink-2")
        self._jobs = Rows(theme, height=60)
        self._aside = ButtonGrid(theme, size=15, height=52)
        self._main = new_button(self, 18, 68)
        self._main.setSizePolicy(_WIDE, _FIXED)
        self._foot = Text(theme, "", 14, colour="ink-2", wraps=True, align=Qt.AlignmentFlag.AlignHCenter)
        column.addLayout(head)
        for each in (self._hint, self._note, self._waiting, self._jobs, self._aside):
            column.addWidget(each)
        column.addStretch(1)
        column.addWidget(self._main)
        column.addWidget(self._foot)
        self._aside.did.connect(self.did)
        self._jobs.did.connect(self.did)
        return part

    def _make_middle(self) -> QWidget:
        theme = self.theme
        part, column = _part("cream")
        head = QHBoxLayout()
        self._again = new_button(self, 15, 44)
        head.addWidget(Text(theme, say("Found here"), 22, head=True, colour="ink-2"), 1)
        head.addWidget(self._again)
        self._found = Rows(theme, height=52)
        self._found.did.connect(self.did)
        hint = say("Or 192.168.1.40")
        self._address = Field(theme, icon="printer", hint=hint, key="/", name=say("Where the printer is"))
        self._address.submitted.connect(lambda text: self.did.emit(WriteAddress(text)))
        self._setting_column = QVBoxLayout()
        self._setting_column.setSpacing(0)
        hint = say("Other till: Door B, 192.168.1.41")
        self._neighbour = Field(theme, icon="till", hint=hint, name=say("Another till and its printer"))
        self._neighbour.submitted.connect(lambda text: self.did.emit(WriteAddress(text, is_neighbour=True)))
        hint = say("Ticket printer: 192.168.1.42")
        self._tickets = Field(theme, icon="ticket", hint=hint, name=say("Where the printer of tickets is"))
        self._tickets.submitted.connect(lambda text: self.did.emit(WriteAddress(text, is_for_tickets=True)))
        self._test = new_button(self, 16, 56)
        self._test.setSizePolicy(_WIDE, _FIXED)
        column.addLayout(head)
        column.addWidget(self._found)
        self._fields = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self._fields.setSpacing(theme.px(8))
        self._fields.addWidget(self._address)
        self._fields.addWidget(self._neighbour)
        column.addLayout(self._fields)
        column.addWidget(Text(theme, say("How it prints"), 22, head=True, colour="ink-2"))
        column.addLayout(self._setting_column)
        column.addWidget(self._tickets)
        column.addStretch(1)
        column.addWidget(self._test)
        return part

    def _make_right(self) -> QWidget:
        theme = self.theme
        part, column = _part("cream-2")
        self._paper_width = Text(theme, "", 14, colour="ink-3")
        column.addWidget(Text(theme, say("Test page"), 28, head=True))
        column.addWidget(self._paper_width)
        self._paper = Paper(theme)
        column.addWidget(self._paper, 1)
        return part

    def restyle(self) -> None:
        theme = self.theme
        way = QBoxLayout.Direction.TopToBottom if theme.is_text_large else QBoxLayout.Direction.LeftToRight
        self._whole.setDirection(way)
        self._fields.setDirection(way)
        side = theme.px(12 if theme.is_compact else 18)
        for part in self._parts:
            column = part.layout()
            if column is not None:
                column.setContentsMargins(side, theme.px(14), side, theme.px(14))
                column.setSpacing(theme.px(8))
        self._title.set_size(theme.big(32 if theme.is_compact else 40))
        self._parts[-1].setVisible(not theme.is_compact and not theme.is_text_large)

    def focus_search(self) -> QWidget | None:
        return self._address.edit

    def refresh(self, view: object) -> None:
        if not isinstance(view, PrinterView):
            return
        self._title.set_text(view.title)
        self._hint.set_text(view.hint)
        self._back.show_view(view.back)
        self._note.show_view(view.note)
        self._waiting.set_text(view.waiting)
        self._waiting.setVisible(bool(view.jobs))
        self._jobs.show_rows(view.jobs)
        self._aside.show_buttons(view.aside, 1 if self.theme.is_compact else len(view.aside))
        self._main.show_view(view.main)
        self._foot.set_text(view.foot)
        self._found.show_rows(view.found)
        self._again.show_view(view.again)
        self._tickets.setVisible(view.ticket_address is not None)
        typed = ((self._address, view.address), (self._neighbour, view.neighbour))
        for field, text in (*typed, (self._tickets, view.ticket_address or "")):
            if not field.edit.hasFocus():
                field.show_text(text)
        keep_count(self._settings, len(view.settings), self._setting_column, self._make_setting)
        for setting, shown in zip(self._settings, view.settings, strict=True):
            setting.show_view(shown)
        self._test.show_view(view.test)
        self._paper.show_picture(view.picture)
        self._paper_width.set_text(view.paper)

    def _make_setting(self) -> Setting:
        setting = Setting(self.theme)
        setting.did.connect(self.did)
        return setting


def _part(ground: str) -> tuple[QWidget, QVBoxLayout]:
    part = QWidget()
    plain_ground(part, ground)
    return part, QVBoxLayout(part)

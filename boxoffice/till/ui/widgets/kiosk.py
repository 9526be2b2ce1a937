"""The parts of a kiosk's page, and what draws each."""

from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QBoxLayout, QFrame, QHBoxLayout, QSizePolicy, QVBoxLayout

from boxoffice.till.ui.theme import Theme
from boxoffice.till.ui.views.kiosk import (
    ChoicesPart,
    CodePart,
    LinesPart,
    NoticePart,
    Part,
    PinPart,
    ProductsPart,
    TilesPart,
    TimePart,
    TypingPart,
)
from boxoffice.till.ui.widgets.button import Button
from boxoffice.till.ui.widgets.empty import Icon
from boxoffice.till.ui.widgets.kiosk_boxes import (
    NARROW,
    NOTHING,
    PAD,
    SMALL,
    TARGET,
    TEXT,
    BigTile,
    PartBox,
    Spread,
    spread,
)
from boxoffice.till.ui.widgets.kiosk_goods import LinesBox, ProductsBox
from boxoffice.till.ui.widgets.kiosk_time import TimeBox
from boxoffice.till.ui.widgets.listing import keep_count
from boxoffice.till.ui.widgets.pin import Dots, PinPad
from boxoffice.till.ui.widgets.qr import QrCode
from boxoffice.till.ui.widgets.text import Amount, Text, set_state


class ChoicesBox(PartBox):
    def __init__(self, theme: Theme) -> None:
        super().__init__(theme)
        self._label = Text(theme, "", TEXT, weight=600)
        self._choices = Spread(theme, TEXT)
        self._choices.did.connect(self.did)
        self._column.addWidget(self._label)
        self._column.addWidget(self._choices)

    def show_part(self, part: Part) -> None:
        if isinstance(part, ChoicesPart):
            self._label.set_text(part.label)
            self._label.setVisible(bool(part.label))
            self._choices.show_views(part.buttons)


class TilesBox(PartBox):
    def __init__(self, theme: Theme) -> None:
        super().__init__(theme)
        self._title = Text(theme, "", 64, head=True, wraps=True)
        self._tiles: list[BigTile] = []
        self._list = QVBoxLayout()
        self._list.setSpacing(theme.px(20))
        self._column.addWidget(self._title)
        self._column.addLayout(self._list)
        theme.changed.connect(self._restyle)
        self._restyle()

    def _restyle(self) -> None:
        self._title.set_size(self._theme.big(64))

    def show_part(self, part: Part) -> None:
        if not isinstance(part, TilesPart):
            return
        self._title.set_text(part.title)
        self._title.setVisible(bool(part.title))
        keep_count(self._tiles, len(part.tiles), self._list, self._make)
        for tile, view in zip(self._tiles, part.tiles, strict=True):
            tile.show_view(view)

    def _make(self) -> BigTile:
        tile = BigTile(self._theme, NOTHING)
        tile.did.connect(self.did)
        tile.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        return tile


class CodeBox(PartBox):
    """A code as large as an arm away needs it, with words beside it, or under it where the words are large."""

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme)
        card = QFrame()
        card.setProperty("part", "poster")
        self._row = QBoxLayout(QBoxLayout.Direction.LeftToRight, card)
        self._qr, self._icon = QrCode(theme), Icon(theme, "phone", 120)
        words = QVBoxLayout()
        words.setSpacing(theme.px(10))
        self._title = Text(theme, "", 56, head=True, wraps=True)
        self._text = Text(theme, "", TEXT, wraps=True)
        self._note = Text(theme, "", SMALL, colour="ink-2", wraps=True)
        self._button = spread(Button(theme, NOTHING, size=TEXT, height=TARGET, icon_size=34))
        self._button.did.connect(self.did)
        words.addStretch(1)
        for each in (self._title, self._text, self._note, self._button):
            words.addWidget(each)
        words.addStretch(1)
        self._row.addWidget(self._qr)
        self._row.addWidget(self._icon, 0, Qt.AlignmentFlag.AlignCenter)
        self._row.addLayout(words, 1)
        self._column.addWidget(card)
        self._is_dense = False
        theme.changed.connect(self._restyle)
        self._restyle()

    def _restyle(self) -> None:
        theme = self._theme
        is_below = theme.text_scale > NARROW or self._is_dense
        self._row.setDirection(QBoxLayout.Direction.TopToBottom if is_below else QBoxLayout.Direction.LeftToRight)
        edge = theme.px(32)
        self._row.setContentsMargins(edge, edge, edge, edge)
        self._row.setSpacing(theme.px(32))
        side = theme.px(620 if self._is_dense else 400)
        self._qr.setMinimumSize(side, side)
        self._qr.setMaximumHeight(side)
        self._title.set_size(theme.big(56))

    def show_part(self, part: Part) -> None:
        if not isinstance(part, CodePart):
            return
        is_dense = len(part.link) > _DENSE
        if is_dense != self._is_dense:
            self._is_dense = is_dense
            self._restyle()
        self._qr.show_text(part.link)
        self._qr.setVisible(bool(part.link))
        self._icon.show_icon(part.icon)
        self._icon.setVisible(bool(part.icon) and not part.link)
        self._title.set_text(part.title)
        self._text.set_text(part.text)
        self._note.set_text(part.note)
        self._note.setVisible(bool(part.note))
        self._button.show_view(part.button)


_DENSE: Final = 200
"""A code of more letters than this has small modules: it holds a whole offer, and has all the room."""


class NoticeBox(PartBox):
    def __init__(self, theme: Theme) -> None:
        super().__init__(theme)
        self._card = QFrame()
        self._card.setProperty("part", "notice")
        row = QHBoxLayout(self._card)
        edge = theme.px(32)
        row.setContentsMargins(edge, edge, edge, edge)
        row.setSpacing(theme.px(28))
        self._icon = Icon(theme, "info", 72)
        words = QVBoxLayout()
        self._title = Text(theme, "", 36, weight=700, wraps=True)
        self._text = Text(theme, "", TEXT, wraps=True)
        words.addWidget(self._title)
        words.addWidget(self._text)
        row.addWidget(self._icon)
        row.addLayout(words, 1)
        self._column.addWidget(self._card)

    def show_part(self, part: Part) -> None:
        if not isinstance(part, NoticePart):
            return
        notice = part.notice
        set_state(self._card, notice.state)
        self._icon.show_icon(notice.icon, notice.state if notice.state != "plain" else "ink")
        self._title.set_text(notice.title)
        self._title.set_colour(notice.state if notice.state != "plain" else "ink")
        self._text.set_text(notice.text)
        self._text.setVisible(bool(notice.text))
        self._card.setAccessibleName(f"{notice.title} {notice.text}".strip())


class TypingBox(PartBox):
    """What is typed, over a keyboard of its own: the system's never comes up."""

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme)
        self._label = Text(theme, "", TEXT, weight=600)
        well = QFrame()
        well.setProperty("part", "card")
        inside = QVBoxLayout(well)
        inside.setContentsMargins(theme.px(24), theme.px(20), theme.px(24), theme.px(20))
        self._text = Amount(theme, 40, weight=600, align=Qt.AlignmentFlag.AlignLeft)
        inside.addWidget(self._text)
        self._problem = Text(theme, "", TEXT, weight=600, colour="danger", wraps=True)
        self._rows: list[QHBoxLayout] = []
        self._keys: list[list[Button]] = []
        for each in (self._label, well, self._problem):
            self._column.addWidget(each)

    def show_part(self, part: Part) -> None:
        if not isinstance(part, TypingPart):
            return
        self._label.set_text(part.label)
        self._text.set_text(f"{part.text}|")
        self._text.setAccessibleName(f"{part.label}: {part.text}")
        self._problem.set_text(part.problem)
        self._problem.setVisible(bool(part.problem))
        while len(self._rows) < len(part.keys):
            row = QHBoxLayout()
            row.setSpacing(self._theme.px(8))
            self._rows.append(row)
            self._keys.append([])
            self._column.addLayout(row)
        for row, shown, views in zip(self._rows, self._keys, part.keys, strict=True):
            keep_count(shown, len(views), row, self._make)
            for button, view in zip(shown, views, strict=True):
                button.show_view(view)

    def _make(self) -> Button:
        button = Button(self._theme, NOTHING, size=TEXT, height=84, icon_size=30)
        button.did.connect(self.did)
        return spread(button)


class PinBox(PartBox):
    def __init__(self, theme: Theme) -> None:
        super().__init__(theme)
        self._dots, self._pad = Dots(theme), PinPad(theme, PAD)
        self._problem = Text(theme, "", TEXT, weight=600, colour="danger", wraps=True)
        self._pad.did.connect(self.did)
        self._pad.setMinimumHeight(theme.px(420))
        self._column.addWidget(self._dots, 0, Qt.AlignmentFlag.AlignHCenter)
        self._column.addWidget(self._problem)
        self._column.addWidget(self._pad)

    def show_part(self, part: Part) -> None:
        if isinstance(part, PinPart):
            self._dots.show_view(part.pin)
            self._problem.set_text(part.pin.problem)
            self._problem.setVisible(bool(part.pin.problem))


BOXES: Final[dict[type, type[PartBox]]] = {
    ChoicesPart: ChoicesBox,
    TilesPart: TilesBox,
    ProductsPart: ProductsBox,
    LinesPart: LinesBox,
    CodePart: CodeBox,
    TimePart: TimeBox,
    NoticePart: NoticeBox,
    TypingPart: TypingBox,
    PinPart: PinBox,
}
"""What draws each kind of part."""

"""What no page of a training can be without: stripes round the whole window, the band over it, and the drill beside."""

import math
from collections.abc import Callable
from dataclasses import replace
from typing import Final

from PySide6.QtCore import QPointF, QRect, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPixmap
from PySide6.QtWidgets import QFrame, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from boxoffice.till.ui.actions import Action, Do
from boxoffice.till.ui.theme import Theme
from boxoffice.till.ui.views.parts import ButtonView, TagView
from boxoffice.till.ui.views.training import BandView, DrillView
from boxoffice.till.ui.widgets.button import Button
from boxoffice.till.ui.widgets.empty import Icon
from boxoffice.till.ui.widgets.rows import Scroll
from boxoffice.till.ui.widgets.steps import Steps
from boxoffice.till.ui.widgets.tag import Tag
from boxoffice.till.ui.widgets.text import Amount, Broken, Elided, Text, plain_ground

YELLOW: Final = "#f3c14b"
"""Used for this alone, so that it can mean nothing else."""
_STRIPE: Final = 18
_EDGE: Final = 12
_BAND: Final = 64
_SLIM_BAND: Final = 52
_STRIP_LINES: Final = 3
_PANEL_FROM: Final = 1280
"""In a narrower window, the drill stands in a strip at the foot."""


def striped(painter: QPainter, theme: Theme, wide: int, high: int) -> None:
    """Draws the stripes, from one tiled picture."""
    side = max(8, round(theme.px(_STRIPE) * 2 * math.sqrt(2)))
    tile = QPixmap(side, side)
    tile.fill(theme.colour("ink"))
    on_tile = QPainter(tile)
    on_tile.setRenderHint(QPainter.RenderHint.Antialiasing)
    on_tile.setPen(Qt.PenStyle.NoPen)
    on_tile.setBrush(QColor(YELLOW))
    for left in (0, side):
        corners = ((left, 0), (left + side / 2, 0), (left - side / 2, side), (left - side, side))
        on_tile.drawPolygon([QPointF(*corner) for corner in corners])
    on_tile.end()
    painter.drawTiledPixmap(0, 0, wide, high, tile)


def _bare(view: ButtonView | None, theme: Theme) -> ButtonView | None:
    """Returns a button without its key, where large text leaves no room for it."""
    return replace(view, key="") if view is not None and theme.is_text_large else view


class Band(QWidget):
    """The word, what it means, and the way out."""

    did = Signal(object)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._row = QHBoxLayout(self)
        self._sign = QFrame()
        plain_ground(self._sign, "ink")
        sign = QHBoxLayout(self._sign)
        sign.setContentsMargins(0, 0, 0, 0)
        self._inside = sign
        self._icon, self._word = Icon(theme, "training", 28, "warn"), Text(theme, "", 34, head=True)
        sign.addWidget(self._icon)
        sign.addWidget(self._word)
        self._plate = QFrame()
        plain_ground(self._plate, "white")
        plate = QHBoxLayout(self._plate)
        self._said = plate
        self._text = Broken(theme, "", 16, weight=700, most=2)
        plate.addWidget(self._text)
        self._drills, self._leave = (Button(theme, ButtonView("", Do.BACK), size=15, height=48) for _ in range(2))
        self._row.addWidget(self._sign)
        self._row.addWidget(self._plate)
        self._row.addStretch(1)
        for button in (self._drills, self._leave):
            button.keeps_key = True
            button.did.connect(self.did)
            self._row.addWidget(button)
        theme.changed.connect(self.restyle)
        self.restyle()

    def restyle(self) -> None:
        theme = self._theme
        edge, gap = theme.px(8), theme.px(14)
        self._row.setContentsMargins(theme.px(4), theme.px(6), theme.px(4), theme.px(6))
        self._row.setSpacing(theme.px(12))
        self._inside.setContentsMargins(gap, 0, gap, 0)
        self._inside.setSpacing(edge)
        self._said.setContentsMargins(gap, 0, gap, 0)
        self._word.set_size(theme.big(26 if theme.is_compact else 34))
        self._text.set_size(theme.big(14 if theme.is_compact else 16))
        radius = theme.px(10)
        self.setStyleSheet(f"QFrame {{ border-radius: {radius}px; }}")
        for button in (self._drills, self._leave):
            button.resize_to(theme.big(14 if theme.is_compact else 15), 40 if theme.is_compact else 48)

    def show_view(self, view: BandView) -> None:
        self._word.set_text(view.word)
        self._word.setStyleSheet(f"color: {YELLOW};")
        self._icon.show_icon("training", "on-ink")
        self._text.set_text(view.text)
        for button, shown in ((self._leave, view.leave), (self._drills, view.drills)):
            button.show_view(_bare(shown, self._theme))
        self.setAccessibleName(f"{view.word}. {view.text}")


class Frame(QWidget):
    """Lies below everything; what of it is seen is the edge of the window."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.lower()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        striped(painter, self._theme, self.width(), self.height())


class _Measure(QFrame):
    """A number, and what it is."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.setProperty("part", "well")
        column = QVBoxLayout(self)
        column.setContentsMargins(theme.px(8), theme.px(6), theme.px(8), theme.px(6))
        column.setSpacing(0)
        middle = Qt.AlignmentFlag.AlignHCenter
        self._value = Amount(theme, 26, align=middle)
        self._label = Text(theme, "", 14, colour="ink-2", align=middle, wraps=True)
        column.addWidget(self._value)
        column.addWidget(self._label)

    def show_words(self, value: str, label: str) -> None:
        self._value.set_text(value)
        self._label.set_text(label)
        self.setAccessibleName(f"{value} {label}")


class Measures(QWidget):
    """Numbers side by side."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(theme.px(12))
        self._all: list[_Measure] = []

    def show_words(self, measures: tuple[tuple[str, str], ...]) -> None:
        while len(self._all) < len(measures):
            self._all.append(_Measure(self._theme))
            self._row.addWidget(self._all[-1], 1)
        for i, each in enumerate(self._all):
            each.setVisible(i < len(measures))
            if i < len(measures):
                each.show_words(*measures[i])


class Panel(QFrame):
    """The drill under way, beside the page that it is practised on."""

    did = Signal(object)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        plain_ground(self, "white")
        self._column = QVBoxLayout(self)
        head = QHBoxLayout()
        self._place, self._tried = Tag(theme), Text(theme, "", 14, colour="ink-2")
        head.addWidget(self._place)
        head.addStretch(1)
        head.addWidget(self._tried)
        inner = QWidget()
        middle = QVBoxLayout(inner)
        middle.setContentsMargins(0, 0, theme.px(4), 0)
        middle.setSpacing(theme.px(8))
        self._title = Text(theme, "", 28, head=True, wraps=True)
        self._text = Text(theme, "", 16, weight=600, wraps=True)
        self._keys = Text(theme, "", 16, weight=700, colour="info", wraps=True)
        self._well = QFrame()
        self._well.setProperty("part", "well")
        well = QVBoxLayout(self._well)
        well.setContentsMargins(theme.px(12), theme.px(8), theme.px(8), theme.px(8))
        self._steps = Steps(theme, height=44, size=15)
        well.addWidget(self._steps)
        for each in (self._title, self._text, self._keys, self._well):
            middle.addWidget(each)
        middle.addStretch(1)
        self._measures = Measures(theme)
        self._show, self._hint, self._again, self._skip = (
            Button(theme, ButtonView("", Do.BACK), size=15, height=48) for _ in range(4)
        )
        for button in (self._show, self._hint, self._again, self._skip):
            button.keeps_key = True
            button.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
            button.did.connect(self.did)
        pair = QHBoxLayout()
        pair.setSpacing(theme.px(8))
        pair.addWidget(self._again)
        pair.addWidget(self._skip)
        self._column.addLayout(head)
        self._column.addWidget(Scroll(inner), 1)
        self._column.addWidget(self._measures)
        self._column.addWidget(self._show)
        self._column.addWidget(self._hint)
        self._column.addLayout(pair)
        theme.changed.connect(self.restyle)
        self.restyle()

    def restyle(self) -> None:
        theme = self._theme
        side = theme.px(16)
        self._column.setContentsMargins(side + theme.px(2), side, side, side)
        self._column.setSpacing(theme.px(10))

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        QPainter(self).fillRect(0, 0, self._theme.px(2), self.height(), self._theme.colour("ink"))

    def show_view(self, view: DrillView) -> None:
        self._place.show_view(TagView(view.place, "plain", "training"))
        self._tried.set_text(view.tried)
        self._title.set_text(view.title)
        self._text.set_text(view.text)
        self._keys.set_text(view.keys)
        self._keys.setVisible(bool(view.keys))
        self._steps.show_views(view.steps)
        self._measures.show_words(((view.time, view.time_label), (view.presses, view.presses_label)))
        for button, shown in (
            (self._show, view.show),
            (self._hint, view.hint),
            (self._again, view.again),
            (self._skip, view.skip),
        ):
            button.show_view(shown)


class Strip(QFrame):
    """The same where there is no room beside the page: the one thing to do now, and a hint."""

    did = Signal(object)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        plain_ground(self, "white")
        self._row = QHBoxLayout(self)
        self._place, self._text = Text(theme, "", 14, weight=700), Text(theme, "", 14, weight=600, wraps=True)
        self._time = Elided(theme, "", 15, weight=700)
        self._show, self._hint, self._skip = (
            Button(theme, ButtonView("", Do.BACK), size=14, height=44) for _ in range(3)
        )
        self._row.addWidget(self._place)
        self._row.addWidget(self._text, 1)
        self._row.addWidget(self._time)
        for button in (self._show, self._hint, self._skip):
            button.keeps_key = True
            button.did.connect(self.did)
            self._row.addWidget(button)
        theme.changed.connect(self.restyle)
        self.restyle()

    def restyle(self) -> None:
        theme = self._theme
        self._row.setContentsMargins(theme.px(12), theme.px(4), theme.px(12), theme.px(4))
        self._row.setSpacing(theme.px(10))
        for part, size in ((self._place, 14), (self._text, 15), (self._time, 15)):
            part.set_size(theme.big(size))
        for button in (self._show, self._hint, self._skip):
            button.resize_to(theme.big(14), 44)

    def show_view(self, view: DrillView) -> None:
        self._place.set_text(view.place)
        self._text.set_text(view.keys or view.text)
        self._time.set_text(view.time)
        hint, skip = None if view.keys else view.hint, view.skip if view.show is None else None
        for button, shown in ((self._show, view.show), (self._hint, hint), (self._skip, skip)):
            button.show_view(_bare(shown, self._theme))
        self.setAccessibleName(f"{view.place}. {view.title}. {view.text}")


class Training:
    """Puts all of it round and beside a window's own parts, and says how much room is left for those."""

    def __init__(self, theme: Theme, window: QWidget) -> None:
        self._theme, self._window = theme, window
        self.frame, self.band = Frame(theme, window), Band(theme)
        self.panel, self.strip = Panel(theme), Strip(theme)
        self.band.setParent(window)
        self._view: DrillView | None = None

    def show_views(self, band: BandView, drill: DrillView | None) -> None:
        """Draws both; returns with the drill where there is room for it."""
        self._view = drill
        self.band.show_view(band)
        self.panel.setVisible(drill is not None and self.has_panel)
        self.strip.setVisible(drill is not None and not self.has_panel)
        if drill is not None:
            (self.panel if self.has_panel else self.strip).show_view(drill)

    @property
    def has_panel(self) -> bool:
        return self._window.width() >= _PANEL_FROM and self._theme.text_percent <= 125

    @property
    def _unit(self) -> float:
        """How large a pixel of the design is, whatever is left for the page."""
        return max(1.0, min(self._window.width() / 1920, self._window.height() / 1080))

    @property
    def edge(self) -> int:
        return round(_EDGE * self._unit)

    @property
    def band_height(self) -> int:
        return round((_BAND if self.has_panel else _SLIM_BAND) * self._unit)

    @property
    def strip_height(self) -> int:
        lines = self._theme.font(self._theme.big(15)).pixelSize() * 1.4 * _STRIP_LINES
        return max(round(56 * self._unit), round(lines + 12 * self._unit))

    @property
    def panel_width(self) -> int:
        return round((322 if self._window.width() < 1700 else 380) * self._unit)

    def beside(self, stack: QWidget, did: Callable[[Action], None]) -> QVBoxLayout:
        """Returns the window's pages with the drill beside them, or below."""
        column, row = QVBoxLayout(), QHBoxLayout()
        for layout in (column, row):
            layout.setSpacing(0)
        row.addWidget(stack, 1)
        row.addWidget(self.panel)
        column.addLayout(row, 1)
        column.addWidget(self.strip)
        for part in (self.band, self.panel, self.strip):
            part.did.connect(did)
        return column

    def inside(self) -> QRect:
        """Returns what is within the stripes."""
        return self._window.rect().adjusted(self.edge, self.band_height, -self.edge, -self.edge)

    def place(self, row: QHBoxLayout) -> None:
        """Puts everything where it belongs now, and lets the till's own parts be as large as there is room for."""
        window, inside, is_on = self._window, self.inside(), self._view is not None
        beside = self.panel_width if is_on and self.has_panel else 0
        below = self.strip_height if is_on and not self.has_panel else 0
        self._theme.fit(inside.width() - beside, inside.height() - below)
        row.setContentsMargins(self.edge, self.band_height, self.edge, self.edge)
        self.frame.setGeometry(window.rect())
        self.frame.lower()
        self.band.setGeometry(self.edge, 0, inside.width(), self.band_height)
        self.panel.setFixedWidth(self.panel_width)
        self.strip.setFixedHeight(self.strip_height)

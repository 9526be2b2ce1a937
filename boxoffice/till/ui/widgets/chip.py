"""One state of the till in the bar: icon and word, in one width for all that it may say."""

from typing import Final

from PySide6.QtCore import QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QSizePolicy

from boxoffice.till.ui import tokens
from boxoffice.till.ui.actions import Do
from boxoffice.till.ui.speech import number, say
from boxoffice.till.ui.theme import Theme
from boxoffice.till.ui.views.shell import ChipView

_RIGHT: Final = Qt.TextElideMode.ElideRight


def _longest(*, is_tight: bool) -> tuple[str, ...]:
    """Returns what a chip must have room for, in full and where one word has to do."""
    if is_tight:
        return say("Connecting"), say("no internet"), say("not chosen"), say("{minutes} min ago", minutes=22)
    return (
        f"{say('Synced')}  {say('{minutes} min ago', minutes=22)}",
        f"{say('Try now')}  {say('{unsent} to send', unsent=number(1400))}",
        f"{say('Reader')}  {say('no internet')}",
        f"{say('Printer')}  {say('not set up')}",
    )


class Chip(QAbstractButton):
    """One state of the till: icon and word, and more where there is room. A tap shows details."""

    did = Signal(object)

    def __init__(self, theme: Theme, view: ChipView) -> None:
        super().__init__()
        self._theme, self._view, self.is_on_tint, self.is_tight = theme, view, False, False
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.clicked.connect(lambda: self.did.emit(self._view.action))
        theme.changed.connect(self.updateGeometry)
        self.show_view(view)

    def show_view(self, view: ChipView) -> None:
        self.setAccessibleName(f"{view.word} {view.more}".strip())
        self.setToolTip(self.accessibleName())
        if view != self._view:
            self._view = view
            self.updateGeometry()
            self.update()

    @property
    def _words(self) -> tuple[str, str]:
        """Where there is little room, one word has to do: the device's, or what is wrong with it."""
        view = self._view
        if not self.is_tight:
            return view.word, view.more
        is_said_by_word = view.state in ("ok", "plain", "info") or view.action is not Do.TILL or not view.more
        return (view.word if is_said_by_word else view.more), ""

    def set_tight(self, is_tight: bool) -> None:
        """Says whether one word has to do."""
        if is_tight != self.is_tight:
            self.is_tight = is_tight
            self.updateGeometry()
            self.update()

    def room(self, *, is_tight: bool) -> int:
        """Returns one width for all states, so that nothing beside it ever moves."""
        metrics = QFontMetrics(self._theme.font(14, 600))
        longest = max(metrics.horizontalAdvance(words) for words in _longest(is_tight=is_tight))
        edges = self._theme.px(10 if self._theme.is_compact else 12) * 2
        return longest + edges + self._theme.tall(18) + self._theme.px(8)

    def sizeHint(self) -> QSize:
        return QSize(self.room(is_tight=self.is_tight), self._theme.tall(tokens.TARGET))

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:
        theme, view = self._theme, self._view
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        ground, colour = ("cream-2", "ink-2") if view.state == "plain" else (f"{view.state}-tint", view.state)
        stands_out = self.is_on_tint and view.state not in ("ok", "plain")
        height = theme.tall(40)
        pill = QRectF(0, (self.height() - height) / 2, self.width(), height)
        painter.setPen(QPen(theme.colour(colour), 1.5) if view.action is not Do.TILL else Qt.PenStyle.NoPen)
        painter.setBrush(theme.colour("white" if stands_out else ground))
        painter.drawRoundedRect(pill.adjusted(1, 1, -1, -1), height / 2, height / 2)
        text, icon = theme.colour(colour), theme.tall(18)
        x = theme.px(10 if theme.is_compact else 12)
        theme.icons.paint(painter, view.icon, x, (self.height() - icon) / 2, icon, text)
        x += icon + theme.px(8)
        painter.setPen(text)
        painter.setFont(theme.font(14, 600))
        flags = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        metrics = QFontMetrics(painter.font())
        words = "  ".join(part for part in self._words if part)
        room = self.width() - x - theme.px(6)
        painter.drawText(QRect(x, 0, room, self.height()), flags, metrics.elidedText(words, _RIGHT, room))

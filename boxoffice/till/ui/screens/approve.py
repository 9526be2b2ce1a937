"""A dialog over the page that is up: what somebody wants to do, and the PIN or badge of who allows it."""

from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QBoxLayout, QFrame, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from boxoffice.till.ui import tokens
from boxoffice.till.ui.actions import Do
from boxoffice.till.ui.screens.screen import Screen
from boxoffice.till.ui.theme import Theme
from boxoffice.till.ui.views.parts import AdviceView, ButtonView
from boxoffice.till.ui.views.staff import ApproveView
from boxoffice.till.ui.widgets.button import Button
from boxoffice.till.ui.widgets.listing import keep_count
from boxoffice.till.ui.widgets.notice import Advice
from boxoffice.till.ui.widgets.pin import Dots, PinPad
from boxoffice.till.ui.widgets.rows import Scroll
from boxoffice.till.ui.widgets.text import Amount, Text, plain_ground

_SHADE: Final = 140  # 55 % ink
_WIDE, _HIGH = 820, 584


class _Panel(QFrame):
    """The right part of the card, with the card's own corner."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._theme.colour("cream"))
        radius = self._theme.px(tokens.RADIUS_CARD)
        painter.drawRoundedRect(self.rect(), radius, radius)
        painter.drawRect(0, 0, self.width(), self.height() - radius)
        painter.drawRect(0, 0, self.width() - radius, self.height())


class ApproveScreen(Screen):
    """Draws an `ApproveView`."""

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme)
        outer = QHBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        self._card = QFrame()
        self._card.setProperty("part", "card")
        outer.addWidget(self._card, 0, Qt.AlignmentFlag.AlignCenter)
        column = QVBoxLayout(self._card)
        column.setContentsMargins(1, 1, 1, 1)
        column.setSpacing(0)
        self._head = QHBoxLayout()
        self._title = Text(theme, "", 36, head=True, wraps=True)
        self._close = Button(theme, ButtonView("", Do.BACK, "quiet"), height=48, colour="ink")
        self._close.keeps_key = True
        self._close.did.connect(self.did)
        self._head.addWidget(self._title, 1)
        self._head.addWidget(self._close)
        column.addLayout(self._head)
        line = QWidget()
        line.setFixedHeight(1)
        plain_ground(line, "line")
        column.addWidget(line)
        self._parts = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self._parts.setSpacing(0)
        self._parts.addWidget(Scroll(self._make_act()), 3)
        self._parts.addWidget(self._make_pin(), 2)
        column.addLayout(self._parts, 1)
        theme.changed.connect(self.restyle)
        self.restyle()

    def _make_act(self) -> QWidget:
        part = QWidget()
        self._left = QVBoxLayout(part)
        self._wants = Text(self.theme, "", 16, colour="ink-2", wraps=True)
        self._what = Text(self.theme, "", 26, weight=700, wraps=True)
        self._amount = Amount(self.theme, 48, align=Qt.AlignmentFlag.AlignLeft)
        self._notes: list[Advice] = []
        self._lines = QVBoxLayout()
        self._lines.setSpacing(0)
        self._once = Advice(self.theme, height=48)
        self._badge = Advice(self.theme, height=56)
        for each in (self._wants, self._what, self._amount):
            self._left.addWidget(each)
        self._left.addLayout(self._lines)
        self._left.addWidget(self._once)
        self._left.addStretch(1)
        self._left.addWidget(self._badge)
        return part

    def _make_pin(self) -> QWidget:
        part = _Panel(self.theme)
        self._right = QVBoxLayout(part)
        self._pin_title = Text(self.theme, "", 16, weight=700)
        self._who = Text(self.theme, "", 14, colour="ink-3", wraps=True)
        self._dots, self._pad = Dots(self.theme), PinPad(self.theme)
        self._problem = Text(self.theme, "", 14, weight=600, colour="danger", wraps=True)
        self._approve = Button(self.theme, ButtonView("", Do.APPROVE, "primary"), size=18, height=64)
        self._approve.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._foot = Text(self.theme, "", 14, colour="ink-3", align=Qt.AlignmentFlag.AlignHCenter)
        self._pad.did.connect(self.did)
        self._approve.did.connect(self.did)
        self._right.addWidget(self._pin_title)
        self._right.addWidget(self._who)
        self._right.addWidget(self._dots, 0, Qt.AlignmentFlag.AlignHCenter)
        self._right.addWidget(self._problem)
        self._right.addWidget(self._pad, 1)
        self._right.addWidget(self._approve)
        self._right.addWidget(self._foot)
        return part

    def restyle(self) -> None:
        theme = self.theme
        side = theme.px(16 if theme.is_compact or theme.text_scale > 1.2 else 24)
        self._head.setContentsMargins(side, side // 2, side // 2, side // 2)
        self._left.setContentsMargins(side, side, side, side)
        self._left.setSpacing(theme.px(4))
        self._right.setContentsMargins(side, side, side, side)
        self._right.setSpacing(theme.px(8))
        self._title.set_size(theme.big(28 if theme.is_compact else 36))
        self._what.set_size(theme.big(22 if theme.is_compact else 26))
        self._amount.set_size(theme.big(36 if theme.is_compact else 48))
        self._approve.resize_to(18, 48 if theme.is_text_large else 64)
        self._foot.setVisible(not theme.is_text_large)
        self._fit()

    def _fit(self) -> None:
        """Takes 820 by 584 of the design, or what the window has."""
        edge = self.theme.px(12)
        wide = min(self.theme.tall(_WIDE), self.width() - 2 * edge)
        high = min(self.theme.tall(_HIGH), self.height() - 2 * edge)
        self._card.setFixedSize(max(wide, 100), max(high, 100))

    def resizeEvent(self, event: object) -> None:
        self._fit()

    def paintEvent(self, event: QPaintEvent) -> None:
        shade = QColor(self.theme.colour("ink"))
        shade.setAlpha(_SHADE)
        QPainter(self).fillRect(self.rect(), shade)

    def refresh(self, view: object) -> None:
        if not isinstance(view, ApproveView):
            return
        self._title.set_text(view.title)
        self._close.show_view(view.close)
        self._wants.set_text(view.wants)
        self._what.set_text(view.what)
        self._amount.set_text(view.amount)
        self._amount.setVisible(bool(view.amount))
        keep_count(self._notes, len(view.notes), self._lines, lambda: Advice(self.theme, height=36))
        for line, note in zip(self._notes, view.notes, strict=True):
            line.show_view(note)
        self._once.show_view(AdviceView("safe", view.once))
        self._badge.show_view(AdviceView("badge", f"**{view.badge_title}** {view.badge_text}"))
        self._pin_title.set_text(view.pin_title)
        self._who.set_text(view.who)
        self._dots.show_view(view.pin)
        self._problem.set_text(view.pin.problem)
        self._problem.setVisible(bool(view.pin.problem))
        self._approve.show_view(view.approve)
        self._foot.set_text(view.foot)

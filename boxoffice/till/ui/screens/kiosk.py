"""The one screen of a kiosk: a dark head, what this page is about, the total, and the controls at the foot."""

from itertools import pairwise
from typing import Final

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QFrame, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from boxoffice.till.ui.screens.screen import Screen
from boxoffice.till.ui.theme import Theme
from boxoffice.till.ui.views.kiosk import HeadView, KioskView, Part, TotalView
from boxoffice.till.ui.widgets.button import Button
from boxoffice.till.ui.widgets.empty import Icon
from boxoffice.till.ui.widgets.kiosk import BOXES
from boxoffice.till.ui.widgets.kiosk_boxes import NOTHING, SMALL, PartBox, Spread
from boxoffice.till.ui.widgets.rows import Scroll
from boxoffice.till.ui.widgets.text import Amount, Text, plain_ground

_LOW_HEAD: Final = 0.42
"""The part of an upright screen that its head takes where all that is pressed is to be low."""
_SIDE_HEAD: Final = 0.34
_LOW_GAP: Final = 0.2


class _Head(QFrame):
    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme, self._view = theme, HeadView("", "")
        plain_ground(self, "ink")
        self._column = QVBoxLayout(self)
        self._event = Text(theme, "", 40, head=True, colour="coral-light", wraps=True)
        self._title = Text(theme, "", 96, head=True, colour="on-ink", wraps=True)
        row = QHBoxLayout()
        self._amount = Amount(theme, 120, colour="on-ink", align=Qt.AlignmentFlag.AlignLeft)
        self._icon = Icon(theme, "card", 150, "coral-light")
        row.addWidget(self._amount, 1)
        row.addWidget(self._icon)
        self._first = Text(theme, "", 44, weight=700, colour="on-ink", wraps=True)
        self._second = Text(theme, "", 30, colour="on-ink-2", wraps=True)
        self._column.addStretch(1)
        self._column.addWidget(self._event)
        self._column.addWidget(self._title)
        self._column.addLayout(row)
        self._column.addWidget(self._first)
        self._column.addWidget(self._second)
        self._column.addStretch(1)
        theme.changed.connect(self.restyle)
        self.restyle()

    def restyle(self) -> None:
        theme, view = self._theme, self._view
        side, edge = theme.px(64 if theme.is_upright else 48), theme.px(24 if theme.is_text_huge else 44)
        self._column.setContentsMargins(side, edge, side, edge)
        self._column.setSpacing(theme.px(8))
        is_poster = view.is_start and theme.is_upright and theme.text_scale <= 1
        largest = 176 if is_poster else 72 if view.amount else 96
        self._title.set_size(theme.big(largest if theme.is_upright else min(largest, 84)))
        self._title.set_colour("on-ink-2" if view.amount and view.lines else "on-ink")
        self._amount.set_size(theme.big(136 if theme.is_upright else 96))
        self._event.set_size(theme.big(40))
        self._first.set_size(theme.big(44))
        is_said = bool(self._second.text()) and (bool(view.amount) or not theme.is_text_huge)
        self._second.setVisible(is_said)

    def show_view(self, view: HeadView) -> None:
        self._view = view
        self._event.set_text(view.event)
        self._event.setVisible(bool(view.event))
        self._title.set_text(view.title.upper() if view.is_start else view.title)
        self._amount.set_text(view.amount)
        self._amount.setVisible(bool(view.amount))
        self._icon.show_icon(view.icon)
        self._icon.setVisible(bool(view.icon) and bool(view.amount) and self._theme.is_upright)
        first, second = ("", view.lines[0]) if len(view.lines) == 1 else (*view.lines[:2], "", "")[:2]
        for text, words in ((self._first, first), (self._second, second)):
            text.set_text(words)
            text.setVisible(bool(words))
        self.setAccessibleName(" ".join(each for each in (view.title, view.amount, *view.lines) if each))
        self.restyle()


class _Total(QFrame):
    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        plain_ground(self, "white")
        self._row = QHBoxLayout(self)
        words = QVBoxLayout()
        words.setSpacing(0)
        self._label = Text(theme, "", SMALL, colour="ink-2", wraps=True)
        self._amount = Amount(theme, 72, align=Qt.AlignmentFlag.AlignLeft)
        self._note = Text(theme, "", 22, colour="ink-2", wraps=True)
        for each in (self._label, self._amount, self._note):
            words.addWidget(each)
        self.button = Button(theme, NOTHING, size=44, height=148, icon_size=48)
        self.button.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self._row.addLayout(words, 10)
        self._row.addWidget(self.button, 12)
        theme.changed.connect(self.restyle)
        self.restyle()

    def restyle(self) -> None:
        theme = self._theme
        side = theme.px(64 if theme.is_upright else 40)
        self._row.setContentsMargins(side, theme.px(24), side, theme.px(16))
        self._row.setSpacing(theme.px(32))
        self._amount.set_size(theme.big(72))

    def show_view(self, view: TotalView | None) -> None:
        self.setVisible(view is not None)
        if view is not None:
            self._label.set_text(view.label)
            self._amount.set_text(view.amount)
            self._note.set_text(view.note)
            self.button.show_view(view.button)


class KioskScreen(Screen):
    """Draws a `KioskView`."""

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme)
        plain_ground(self, "cream")
        self._outer = QBoxLayout(QBoxLayout.Direction.TopToBottom, self)
        self._outer.setContentsMargins(0, 0, 0, 0)
        self._outer.setSpacing(0)
        self._head = _Head(theme)
        self._stripe = QFrame()
        plain_ground(self._stripe, "coral")
        self._right = QWidget()
        column = QVBoxLayout(self._right)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        self._gap = QWidget()
        inner = QWidget()
        self._parts = QVBoxLayout(inner)
        self._parts.addStretch(1)
        self._boxes: list[PartBox] = []
        self._total = _Total(theme)
        self._total.button.did.connect(self.did)
        foot = QWidget()
        plain_ground(foot, "cream")
        self._foot_column = QVBoxLayout(foot)
        self._safe = Text(theme, "", SMALL, colour="ink-2", wraps=True, align=Qt.AlignmentFlag.AlignHCenter)
        self._controls = Spread(theme, SMALL)
        self._controls.did.connect(self.did)
        words = QHBoxLayout()
        self._left = Text(theme, "", 22, colour="ink-2", wraps=True)
        self._cash = Text(theme, "", 22, colour="ink-2", wraps=True, align=Qt.AlignmentFlag.AlignRight)
        words.addWidget(self._left, 1)
        words.addWidget(self._cash, 1)
        self._foot_column.addWidget(self._safe)
        self._foot_column.addWidget(self._controls)
        self._foot_column.addLayout(words)
        column.addWidget(self._gap)
        self._scroll = Scroll(inner)
        column.addWidget(self._scroll, 1)
        column.addWidget(self._total)
        column.addWidget(foot)
        self._outer.addWidget(self._head)
        self._outer.addWidget(self._stripe)
        self._outer.addWidget(self._right, 1)
        self._is_low = False
        self._chain: list[Button] = []
        theme.changed.connect(self.restyle)
        self.restyle()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.restyle()

    def restyle(self) -> None:
        theme, is_upright = self.theme, self.theme.is_upright
        way = QBoxLayout.Direction.TopToBottom if is_upright else QBoxLayout.Direction.LeftToRight
        self._outer.setDirection(way)
        if is_upright:
            self._head.setMinimumSize(0, round(self.height() * _LOW_HEAD) if self._is_low else 0)
            self._head.setMaximumWidth(16_777_215)
            self._stripe.setFixedSize(max(self.width(), 1), theme.px(16))
        else:
            self._head.setMinimumSize(round(self.width() * _SIDE_HEAD), 0)
            self._head.setMaximumWidth(round(self.width() * _SIDE_HEAD))
            self._stripe.setFixedSize(theme.px(12), max(self.height(), 1))
        self._gap.setFixedHeight(round(self.height() * _LOW_GAP) if self._is_low and not is_upright else 0)
        side = theme.px(64 if is_upright else 40)
        self._parts.setContentsMargins(side, theme.px(28), side, theme.px(28))
        self._parts.setSpacing(theme.px(28))
        self._foot_column.setContentsMargins(side, theme.px(16), side, theme.px(24))
        self._foot_column.setSpacing(theme.px(14))
        for words in (self._left, self._cash):
            words.setVisible(bool(words.text()) and not theme.is_text_huge)

    def refresh(self, view: object) -> None:
        if not isinstance(view, KioskView):
            return
        self._head.show_view(view.head)
        self._show_parts(view.parts)
        self._total.show_view(view.total)
        self._safe.set_text(view.safe)
        self._safe.setVisible(bool(view.safe))
        self._controls.show_views(view.controls)
        for text, words in zip((self._left, self._cash), view.foot, strict=True):
            text.set_text(words)
            text.setVisible(bool(words) and not self.theme.is_text_huge)
        if view.is_low != self._is_low:
            self._is_low = view.is_low
            self.restyle()
        self.setAccessibleName(view.head.title)
        self._put_in_order()

    def _show_parts(self, parts: tuple[Part, ...]) -> None:
        """Keeps the widgets of parts that stay in their places: what has the focus keeps it."""
        kinds = [BOXES[type(part)] for part in parts]
        same = next((i for i, box in enumerate(self._boxes) if kinds[i : i + 1] != [type(box)]), len(self._boxes))
        for box in self._boxes[same:]:
            self._parts.removeWidget(box)
            box.hide()
            box.deleteLater()
        del self._boxes[same:]
        for kind in kinds[same:]:
            box = kind(self.theme)
            box.did.connect(self.did)
            self._parts.insertWidget(len(self._boxes), box)
            self._boxes.append(box)
        for box, part in zip(self._boxes, parts, strict=True):
            box.show_part(part)

    def _put_in_order(self) -> None:
        """Lets Tab lead from top to bottom, whatever was made when."""
        chain = [button for part in (*self._boxes, self._total, self._controls) for button in part.findChildren(Button)]
        if chain != self._chain:
            self._chain = chain
            for one, next_ in pairwise(chain):
                QWidget.setTabOrder(one, next_)

    def toast_place(self) -> QRect:
        return self._head.geometry()

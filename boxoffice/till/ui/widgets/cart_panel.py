"""The right side of the sell screen: the sale, its total and the ways to pay, which never leave the screen."""

from dataclasses import replace
from typing import Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QBoxLayout, QFrame, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from boxoffice.till.ui.actions import Do
from boxoffice.till.ui.speech import say
from boxoffice.till.ui.theme import Theme
from boxoffice.till.ui.views.parts import ButtonView
from boxoffice.till.ui.views.sell import SellView
from boxoffice.till.ui.widgets.button import Button
from boxoffice.till.ui.widgets.cart import CartLines
from boxoffice.till.ui.widgets.empty import Empty, Icon
from boxoffice.till.ui.widgets.listing import keep_count
from boxoffice.till.ui.widgets.tag import Pill
from boxoffice.till.ui.widgets.text import Amount, Elided, Text, plain_ground

_LEFT: Final = Qt.AlignmentFlag.AlignLeft
_RIGHT: Final = Qt.AlignmentFlag.AlignRight


class CartPanel(QFrame):
    """Draws the sale's part of a `SellView`; as a bar, only total and pay buttons."""

    did = Signal(object)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme, self._is_bar = theme, False
        plain_ground(self, "white")
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(1, 0, 0, 0)
        self._layout.setSpacing(0)
        self._layout.addWidget(self._make_head())
        self._lines = CartLines(theme)
        self._lines.did.connect(self.did)
        self._empty = Empty(theme, "cart", say("No sale yet"), say("Tap a product, press its letter, or scan a code."))
        self._layout.addWidget(self._lines, 1)
        self._layout.addWidget(self._empty, 1)
        self._layout.addWidget(self._make_foot())
        theme.changed.connect(self.restyle)
        self.restyle()

    def _button(self, view: ButtonView, size: float, height: int, colour: str = "") -> Button:
        button = Button(self._theme, view, size=size, height=height, colour=colour)
        button.did.connect(self.did)
        return button

    def _make_head(self) -> QWidget:
        self._head = QFrame()
        row = QHBoxLayout(self._head)
        row.setContentsMargins(self._theme.px(15), self._theme.px(10), self._theme.px(8), self._theme.px(10))
        row.setSpacing(self._theme.px(4))
        row.addWidget(Text(self._theme, say("Current sale"), 28, head=True))
        self._prefix = Pill(self._theme)
        row.addWidget(self._prefix)
        row.addStretch(1)
        self._split = self._button(ButtonView(say("Split"), Do.SPLIT, "quiet", "split"), 15, 48)
        self._clear = self._button(ButtonView(say("Clear"), Do.CLEAR, "quiet"), 15, 48, colour="ink-2")
        row.addWidget(self._split)
        row.addWidget(self._clear)
        return self._head

    def _make_foot(self) -> QWidget:
        self._foot = QFrame()
        plain_ground(self._foot, "cream")
        self._foot_layout = QBoxLayout(QBoxLayout.Direction.TopToBottom, self._foot)
        self._note = QWidget()
        note = QHBoxLayout(self._note)
        note.setContentsMargins(0, 0, 0, 0)
        note.setSpacing(self._theme.px(8))
        self._note_icon = Icon(self._theme, "person", 18, "ink-2")
        self._note_text = Elided(self._theme, "", 14, colour="ink-2")
        note.addWidget(self._note_icon)
        note.addWidget(self._note_text)
        note.addStretch(1)
        self._gift_card = self._button(ButtonView("", Do.GIFT_CARD, "quiet"), 15, 48)
        note.addWidget(self._gift_card)
        self._cheaper: list[Button] = []
        self._cheaper_row = QHBoxLayout()
        self._cheaper_row.setContentsMargins(0, 0, 0, 0)
        self._cheaper_row.setSpacing(self._theme.px(8))
        self._total_row = total = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        total.setSpacing(self._theme.px(8))
        self._total_word = Text(self._theme, say("Total"), 30, head=True)
        self._items = Text(self._theme, "", 14, colour="ink-3")
        self._total = Amount(self._theme, 48)
        total.addWidget(self._total_word)
        total.addWidget(self._items)
        total.addWidget(self._total, 1)
        self._pay = [self._button(ButtonView("", Do.CARD), 20, 72) for _ in range(3)]
        self._second = QHBoxLayout()
        self._second.setSpacing(self._theme.px(8))
        self._second.addWidget(self._pay[1], 1)
        self._second.addWidget(self._pay[2], 1)
        self._foot_layout.addLayout(self._cheaper_row)
        self._also: list[Button] = []
        self._also_row = QHBoxLayout()
        self._also_row.setSpacing(self._theme.px(8))
        self._foot_layout.addLayout(self._also_row)
        self._foot_layout.addWidget(self._note)
        self._foot_layout.addLayout(total, 1)
        self._foot_layout.addWidget(self._pay[0])
        self._foot_layout.addLayout(self._second)
        return self._foot

    def _make_cheaper(self) -> Button:
        button = self._button(ButtonView("", Do.DISCOUNT), 15, 48)
        button.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        return button

    def set_bar(self, *, is_bar: bool) -> None:
        """Becomes a bar at the bottom, or a column again."""
        self._is_bar = is_bar
        self.restyle()

    def restyle(self) -> None:
        theme = self._theme
        px = theme.px
        self._head.setVisible(not self._is_bar)
        self._head.setFixedHeight(max(px(69), theme.tall(52)))
        way = QBoxLayout.Direction.LeftToRight if self._is_bar else QBoxLayout.Direction.TopToBottom
        self._foot_layout.setDirection(way)
        self._foot_layout.setContentsMargins(px(15), px(12), px(16), px(16))
        self._foot_layout.setSpacing(px(8))
        self._total_row.setDirection(
            QBoxLayout.Direction.TopToBottom if self._is_bar else QBoxLayout.Direction.LeftToRight
        )
        self._total_row.setSpacing(0 if self._is_bar else px(8))
        self._total_word.set_size(theme.big(30))
        self._total.set_size(theme.big(40 if theme.is_compact else 48))
        self._total.setAlignment(Qt.AlignmentFlag.AlignVCenter | (_LEFT if self._is_bar else _RIGHT))
        self._total.setMinimumWidth(theme.pick(230, 260, 260) if self._is_bar else 0)
        self._pay[0].resize_to(theme.big(20) if theme.is_compact else 20, 84 if theme.is_large else 72)
        for button in self._pay[1:]:
            button.resize_to(theme.big(18) if theme.is_compact else 18, 64)
        if self._is_bar:
            self.setMinimumWidth(0)
            self.setMaximumWidth(16_777_215)
        else:
            self.setFixedWidth(min(round(theme.pick(324, 408, 520) * min(theme.text_scale, 1.3)), px(700)))

    def refresh(self, view: SellView) -> None:
        self._lines.show_lines(view.lines, view.reduced)
        self._lines.setVisible(bool(view.lines) and not self._is_bar)
        self._empty.setVisible(not view.lines and not self._is_bar)
        self._prefix.show_text(view.prefix, say("Next product {prefix}", prefix=view.prefix))
        self._clear.show_view(view.clear)
        self._split.show_view(view.split)
        self._note.setVisible(not self._is_bar)
        self._note_icon.show_icon(view.footnote_icon)
        self._note_text.set_text(view.footnote)
        self._gift_card.show_view(view.gift_card)
        also = () if self._is_bar else view.also
        keep_count(self._also, len(also), self._also_row, self._make_also)
        for button, shown in zip(self._also, also, strict=True):
            button.show_view(shown)
        self._note.setMinimumHeight(self._theme.px(32))
        keep_count(self._cheaper, 0 if self._is_bar else len(view.cheaper), self._cheaper_row, self._make_cheaper)
        for each, shown in zip(self._cheaper, view.cheaper, strict=False):
            each.show_view(replace(shown, icon="") if self._theme.is_compact else shown)
        self._total.set_text(view.total)
        self._items.set_text(view.items)
        self._items.setVisible(not self._is_bar)
        has_room = not self._is_bar and not (self._theme.is_compact and self._theme.is_text_large)
        for button, pay in zip(self._pay, view.pay, strict=True):
            button.show_view(pay if has_room else _short(pay))

    def _make_also(self) -> Button:
        button = self._button(ButtonView("", Do.BACK), 14, 48)
        button.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        return button

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        painter = QPainter(self)
        line = self._theme.colour("line")
        painter.fillRect(0, 0, 1, self.height(), line)
        if self._head.isVisible():
            painter.fillRect(0, self._head.height() - 1, self.width(), 1, line)
        painter.fillRect(0, self._foot.y() - 1, self.width(), 1, line)
        painter.setPen(Qt.PenStyle.NoPen)


def _short(pay: ButtonView) -> ButtonView:
    """Returns the button with the way to pay alone; why it is off is still spoken."""
    return pay if pay.is_on else replace(pay, label=pay.name.partition(".")[0] or pay.label)

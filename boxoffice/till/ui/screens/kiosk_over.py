"""What lies over a page of a kiosk: one question in a card, on a shade that lets nothing through."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from boxoffice.till.ui.screens.screen import Screen
from boxoffice.till.ui.theme import Theme
from boxoffice.till.ui.views.kiosk import OverView
from boxoffice.till.ui.widgets.button import Button
from boxoffice.till.ui.widgets.empty import Icon
from boxoffice.till.ui.widgets.kiosk_boxes import NOTHING, PAD, spread
from boxoffice.till.ui.widgets.kiosk_time import Ring
from boxoffice.till.ui.widgets.listing import keep_count
from boxoffice.till.ui.widgets.pin import Dots, PinPad
from boxoffice.till.ui.widgets.rows import Scroll
from boxoffice.till.ui.widgets.text import Text, set_state

_SHADE = 140  # 55 % ink


class OverScreen(Screen):
    """Draws an `OverView`."""

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme)
        middle = Qt.AlignmentFlag.AlignHCenter
        self._outer = QVBoxLayout(self)
        self._card = QFrame()
        self._card.setProperty("part", "poster")
        whole = QVBoxLayout(self._card)
        whole.setContentsMargins(0, 0, 0, 0)
        inner = QWidget()
        self._column = QVBoxLayout(inner)
        self._scroll = Scroll(inner)
        whole.addWidget(self._scroll)
        self._ring, self._icon = Ring(theme), Icon(theme, "help", 140)
        self._title = Text(theme, "", 96, head=True, wraps=True, align=middle)
        self._text = Text(theme, "", 36, wraps=True, align=middle)
        self._safe = QFrame()
        self._safe.setProperty("part", "tinted")
        set_state(self._safe, "ok")
        row = QHBoxLayout(self._safe)
        row.addWidget(Icon(theme, "safe", 36, "ok"))
        self._safe_words = Text(theme, "", 30, weight=700, colour="ok", wraps=True)
        row.addWidget(self._safe_words, 1)
        self._dots, self._pad = Dots(theme), PinPad(theme, PAD)
        self._pad.did.connect(self.did)
        self._problem = Text(theme, "", 28, weight=600, colour="danger", wraps=True, align=middle)
        self._buttons: list[Button] = []
        self._list = QVBoxLayout()
        for each in (self._ring, self._icon):
            self._column.addWidget(each, 0, middle)
        self._column.addWidget(self._title)
        self._column.addWidget(self._text)
        self._column.addWidget(self._safe)
        self._column.addWidget(self._dots, 0, middle)
        self._column.addWidget(self._problem)
        self._column.addWidget(self._pad)
        self._column.addLayout(self._list)
        self._outer.addStretch(1)
        self._outer.addWidget(self._card, 0, middle)
        self._outer.addStretch(1)
        theme.changed.connect(self.restyle)
        self.restyle()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def restyle(self) -> None:
        theme = self.theme
        edge = theme.px(48)
        self._column.setContentsMargins(edge, edge, edge, edge)
        self._column.setSpacing(theme.px(20))
        self._list.setSpacing(theme.px(20))
        self._pad.setMinimumHeight(theme.px(440 if theme.is_upright else 340))
        self._title.set_size(theme.big(96 if theme.is_upright else 72))
        self._fit()

    def _fit(self) -> None:
        """Makes the card as high as what is in it, or as the window allows: then it scrolls."""
        theme, edge = self.theme, self.theme.px(24)
        width = min(self.width() - 2 * edge, theme.px(920))
        self._card.setFixedWidth(max(width, 1))
        frame = 2 * theme.px(3)
        needed = self._column.totalHeightForWidth(max(width - frame, 1))
        needed = max(needed, self._column.totalMinimumSize().height()) + frame
        self._card.setFixedHeight(max(min(needed, self.height() - 2 * edge), 1))

    def refresh(self, view: object) -> None:
        if not isinstance(view, OverView):
            return
        self._ring.show_number(view.number, view.percent)
        self._ring.setVisible(bool(view.number) and (self.theme.is_upright or not self.theme.is_text_huge))
        self._icon.show_icon(view.icon)
        self._icon.setVisible(bool(view.icon) and (view.pin is None or self.theme.is_upright))
        self._title.set_text(view.title)
        self._text.set_marked(view.text)
        self._text.setVisible(bool(view.text))
        self._safe_words.set_text(view.safe)
        self._safe.setVisible(bool(view.safe))
        pin = view.pin
        self._dots.setVisible(pin is not None)
        self._pad.setVisible(pin is not None)
        self._problem.setVisible(pin is not None and bool(pin.problem))
        if pin is not None:
            self._dots.show_view(pin)
            self._problem.set_text(pin.problem)
        keep_count(self._buttons, len(view.buttons), self._list, self._make)
        for button, each in zip(self._buttons, view.buttons, strict=True):
            button.show_view(each)
        for i, stretch in ((0, 1), (2, 0 if view.is_low else 1)):
            self._outer.setStretch(i, stretch)
        self.setAccessibleName(view.title)
        self._fit()

    def _make(self) -> Button:
        button = Button(self.theme, NOTHING, size=38, height=132, icon_size=40)
        button.did.connect(self.did)
        return spread(button)

    def first_focus(self) -> QWidget | None:
        return self._buttons[0] if self._buttons and self._pad.isHidden() else None

    def paintEvent(self, event: QPaintEvent) -> None:
        shade = QColor(self.theme.colour("ink"))
        shade.setAlpha(_SHADE)
        QPainter(self).fillRect(self.rect(), shade)

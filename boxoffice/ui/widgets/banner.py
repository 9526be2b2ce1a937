"""What a seller must know now, under the bar."""

from PySide6.QtCore import Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from boxoffice.ui.actions import Do
from boxoffice.ui.theme import Theme
from boxoffice.ui.views.parts import ButtonView
from boxoffice.ui.views.shell import BannerView
from boxoffice.ui.widgets.button import Button
from boxoffice.ui.widgets.meter import Meter
from boxoffice.ui.widgets.text import Text, plain_ground


class Banner(QFrame):
    did = Signal(object)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._icon = QWidget()
        self._icon_name, self._state = "", "warn"
        self._layout = QHBoxLayout(self)
        self._text = Text(theme, "", 16, wraps=True)
        self._share = QWidget()
        share = QVBoxLayout(self._share)
        share.setContentsMargins(0, 0, 0, 0)
        share.setSpacing(theme.px(4))
        words = QHBoxLayout()
        self._share_label = Text(theme, "", 14, colour="warn")
        self._share_text = Text(theme, "", 14, weight=700, colour="warn")
        words.addWidget(self._share_label)
        words.addStretch()
        words.addWidget(self._share_text)
        self._meter = Meter(theme, height=8, fill="warn", ground="white")
        share.addLayout(words)
        share.addWidget(self._meter)
        self._button = Button(theme, ButtonView("", Do.SYNC_NOW), size=15, height=48)
        self._button.did.connect(self.did)
        self._layout.addSpacing(theme.px(42))
        self._layout.addWidget(self._text, 1)
        self._layout.addWidget(self._share)
        self._layout.addWidget(self._button)
        theme.changed.connect(self.restyle)
        self.restyle()

    def restyle(self) -> None:
        theme = self._theme
        self._layout.setContentsMargins(theme.px(20), theme.px(10), theme.px(20), theme.px(12))
        self._layout.setSpacing(theme.px(14))
        self._share.setFixedWidth(theme.tall(190))
        self.setMinimumHeight(theme.px(64))

    def show_view(self, view: BannerView | None) -> None:
        self.setVisible(view is not None)
        if view is None:
            return
        self._icon_name, self._state = view.icon, view.state
        plain_ground(self, f"{view.state}-tint")
        self._text.set_marked(view.text)
        self._text.set_colour(view.state)
        self._share.setVisible(bool(view.share_label) and not self._theme.is_compact)
        self._share_label.set_text(view.share_label)
        self._share_text.set_text(view.share_text)
        self._meter.set_percent(view.share_percent)
        self._button.show_view(view.button)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        painter = QPainter(self)
        colour, size = self._theme.colour(self._state), self._theme.px(28)
        painter.fillRect(0, self.height() - 2, self.width(), 2, colour)
        self._theme.icons.paint(
            painter, self._icon_name or "info", self._theme.px(20), (self.height() - size) / 2, size, colour
        )

"""The bar above every screen: the event, the three states of the till, and whose till this is."""

from PySide6.QtCore import QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractButton, QFrame, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from boxoffice.ui import tokens
from boxoffice.ui.actions import Do
from boxoffice.ui.theme import Theme
from boxoffice.ui.views.shell import ChipView, ShellView
from boxoffice.ui.widgets.text import Elided, Text, plain_ground


class Chip(QAbstractButton):
    """One state of the till: icon and word, and more where there is room. A tap shows details."""

    did = Signal(object)

    def __init__(self, theme: Theme, view: ChipView) -> None:
        super().__init__()
        self._theme, self._view = theme, view
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.clicked.connect(lambda: self.did.emit(Do.TILL))
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
    def _more(self) -> str:
        """At 1024 the good state needs one word; any other keeps its words."""
        tight = self._theme.is_compact or self._theme.text_scale > 1.3
        return "" if tight and self._view.state in ("ok", "plain") else self._view.more

    def sizeHint(self) -> QSize:
        metrics = QFontMetrics(self._theme.font(14, 600))
        words = metrics.horizontalAdvance(self._view.word)
        more = metrics.horizontalAdvance(self._more) + self._theme.px(8) if self._more else 0
        edges = self._theme.px(10 if self._theme.is_compact else 12) * 2
        return QSize(words + more + edges + self._theme.tall(18) + self._theme.px(8), self._theme.tall(tokens.TARGET))

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:
        theme, view = self._theme, self._view
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        ground, colour = ("cream-2", "ink-2") if view.state == "plain" else (f"{view.state}-tint", view.state)
        height = theme.tall(40)
        pill = QRectF(0, (self.height() - height) / 2, self.width(), height)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.colour(ground))
        painter.drawRoundedRect(pill, height / 2, height / 2)
        text, icon = theme.colour(colour), theme.tall(18)
        x = theme.px(10 if theme.is_compact else 12)
        theme.icons.paint(painter, view.icon, x, (self.height() - icon) / 2, icon, text)
        x += icon + theme.px(8)
        painter.setPen(text)
        painter.setFont(theme.font(14, 600))
        flags = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        painter.drawText(QRect(x, 0, self.width() - x, self.height()), flags, view.word)
        x += QFontMetrics(painter.font()).horizontalAdvance(view.word) + theme.px(8)
        painter.drawText(QRect(x, 0, self.width() - x, self.height()), flags, self._more)


class Avatar(QWidget):
    """The till's initials in a dark circle."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme, self._text = theme, ""
        theme.changed.connect(self.restyle)
        self.restyle()

    def restyle(self) -> None:
        self.setFixedSize(self._theme.px(40), self._theme.px(40))

    def set_text(self, text: str) -> None:
        self._text = text
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._theme.colour("ink"))
        painter.drawEllipse(self.rect())
        painter.setPen(self._theme.colour("on-ink"))
        font = self._theme.font(14, 700)
        font.setPixelSize(self._theme.px(14))
        painter.setFont(font)
        painter.drawText(self.rect(), int(Qt.AlignmentFlag.AlignCenter), self._text)


class Bar(QFrame):
    """The event, the three states, and whose till this is."""

    did = Signal(object)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        plain_ground(self, "white")
        self._chips: list[Chip] = []
        self._texts = ("", "")
        self._layout = QHBoxLayout(self)
        self._name = Elided(theme, "", 27, head=True)
        self._place = Elided(theme, "", 14, colour="ink-3")
        self._layout.addWidget(self._name)
        self._layout.addWidget(self._place)
        self._layout.addStretch(1)
        self._rule = QWidget()
        plain_ground(self._rule, "line")
        self._avatar = Avatar(theme)
        self._who = QWidget()
        who = QVBoxLayout(self._who)
        who.setContentsMargins(0, 0, 0, 0)
        who.setSpacing(0)
        self._device = Text(theme, "", 14, weight=700)
        self._more = Text(theme, "", 13, colour="ink-3")
        who.addStretch()
        who.addWidget(self._device)
        who.addWidget(self._more)
        who.addStretch()
        for widget in (self._rule, self._avatar, self._who):
            self._layout.addWidget(widget)
        theme.changed.connect(self.restyle)
        self.restyle()

    def restyle(self) -> None:
        theme = self._theme
        self.setFixedHeight(theme.tall(64))
        self._layout.setContentsMargins(theme.px(20), 0, theme.px(16), theme.px(1))
        self._layout.setSpacing(theme.px(8))
        self._rule.setFixedSize(theme.px(1), theme.px(40))
        self._name.set_size(22 if theme.is_compact else 27)
        roomy = theme.text_scale <= 1.3
        self._fit()
        for widget in (self._rule, self._avatar, self._who):
            widget.setVisible(not theme.is_compact or roomy)

    def show_view(self, view: ShellView) -> None:
        self._name.set_text(view.event_name)
        self._place.set_text(view.event_text)
        for i, chip in enumerate(view.chips):
            if i == len(self._chips):
                self._chips.append(Chip(self._theme, chip))
                self._chips[i].did.connect(self.did)
                self._layout.insertWidget(3 + i, self._chips[i])
            self._chips[i].show_view(chip)
        self._avatar.set_text(view.device_initials)
        self._device.set_text(view.device_name)
        self._texts = (f"{view.device_text} · {view.time_text}", view.time_text)
        self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        """Leaves out first the place, then the hub's name, before the event's name gets shorter."""
        theme = self._theme
        long, short = self._texts
        self._more.set_text(short if theme.is_compact else long)
        may_show = not theme.is_compact and theme.text_scale <= 1.3
        self._place.setVisible(may_show)
        if self._wanted() > self.width():
            self._place.hide()
        if self._wanted() > self.width():
            self._more.set_text(short)

    def lay_out(self) -> None:
        """Places everything at once, so that not even the first frame is wrong."""
        self._layout.activate()
        who = self._who.layout()
        if who is not None:
            who.activate()

    def _wanted(self) -> int:
        self._layout.invalidate()
        return self._layout.sizeHint().width()

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        painter = QPainter(self)
        painter.fillRect(0, self.height() - 1, self.width(), 1, self._theme.colour("line"))

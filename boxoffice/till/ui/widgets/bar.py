"""The bar above every screen: the event, the three states of the till, and whose till this is."""

from typing import Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from boxoffice.till.ui.theme import Theme
from boxoffice.till.ui.views.shell import BannerView, ShellView
from boxoffice.till.ui.widgets.chip import Chip
from boxoffice.till.ui.widgets.empty import Icon
from boxoffice.till.ui.widgets.person import Avatar, Seller
from boxoffice.till.ui.widgets.text import Broken, Snug, Text, plain_ground

_PLACE: Final = 220
"""What where and when it is must have, in pixels of the design."""


class Slot(QFrame):
    """Where and when it is, or what a seller must know now: in the same place, so that nothing moves."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme, self._icon_name, self._state = theme, "", "warn"
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        row = self._row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        theme.changed.connect(self.restyle)
        self._icon = Icon(theme, "", 22, "warn")
        lines = QVBoxLayout()
        lines.setSpacing(0)
        below, above = Qt.AlignmentFlag.AlignTop, Qt.AlignmentFlag.AlignBottom
        self._title, self._text = Snug(theme, "", 14, weight=700, align=above), Snug(theme, "", 14, align=below)
        lines.addWidget(self._title, 2)
        lines.addWidget(self._text, 3)
        row.addWidget(self._icon)
        row.addLayout(lines, 1)
        row.addStretch()
        self.restyle()

    def restyle(self) -> None:
        self._row.setSpacing(self._theme.px(10))

    def room_of(self, place: str) -> int:
        """Returns the width that where and when it is needs to be read whole."""
        return QFontMetrics(self._theme.font(14)).horizontalAdvance(place) + self._theme.px(10)

    def show_view(self, place: str, banner: BannerView | None) -> None:
        self._icon.setVisible(banner is not None)
        self._title.setVisible(banner is not None)
        self._text.set_text(place if banner is None else banner.text)
        self._text.set_colour("ink-3" if banner is None else banner.state)
        top = Qt.AlignmentFlag.AlignVCenter if banner is None else Qt.AlignmentFlag.AlignTop
        self._text.setAlignment(Qt.AlignmentFlag.AlignLeft | top)
        self.setToolTip("" if banner is None else f"{banner.title}. {banner.text}")
        self.setAccessibleName(place if banner is None else f"{banner.title}. {banner.text}")
        if banner is not None:
            self._icon.show_icon(banner.icon, banner.state)
            self._title.set_text(banner.title)
            self._title.set_colour(banner.state)


class Bar(QFrame):
    """The event, the three states, and whose till this is."""

    did = Signal(object)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        plain_ground(self, "white")
        self._chips: list[Chip] = []
        self._texts, self._place, self._is_tight, self._has_place = ("", ""), "", False, True
        self._banner: BannerView | None = None
        self._view: ShellView | None = None
        self._has_room = True
        self._layout = QHBoxLayout(self)
        self._name = Broken(theme, "", 27, head=True)
        self._slot, self._state = Slot(theme), ""
        self._layout.addWidget(self._name)
        self._layout.addWidget(self._slot, 1)
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
        self._seller = Seller(theme)
        self._seller.did.connect(self.did)
        for widget in (self._rule, self._avatar, self._who, self._seller):
            self._layout.addWidget(widget)
        theme.changed.connect(self.restyle)
        self.restyle()

    def restyle(self) -> None:
        theme = self._theme
        self.setFixedHeight(theme.tall(64))
        self._layout.setContentsMargins(theme.px(20), 0, theme.px(16), theme.px(1))
        self._layout.setSpacing(theme.px(8))
        self._rule.setFixedSize(theme.px(1), theme.px(40))
        self._name.set_size(theme.big(22 if theme.is_compact else 27))
        roomy = theme.text_scale <= 1.3
        self._fit()
        self._has_room = theme.is_large or roomy or not (theme.is_compact or theme.is_text_huge)
        self._show_who()
        self._share()

    def _show_who(self) -> None:
        """Shows whose till it is where there is room; who is signed in always."""
        is_signed_in = self._seller.view is not None
        for widget in (self._rule, self._avatar, self._who):
            widget.setVisible(self._has_room and not is_signed_in)
        self._seller.setVisible(is_signed_in)

    def show_view(self, view: ShellView) -> None:
        if view == self._view:
            return
        self._view = view
        self._name.set_text(view.event_name)
        for i, chip in enumerate(view.chips):
            if i == len(self._chips):
                self._chips.append(Chip(self._theme, chip))
                self._chips[i].did.connect(self.did)
                self._layout.insertWidget(2 + i, self._chips[i])
            self._chips[i].show_view(chip)
        self._avatar.set_text(view.device_initials)
        self._device.set_text(view.device_name)
        self._seller.show_view(view.seller)
        self._show_who()
        self._texts = (f"{view.device_text} · {view.time_text}", view.time_text)
        self._fit()
        self._place, self._banner = view.event_text, view.banner
        self._share()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._share()

    def _share(self) -> None:
        """Shares out the width: where the event's name would be cut, one word has to do for each state.

        It goes by what the longest states need, so that nothing comes and goes with them.
        """
        theme = self._theme
        is_small = theme.is_compact or theme.text_scale > 1.3
        self._is_tight = is_small or self._whole(theme.px(_PLACE), is_tight=False) > self.width()
        place = self._slot.room_of(self._place)
        self._has_place = not is_small and (not self._is_tight or self._whole(place, is_tight=True) <= self.width())
        self._slot.setMinimumWidth(min(place, theme.px(_PLACE)) if self._has_place else 0)
        for chip in self._chips:
            chip.set_tight(self._is_tight)
        self._show_banner(self._place, self._banner)

    def _whole(self, place: int, *, is_tight: bool) -> int:
        """Returns the width that all of it needs."""
        margins = self._layout.contentsMargins()
        who = [self._rule.width(), self._avatar.width(), self._who.sizeHint().width()]
        if self._seller.view is not None:
            who = [self._seller.sizeHint().width()]
        others = [self._name.sizeHint().width(), place, *who]
        parts = [*others, *(chip.room(is_tight=is_tight) for chip in self._chips)]
        return sum(parts) + self._layout.spacing() * (len(parts) - 1) + margins.left() + margins.right()

    def _show_banner(self, place: str, banner: BannerView | None) -> None:
        self._slot.show_view(place if self._has_place else "", banner)
        self._name.setVisible(banner is None or not self._is_tight)
        state = banner.state if banner is not None else ""
        if state != self._state:
            self._state = state
            plain_ground(self, f"{state}-tint" if state else "white")
            for chip in self._chips:
                chip.is_on_tint = bool(state)
                chip.update()

    def _fit(self) -> None:
        """Leaves out the hub's name where the event's own needs the room."""
        long, short = self._texts
        self._more.set_text(long if self._theme.is_large and self._theme.text_scale <= 1.3 else short)
        # The bar is laid out by what it was, where only a word in here grows: so it is told.
        self._who.setMinimumWidth(max(self._device.sizeHint().width(), self._more.sizeHint().width()))

    def lay_out(self) -> None:
        """Places everything at once, so that not even the first frame is wrong."""
        self._layout.activate()
        who = self._who.layout()
        if who is not None:
            who.activate()

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        painter = QPainter(self)
        thick = 2 if self._state else 1
        colour = self._theme.colour(self._state or "line")
        painter.fillRect(0, self.height() - thick, self.width(), thick, colour)

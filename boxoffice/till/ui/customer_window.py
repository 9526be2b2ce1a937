"""The customer's own window, on the second screen. It draws a `CustomerView`, and knows nothing else of the till."""

from typing import Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QLayout, QStackedWidget, QVBoxLayout, QWidget

from boxoffice.core.training import NO_VALUE, TRAINING
from boxoffice.till.ui.speech import say
from boxoffice.till.ui.theme import Size, Theme
from boxoffice.till.ui.till_actions import SpeakToCustomer
from boxoffice.till.ui.views.customer import CustomerLine, CustomerScreen, CustomerSide, CustomerView
from boxoffice.till.ui.views.parts import ButtonView
from boxoffice.till.ui.widgets.button import Button
from boxoffice.till.ui.widgets.empty import Icon
from boxoffice.till.ui.widgets.listing import keep_count
from boxoffice.till.ui.widgets.qr import QrCode
from boxoffice.till.ui.widgets.text import Amount, Broken, Text, plain_ground
from boxoffice.till.ui.widgets.training import YELLOW

_DRAWN_AT: Final = (1024, 600)
"""The screen that sizes are of; on any other all grows or shrinks together."""
_CENTRE: Final = Qt.AlignmentFlag.AlignHCenter
_SIDE, _WIDE_SIDE = 378, 500
_DENSE: Final = 100
"""A code of more letters than this has small modules, and more room."""
_STRIPE: Final = 10


class CustomerTheme(Theme):
    """The till's theme for a screen that is read from a step away: as large as the screen allows."""

    def fit(self, width: int, height: int) -> None:
        zoom = max(0.5, min(width / _DRAWN_AT[0], height / _DRAWN_AT[1]))
        if zoom != self._zoom:
            self._zoom, self.size = zoom, Size.NORMAL
            self.changed.emit()


class _Row(QFrame):
    """One line of the cart."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme, self.is_first = theme, True
        self._outer = QHBoxLayout(self)
        words = QVBoxLayout()
        words.setSpacing(0)
        self._name = Broken(theme, "", 20, weight=700, most=2)
        self._detail = Text(theme, "", 16, colour="ink-2", wraps=True)
        self._amount = Text(theme, "", 20, weight=700, align=Qt.AlignmentFlag.AlignRight)
        words.addWidget(self._name)
        words.addWidget(self._detail)
        self._outer.addLayout(words, 1)
        self._outer.addWidget(self._amount)
        theme.changed.connect(self.restyle)
        self.restyle()

    def restyle(self) -> None:
        px = self._theme.px
        self._outer.setContentsMargins(px(22), px(8), px(22), px(8))
        self._outer.setSpacing(px(16))

    def show_line(self, line: CustomerLine) -> None:
        self._name.set_text(line.name)
        self._detail.set_text(line.detail)
        self._detail.setVisible(bool(line.detail))
        self._amount.set_text(line.amount)
        self.setAccessibleName(f"{line.name} {line.detail} {line.amount}")

    def paintEvent(self, event: QPaintEvent) -> None:
        if not self.is_first:
            QPainter(self).fillRect(0, 0, self.width(), 1, self._theme.colour("line"))


class _Cart(QWidget):
    """The lines as they grow, over the one total price."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        plain_ground(self, "cream")
        self._column = QVBoxLayout(self)
        self._event = Broken(theme, "", 34, head=True, most=2)
        self._more = Text(theme, "", 16, colour="ink-2")
        self._card = QFrame()
        self._card.setProperty("part", "card")
        self._rows: list[_Row] = []
        self._lines = QVBoxLayout(self._card)
        self._lines.setSpacing(0)
        self._lines.setContentsMargins(0, 0, 0, 0)
        total = QHBoxLayout()
        self._label = Text(theme, "", 36, head=True)
        self._note = Text(theme, "", 16, colour="ink-2", wraps=True)
        self._total = Amount(theme, 48)
        total.addWidget(self._label)
        total.addWidget(self._note, 1)
        total.addWidget(self._total, 1)
        self._column.addWidget(self._event)
        self._column.addWidget(self._more)
        self._column.addWidget(self._card)
        self._column.addStretch(1)
        self._column.addLayout(total)
        self._total_row = total
        theme.changed.connect(self.restyle)
        self.restyle()

    def restyle(self) -> None:
        px = self._theme.px
        self._column.setContentsMargins(px(32), px(24), px(32), px(16))
        self._column.setSpacing(px(10))
        self._total_row.setSpacing(px(14))

    def show_view(self, view: CustomerView) -> None:
        self._event.set_text(view.event_name)
        self._more.set_text(view.more)
        self._more.setVisible(bool(view.more))
        keep_count(self._rows, len(view.lines), self._lines, lambda: _Row(self._theme))
        for i, (row, line) in enumerate(zip(self._rows, view.lines, strict=True)):
            row.is_first = not i
            row.show_line(line)
        self._label.set_text(view.total_label)
        self._note.set_text(view.text)
        self._total.set_text(view.total)


class _Big(QWidget):
    """Thanks with the change, or the event while nobody is served."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._column = QVBoxLayout(self)
        self._event = Text(theme, "", 30, head=True)
        head = QHBoxLayout()
        self._tick, self._title = (
            Icon(theme, "check", 56, "ok", 2.6),
            Text(theme, "", 60, head=True, colour="ok", wraps=True),
        )
        head.addWidget(self._tick)
        head.addWidget(self._title, 1)
        self._label = Text(theme, "", 46, head=True, colour="ink-2")
        self._sum = Amount(theme, 120, align=Qt.AlignmentFlag.AlignLeft)
        self._name = Text(theme, "", 84, head=True, wraps=True)
        self._text = Text(theme, "", 22, colour="ink-2", wraps=True)
        self._column.addWidget(self._event)
        self._column.addStretch(2)
        self._column.addLayout(head)
        for part in (self._label, self._sum, self._name, self._text):
            self._column.addWidget(part)
        self._column.addStretch(3)
        theme.changed.connect(self.restyle)
        self.restyle()

    def restyle(self) -> None:
        px = self._theme.px
        self._column.setContentsMargins(px(40), px(24), px(40), px(24))
        self._column.setSpacing(px(10))

    def show_view(self, view: CustomerView) -> None:
        is_paid = view.screen is CustomerScreen.PAID
        plain_ground(self, "ok-tint" if is_paid else "cream")
        self._event.set_text(view.event_name if is_paid else "")
        self._title.set_text(view.title)
        self._label.set_text(view.big_label)
        self._sum.set_text(view.big if is_paid else "")
        self._name.set_text("" if is_paid else view.big)
        self._text.set_text(view.text)
        for part in (self._event, self._tick, self._title, self._label, self._sum):
            part.setVisible(is_paid)
        self._name.setVisible(not is_paid)
        self._text.setVisible(bool(view.text))


class _Side(QWidget):
    """The dark part: what to pay and how, or thanks; at its foot the other languages."""

    did = Signal(object)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme, self._is_dense = theme, False
        plain_ground(self, "ink")
        self._column = QVBoxLayout(self)
        self._title = Text(theme, "", 44, head=True, colour="on-ink-2", wraps=True, align=_CENTRE)
        self._amount = Amount(theme, 68, colour="on-ink", align=_CENTRE)
        self._icon = Icon(theme, "", 110, "coral-light", 1.6)
        self._code = QrCode(theme)
        self._text = Text(theme, "", 20, colour="on-ink", wraps=True, align=_CENTRE)
        self._buttons: list[Button] = []
        self._languages = QHBoxLayout()
        self._column.addStretch(1)
        self._column.addWidget(self._title)
        self._column.addWidget(self._amount)
        self._column.addWidget(self._icon, 0, _CENTRE)
        self._column.addWidget(self._code, 8)
        self._column.addWidget(self._text)
        self._column.addStretch(1)
        self._column.addLayout(self._languages)
        theme.changed.connect(self.restyle)
        self.restyle()

    def restyle(self) -> None:
        px = self._theme.px
        self._column.setContentsMargins(px(24), px(24), px(24), px(16))
        self._column.setSpacing(px(12))
        self.setFixedWidth(px(_WIDE_SIDE if self._is_dense else _SIDE))

    def show_side(self, side: CustomerSide, languages: tuple[tuple[str, str], ...]) -> None:
        if self._is_dense != (len(side.link) > _DENSE):
            self._is_dense = not self._is_dense
            self.restyle()
        self._title.set_text(side.title)
        self._title.set_size(40 if side.link else 44)
        self._title.set_colour("on-ink-2" if side.amount else "on-ink")
        self._amount.set_text(side.amount)
        self._amount.setVisible(bool(side.amount))
        self._icon.show_icon(side.icon)
        self._icon.setVisible(bool(side.icon))
        self._code.show_text(side.link)
        self._code.setVisible(bool(side.link))
        self._text.set_text(side.text)
        self._text.setVisible(bool(side.text))
        keep_count(self._buttons, len(languages), self._languages, self._make_button)
        for button, (code, name) in zip(self._buttons, languages, strict=True):
            button.show_view(ButtonView(name, SpeakToCustomer(code), "plain"))
            button.setFocusPolicy(Qt.FocusPolicy.NoFocus)

    def _make_button(self) -> Button:
        button = Button(self._theme, ButtonView("", SpeakToCustomer("")), size=16, height=48)
        button.did.connect(self.did)
        return button


class CustomerWindow(QWidget):
    """One a till. `did` says which language the customer has chosen; nothing else comes back from here."""

    did = Signal(object)

    def __init__(self, *, is_training: bool = False) -> None:
        super().__init__()
        self.theme = CustomerTheme()
        self._shown: CustomerView | None = None
        self._is_training = is_training
        self.setWindowTitle("Box Office")
        self.setWindowFlag(Qt.WindowType.WindowDoesNotAcceptFocus)  # the seller's keys stay the seller's
        self.setAttribute(Qt.WidgetAttribute.WA_ShowWithoutActivating)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.setSizeConstraint(QLayout.SizeConstraint.SetNoConstraint)  # the screen says how large it is
        self._word = Text(self.theme, "", 40, head=True, align=_CENTRE)
        self._word.setStyleSheet(f"background: #1a1a1a; color: {YELLOW};")
        self._word.setVisible(is_training)
        row = QHBoxLayout()
        row.setSpacing(0)
        column.addWidget(self._word)
        column.addLayout(row, 1)
        self._cart, self._big, self._side = _Cart(self.theme), _Big(self.theme), _Side(self.theme)
        self._stack = QStackedWidget()
        self._stack.addWidget(self._cart)
        self._stack.addWidget(self._big)
        self._stripe = QLabel()
        plain_ground(self._stripe, "coral")
        row.addWidget(self._stack, 1)
        row.addWidget(self._stripe)
        row.addWidget(self._side)
        self._side.did.connect(self.did)
        self.theme.changed.connect(self._restyle)
        self.resize(*_DRAWN_AT)
        self._restyle()

    def show_view(self, view: CustomerView) -> None:
        """Draws it, if it is another than what is drawn."""
        if self._is_training:
            self._word.set_text(f"{say(TRAINING)} · {say(NO_VALUE)}")
        if view == self._shown:
            return
        self._shown = view
        is_cart = view.screen is CustomerScreen.CART
        if is_cart:
            self._cart.show_view(view)
        else:
            self._big.show_view(view)
        self._stack.setCurrentWidget(self._cart if is_cart else self._big)
        self._side.show_side(view.side, view.languages)

    @property
    def shown(self) -> CustomerView | None:
        return self._shown

    def _restyle(self) -> None:
        self.setStyleSheet(self.theme.style_sheet())
        self._stripe.setFixedWidth(self.theme.px(_STRIPE))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.theme.fit(self.width(), self.height())

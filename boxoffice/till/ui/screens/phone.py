"""The phone payment's screens: the code to scan with what happens to it, and the payment received."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QBoxLayout, QFrame, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from boxoffice.till.ui.screens.pay import Heading, PayScreen
from boxoffice.till.ui.speech import say
from boxoffice.till.ui.theme import Theme
from boxoffice.till.ui.views.pay import PhonePaidView, PhoneView
from boxoffice.till.ui.widgets.button import Button
from boxoffice.till.ui.widgets.empty import Medal
from boxoffice.till.ui.widgets.listing import keep_count
from boxoffice.till.ui.widgets.meter import Meter
from boxoffice.till.ui.widgets.qr import QrCode
from boxoffice.till.ui.widgets.rows import Scroll
from boxoffice.till.ui.widgets.steps import Steps
from boxoffice.till.ui.widgets.text import Amount, Text


class TwoColumns(PayScreen):
    """A big poster in the middle, heading, steps and buttons at the right."""

    def __init__(self, theme: Theme, poster: QFrame) -> None:
        super().__init__(theme)
        self.poster, self.heading, self.steps = poster, Heading(theme, size=44), Steps(theme)
        self.right, inner = QVBoxLayout(), QWidget()
        self.upper = QVBoxLayout(inner)
        self.upper.setContentsMargins(0, 0, 0, 0)
        self.upper.addWidget(self.heading)
        self.upper.addSpacing(theme.px(4))
        self.upper.addWidget(self.steps)
        self.upper.addStretch(1)
        self.right.addWidget(Scroll(inner), 1)
        self._row = QHBoxLayout()
        self._row.addWidget(poster)
        self._row.addLayout(self.right)
        self.body.addLayout(self._row, 1)
        theme.changed.connect(self.restyle_columns)
        self.restyle_columns()

    def restyle_columns(self) -> None:
        self._row.setSpacing(self.theme.pick(self.theme.px(20), self.theme.px(40), self.theme.px(64)))
        for layout in (self.right, self.upper):
            layout.setSpacing(self.theme.px(12))
        shares = (44, 56) if self.theme.is_text_large else (60, 40)
        for i, share in enumerate(shares):
            self._row.setStretch(i, share)


class PhoneScreen(TwoColumns):
    """Draws a `PhoneView`."""

    def __init__(self, theme: Theme) -> None:
        poster = QFrame()
        poster.setProperty("part", "poster")
        column = self._column = QVBoxLayout(poster)
        middle = Qt.AlignmentFlag.AlignHCenter
        super().__init__(theme, poster)
        self.qr = QrCode(theme)
        self._poster_title = Amount(theme, 40, head=True, weight=400, align=middle)
        self._poster_text = Text(theme, "", 16, colour="ink-2", align=middle, wraps=True)
        column.addWidget(self.qr, 1)
        column.addWidget(self._poster_title)
        column.addWidget(self._poster_text)
        self.upper.insertWidget(1, self._make_clock())
        self._question = Text(theme, "", 18, weight=700, wraps=True)
        self._buttons: list[Button] = []
        self._button_row = QHBoxLayout()
        self._button_row.setSpacing(theme.px(8))
        self.right.addWidget(self._question)
        self.right.addLayout(self._button_row)
        self._leave = self._make_button()
        self.right.addWidget(self._leave)
        theme.changed.connect(self._restyle_poster)
        self._restyle_poster()

    def _restyle_poster(self) -> None:
        """Leaves the code the room that it needs: in a low window the words around it don't grow."""
        theme = self.theme
        edge = theme.px(8 if theme.is_low else 16)
        self._column.setContentsMargins(edge, edge, edge, edge if theme.is_low else theme.px(24))
        self._column.setSpacing(theme.px(2 if theme.is_low else 6))
        self._poster_title.set_size(theme.big(32) if theme.is_low else 40)
        self._poster_text.set_size(theme.big(16) if theme.is_low else 16)

    def _make_clock(self) -> QWidget:
        theme = self.theme
        card = QFrame()
        card.setProperty("part", "card")
        column = QVBoxLayout(card)
        column.setContentsMargins(theme.px(20), theme.px(12), theme.px(20), theme.px(16))
        row = QHBoxLayout()
        self._time_label = Text(theme, say("Time left"), 16, colour="ink-2")
        self._time = Amount(theme, 36)
        row.addWidget(self._time_label)
        row.addWidget(self._time, 1)
        self._meter = Meter(theme)
        column.addLayout(row)
        column.addWidget(self._meter)
        return card

    def refresh(self, view: object) -> None:
        if not isinstance(view, PhoneView):
            return
        self.summary.show_view(view.summary)
        self.heading.show_words(view.title, view.hint)
        self.qr.show_text(view.qr)
        self._poster_title.set_text(view.poster_title)
        # A long address may break behind its dots.
        self._poster_text.set_marked(view.poster_text.replace(".", ".\u200b"))
        self._time.set_text(view.time_left)
        self._time_label.set_text(say("Ends soon") if view.is_ending else say("Time left"))
        self._time_label.set_colour("warn" if view.is_ending else "ink-2")
        self._meter.set_percent(view.percent)
        self.steps.show_views(view.steps)
        self._question.set_text(view.question)
        self._question.setVisible(bool(view.question))
        way = QBoxLayout.Direction.TopToBottom if view.question else QBoxLayout.Direction.LeftToRight
        self._button_row.setDirection(way)
        self._leave.show_view(view.leave)
        keep_count(self._buttons, len(view.buttons), self._button_row, self._make_button)
        for button, each in zip(self._buttons, view.buttons, strict=True):
            button.show_view(each)

    def _make_button(self) -> Button:
        button = self.button(16, 64)
        button.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        return button


class PhonePaidScreen(TwoColumns):
    """Draws a `PhonePaidView`."""

    def __init__(self, theme: Theme) -> None:
        poster = QFrame()
        poster.setProperty("part", "paid")
        column = QVBoxLayout(poster)
        middle = Qt.AlignmentFlag.AlignHCenter
        super().__init__(theme, poster)
        self._medal = Medal(theme, 190)
        self._paid = Text(theme, say("Paid"), 100, head=True, colour="ok", align=middle)
        self._amount = Amount(theme, 48, align=middle)
        column.addStretch(1)
        column.addWidget(self._medal, 0, middle)
        column.addSpacing(theme.px(16))
        column.addWidget(self._paid)
        column.addWidget(self._amount)
        column.addStretch(1)
        self._more, self._next = self.button(16, 56), self.button(22, 88)
        self.right.addWidget(self._more)
        self.right.addWidget(self._next)
        theme.changed.connect(self.restyle)
        self.restyle()

    def restyle(self) -> None:
        theme = self.theme
        self._medal.resize_to(110 if theme.is_text_large else 190)
        self._paid.set_size(theme.big(100))

    def refresh(self, view: object) -> None:
        if not isinstance(view, PhonePaidView):
            return
        self.summary.show_view(view.summary)
        self.heading.show_words(view.title, view.hint)
        self._amount.set_text(view.amount)
        self.steps.show_views(view.steps)
        self._more.show_view(view.more)
        self._next.show_view(view.next)

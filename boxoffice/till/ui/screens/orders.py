"""The till's orders at the left; the chosen one, with its receipt and tickets again, at the right."""

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QBoxLayout, QFrame, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from boxoffice.till.ui.order_actions import SearchFor, SubmitSearch
from boxoffice.till.ui.screens.pay import new_button
from boxoffice.till.ui.screens.screen import Screen
from boxoffice.till.ui.speech import say
from boxoffice.till.ui.theme import Theme
from boxoffice.till.ui.views.pages import OrdersView, OrderView
from boxoffice.till.ui.widgets.button import Button
from boxoffice.till.ui.widgets.email import EmailBox
from boxoffice.till.ui.widgets.empty import Empty, GreyBars
from boxoffice.till.ui.widgets.field import Field
from boxoffice.till.ui.widgets.listing import keep_count
from boxoffice.till.ui.widgets.notice import Facts
from boxoffice.till.ui.widgets.rows import Rows, Scroll
from boxoffice.till.ui.widgets.tag import Tag
from boxoffice.till.ui.widgets.text import Amount, Text, plain_ground

_LARGEST_WITH_CHIPS = 1.5
"""From larger text on, where orders were sold is chosen by keys alone: there is no room for words beside each other."""


class OrdersScreen(Screen):
    """Draws an `OrdersView`."""

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme)
        plain_ground(self, "cream")
        columns = QHBoxLayout(self)
        columns.setContentsMargins(0, 0, 0, 0)
        columns.setSpacing(0)
        self._list = self._make_list()
        self.order = OrderPanel(theme)
        self.order.did.connect(self.did)
        self._none = QWidget()
        columns.addWidget(self._list)
        columns.addWidget(self.order, 1)
        columns.addWidget(self._none, 1)
        theme.changed.connect(self.restyle)
        self.restyle()

    def _make_list(self) -> QFrame:
        theme = self.theme
        frame = EdgedColumn(theme)
        column = QVBoxLayout(frame)
        column.setContentsMargins(0, 0, 1, 0)
        column.setSpacing(0)
        self.search = Field(theme, icon="search", hint=say("Number, name, phone, card or note"), key="/")
        self.search.typed.connect(lambda text: self.did.emit(SearchFor(text)))
        self.search.submitted.connect(lambda text: self.did.emit(SubmitSearch(text)))
        self._found = Text(theme, "", 14, colour="ink-2")
        self._head = QVBoxLayout()
        self._head.addWidget(self.search)
        self._chips: list[Button] = []
        self._chip_row = QHBoxLayout()
        self._head.addLayout(self._chip_row)
        self._head.addWidget(self._found)
        self.rows = Rows(theme, height=84, side=20, is_card=False)
        self.rows.did.connect(self.did)
        self._loading, self._empty = GreyBars(theme, 4), Empty(theme, "receipt", "", "")
        inner = QWidget()
        rows = QVBoxLayout(inner)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.addWidget(self.rows)
        self._more = new_button(self, 16, 56)
        self._more_row = QVBoxLayout()
        self._more_row.addWidget(self._more)
        rows.addLayout(self._more_row)
        rows.addStretch(1)
        self._scroll = Scroll(inner)
        column.addLayout(self._head)
        column.addWidget(self._loading)
        column.addWidget(self._empty, 1)
        column.addWidget(self._scroll, 1)
        return frame

    def restyle(self) -> None:
        theme = self.theme
        side = theme.px(20)
        self._head.setContentsMargins(side, theme.px(16), side, theme.px(12))
        self._head.setSpacing(theme.px(12))
        self._chip_row.setSpacing(theme.px(8))
        self._more_row.setContentsMargins(side, theme.px(12), side, theme.px(12))
        self._list.setFixedWidth(round(theme.pick(360, 500, 640) * min(theme.text_scale, 1.15)))

    def focus_search(self) -> QWidget | None:
        return self.search.edit

    def refresh(self, view: object) -> None:
        if not isinstance(view, OrdersView):
            return
        self.search.show_text(view.search)
        self._found.set_text(view.found)
        chips = view.chips if self.theme.text_scale <= _LARGEST_WITH_CHIPS else ()
        keep_count(self._chips, len(chips), self._chip_row, lambda: new_button(self, 14, 48))
        for chip, each in zip(self._chips, chips, strict=True):
            chip.show_view(each)
        self.rows.show_rows(view.rows)
        self._more.show_view(view.more)
        self._loading.setVisible(view.is_loading)
        is_empty = not view.rows and not view.is_loading
        self._empty.setVisible(is_empty)
        self._empty.show_words("receipt", view.empty_title, view.empty_text)
        self._scroll.setVisible(not is_empty and not view.is_loading)
        self.order.setVisible(view.order is not None)
        self._none.setVisible(view.order is None)
        if view.order is not None:
            self.order.refresh(view.order)

    def toast_place(self) -> QRect:
        return self._list.geometry()


class EdgedColumn(QFrame):
    """A white column with a line at its right edge."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        plain_ground(self, "white")

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        QPainter(self).fillRect(self.width() - 1, 0, 1, self.height(), self._theme.colour("line"))


class OrderPanel(Screen):
    """Draws an `OrderView`."""

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme)
        self._column = QVBoxLayout(self)
        self._title = Text(theme, "", 40, head=True)
        self._detail = Text(theme, "", 16, colour="ink-2", wraps=True)
        self._amount, self._tag = Amount(theme, 36), Tag(theme, 15)
        self._lines, self._tenders, self._papers = Rows(theme), Rows(theme), Rows(theme)
        self._papers.did.connect(self.did)
        self._facts = Facts(theme)
        self.email = EmailBox(theme)
        self.email.did.connect(self.did)
        self._buttons: list[Button] = []
        self._button_box = QWidget()
        self._button_row = QBoxLayout(QBoxLayout.Direction.LeftToRight, self._button_box)
        self._button_row.setContentsMargins(0, 0, 0, 0)
        self._looks: list[Button] = []
        self._look_box = QWidget()
        looks = QVBoxLayout(self._look_box)
        looks.setContentsMargins(0, 0, 0, 0)
        looks.setSpacing(theme.px(8))
        looks.addWidget(Text(theme, say("Look who collects"), 28, head=True))
        self._look_row = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self._look_row.setSpacing(theme.px(8))
        looks.addLayout(self._look_row)
        self._hand_over = new_button(self, 20, 72)
        self._hand_over.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._acts: list[Button] = []
        self._act_box = QWidget()
        self._act_row = QBoxLayout(QBoxLayout.Direction.LeftToRight, self._act_box)
        self._act_row.setContentsMargins(0, 0, 0, 0)
        self._column.addLayout(self._make_head())
        inner = QWidget()
        self._inner = QVBoxLayout(inner)
        for widget in (self._lines, self._tenders, self._facts):
            self._inner.addWidget(widget)
        self._inner.addStretch(1)
        self._column.addWidget(Scroll(inner), 1)
        theme.changed.connect(self.restyle)
        self.restyle()

    def _make_head(self) -> QHBoxLayout:
        head = QHBoxLayout()
        left, right = QVBoxLayout(), QVBoxLayout()
        left.setSpacing(0)
        left.addWidget(self._title)
        left.addWidget(self._detail)
        right.addWidget(self._amount)
        right.addWidget(self._tag, 0, Qt.AlignmentFlag.AlignRight)
        head.addLayout(left, 3)
        head.addLayout(right, 2)
        return head

    def restyle(self) -> None:
        theme = self.theme
        side = theme.pick(16, 20, 32)
        self._column.setContentsMargins(side, theme.px(16), side, side)
        self._column.setSpacing(theme.px(12))
        self._inner.setContentsMargins(0, 0, theme.px(4), theme.px(4))
        self._inner.setSpacing(theme.px(12))
        self._button_row.setSpacing(theme.px(10))
        self._title.set_size(theme.big(40))
        self._amount.set_size(theme.big(36))
        way = QBoxLayout.Direction.TopToBottom if theme.is_text_huge else QBoxLayout.Direction.LeftToRight
        self._button_row.setDirection(way)
        # Five acts stand side by side only while their words are small.
        is_stacked = theme.text_scale > 1
        self._act_row.setDirection(QBoxLayout.Direction.TopToBottom if is_stacked else way)
        self._act_row.setSpacing(theme.px(10))
        for widget in (self._papers, self.email, self._button_box, self._look_box, self._act_box, self._hand_over):
            # Large words need all the room: then these scroll with the rest.
            scrolls = is_stacked or (theme.is_low and theme.is_compact)
            (self._inner if scrolls else self._column).addWidget(widget)

    def refresh(self, view: object) -> None:
        if not isinstance(view, OrderView):
            return
        self._title.set_text(view.title)
        self._detail.set_text(view.detail)
        self._amount.set_text(view.amount)
        self._tag.show_view(view.tag)
        self._lines.show_rows(view.lines)
        self._tenders.show_rows(view.tenders)
        self._facts.show_views(view.facts)
        self._papers.show_rows(view.papers)
        keep_count(self._acts, len(view.acts), self._act_row, self._make_button)
        for button, each in zip(self._acts, view.acts, strict=True):
            button.show_view(each)
        self._act_box.setVisible(bool(view.acts))
        keep_count(self._looks, len(view.looks), self._look_row, self._make_button)
        for button, each in zip(self._looks, view.looks, strict=True):
            button.show_view(each)
        self._look_box.setVisible(bool(view.looks))
        self._hand_over.show_view(view.hand_over)
        self.email.setVisible(view.can_email)
        self.email.show_email(view.email, view.email_problem, view.email_note, is_sending=view.is_sending)
        keep_count(self._buttons, len(view.buttons), self._button_row, self._make_button)
        for button, each in zip(self._buttons, view.buttons, strict=True):
            button.show_view(each)

    def _make_button(self) -> Button:
        button = new_button(self, 16, 64)
        button.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        return button

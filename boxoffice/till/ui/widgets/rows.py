"""Rows of a list: words at the left, amount, tag or button at the right; some can be chosen."""

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QEnterEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QFrame, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from boxoffice.till.ui.actions import Do
from boxoffice.till.ui.speech import say
from boxoffice.till.ui.theme import Theme
from boxoffice.till.ui.views.parts import ButtonView, RowView
from boxoffice.till.ui.widgets.button import Button
from boxoffice.till.ui.widgets.empty import Icon
from boxoffice.till.ui.widgets.listing import keep_count
from boxoffice.till.ui.widgets.tag import Tag
from boxoffice.till.ui.widgets.text import Broken, Text
from boxoffice.till.ui.widgets.tick import KeyHint, Tick


class Row(QFrame):
    """Draws a `RowView`; one with an action can be tapped, or pressed with Enter."""

    did = Signal(object)

    def __init__(self, theme: Theme, *, height: int = 64, side: int = 16, title_size: float = 16) -> None:
        super().__init__()
        self._theme, self._view, self.is_last = theme, RowView(""), False
        self._height = height
        self._whole = QBoxLayout(QBoxLayout.Direction.LeftToRight, self)
        self._whole.setContentsMargins(theme.px(side), theme.px(8), theme.px(side), theme.px(8))
        self._layout = QHBoxLayout()
        for each in (self._whole, self._layout):
            each.setSpacing(theme.px(14))
        self._icon = Icon(theme, "", 22)
        words = QVBoxLayout()
        words.setSpacing(1)
        self._title = Broken(theme, "", title_size, weight=700)
        self._detail = Text(theme, "", 14, colour="ink-3", wraps=True)
        words.addStretch()
        words.addWidget(self._title)
        words.addWidget(self._detail)
        words.addStretch()
        right = QVBoxLayout()
        right.setSpacing(3)
        self._amount = Text(theme, "", 16, weight=700, align=Qt.AlignmentFlag.AlignRight)
        self._tag = Tag(theme)
        right.addStretch()
        right.addWidget(self._amount)
        right.addWidget(self._tag, 0, Qt.AlignmentFlag.AlignRight)
        right.addStretch()
        self._button = Button(theme, ButtonView("", Do.BACK), size=15, height=48)
        self._button.did.connect(self.did)
        self._tick, self._key = Tick(theme), KeyHint(theme)
        self._layout.addWidget(self._tick)
        self._layout.addWidget(self._icon)
        self._layout.addLayout(words, 1)
        self._layout.addWidget(self._key)
        self._layout.addLayout(right)
        self._whole.addLayout(self._layout, 1)
        self._whole.addWidget(self._button)
        theme.changed.connect(self.restyle)
        self.restyle()

    def restyle(self) -> None:
        self.setMinimumHeight(self._theme.tall(self._height))
        self._arrange()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._arrange()

    def _arrange(self) -> None:
        """Puts the button below where a word of the title has no room beside it."""
        margins, gap = self._whole.contentsMargins(), self._whole.spacing()
        parts = (self._icon, self._amount, self._button)
        beside = [each.sizeHint().width() for each in parts if not each.isHidden()]
        needed = sum(beside) + gap * len(beside) + margins.left() + margins.right() + self._title.longest_word
        is_below = not self._button.isHidden() and needed > self.width()
        way = QBoxLayout.Direction.TopToBottom if is_below else QBoxLayout.Direction.LeftToRight
        self._whole.setDirection(way)

    def show_view(self, view: RowView) -> None:
        if view == self._view and self.accessibleName():
            return
        self._view = view
        colour = "ink" if view.state == "plain" else view.state
        self._tick.setVisible(view.tick is not None)
        self._tick.show_state(is_on=bool(view.tick), can_press=view.action is not None)
        self._key.show_key(view.key)
        self._icon.setVisible(bool(view.icon))
        self._icon.show_icon(view.icon, colour)
        self._title.set_text(view.title)
        self._detail.set_text(view.detail)
        self._detail.set_colour("ink-2" if view.is_chosen else "ink-3")
        self._detail.setVisible(bool(view.detail))
        self._amount.set_text(view.amount)
        self._amount.setVisible(bool(view.amount))
        self._tag.show_view(view.tag)
        self._button.show_view(view.button)
        self._arrange()
        chosen = "" if view.tick is None else say("chosen") if view.tick else say("not chosen")
        words = (view.title, view.detail, view.amount, view.tag and view.tag.text, chosen, view.key)
        spoken = ", ".join(part for part in words if part)
        self.setAccessibleName(spoken or " ")
        can_press = view.action is not None
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus if can_press else Qt.FocusPolicy.NoFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor if can_press else Qt.CursorShape.ArrowCursor)
        self.update()

    def click(self) -> None:
        """Does what a tap does."""
        if self._view.action is not None:
            self.did.emit(self._view.action)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if self._view.action is None:
            super().mousePressEvent(event)
        else:
            self.click()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Space:
            self.click()
        else:
            super().keyPressEvent(event)

    def enterEvent(self, event: QEnterEvent) -> None:
        self.update()
        super().enterEvent(event)

    def leaveEvent(self, event: QEvent) -> None:
        self.update()
        super().leaveEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        if self._view.is_chosen:
            painter.fillRect(self.rect(), self._theme.colour("coral-tint"))
            painter.fillRect(0, 0, self._theme.px(4), self.height(), self._theme.colour("coral-700"))
        if not self.is_last:
            painter.fillRect(0, self.height() - 1, self.width(), 1, self._theme.colour("line"))


class Rows(QFrame):
    """Rows in a card, or on the bare ground of a list."""

    did = Signal(object)

    def __init__(
        self, theme: Theme, *, height: int = 64, side: int = 16, is_card: bool = True, title_size: float = 16
    ) -> None:
        super().__init__()
        self._theme, self._height, self._side, self._title_size = theme, height, side, title_size
        if is_card:
            self.setProperty("part", "card")
        self._rows: list[Row] = []
        self._layout = QVBoxLayout(self)
        edge = 1 if is_card else 0
        self._layout.setContentsMargins(edge, edge, edge, edge)
        self._layout.setSpacing(0)

    def show_rows(self, views: tuple[RowView, ...]) -> None:
        self.setVisible(bool(views))
        keep_count(self._rows, len(views), self._layout, self._make)
        for i, view in enumerate(views):
            self._rows[i].is_last = i == len(views) - 1
            self._rows[i].show_view(view)

    def _make(self) -> Row:
        row = Row(self._theme, height=self._height, side=self._side, title_size=self._title_size)
        row.did.connect(self.did)
        return row

    @property
    def rows(self) -> tuple[Row, ...]:
        return tuple(self._rows)


class Scroll(QScrollArea):
    """Lets a column scroll when it must."""

    def __init__(self, inner: QWidget) -> None:
        super().__init__()
        self.setWidgetResizable(True)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setWidget(inner)

"""The lines of the sale under way, each with one less and one more."""

from PySide6.QtCore import QPoint, QRectF, Qt, Signal
from PySide6.QtGui import QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import (
    QAbstractButton,
    QBoxLayout,
    QFrame,
    QHBoxLayout,
    QScrollArea,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from boxoffice.till.ui import tokens
from boxoffice.till.ui.actions import ChangeLine, ChooseLine, Do
from boxoffice.till.ui.speech import say
from boxoffice.till.ui.theme import Theme
from boxoffice.till.ui.views.parts import ButtonView
from boxoffice.till.ui.views.sell import CartLineView, ReducedView
from boxoffice.till.ui.widgets.button import Button
from boxoffice.till.ui.widgets.empty import Icon
from boxoffice.till.ui.widgets.listing import keep_count, put_by
from boxoffice.till.ui.widgets.text import Amount, Text


class StepButton(QAbstractButton):
    """The − or + of a line."""

    def __init__(self, theme: Theme, icon: str) -> None:
        super().__init__()
        self._theme, self._icon = theme, icon
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        theme.changed.connect(self.restyle)
        self.restyle()

    def restyle(self) -> None:
        size = self._theme.px(tokens.TARGET)
        self.setMinimumWidth(size)
        self.setFixedHeight(size)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self.isDown():
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(self._theme.colour("cream-2"))
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(2, 2, -2, -2), 8, 8)
        size = self._theme.px(18)
        x, y = (self.width() - size) / 2, (self.height() - size) / 2
        self._theme.icons.paint(painter, self._icon, x, y, size, self._theme.colour("ink"))


class Stepper(QFrame):
    """`− 2 +` in one frame."""

    stepped = Signal(int)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        layout = QHBoxLayout(self)
        layout.setContentsMargins(1, 1, 1, 1)
        layout.setSpacing(0)
        self.less, self.more = StepButton(theme, "minus"), StepButton(theme, "plus")
        self._count = Text(theme, "", 18, weight=700, align=Qt.AlignmentFlag.AlignHCenter)
        layout.addWidget(self.less, 1)
        layout.addWidget(self._count)
        layout.addWidget(self.more, 1)
        self.less.clicked.connect(lambda: self.stepped.emit(-1))
        self.more.clicked.connect(lambda: self.stepped.emit(1))
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        theme.changed.connect(self.restyle)
        self.restyle()

    def restyle(self) -> None:
        self._count.setMinimumWidth(self._theme.tall(36))

    def show_count(self, count: int, name: str) -> None:
        self._count.set_text(f"{count}×" if self._theme.is_compact else str(count))
        self.less.setAccessibleName(say("One less {name}", name=name))
        self.more.setAccessibleName(say("One more {name}", name=name))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setBrush(self._theme.colour("white"))
        painter.setPen(QPen(self._theme.colour("line-strong"), 1.5))
        radius = self._theme.px(tokens.RADIUS_CONTROL)
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.75, 0.75, -0.75, -0.75), radius, radius)


class CartLine(QFrame):
    """A line of the sale. At 1024 only the chosen line shows − and +, below its words."""

    did = Signal(object)

    def __init__(self, theme: Theme, index: int) -> None:
        super().__init__()
        self._theme, self.index = theme, index
        self._view: CartLineView | None = None
        words = QWidget()
        stack = QVBoxLayout(words)
        stack.setContentsMargins(0, 0, 0, 0)
        stack.setSpacing(0)
        self._name = Text(theme, "", 16, weight=600, wraps=True)
        self._detail = Text(theme, "", 14, colour="ink-3", wraps=True)
        stack.addStretch()
        stack.addWidget(self._name)
        stack.addWidget(self._detail)
        stack.addStretch()
        self._stepper = Stepper(theme)
        self._stepper.stepped.connect(lambda by: self.did.emit(ChangeLine(self.index, by)))
        self._count = Text(theme, "", 18, weight=700)
        self._amount = Amount(theme, 16)
        self._rows = QVBoxLayout(self)
        self._rows.setSpacing(theme.px(10))
        self._row = QHBoxLayout()
        self._row.addWidget(words, 1)
        self._row.addWidget(self._count)
        self._row.addWidget(self._amount)
        self._rows.addLayout(self._row)
        self._wide = QHBoxLayout()
        self._rows.addLayout(self._wide)
        theme.changed.connect(self.restyle)
        self.restyle()

    def restyle(self) -> None:
        theme = self._theme
        side, above = theme.pick(12, 16, 16), theme.px(10)
        self._rows.setContentsMargins(side, above, side, above)
        self._row.setSpacing(theme.px(10))
        self.setMinimumHeight(theme.pick(72, 72, 84))
        self._amount.setFixedWidth(theme.tall(66 if theme.is_compact else 76))
        self._place()

    def _place(self) -> None:
        is_compact = self._theme.is_compact or self._theme.text_scale > 1.2
        is_chosen = self._view is not None and self._view.is_chosen
        home: QBoxLayout = self._wide if is_compact else self._row
        if home.indexOf(self._stepper) < 0:
            self._stepper.setParent(None)
            home.insertWidget(0 if is_compact else 1, self._stepper)
            grows = QSizePolicy.Policy.Expanding if is_compact else QSizePolicy.Policy.Fixed
            self._stepper.setSizePolicy(grows, QSizePolicy.Policy.Fixed)
        self._stepper.setVisible(is_chosen or not is_compact)
        self._count.setVisible(is_compact and not is_chosen)

    def is_of(self, view: CartLineView) -> bool:
        """Returns whether it shows the same product already, if not as many."""
        return self._view is not None and (self._view.name, self._view.detail) == (view.name, view.detail)

    def show_view(self, view: CartLineView) -> None:
        if view == self._view:
            return
        self._view = view
        self._name.set_text(view.name)
        self._detail.set_text(view.problem or view.detail)
        self._detail.set_colour(
            "danger" if view.problem and not view.is_chosen else "ink-2" if view.is_chosen else "ink-3"
        )
        self._detail.setVisible(bool(view.problem or view.detail))
        self._count.set_text(f"{view.count}×")
        self._stepper.show_count(view.count, view.name)
        self._amount.set_text(view.amount)
        self.setAccessibleName(f"{view.count} {view.name}, {view.amount}")
        self._place()
        self.update()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self.did.emit(ChooseLine(self.index))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        if self._view is not None and self._view.is_chosen:
            painter.fillRect(self.rect(), self._theme.colour("coral-tint"))
            painter.fillRect(0, 0, self._theme.px(4), self.height(), self._theme.colour("coral-700"))
        painter.fillRect(0, self.height() - 1, self.width(), 1, self._theme.colour("line"))


class ReducedRow(QFrame):
    """What is taken off, and the button that takes it out of the sale again."""

    did = Signal(object)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        row = self._row = QHBoxLayout(self)
        self._icon = Icon(theme, "tag", 20, "ink")
        words = QVBoxLayout()
        words.setSpacing(0)
        self._title = Text(theme, "", 15, weight=600, wraps=True)
        self._detail = Text(theme, "", 13, colour="ink-3", wraps=True)
        words.addWidget(self._title)
        words.addWidget(self._detail)
        self._amount = Amount(theme, 16)
        self.drop = Button(theme, ButtonView("", Do.FULL_PRICE, "quiet"), size=14, height=48)
        self.drop.did.connect(self.did)
        row.addWidget(self._icon)
        row.addLayout(words, 1)
        row.addWidget(self._amount)
        row.addWidget(self.drop)
        theme.changed.connect(self.restyle)
        self.restyle()

    def restyle(self) -> None:
        side = self._theme.pick(12, 16, 16)
        self._row.setContentsMargins(side, self._theme.px(4), self._theme.px(4), self._theme.px(4))
        self._row.setSpacing(self._theme.px(8))

    def show_view(self, view: ReducedView) -> None:
        self._title.set_text(view.title)
        self._detail.set_text(view.detail)
        self._detail.setVisible(bool(view.detail))
        self._amount.set_text(view.amount)
        self.drop.show_view(view.drop)
        self.setAccessibleName(f"{view.title} {view.detail} {view.amount}")

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(0, self.height() - 1, self.width(), 1, self._theme.colour("line"))


class CartLines(QScrollArea):
    """All lines, scrolled so that the chosen one is seen; below them what is taken off."""

    did = Signal(object)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._lines: list[CartLine] = []
        self._reduced: list[ReducedRow] = []
        self.setWidgetResizable(True)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._inner = QWidget()
        self._layout = QVBoxLayout(self._inner)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setSpacing(0)
        self._rows = QVBoxLayout()
        self._layout.addLayout(self._rows)
        self._layout.addStretch(1)
        self.setWidget(self._inner)

    def show_lines(self, lines: tuple[CartLineView, ...], reduced: tuple[ReducedView, ...] = ()) -> None:
        keep_count(self._reduced, len(reduced), self._rows, self._make_reduced)
        for row, each in zip(self._reduced, reduced, strict=True):
            row.show_view(each)
        while len(self._lines) > len(lines):
            put_by(self._lines, self._first_gone(lines), self._layout)
        keep_count(self._lines, len(lines), self._layout, self._make_line)
        for i, view in enumerate(lines):
            self._lines[i].index = i
            self._lines[i].show_view(view)
        chosen = next((i for i, view in enumerate(lines) if view.is_chosen), -1)
        if chosen >= 0:
            self._layout.activate()
            line = self._lines[chosen]
            self.ensureVisible(0, line.mapTo(self._inner, QPoint(0, line.height())).y(), 0, 0)
            self.ensureVisible(0, line.mapTo(self._inner, QPoint(0, 0)).y(), 0, 0)

    def _first_gone(self, lines: tuple[CartLineView, ...]) -> int:
        """Returns which line to take away: those below a removed one move up as they are."""
        shown = enumerate(zip(self._lines, lines, strict=False))
        return next((i for i, (line, view) in shown if not line.is_of(view)), len(lines))

    def _make_line(self) -> CartLine:
        line = CartLine(self._theme, len(self._lines))
        line.did.connect(self.did)
        return line

    def _make_reduced(self) -> ReducedRow:
        row = ReducedRow(self._theme)
        row.did.connect(self.did)
        return row

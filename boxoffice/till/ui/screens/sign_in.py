"""Who is there: names to choose from, a PIN to type, or a badge to scan; beside them what this till sells for."""

from typing import Final

from PySide6.QtCore import QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QFrame, QGridLayout, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from boxoffice.till.ui import tokens
from boxoffice.till.ui.screens.screen import Screen
from boxoffice.till.ui.speech import say
from boxoffice.till.ui.theme import Theme
from boxoffice.till.ui.views.staff import PersonView, SignInView
from boxoffice.till.ui.widgets.button import paint_key
from boxoffice.till.ui.widgets.empty import Icon
from boxoffice.till.ui.widgets.person import paint_person
from boxoffice.till.ui.widgets.pin import Dots, PinPad
from boxoffice.till.ui.widgets.poster import Poster
from boxoffice.till.ui.widgets.text import Text, plain_ground

_COLUMNS: Final = 4
_RIGHT: Final = Qt.TextElideMode.ElideRight


class PersonButton(QAbstractButton):
    """Somebody to choose."""

    did = Signal(object)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self.view: PersonView | None = None
        self.is_flat = False
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.clicked.connect(lambda: None if self.view is None else self.did.emit(self.view.action))
        theme.changed.connect(self.updateGeometry)

    def show_view(self, view: PersonView | None, *, is_flat: bool) -> None:
        self.setVisible(view is not None)
        if view is not None and (view, is_flat) != (self.view, self.is_flat):
            self.view, self.is_flat = view, is_flat
            chosen = say(", chosen") if view.is_chosen else ""
            self.setAccessibleName(f"{view.name}{chosen}, {view.note or view.key}")
            self.updateGeometry()
            self.update()

    def sizeHint(self) -> QSize:
        return QSize(self._theme.px(110), self._theme.tall(56 if self.is_flat else 104))

    def minimumSizeHint(self) -> QSize:
        return QSize(self._theme.px(60), self.sizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:
        theme, view = self._theme, self.view
        if view is None:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        edge = "coral-700" if view.is_chosen else "line-strong"
        painter.setPen(QPen(theme.colour(edge), theme.px(3) if view.is_chosen else max(1.0, theme.px(3) / 2)))
        painter.setBrush(theme.colour("coral-tint" if view.is_chosen else "cream-2" if self.isDown() else "white"))
        radius = theme.px(tokens.RADIUS_CONTROL)
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(1.5, 1.5, -1.5, -1.5), radius, radius)
        side = theme.px(32 if self.is_flat else 46)
        if self.is_flat:
            circle = QRect(theme.px(10), (self.height() - side) // 2, side, side)
            words = QRect(circle.right() + theme.px(8), 0, self.width() - circle.right() - theme.px(14), self.height())
        else:
            circle = QRect((self.width() - side) // 2, theme.px(10), side, side)
            top = circle.bottom() + theme.px(2)
            words = QRect(theme.px(6), top, self.width() - theme.px(12), self.height() - top - theme.px(4))
        paint_person(painter, theme, circle, view.initials, view.icon or "person")
        self._paint_name(painter, view, words)

    def _paint_name(self, painter: QPainter, view: PersonView, box: QRect) -> None:
        theme = self._theme
        font = theme.font(16, 600)
        key = QFontMetrics(theme.font(12, 700)).horizontalAdvance(view.key) + theme.px(14)
        room = box.width() - key - theme.px(8)
        name = QFontMetrics(font).elidedText(view.name, _RIGHT, room)
        wide = QFontMetrics(font).horizontalAdvance(name)
        note_height = theme.tall(16) if view.note else 0
        line = box.adjusted(0, 0, 0, -note_height)
        x = line.left() if self.is_flat else line.left() + (line.width() - wide - key - theme.px(8)) // 2
        painter.setFont(font)
        painter.setPen(theme.colour("ink"))
        left = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        painter.drawText(QRect(x, line.top(), wide + 2, line.height()), left, name)
        at = box.right() - key if self.is_flat else x + wide + theme.px(8)
        paint_key(painter, theme, view.key, at, line.center().y(), theme.colour("ink"))
        if view.note:
            painter.setFont(theme.font(13))
            painter.setPen(theme.colour("ink-3"))
            where = left if self.is_flat else int(Qt.AlignmentFlag.AlignCenter)
            painter.drawText(QRect(box.left(), line.bottom() - 2, box.width(), note_height), where, view.note)


class SignInScreen(Screen):
    """Draws a `SignInView`."""

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme)
        plain_ground(self, "cream")
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        self._poster = Poster(theme, "", "")
        self._right = QWidget()
        self._column = QVBoxLayout(self._right)
        row.addWidget(self._poster, 10)
        row.addWidget(self._right, 13)
        self._question = Text(theme, "", 28, head=True)
        self._people: list[PersonButton] = []
        self._grid = QGridLayout()
        head = QHBoxLayout()
        self._pin_title, self._dots = Text(theme, "", 28, head=True), Dots(theme)
        head.addWidget(self._pin_title)
        head.addStretch()
        head.addWidget(self._dots)
        self._problem = Text(theme, "", 16, weight=600, colour="danger", wraps=True)
        self._pad = PinPad(theme)
        self._pad.did.connect(self.did)
        self._badge = self._make_badge()
        below = QHBoxLayout()
        below.setSpacing(theme.px(16))
        below.addWidget(self._pad, 7)
        below.addWidget(self._badge, 3)
        self._foot = Text(theme, "", 14, colour="ink-2")
        self._column.addStretch(1)
        self._column.addWidget(self._question)
        self._column.addLayout(self._grid)
        self._column.addLayout(head)
        self._column.addWidget(self._problem)
        self._column.addLayout(below, 6)
        self._column.addWidget(self._foot)
        self._column.addStretch(1)
        theme.changed.connect(self.restyle)
        self.restyle()

    def _make_badge(self) -> QFrame:
        well = QFrame()
        plain_ground(well, "cream-2")
        inside = QVBoxLayout(well)
        middle = Qt.AlignmentFlag.AlignHCenter
        self._badge_icon = Icon(self.theme, "badge", 56, "ink")
        self._badge_title = Text(self.theme, "", 28, head=True, wraps=True, align=middle)
        self._badge_text = Text(self.theme, "", 14, colour="ink-2", wraps=True, align=middle)
        inside.addStretch()
        inside.addWidget(self._badge_icon, 0, middle)
        inside.addWidget(self._badge_title)
        inside.addWidget(self._badge_text)
        inside.addStretch()
        return well

    def restyle(self) -> None:
        theme = self.theme
        side = theme.pick(24, 56, 96)
        self._column.setContentsMargins(side, theme.px(16), side, theme.px(16))
        self._column.setSpacing(theme.px(10 if theme.is_compact else 14))
        self._grid.setSpacing(theme.px(8 if theme.is_compact else 12))
        is_tight = theme.is_text_huge or (theme.is_compact and theme.text_scale > 1.2)
        self._poster.setVisible(not is_tight)
        self._badge.setVisible(not is_tight)
        self._badge_title.set_size(22 if theme.is_compact else 28)
        for text in (self._question, self._pin_title):
            text.set_size(theme.big(24 if theme.is_compact else 28))
        self._foot.setVisible(not theme.is_text_large)

    def refresh(self, view: object) -> None:
        if not isinstance(view, SignInView):
            return
        self._poster.show_words(view.title, view.hint)
        self._question.set_text(view.question)
        is_flat = len(view.people) > _COLUMNS or self.theme.is_text_large
        while len(self._people) < len(view.people):
            at = len(self._people)
            button = PersonButton(self.theme)
            button.did.connect(self.did)
            self._people.append(button)
            self._grid.addWidget(button, at // _COLUMNS, at % _COLUMNS)
        for at, button in enumerate(self._people):
            button.show_view(view.people[at] if at < len(view.people) else None, is_flat=is_flat)
        self._pin_title.set_text(view.pin_title)
        self._dots.show_view(view.pin)
        self._dots.setVisible(view.pin.is_on)
        self._problem.set_text(view.pin.problem)
        self._problem.setVisible(bool(view.pin.problem))
        self._badge_title.set_text(view.badge_title)
        self._badge_text.set_text(view.badge_text)
        self._foot.set_text(view.foot)

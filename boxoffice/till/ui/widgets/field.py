"""Text fields: an icon, the text, a key hint; two pixels of danger and a sentence when something is wrong."""

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLineEdit, QSizePolicy, QVBoxLayout, QWidget

from boxoffice.till.ui import tokens
from boxoffice.till.ui.theme import Theme
from boxoffice.till.ui.widgets.button import paint_key
from boxoffice.till.ui.widgets.text import Text


class Field(QFrame):
    """One line to type in. `typed` says each change, `submitted` says Enter."""

    typed = Signal(str)
    submitted = Signal(str)

    def __init__(self, theme: Theme, *, icon: str, hint: str, key: str = "", name: str = "") -> None:
        super().__init__()
        self._theme, self._icon, self._key = theme, icon, key
        self._has_problem = False
        self.edit = QLineEdit()
        self.edit.setPlaceholderText(hint)
        self.edit.setAccessibleName(name or hint)
        self.edit.setFrame(False)
        self.setFocusProxy(self.edit)
        self._layout = QHBoxLayout(self)
        self._layout.addWidget(self.edit)
        self.edit.textEdited.connect(self.typed)
        self.edit.returnPressed.connect(lambda: self.submitted.emit(self.edit.text()))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        theme.changed.connect(self.restyle)
        self.restyle()

    def restyle(self) -> None:
        theme = self._theme
        self.setFixedHeight(theme.tall(56))
        self.edit.setFont(theme.font(16))
        palette = self.edit.palette()
        palette.setColor(palette.ColorRole.PlaceholderText, theme.colour("ink-3"))
        self.edit.setPalette(palette)
        right = theme.px(52 if self._key else 16)
        self._layout.setContentsMargins(theme.px(16) + theme.tall(22) + theme.px(8), 0, right, 0)

    def show_text(self, text: str) -> None:
        """Shows the text unless the person is typing it just now."""
        if text != self.edit.text():
            self.edit.setText(text)

    def show_problem(self, *, has_problem: bool) -> None:
        if has_problem != self._has_problem:
            self._has_problem = has_problem
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        theme = self._theme
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setBrush(theme.colour("white"))
        edge, width = ("danger", 2.0) if self._has_problem else ("line-strong", 1.5)
        painter.setPen(QPen(theme.colour(edge), width * theme.px(100) / 100))
        radius = theme.px(tokens.RADIUS_CONTROL)
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), radius, radius)
        icon, quiet = theme.tall(22), theme.colour("ink-3")
        theme.icons.paint(painter, self._icon, theme.px(16), (self.height() - icon) / 2, icon, quiet)
        if self._key and not self.edit.text():
            paint_key(painter, theme, self._key, self.width() - theme.px(36), self.height() / 2, theme.colour("ink"))


class LabelledField(QWidget):
    """A field with its label above and, when something is wrong, a sentence below."""

    def __init__(self, theme: Theme, label: str, *, icon: str, hint: str) -> None:
        super().__init__()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(theme.px(6))
        layout.addWidget(Text(theme, label, 14, weight=600))
        self.field = Field(theme, icon=icon, hint=hint, name=label)
        layout.addWidget(self.field)
        self._problem = ErrorLine(theme)
        layout.addWidget(self._problem)

    def show_problem(self, text: str) -> None:
        self.field.show_problem(has_problem=bool(text))
        self._problem.show_text(text)


class ErrorLine(QWidget):
    """What is wrong, under the field that it is about."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._layout = QHBoxLayout(self)
        self._layout.setContentsMargins(theme.tall(theme.px(26)), 2, 0, 0)
        self._text = Text(theme, "", 14, weight=600, colour="danger", wraps=True)
        self._layout.addWidget(self._text)
        self.hide()

    def show_text(self, text: str) -> None:
        self._text.set_text(text)
        self.setVisible(bool(text))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.setMinimumHeight(self._text.heightForWidth(self._text.width()) + 4)

    def paintEvent(self, event: QPaintEvent) -> None:
        size = self._theme.tall(18)
        self._theme.icons.paint(QPainter(self), "warning", 0, 4, size, self._theme.colour("danger"))


def is_typing(widget: QWidget | None) -> bool:
    """Returns whether keys belong to a text field now."""
    return isinstance(widget, QLineEdit) and widget.focusPolicy() != Qt.FocusPolicy.NoFocus

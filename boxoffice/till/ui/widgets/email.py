"""An e-mail address and what became of it. What is typed stays until it is sent."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from boxoffice.till.ui.actions import Do
from boxoffice.till.ui.order_actions import SendEmail
from boxoffice.till.ui.speech import say
from boxoffice.till.ui.theme import Theme
from boxoffice.till.ui.views.parts import ButtonView
from boxoffice.till.ui.widgets.button import Button
from boxoffice.till.ui.widgets.field import ErrorLine, Field
from boxoffice.till.ui.widgets.text import Text


class EmailBox(QWidget):
    did = Signal(object)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._shown: tuple[str, str] = ("", "")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.px(6))
        row = QHBoxLayout()
        row.setSpacing(theme.px(8))
        self.field = Field(theme, icon="mail", hint=say("E-mail address"))
        self.field.submitted.connect(self._send)
        self.send = Button(theme, ButtonView(say("Send"), Do.FINISH), size=15, height=56)
        self.send.clicked.connect(lambda: self._send(self.field.edit.text()))
        row.addWidget(self.field, 1)
        row.addWidget(self.send)
        self._problem = ErrorLine(theme)
        self._note = Text(theme, "", 14, colour="ok", weight=600, wraps=True)
        column.addLayout(row)
        column.addWidget(self._problem)
        column.addWidget(self._note)

    def _send(self, address: str) -> None:
        self.did.emit(SendEmail(address))

    def show_email(self, address: str, problem: str, note: str, *, is_sending: bool) -> None:
        """Shows the order's address when it is another order, and what became of the last one sent."""
        if (address, note) != self._shown and (address != self._shown[0] or not note):
            self.field.edit.setText(address)
        if note and note != self._shown[1] and self.field.edit.hasFocus():
            self.window().setFocus()  # it is sent: the next Enter is for the next customer
        self._shown = (address, note)
        self.field.show_problem(has_problem=bool(problem))
        self._problem.show_text(problem)
        self._note.set_text(note)
        self._note.setVisible(bool(note))
        self.send.show_view(ButtonView(say("Sending") if is_sending else say("Send"), Do.FINISH, is_on=not is_sending))

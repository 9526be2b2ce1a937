"""One field for a note about an order."""

from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QWidget

from boxoffice.till.ui.actions import Do
from boxoffice.till.ui.order_actions import KeepNote
from boxoffice.till.ui.screens.ask import AskScreen
from boxoffice.till.ui.screens.pay import new_button
from boxoffice.till.ui.speech import say
from boxoffice.till.ui.theme import Theme
from boxoffice.till.ui.views.after_sale import NoteView
from boxoffice.till.ui.views.parts import ButtonView
from boxoffice.till.ui.widgets.button import Button
from boxoffice.till.ui.widgets.field import LabelledField


class NoteScreen(AskScreen):
    """Draws a `NoteView`; what is typed stays until it is kept."""

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme)
        self._shown: object = None
        self.note = LabelledField(theme, "", icon="person", hint="")
        self.note.field.submitted.connect(lambda text: self.did.emit(KeepNote(text)))
        self._back = new_button(self, 16, 72)
        self._keep = Button(theme, ButtonView(say("Keep the note"), Do.FINISH), size=22, height=72)
        self._keep.clicked.connect(lambda: self.did.emit(KeepNote(self.note.field.edit.text())))
        self._keep.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        last = QHBoxLayout()
        last.setSpacing(theme.px(12))
        last.addWidget(self._back)
        last.addWidget(self._keep, 1)
        self.column.addWidget(self.note)
        self.column.addLayout(last)
        self.column.addStretch(1)

    def first_focus(self) -> QWidget | None:
        return self.note.field.edit

    def refresh(self, view: object) -> None:
        if not isinstance(view, NoteView):
            return
        self.heading.show_words(view.title, view.hint)
        self.note.field.edit.setPlaceholderText(view.example)
        self.note.field.edit.setAccessibleName(view.label)
        if view.subject is not self._shown:
            self._shown = view.subject
            self.note.field.show_text(view.note)
        self.note.show_problem(view.problem)
        self._back.show_view(view.back)
        self._keep.show_view(view.keep)

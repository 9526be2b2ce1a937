"""Whose an order is, and a note by which it is found again, such as a red hat."""

from typing import ClassVar

from boxoffice.core.errors import BadInput, BoxofficeError
from boxoffice.till.ui.actions import Action, Do
from boxoffice.till.ui.flow.destinations import Next, Note
from boxoffice.till.ui.flow.page import BasePage
from boxoffice.till.ui.flow.session import Session
from boxoffice.till.ui.keys import Named
from boxoffice.till.ui.order_actions import KeepNote
from boxoffice.till.ui.speech import later, say, told
from boxoffice.till.ui.views.after_sale import NoteView
from boxoffice.till.ui.views.parts import ButtonView
from boxoffice.till.ui.words import explain
from boxoffice.till.usecases.gateway.orders import Order


class NotePage(BasePage):
    section = Do.ORDERS
    keys: ClassVar = {Named.ESC: Do.BACK}
    help_lines = (("Enter", later("keep the note")), ("Esc", later("back")))

    def __init__(self, session: Session, to: Note) -> None:
        super().__init__(session, to)
        self.to, self.problem = to, ""

    def view(self) -> NoteView:
        order, is_name = self.to.order, self.to.is_name
        note = later("What you will know them by. It goes with their name when that is erased, and is on no paper.")
        name = later("Whose it is from now on. Print the tickets again for the new name; the codes stay as they are.")
        return NoteView(
            subject=self,
            title=(
                say("Name of order {number}", number=order.number)
                if is_name
                else say("Note on order {number}", number=order.number)
            ),
            hint=say(name if is_name else note),
            label=say("Name") if is_name else say("Note"),
            example=say("Ana Pérez") if is_name else say("Red hat, four people"),
            note=order.name if is_name else order.note,
            problem=self.problem,
            back=ButtonView(say("Back"), Do.BACK, "quiet", "back", "Esc"),
            keep=ButtonView(
                say("Keep the name") if is_name else say("Keep the note"), Do.FINISH, "primary", "check", "Enter"
            ),
        )

    def act(self, action: Action) -> Next:
        match action:
            case KeepNote(text) if not self.session.is_busy:
                self._keep(text)
            case Do.BACK:
                return self.to.back
            case _:
                pass
        return None

    def _keep(self, text: str) -> None:
        session, order_id, is_name = self.session, self.to.order.id, self.to.is_name
        keep = session.till.rename if is_name else session.till.keep_note

        def kept(_order: Order) -> Next:
            return self.to.back

        def failed(error: BoxofficeError) -> None:
            bad = error.problems[0].message if isinstance(error, BadInput) else " ".join(explain(error))
            self.problem = say("It {wrong}.", wrong=told(bad)) if isinstance(error, BadInput) else bad

        session.call(lambda: keep(order_id, text), kept, failed=failed, keys_wait=True)

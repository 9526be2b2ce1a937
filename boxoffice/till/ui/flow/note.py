"""A note by which an order is found again, such as a red hat."""

from typing import ClassVar

from boxoffice.core.errors import BadInput, BoxofficeError
from boxoffice.till.ui.actions import Action, Do, KeepNote
from boxoffice.till.ui.flow.destinations import Next, Note
from boxoffice.till.ui.flow.page import BasePage
from boxoffice.till.ui.flow.session import Session
from boxoffice.till.ui.keys import Named
from boxoffice.till.ui.speech import later, say, told
from boxoffice.till.ui.views.after_sale import NoteView
from boxoffice.till.ui.views.parts import ButtonView
from boxoffice.till.ui.words import explain
from boxoffice.till.usecases.gateway.orders import Order


class NotePage(BasePage):
    section = Do.ORDERS
    keys: ClassVar = {Named.ESC: Do.BACK}
    help_lines = (("Enter", later("keep the note")), ("Esc", "back"))

    def __init__(self, session: Session, to: Note) -> None:
        super().__init__(session, to)
        self.to, self.problem = to, ""

    def view(self) -> NoteView:
        order = self.to.order
        return NoteView(
            title=say("Note on order {number}", number=order.number),
            hint=say("What you will know them by. It goes with their name when that is erased, and is on no paper."),
            note=order.note,
            problem=self.problem,
            back=ButtonView(say("Back"), Do.BACK, "quiet", "back", "Esc"),
            keep=ButtonView(say("Keep the note"), Do.FINISH, "primary", "check", "Enter"),
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
        session, order_id = self.session, self.to.order.id

        def kept(_order: Order) -> Next:
            return self.to.back

        def failed(error: BoxofficeError) -> None:
            bad = error.problems[0].message if isinstance(error, BadInput) else " ".join(explain(error))
            self.problem = say("It {wrong}.", wrong=told(bad)) if isinstance(error, BadInput) else bad

        session.call(lambda: session.till.keep_note(order_id, text), kept, failed=failed, keys_wait=True)

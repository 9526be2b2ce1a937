"""Parks the sale at hand: by what its customer is known, if anybody says so."""

from typing import ClassVar

from boxoffice.core.errors import BadInput, BoxofficeError
from boxoffice.till.ui.actions import Action, Do
from boxoffice.till.ui.flow.destinations import Next, ParkSale
from boxoffice.till.ui.flow.page import BasePage
from boxoffice.till.ui.flow.session import Session
from boxoffice.till.ui.flow.summary import back_to_sale
from boxoffice.till.ui.keys import Named
from boxoffice.till.ui.order_actions import KeepNote
from boxoffice.till.ui.speech import later, say, told
from boxoffice.till.ui.views.after_sale import NoteView
from boxoffice.till.ui.views.parts import ButtonView
from boxoffice.till.ui.words import explain


class ParkPage(BasePage):
    section = Do.SELL
    keys: ClassVar = {Named.ESC: Do.BACK}
    help_lines = (("Enter", later("park it")), ("Esc", later("back")))

    def __init__(self, session: Session, to: ParkSale) -> None:
        super().__init__(session, to)
        self.back, self.problem = to.back, ""

    def view(self) -> NoteView:
        return NoteView(
            subject=self,
            title=say("Park this sale"),
            hint=say("Its prices stay as they are; no place is held for it. Any till of the event can take it up."),
            label=say("Name or note, optional"),
            example=say("Red hat, four people"),
            note="",
            problem=self.problem,
            back=back_to_sale(),
            keep=ButtonView(say("Park"), Do.FINISH, "primary", "pause", "Enter"),
        )

    def act(self, action: Action) -> Next:
        match action:
            case KeepNote(text) if not self.session.is_busy:
                self._park(text)
            case Do.BACK:
                return self.back
            case _:
                pass
        return None

    def _park(self, name: str) -> None:
        session = self.session
        if session.sale.is_empty:
            return
        cart, promo = session.sale.as_shown(), session.sale.promo
        code = "" if promo is None else promo.code

        def parked(_: None) -> Next:
            session.new_sale()
            session.say(say("The sale is parked. B takes it up again."), icon="pause")
            return self.back

        def failed(error: BoxofficeError) -> None:
            bad = error.problems[0].message if isinstance(error, BadInput) else " ".join(explain(error))
            self.problem = say("It {wrong}.", wrong=told(bad)) if isinstance(error, BadInput) else bad

        session.call(lambda: session.till.park(cart, name, code), parked, failed=failed, keys_wait=True)

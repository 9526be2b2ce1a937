"""The page of a promo code: typed, or scanned."""

from collections.abc import Sequence
from typing import ClassVar

from boxoffice.core.reading import read_code
from boxoffice.till.ui.actions import Action, Do
from boxoffice.till.ui.flow.code_uses import promo_of, use, why_not
from boxoffice.till.ui.flow.destinations import Next, PromoCode
from boxoffice.till.ui.flow.page import BasePage
from boxoffice.till.ui.flow.session import Session
from boxoffice.till.ui.keys import Named
from boxoffice.till.ui.order_actions import KeepNote
from boxoffice.till.ui.speech import later, say
from boxoffice.till.ui.views.after_sale import NoteView
from boxoffice.till.ui.views.parts import ButtonView


class CodePage(BasePage):
    section = Do.SELL
    keys: ClassVar = {Named.ESC: Do.BACK}
    help_lines = (("Enter", later("use the code")), ("Esc", later("back")))

    def __init__(self, session: Session, to: PromoCode) -> None:
        super().__init__(session, to)
        self.to, self.problem = to, ""

    def view(self) -> NoteView:
        return NoteView(
            subject=self,
            title=say("Promo code"),
            hint=say("Type it, or scan it. One code for a sale: the last one counts."),
            label=say("Code"),
            example=say("SALSA20"),
            note="",
            problem=self.problem,
            back=ButtonView(say("Back"), Do.BACK, "quiet", "back", "Esc"),
            keep=ButtonView(say("Use the code"), Do.FINISH, "primary", "check", "Enter"),
        )

    def act(self, action: Action) -> Next:
        match action:
            case KeepNote(text) if read_code(text):
                return self._use(text)
            case Do.BACK:
                return self.to.back
            case _:
                return None

    def scanned(self, readings: Sequence[str]) -> bool:
        self.session.go(self._use(next((each for each in readings if promo_of(self.session, each)), readings[0])))
        return True

    def _use(self, text: str) -> Next:
        promo = promo_of(self.session, text)
        if promo is None:
            self.problem = say("“{code}” is no code of this event.", code=read_code(text))
            return None
        self.problem = why_not(self.session, promo)
        if self.problem:
            return None
        use(self.session, promo)
        return self.to.back

"""Gives an order to another person: first a name, then an address; its codes end, and its tickets have new ones."""

from typing import ClassVar

from boxoffice.core.errors import BadInput, BoxofficeError
from boxoffice.core.rights import Right
from boxoffice.till.ui.actions import Action, Do
from boxoffice.till.ui.flow.acts import Act
from boxoffice.till.ui.flow.destinations import Next, Transfer
from boxoffice.till.ui.flow.leave import allowed
from boxoffice.till.ui.flow.page import BasePage
from boxoffice.till.ui.flow.session import Session
from boxoffice.till.ui.keys import Named
from boxoffice.till.ui.order_actions import KeepNote
from boxoffice.till.ui.speech import count, later, say, told
from boxoffice.till.ui.views.after_sale import NoteView
from boxoffice.till.ui.views.parts import ButtonView
from boxoffice.till.ui.words import explain
from boxoffice.till.usecases.gateway.orders import Order


class TransferPage(BasePage):
    section = Do.ORDERS
    keys: ClassVar = {Named.ESC: Do.BACK}
    help_lines = (("Enter", later("go on, then transfer it")), ("Esc", later("back")))

    def __init__(self, session: Session, to: Transfer) -> None:
        super().__init__(session, to)
        self.to, self.problem = to, ""

    def view(self) -> NoteView:
        is_name, order = not self.to.name, self.to.order
        tickets = count(order.ticket_count, "code stops working", "codes stop working")
        who = say("Whose it is from now on. {codes}, and new ones take their place.", codes=tickets)
        return NoteView(
            subject=self,
            title=say("Transfer order {number}", number=order.number),
            hint=who if is_name else self._address_hint(),
            label=say("Name") if is_name else say("E-mail"),
            example=say("Ana Pérez") if is_name else say("ana@example.com"),
            note="",
            problem=self.problem,
            back=ButtonView(say("Back"), Do.BACK, "quiet", "back", "Esc"),
            keep=ButtonView(
                say("Next") if is_name else say("Transfer to {name}", name=self.to.name),
                Do.FINISH,
                "primary",
                "next" if is_name else "check",
                "Enter",
            ),
        )

    def _address_hint(self) -> str:
        if not self.to.order.is_elsewhere:
            return say("Where the new tickets are mailed. Leave it empty to print them here.")
        status = self.session.status
        if status is None or status.is_online:
            return say("Where the hub mails the new tickets.")
        return say("No network: it is asked for as soon as there is one, and the old codes work until then.")

    def act(self, action: Action) -> Next:
        match action:
            case KeepNote(text) if not self.session.is_busy:
                return self._next(text)
            case Do.BACK:
                return self.to.back if not self.to.name else Transfer(self.to.order, self.to.back)
            case _:
                return None

    def _next(self, text: str) -> Next:
        if self.to.name:
            self._transfer(text)
        elif text.strip():
            return Transfer(self.to.order, self.to.back, text.strip())
        else:
            self.problem = say("Say whose it is.")
        return None

    def _transfer(self, email: str) -> None:
        session, order, name = self.session, self.to.order, self.to.name

        def done(_order: Order) -> Next:
            words = say("Order {number} is {name}’s now. Its old codes stop working.", number=order.number, name=name)
            session.say(words, icon="person")
            return self.to.back

        def failed(error: BoxofficeError) -> None:
            bad = error.problems[0].message if isinstance(error, BadInput) else ""
            self.problem = say("It {wrong}.", wrong=told(bad)) if bad else " ".join(explain(error))

        act = Act(Right.REFUND, say("to transfer"), say("Transfer of order {number}", number=order.number))
        allowed(session, act, lambda: session.till.transfer(order.id, name, email), done, failed=failed)

"""The customer's phone has paid all that was due, and it is saved: seen from across the table."""

from typing import ClassVar

from boxoffice.till.ui.actions import Action, Do
from boxoffice.till.ui.flow.destinations import Next, PhonePaid, SaleComplete
from boxoffice.till.ui.flow.page import BasePage
from boxoffice.till.ui.flow.session import Session
from boxoffice.till.ui.flow.summary import order_summary
from boxoffice.till.ui.flow.tenders import to_sale
from boxoffice.till.ui.keys import Named
from boxoffice.till.ui.views.parts import ButtonView, StepView
from boxoffice.till.ui.views.pay import PhonePaidView
from boxoffice.till.ui.words import clock_s, money


class PhonePaidPage(BasePage):
    """The customer's phone has paid all that was due; it is saved."""

    section = Do.SELL
    comes_to_its_end = True
    keys: ClassVar = {Named.ENTER: Do.NEXT, Named.F9: Do.FINISH}
    help_lines = (("Enter", "next customer"), ("F9", "tickets and receipt"))

    def __init__(self, session: Session, to: PhonePaid) -> None:
        super().__init__(session, to)
        self.paid, self.amount, self.opened_at = to.paid, to.amount, to.opened_at
        self.at = session.till.now()

    def view(self) -> PhonePaidView:
        order, at = self.paid.order, clock_s(self.at)
        words = self.paid.card or next((each.words for each in reversed(order.tenders) if each.words), "")
        return PhonePaidView(
            summary=order_summary(order),
            title="Payment received",
            hint=f"{words}, paid on their phone." if words else "Paid on their phone.",
            amount=money(self.amount),
            steps=(
                StepView("Opened on a phone", clock_s(self.opened_at) if self.opened_at else "", "done"),
                StepView("Paid", at, "done"),
                StepView(f"Order {order.number} saved on this till", at, "done"),
            ),
            more=ButtonView("Tickets and receipt", Do.FINISH, icon="ticket", key="F9"),
            next=ButtonView("Next customer", Do.NEXT, "primary", key="Enter"),
        )

    def act(self, action: Action) -> Next:
        match action:
            case Do.NEXT:
                return to_sale(self.session)
            case Do.FINISH:
                return SaleComplete(self.paid.order)
            case _:
                return None

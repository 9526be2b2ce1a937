"""The customer's phone has paid all that was due, and it is saved: seen from across the table."""

from typing import ClassVar

from boxoffice.till.ui.actions import Action, Do
from boxoffice.till.ui.flow.destinations import Next
from boxoffice.till.ui.flow.moments import Moment, MomentKind
from boxoffice.till.ui.flow.page import BasePage
from boxoffice.till.ui.flow.payment_places import PhonePaid, SaleComplete
from boxoffice.till.ui.flow.session import Session
from boxoffice.till.ui.flow.summary import order_summary
from boxoffice.till.ui.flow.tenders import to_sale
from boxoffice.till.ui.keys import Named
from boxoffice.till.ui.speech import later, say
from boxoffice.till.ui.views.parts import ButtonView, StepView
from boxoffice.till.ui.views.pay import PhonePaidView
from boxoffice.till.ui.words import clock_s, money


class PhonePaidPage(BasePage):
    """The customer's phone has paid all that was due; it is saved."""

    section = Do.SELL
    comes_to_its_end = True
    keys: ClassVar = {Named.ENTER: Do.NEXT, Named.F9: Do.FINISH}
    help_lines = (("Enter", later("next customer")), ("F9", later("tickets and receipt")))

    def __init__(self, session: Session, to: PhonePaid) -> None:
        super().__init__(session, to)
        self.paid, self.amount, self.opened_at = to.paid, to.amount, to.opened_at
        self.at = session.till.now()

    @property
    def moment(self) -> Moment:
        return Moment(MomentKind.PAID, self.paid.order.total, tickets=self.paid.order.ticket_count)

    def view(self) -> PhonePaidView:
        order, at = self.paid.order, clock_s(self.at)
        words = self.paid.card or next((each.words for each in reversed(order.tenders) if each.words), "")
        return PhonePaidView(
            summary=order_summary(order),
            title=say("Payment received"),
            hint=say("{words}, paid on their phone.", words=words) if words else say("Paid on their phone."),
            amount=money(self.amount),
            steps=(
                StepView(say("Opened on a phone"), clock_s(self.opened_at) if self.opened_at else "", "done"),
                StepView(say("Paid"), at, "done"),
                StepView(say("Order {number} saved on this till", number=order.number), at, "done"),
            ),
            more=ButtonView(say("Tickets and receipt"), Do.FINISH, icon="ticket", key="F9"),
            next=ButtonView(say("Next customer"), Do.NEXT, "primary", key="Enter"),
        )

    def act(self, action: Action) -> Next:
        match action:
            case Do.NEXT:
                return to_sale(self.session)
            case Do.FINISH:
                return SaleComplete(self.paid.order)
            case _:
                return None

"""All payments that are still unknown. At the start of the till they come first, and are asked about at once."""

from typing import ClassVar

from boxoffice.core.errors import BoxofficeError
from boxoffice.core.ids import TenderId
from boxoffice.till.ui.actions import Action, CheckPayment, Do
from boxoffice.till.ui.flow.destinations import Next, Problems
from boxoffice.till.ui.flow.page import BasePage
from boxoffice.till.ui.flow.resolved import note_check, say_resolved
from boxoffice.till.ui.flow.session import Session
from boxoffice.till.ui.flow.tenders import to_sale
from boxoffice.till.ui.flow.work import Lane
from boxoffice.till.ui.keys import Named
from boxoffice.till.ui.views.pages import ProblemsView
from boxoffice.till.ui.views.parts import AdviceView, ButtonView, RowView
from boxoffice.till.ui.words import clock, clock_s, count, money
from boxoffice.till.usecases.gateway import PaymentResolved, TenderOutcome, TenderUnknown, UnknownPayment


class ProblemsPage(BasePage):
    section = Do.PROBLEMS
    keys: ClassVar = {Named.ENTER: Do.CHECK_AGAIN, Named.F10: Do.SERVE_NEXT, Named.ESC: Do.SERVE_NEXT}
    help_lines = (("Enter", "ask Stripe about all of them now"), ("F10", "sell; the till keeps asking"))

    def __init__(self, session: Session, to: Problems) -> None:
        super().__init__(session, to)
        self.is_start = to.is_start
        self.asking: set[TenderId] = set()
        if to.is_start:
            self._ask_all()
        else:
            session.call(session.till.unknown_payments, self._loaded, lane=Lane.LOOK)

    def _loaded(self, payments: tuple[UnknownPayment, ...]) -> None:
        self.session.unknown = payments

    def view(self) -> ProblemsView:
        payments = self.session.unknown
        title = "First, what is still open" if self.is_start and payments else "Problems"
        ask = ButtonView(
            "Asking Stripe" if self.asking else "Ask Stripe now",
            Do.CHECK_AGAIN,
            "strong",
            key="" if self.asking else "Enter",
            is_on=not self.asking,
        )
        sell = ButtonView("Sell, keep asking" if payments else "Sell", Do.SERVE_NEXT, "primary", "cart", "F10")
        return ProblemsView(
            title=title,
            hint=f"{count(len(payments), 'payment')} unknown" if payments else "",
            rows=tuple(self._row(payment) for payment in payments),
            empty_title="No problems",
            empty_text="Every payment is known: paid, or not charged.",
            advice=(
                AdviceView("safe", "**Safe:** no second charge can be made for these orders."),
                AdviceView("cross", "**Do not** take money for them another way yet."),
                AdviceView(
                    "clock", "**Next:** if Stripe says paid, the tickets are there at once. If not, they can pay again."
                ),
            )
            if payments
            else (
                AdviceView(
                    "safe", "**Safe:** the till asks about each payment until it is known, also after a restart."
                ),
            ),
            buttons=(ask, sell) if payments else (sell,),
        )

    def _row(self, payment: UnknownPayment) -> RowView:
        is_asked = payment.id in self.asking
        checked = f" Check {payment.checks} at {clock_s(payment.checked_at)}." if payment.checked_at else ""
        return RowView(
            f"Payment unknown, {money(payment.amount)}",
            f"Order {payment.order.number} · {clock(payment.since)}. {payment.reason}{checked}",
            "unknown",
            "unknown",
            button=ButtonView(
                "Asking" if is_asked else "Ask now", CheckPayment(payment.id), "plain", is_on=not is_asked
            ),
        )

    def act(self, action: Action) -> Next:
        match action:
            case Do.CHECK_AGAIN:
                self._ask_all()
            case CheckPayment(payment_id):
                self._ask(payment_id)
            case Do.SERVE_NEXT:
                return to_sale(self.session)
            case _:
                pass
        return None

    def _ask_all(self) -> None:
        for payment in self.session.unknown:
            self._ask(payment.id)

    def _ask(self, payment_id: TenderId) -> None:
        payment = next((each for each in self.session.unknown if each.id == payment_id), None)
        if payment is None or payment_id in self.asking:
            return
        self.asking.add(payment_id)
        session = self.session

        def checked(outcome: TenderOutcome) -> None:
            self.asking.discard(payment_id)
            note_check(session, payment, outcome)
            if not isinstance(outcome, TenderUnknown):
                say_resolved(session, PaymentResolved(payment_id, outcome))

        def not_checked(error: BoxofficeError) -> None:
            self.asking.discard(payment_id)
            session.say_failed(error)

        session.call(lambda: session.till.check_again(payment_id), checked, failed=not_checked, lane=Lane.CHECK)

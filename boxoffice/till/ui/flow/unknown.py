"""Payments that nobody knows about yet. The till asks until the provider says; a person can never say it instead."""

from typing import ClassVar

from boxoffice.core.errors import BoxofficeError
from boxoffice.core.tenders import TENDERS, Taken
from boxoffice.till.ui.actions import Action, Do
from boxoffice.till.ui.flow.destinations import Next
from boxoffice.till.ui.flow.page import BasePage
from boxoffice.till.ui.flow.pay_buttons import why_no_phone
from boxoffice.till.ui.flow.payment_places import PaymentUnknown, PhonePayment
from boxoffice.till.ui.flow.resolved import note_check, say_resolved
from boxoffice.till.ui.flow.session import Session
from boxoffice.till.ui.flow.summary import order_summary
from boxoffice.till.ui.flow.tenders import settle, to_sale
from boxoffice.till.ui.flow.work import Lane
from boxoffice.till.ui.keys import Named
from boxoffice.till.ui.speech import count, later, say, told
from boxoffice.till.ui.views.parts import AdviceView, ButtonView, NoticeView, StepView
from boxoffice.till.ui.views.pay import AnswerView
from boxoffice.till.ui.words import clock_s
from boxoffice.till.usecases.gateway.paying import (
    TenderOutcome,
    TenderPaid,
    TenderRefused,
    TenderUnknown,
    UnknownPayment,
)
from boxoffice.till.usecases.gateway.standing import PaymentResolved, TillEvent


class UnknownPage(BasePage):
    """Right after it happened, with the customer still there. There are no tender buttons here at all."""

    section = Do.SELL
    comes_to_its_end = True
    keys: ClassVar = {Named.ENTER: Do.CHECK_AGAIN, Named.F7: Do.PHONE, Named.F10: Do.SERVE_NEXT}
    help_lines = (
        ("Enter", later("check again now")),
        ("F7", later("show the code of a phone payment again")),
        ("F10", later("serve the next customer; the till keeps checking")),
    )

    def __init__(self, session: Session, to: PaymentUnknown) -> None:
        super().__init__(session, to)
        self.payment = to.payment
        self.is_checking = False

    def view(self) -> AnswerView:
        payment = self.payment
        return AnswerView(
            summary=order_summary(payment.order),
            notice=NoticeView(
                say("Payment unknown. Checking with Stripe."),
                say("{reason} It may or may not have been charged.", reason=told(payment.reason)),
                "unknown",
                "unknown",
            ),
            steps=(
                StepView(say(TENDERS[payment.kind].words.sent) or say("Payment started"), "", "done"),
                StepView(say("No answer yet"), self._checks(), "unknown"),
                StepView(say("Paid or not paid"), say("Stripe decides. This till never guesses.")),
            ),
            advice=(
                AdviceView("safe", say("**Safe:** the sale is saved{held}.", held=_held(payment))),
                AdviceView("cross", say("**Do not** charge this customer again yet, by card or cash.")),
                AdviceView(
                    "clock", say("**Next:** wait here, or serve the next person. The till says when Stripe answers.")
                ),
            ),
            left=ButtonView(
                say("Checking") if self.is_checking else say("Check again now"),
                Do.CHECK_AGAIN,
                key="" if self.is_checking else "Enter",
                is_on=not self.is_checking,
            ),
            right=(
                *((ButtonView(say("Show the code"), Do.PHONE, "strong", "phone", "F7"),) if self._has_code else ()),
                ButtonView(say("Serve next customer, keep checking"), Do.SERVE_NEXT, "primary", key="F10"),
            ),
        )

    @property
    def _has_code(self) -> bool:
        """Whether the customer's code can be shown again: the hub then says how it stands."""
        return TENDERS[self.payment.kind].taken is Taken.PAGE and not why_no_phone(self.session.status)

    def _checks(self) -> str:
        payment = self.payment
        if not payment.checks or payment.checked_at is None:
            return say("Since {time}", time=clock_s(payment.since))
        return say(
            "Check {checks} at {time}. The till goes on by itself.",
            checks=payment.checks,
            time=clock_s(payment.checked_at),
        )

    def act(self, action: Action) -> Next:
        session = self.session
        match action:
            case Do.SERVE_NEXT:
                session.new_sale()
                return to_sale(session)
            case Do.PHONE if self._has_code and not self.is_checking:
                session.forget_unknown(self.payment.id)
                return PhonePayment(self.payment.order, self.payment)
            case Do.CHECK_AGAIN if not self.is_checking:
                self._check()
            case _:
                pass
        return None

    def _check(self) -> None:
        session, payment_id = self.session, self.payment.id
        self.is_checking = True
        session.call(
            lambda: session.till.check_again(payment_id), self._checked, failed=self._not_checked, lane=Lane.CHECK
        )

    def _checked(self, outcome: TenderOutcome) -> Next:
        self.is_checking = False
        self.payment = note_check(self.session, self.payment, outcome) or self.payment
        return None if isinstance(outcome, TenderUnknown) else self._leave(outcome)

    def _not_checked(self, error: BoxofficeError) -> None:
        self.is_checking = False
        self.session.say_failed(error)

    def heard(self, told: TillEvent) -> Next:
        if isinstance(told, PaymentResolved) and told.payment_id == self.payment.id:
            return self._leave(told.outcome)
        return None

    def _leave(self, outcome: TenderPaid | TenderRefused) -> Next:
        """Shows the answer, if nobody has gone on to another page meanwhile."""
        session = self.session
        if session.page is not self:
            say_resolved(session, PaymentResolved(self.payment.id, outcome))
            return None
        retry = Do.CARD if TENDERS[self.payment.kind].taken is Taken.READER else Do.PHONE
        return settle(session, outcome, retry)


def _held(payment: UnknownPayment) -> str:
    order = payment.order
    if not order.ticket_count:
        return ""
    return say(" and its {places}", places=count(order.ticket_count, "place is held", "places are held"))

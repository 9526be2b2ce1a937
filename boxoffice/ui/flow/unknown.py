"""Payments that nobody knows about yet. The till asks until the provider says; a person can never say it instead."""

from typing import ClassVar

from boxoffice.core.errors import BoxofficeError
from boxoffice.core.ids import OrderId
from boxoffice.core.payments import PaymentStatus
from boxoffice.core.tenders import TENDERS, Taken
from boxoffice.services.gateway import (
    News,
    PaymentResolved,
    TenderOutcome,
    TenderPaid,
    TenderRefused,
    TenderUnknown,
    UnknownPayment,
)
from boxoffice.ui.actions import Action, Do
from boxoffice.ui.flow.page import BasePage
from boxoffice.ui.flow.sell_view import why_no_phone
from boxoffice.ui.flow.session import Session
from boxoffice.ui.flow.tenders import order_summary, sale_page, settle
from boxoffice.ui.flow.work import Lane
from boxoffice.ui.keys import Named
from boxoffice.ui.views.parts import AdviceView, ButtonView, NoticeView, StepView
from boxoffice.ui.views.pay import AnswerView
from boxoffice.ui.words import clock, clock_s, count, money


def say_resolved(session: Session, news: PaymentResolved) -> None:
    """Says how an unknown payment ended, wherever the till is; the page that waits for it says it itself."""
    page, order = session.page, news.outcome.order
    if isinstance(page, UnknownPage) and page.payment.id == news.payment_id:
        return
    if session.order is not None and session.order.id == order.id:
        session.note_order(order)
        if order.is_paid:
            session.new_sale()
    if order.is_paid:
        text = f"Order {order.number}: {money(order.total)} is paid."
        session.say(text, state="ok", icon="check", detail="Its tickets are under Orders.")
        return
    if _has_gone(session, news):
        session.call(lambda: session.till.abandon(order.id), lambda _: None)
        text = f"Order {order.number} was not paid, and its code has ended."
        session.say(text, state="info", icon="phone", detail="Nothing was charged. What it held can be sold again.")
        return
    text = f"Order {order.number} was not paid. Nothing was charged."
    if isinstance(news.outcome, TenderPaid):
        text = f"Order {order.number}: {money(order.paid)} is paid, {money(order.due)} is still due."
    session.say(
        text, state="warn", icon="info", stays=True, undo=lambda: _resume(session, order.id), button="Take it up"
    )


def _has_gone(session: Session, news: PaymentResolved) -> bool:
    """Returns whether a code has ended unpaid whose customer was not waited for: nothing of that sale is left."""
    order = news.outcome.order
    is_served = session.order is not None and session.order.id == order.id
    if is_served or not isinstance(news.outcome, TenderRefused) or order.paid.minor:
        return False
    ended = {each.id: each for each in order.tenders if each.status is PaymentStatus.FAILED}
    is_code = news.payment_id in ended and TENDERS[ended[news.payment_id].kind].taken is Taken.PAGE
    return is_code and len(ended) == len(order.tenders)


def _resume(session: Session, order_id: OrderId) -> None:
    """Takes up the order of a customer who was not charged after all, as it is by now."""
    from boxoffice.ui.flow.parked import take_up_now

    if session.page.why_stay or not session.is_idle:
        session.say("Finish this sale first. The order is kept.", state="warn", icon="info")
        return
    take_up_now(session, order_id)


def note_check(session: Session, payment: UnknownPayment, outcome: TenderOutcome) -> UnknownPayment | None:
    """Notes what a check brought; returns the payment as it now is while it is still unknown."""
    if isinstance(outcome, TenderUnknown):
        session.unknown = tuple(outcome.payment if each.id == payment.id else each for each in session.unknown)
        return outcome.payment
    session.forget_unknown(payment.id)
    return None


class UnknownPage(BasePage):
    """Right after it happened, with the customer still there. There are no tender buttons here at all."""

    section = Do.SELL
    comes_to_its_end = True
    keys: ClassVar = {Named.ENTER: Do.CHECK_AGAIN, Named.F7: Do.PHONE, Named.F10: Do.SERVE_NEXT}
    help_lines = (
        ("Enter", "check again now"),
        ("F7", "show the code of a phone payment again"),
        ("F10", "serve the next customer; the till keeps checking"),
    )

    def __init__(self, session: Session, payment: UnknownPayment) -> None:
        super().__init__(session)
        self.payment = payment
        self.is_checking = False

    def view(self) -> AnswerView:
        payment = self.payment
        return AnswerView(
            summary=order_summary(payment.order),
            notice=NoticeView(
                "Payment unknown. Checking with Stripe.",
                f"{payment.reason} It may or may not have been charged.",
                "unknown",
                "unknown",
            ),
            steps=(
                StepView(TENDERS[payment.kind].words.sent or "Payment started", "", "done"),
                StepView("No answer yet", self._checks(), "unknown"),
                StepView("Paid or not paid", "Stripe decides. This till never guesses."),
            ),
            advice=(
                AdviceView("safe", f"**Safe:** the sale is saved{_held(payment)}."),
                AdviceView("cross", "**Do not** charge this customer again yet, by card or cash."),
                AdviceView(
                    "clock", "**Next:** wait here, or serve the next person. The till says when Stripe answers."
                ),
            ),
            left=ButtonView(
                "Checking" if self.is_checking else "Check again now",
                Do.CHECK_AGAIN,
                key="" if self.is_checking else "Enter",
                is_on=not self.is_checking,
            ),
            right=(
                *((ButtonView("Show the code", Do.PHONE, "strong", "phone", "F7"),) if self._has_code else ()),
                ButtonView("Serve next customer, keep checking", Do.SERVE_NEXT, "primary", key="F10"),
            ),
        )

    @property
    def _has_code(self) -> bool:
        """Whether the customer's code can be shown again: the hub then says how it stands."""
        return TENDERS[self.payment.kind].taken is Taken.PAGE and not why_no_phone(self.session.status)

    def _checks(self) -> str:
        payment = self.payment
        if not payment.checks or payment.checked_at is None:
            return f"Since {clock_s(payment.since)}"
        return f"Check {payment.checks} at {clock_s(payment.checked_at)}. The till goes on by itself."

    def act(self, action: Action) -> None:
        session = self.session
        if action is Do.SERVE_NEXT:
            session.new_sale()
            session.go(sale_page(session))
        elif action is Do.PHONE and self._has_code and not self.is_checking:
            from boxoffice.ui.flow.phone import PhonePage

            session.forget_unknown(self.payment.id)
            session.go(PhonePage(session, self.payment.order, self.payment))
        elif action is Do.CHECK_AGAIN and not self.is_checking:
            self.is_checking = True
            payment_id = self.payment.id
            session.call(
                lambda: session.till.check_again(payment_id), self._checked, failed=self._not_checked, lane=Lane.CHECK
            )

    def _checked(self, outcome: TenderOutcome) -> None:
        self.is_checking = False
        self.payment = note_check(self.session, self.payment, outcome) or self.payment
        if not isinstance(outcome, TenderUnknown):
            self._leave(outcome)

    def _not_checked(self, error: BoxofficeError) -> None:
        self.is_checking = False
        self.session.say_failed(error)

    def news(self, news: News) -> None:
        if isinstance(news, PaymentResolved) and news.payment_id == self.payment.id:
            self._leave(news.outcome)

    def _leave(self, outcome: TenderPaid | TenderRefused) -> None:
        """Shows the answer, if nobody has gone on to another page meanwhile."""
        session = self.session
        if session.page is not self:
            say_resolved(session, PaymentResolved(self.payment.id, outcome))
            return
        retry = Do.CARD if TENDERS[self.payment.kind].taken is Taken.READER else Do.PHONE
        settle(session, outcome, retry)


def _held(payment: UnknownPayment) -> str:
    order = payment.order
    if not order.ticket_count:
        return ""
    until = f" until {clock(order.held_until)}" if order.held_until else ""
    return f" and its {count(order.ticket_count, 'place')} {'is' if order.ticket_count == 1 else 'are'} held{until}"

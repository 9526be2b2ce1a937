"""An unknown payment that has become known: said wherever the till is, with the way on."""

from boxoffice.core.ids import OrderId
from boxoffice.core.payments import PaymentStatus
from boxoffice.core.tenders import TENDERS, Taken
from boxoffice.till.ui.flow.payment_places import PaymentUnknown
from boxoffice.till.ui.flow.session import Session
from boxoffice.till.ui.flow.tenders import take_up
from boxoffice.till.ui.speech import say
from boxoffice.till.ui.words import money
from boxoffice.till.usecases.gateway.paying import (
    TenderOutcome,
    TenderPaid,
    TenderRefused,
    TenderUnknown,
    UnknownPayment,
)
from boxoffice.till.usecases.gateway.standing import PaymentResolved


def say_resolved(session: Session, told: PaymentResolved) -> None:
    """Says how an unknown payment ended, wherever the till is; the page that waits for it says it itself."""
    order = told.outcome.order
    if isinstance(session.at, PaymentUnknown) and session.at.payment.id == told.payment_id:
        return
    if session.order is not None and session.order.id == order.id:
        session.note_order(order)
        if order.is_paid:
            session.new_sale()
    if order.is_paid:
        text = say("Order {number}: {total} is paid.", number=order.number, total=money(order.total))
        session.say(text, state="ok", icon="check", detail=say("Its tickets are under Orders."))
        return
    if _has_gone(session, told):
        session.call(lambda: session.till.abandon(order.id), lambda _: None)
        text = say("Order {number} was not paid, and its code has ended.", number=order.number)
        session.say(
            text, state="info", icon="phone", detail=say("Nothing was charged. What it held can be sold again.")
        )
        return
    text = say("Order {number} was not paid. Nothing was charged.", number=order.number)
    if isinstance(told.outcome, TenderPaid):
        text = say(
            "Order {number}: {paid} is paid, {due} is still due.",
            number=order.number,
            paid=money(order.paid),
            due=money(order.due),
        )
    session.say(
        text,
        state="warn",
        icon="info",
        stays=True,
        undo=lambda: _resume(session, order.id),
        button=say("Take it up"),
        waiting=[order.id],
    )


def _has_gone(session: Session, told: PaymentResolved) -> bool:
    """Returns whether a code has ended unpaid whose customer was not waited for: nothing of that sale is left."""
    order = told.outcome.order
    is_served = session.order is not None and session.order.id == order.id
    if is_served or not isinstance(told.outcome, TenderRefused) or order.paid.minor:
        return False
    ended = {each.id: each for each in order.tenders if each.status is PaymentStatus.FAILED}
    is_code = told.payment_id in ended and TENDERS[ended[told.payment_id].kind].taken is Taken.PAGE
    return is_code and len(ended) == len(order.tenders)


def _resume(session: Session, order_id: OrderId) -> None:
    """Takes up the order of a customer who was not charged after all, as it is by now."""
    if session.page.why_stay or not session.is_idle:
        session.say(say("Finish this sale first. The order is kept."), state="warn", icon="info")
    else:
        take_up(session, order_id)


def note_check(session: Session, payment: UnknownPayment, outcome: TenderOutcome) -> UnknownPayment | None:
    """Notes what a check brought; returns the payment as it now is while it is still unknown."""
    if isinstance(outcome, TenderUnknown):
        session.unknown = tuple(outcome.payment if each.id == payment.id else each for each in session.unknown)
        return outcome.payment
    session.forget_unknown(payment.id)
    return None

"""From the sale to its money: where each way to pay begins, and where an answer leads."""

from collections.abc import Callable, Mapping
from typing import Final, assert_never

from boxoffice.core.errors import BoxofficeError
from boxoffice.core.ids import OrderId
from boxoffice.core.inventory import NotEnoughLeft
from boxoffice.core.orders import OrderState
from boxoffice.core.tenders import TENDERS
from boxoffice.till.ui.actions import Destination, Do
from boxoffice.till.ui.flow.bill import Bill
from boxoffice.till.ui.flow.code_uses import take_out_used_up
from boxoffice.till.ui.flow.destinations import GiftCard, Next, Orders, Problems, Sell
from boxoffice.till.ui.flow.pay_buttons import WAYS, why_not_now
from boxoffice.till.ui.flow.payment_places import (
    Cash,
    Given,
    PaymentUnknown,
    PhonePayment,
    ReaderChoice,
    ReaderPayment,
    Refused,
    SaleComplete,
    Split,
)
from boxoffice.till.ui.flow.reducing import ask_first
from boxoffice.till.ui.flow.session import Session
from boxoffice.till.ui.flow.work import Broken, Lane
from boxoffice.till.ui.speech import say
from boxoffice.till.ui.words import money
from boxoffice.till.usecases.gateway.devices import ReaderState
from boxoffice.till.usecases.gateway.orders import Order
from boxoffice.till.usecases.gateway.paying import (
    TenderOutcome,
    TenderPaid,
    TenderRefused,
    TenderUnknown,
    UnknownPayment,
)

_ASKS: Final[Mapping[Do, Destination]] = {
    Do.CASH: Cash(),
    Do.SPLIT: Split(),
    Do.GIVEN: Given(),
    Do.GIFT_CARD: GiftCard(),
}
"""The ways that ask for something first, on a page: the order is placed when that is said."""


def to_sale(session: Session) -> Destination:
    """Returns where the sale goes on: at its tiles, at what is still due, or at a payment that is still unknown."""
    order = session.order
    if order is None:
        session.end_bill()
        return Sell()
    asked = next((payment for payment in session.unknown if payment.order.id == order.id), None)
    return Split() if asked is None else PaymentUnknown(asked)


def start_tender(session: Session, how: Do) -> Next:
    """Begins to pay for the sale in one of the ways, or says why that can't be now."""
    if _is_barred(session, how):
        return None
    if session.bill is None and ask_first(session, lambda: start_tender(session, how)):
        return None
    session.start_bill()
    match how:
        case Do.CARD:
            return start_reader(session)
        case Do.PHONE:
            return with_order(session, lambda: PhonePayment(placed_order(session)))
        case Do.CASH if _is_free(session):
            _finish_free(session)
            return None
        case _:
            return _ASKS.get(how)


def _is_free(session: Session) -> bool:
    """Returns whether nothing is to be paid: all of it has been given away."""
    bill = session.due_bill
    return bill.order is None and bill.total.minor == 0


def _finish_free(session: Session) -> None:
    """Finishes a sale that costs nothing: nobody is asked what the customer gave."""
    quote = session.due_bill.quote
    if quote is not None:
        session.call(
            lambda: session.till.sell_for_cash(quote, quote.total),
            lambda order: paid(session, order),
            failed=lambda error: not_sold(session, error),
            keys_wait=True,
        )


def not_sold(session: Session, error: BoxofficeError) -> Next:
    """Says why nothing was sold, at the tiles."""
    to = not_placed(session, error)
    return to_sale(session) if to is None else to


def _is_barred(session: Session, how: Do) -> bool:
    kind = WAYS.get(how)
    if kind is None:
        return False
    reason = why_not_now(kind, session.status)
    amount = session.bill.amount if session.bill is not None else session.sale.total
    barred = reason or TENDERS[kind].bar_to(amount)
    if barred:
        session.say(f"{barred}.", state="warn", icon="offline" if reason else "warning")
    return bool(barred)


def start_reader(session: Session) -> Next:
    """Begins a card payment; without a chosen reader, asks for one first."""
    if session.status is not None and session.status.reader is ReaderState.NONE:
        return ReaderChoice()
    return on_reader(session)


def on_reader(session: Session) -> Next:
    """Begins a card payment on the chosen reader."""
    return with_order(session, lambda: ReaderPayment(placed_order(session)))


def placed_order(session: Session) -> Order:
    order = session.order
    if order is None:
        raise RuntimeError("no order is placed")
    return order


def with_order(session: Session, then: Callable[[], Next]) -> Next:
    """Places the order if there is none yet, then goes on; units that are gone leave the sale as it was."""
    quote = session.due_bill.quote
    if session.order is not None or quote is None:
        return then()

    def placed(order: Order) -> Next:
        session.note_order(order)
        return then()

    session.call(
        lambda: session.till.place(quote), placed, failed=lambda error: not_placed(session, error), keys_wait=True
    )
    return None


def not_placed(session: Session, error: BoxofficeError) -> Next:
    """Says why there is no order. Where places are gone, the sale's lines say how many are left; the rest stays."""
    to: Next = None
    if isinstance(error, NotEnoughLeft):
        to = to_sale(session)  # it may be told of other prices there
        session.sale.mark_short(error.shortages)
        if take_out_used_up(session, error):
            return to
    session.say_failed(error, of_sale=True)
    return to


def step_back(session: Session, bill: Bill) -> Next:
    """Goes back from a way to pay: to what is split, or to the tiles."""
    return leave_order(session) if bill.next_amount is None else start_tender(session, Do.SPLIT)


def leave_order(session: Session) -> Destination:
    """Goes back to the tiles: an order of which nothing is paid is ended, and its units let go."""
    order = session.order
    if order is not None and not order.paid.minor:
        session.end_bill()
        order_id = order.id
        session.call(lambda: session.till.abandon(order_id), lambda _: None, lane=Lane.SALE)
    return to_sale(session)


def give_up(session: Session) -> None:
    """Forgets the sale at hand; an order of it that nobody pays or may have paid is ended, and its units let go."""
    order = session.order
    session.new_sale()
    if order is None or order.paid.minor or any(each.order.id == order.id for each in session.unknown):
        return
    order_id = order.id
    session.call(lambda: session.till.abandon(order_id), lambda _: None, lane=Lane.SALE)


def park(session: Session) -> Destination:
    """Leaves an order of which a part is paid to wait, as it is on disk, and goes on with the next customer."""
    order = placed_order(session)
    session.new_sale()
    session.say(
        say("Order {number} is parked.", number=order.number),
        icon="pause",
        detail=say("{paid} stays paid.", paid=money(order.paid)),
    )
    return to_sale(session)


def take_up(session: Session, order_id: OrderId) -> None:
    """Goes on with an order that waited, as it is by now; one that was paid or ended meanwhile is only told of."""
    till = session.till

    def found(answer: tuple[Order, tuple[UnknownPayment, ...]]) -> Destination:
        order, session.unknown = answer
        if order.state is not OrderState.PROCESSING:
            return Orders(order.number)
        session.new_sale()
        session.note_order(order)
        return to_sale(session)

    session.call(lambda: (till.order(order_id), till.unknown_payments()), found, keys_wait=True)


def settle(session: Session, outcome: TenderOutcome, retry: Do) -> Destination:
    """Returns where the outcome of a tender leads: paid, more to pay, refused, or unknown."""
    match outcome:
        case TenderPaid(order, _):
            return paid(session, order)
        case TenderRefused():
            session.note_order(outcome.order)
            return Refused(outcome, retry)
        case TenderUnknown(payment):
            session.unknown = (*session.unknown, payment)
            return PaymentUnknown(payment)
        case _:
            assert_never(outcome)


def lost(session: Session, error: Broken) -> None:
    """Says that a payment broke, then goes where the till's own books say that it stands; never to another payment."""
    session.say_failed(error)

    def asked(unknown: tuple[UnknownPayment, ...]) -> Destination:
        session.unknown = unknown
        return to_sale(session)

    session.call(session.till.unknown_payments, asked, failed=lambda _: Problems(), keys_wait=True)


def paid(session: Session, order: Order) -> Destination:
    """Goes on after money was taken: to the end of the sale, or to what is still due."""
    session.note_order(order)
    session.bill = session.due_bill.taking(None)
    if not order.is_paid:
        return Split()
    session.new_sale(is_same_customer=True)
    return SaleComplete(order)

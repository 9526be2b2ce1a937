"""Payments as the screens see them: paid, refused, ended, unknown, left alone, and what comes after."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from boxoffice.core.errors import BadInput
from boxoffice.core.money import Money
from boxoffice.core.orders import OrderState
from boxoffice.core.payments import PaymentStatus
from boxoffice.core.tenders import TenderKind
from boxoffice.till.usecases.gateway.orders import Order
from boxoffice.till.usecases.gateway.paying import Progress, TenderPaid, TenderRefused, TenderUnknown, UnknownPayment
from boxoffice.till.usecases.gateway.standing import PaymentResolved
from boxoffice.till.usecases.selling import OrderClosed
from tests.contract.gateway.outside import Outside


@pytest.fixture
def order(outside: Outside) -> Order:
    return outside.till.place(outside.quote("friday-pass"))


def statuses(order: Order) -> list[PaymentStatus]:
    return [each.status for each in order.tenders]


def lost(outside: Outside, order: Order, what: str = "lose") -> UnknownPayment:
    """A card payment that nobody knows the end of."""
    outcome = outside.by_card(order, what)
    assert isinstance(outcome, TenderUnknown)
    return outcome.payment


def test_a_card_that_is_taken_completes_the_order_and_is_named(outside: Outside, order: Order) -> None:
    outcome = outside.by_card(order, "present")

    assert isinstance(outcome, TenderPaid)
    assert outcome.card == "Visa ending 4242"
    (tender,) = outcome.order.tenders
    assert (tender.kind, tender.status, tender.words) == (TenderKind.TERMINAL, PaymentStatus.CAPTURED, outcome.card)
    assert outcome.order.state is OrderState.COMPLETED


def test_a_declined_card_is_kept_on_the_order_which_still_waits_for_its_money(outside: Outside, order: Order) -> None:
    outcome = outside.by_card(order, "decline")

    assert isinstance(outcome, TenderRefused)
    assert (outcome.message, outcome.is_cancelled) == ("The bank declined this card.", False)
    assert (outcome.order.state, statuses(outcome.order)) == (OrderState.PROCESSING, [PaymentStatus.FAILED])
    assert outside.till.take_cash(order.id, order.due, order.due).is_paid


def test_a_customer_who_cancels_on_the_reader_has_cancelled(outside: Outside, order: Order) -> None:
    outcome = outside.by_card(order, "cancel")

    assert isinstance(outcome, TenderRefused)
    assert (outcome.message, outcome.is_cancelled) == ("The customer cancelled on the reader.", True)


def test_an_unknown_payment_is_told_as_unknown_and_nothing_else_may_be_done_meanwhile(
    outside: Outside, order: Order
) -> None:
    payment = lost(outside, order)

    assert payment.order.state is OrderState.PROCESSING
    assert statuses(payment.order) == [PaymentStatus.UNKNOWN]
    assert payment.reason
    assert [each.id for each in outside.till.unknown_payments()] == [payment.id]
    assert outside.status.unknown_payments == 1
    with pytest.raises(OrderClosed):
        outside.till.take_cash(order.id, order.due, order.due)
    with pytest.raises(OrderClosed):
        outside.till.abandon(order.id)
    with pytest.raises(OrderClosed):
        outside.till.give_back(order.id, "Other")
    assert isinstance(outside.till.check_again(payment.id), TenderUnknown)
    assert outside.till.unknown_payments()[0].checks >= 1


@pytest.mark.parametrize(("what", "ends_as"), [("lose", TenderPaid), ("drop", TenderRefused)])
def test_an_unknown_payment_ends_as_the_provider_says_and_whoever_asked_is_told(
    outside: Outside, order: Order, what: str, ends_as: type
) -> None:
    payment = lost(outside, order, what)
    outside.answers_come()

    outcome = outside.till.check_again(payment.id)

    assert isinstance(outcome, ends_as)
    assert outside.till.unknown_payments() == ()
    assert outside.till.order(order.id).is_paid is (what == "lose")


def test_an_answer_that_comes_by_itself_is_told_once(outside: Outside, order: Order) -> None:
    payment = lost(outside, order)
    outside.answers_come()

    outside.until(lambda: not outside.till.unknown_payments())

    told = [each for each in outside.news if isinstance(each, PaymentResolved)]
    assert [(each.payment_id, type(each.outcome)) for each in told] == [(payment.id, TenderPaid)]


def test_a_code_that_is_paid_completes_the_order(outside: Outside, order: Order) -> None:
    outcome = outside.by_phone(order, "pay")

    assert isinstance(outcome, TenderPaid)
    assert outcome.order.state is OrderState.COMPLETED
    assert [(each.kind, each.status) for each in outcome.order.tenders] == [
        (TenderKind.CHECKOUT, PaymentStatus.CAPTURED)
    ]


def test_a_code_that_nobody_paid_in_time_has_ended_and_was_not_cancelled(outside: Outside, order: Order) -> None:
    outcome = outside.by_phone(order, "expire")

    assert isinstance(outcome, TenderRefused)
    assert (outcome.message, outcome.is_cancelled) == ("The code ended before anyone paid.", False)
    assert (outcome.order.state, statuses(outcome.order)) == (OrderState.PROCESSING, [PaymentStatus.FAILED])


def test_a_code_that_the_seller_ends_was_cancelled(outside: Outside, order: Order) -> None:
    outcome = outside.by_phone(order, "cancel")

    assert isinstance(outcome, TenderRefused)
    assert (outcome.message, outcome.is_cancelled) == ("The payment was cancelled.", True)


def test_a_code_that_is_left_to_its_customer_is_under_way_and_can_be_shown_again(
    outside: Outside, order: Order
) -> None:
    outcome = outside.by_phone(order, "leave")

    assert isinstance(outcome, TenderUnknown)
    assert statuses(outcome.payment.order) == [PaymentStatus.STARTED]
    assert outcome.payment.reason == "The customer still has the code, and the till serves the next."
    assert [each.id for each in outside.till.parked()] == [order.id]
    (tender,) = outcome.payment.order.tenders
    again = outside.by_phone_again(tender, order.id, "pay")
    assert isinstance(again, TenderPaid)
    assert outside.till.unknown_payments() == ()


def test_a_payment_that_was_under_way_when_the_power_went_is_unknown(outside: Outside, order: Order) -> None:
    outside.by_phone(order, "leave")

    outside.lose_power()

    (payment,) = outside.till.unknown_payments()
    assert payment.reason == "The till was closed while this payment was under way."
    assert [each.id for each in outside.till.parked()] == [order.id]


def test_a_payment_by_phone_without_the_hub_is_an_offer_that_can_be_ended_and_a_card_goes_on(
    outside: Outside, order: Order
) -> None:
    outside.cut()
    told: list[Progress] = []

    with ThreadPoolExecutor(1) as pool:
        paying = pool.submit(outside.till.pay_by_phone, order.id, order.due, told.append)
        try:
            outside.until(lambda: any(each.is_offer and "/O/" in each.link for each in told))
        finally:  # or the pool would wait for it for ever
            outside.till.cancel_payment(order.id)
        refused = paying.result(150)

    assert isinstance(refused, TenderRefused)
    assert (refused.is_cancelled, set(statuses(refused.order))) == (True, {PaymentStatus.FAILED})
    assert isinstance(outside.by_card(order, "present"), TenderPaid)


def test_less_than_a_card_pays_is_refused_before_anything_is_begun(outside: Outside, order: Order) -> None:
    cent = Money(1, order.total.currency)
    for pay in (outside.till.pay_by_reader, outside.till.pay_by_phone):
        with pytest.raises(BadInput):
            pay(order.id, cent, lambda _: None)

    assert outside.till.order(order.id).tenders == ()

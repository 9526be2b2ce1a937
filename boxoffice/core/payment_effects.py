"""What the facts of payments, refunds and disputes do: the rows of money, and what is not taken twice."""

from collections.abc import Collection, Iterator
from dataclasses import replace

from boxoffice.core import findings, stored_value
from boxoffice.core.effect_kinds import Effect, Job, Rule, Task
from boxoffice.core.facts import Fact
from boxoffice.core.order_effects import units_back
from boxoffice.core.payloads.disputes import DisputeChanged
from boxoffice.core.payloads.payload import PartKey
from boxoffice.core.payloads.payments import PaymentCaptured, PaymentFailed, PaymentStarted, PaymentUnknown
from boxoffice.core.payloads.refunds import RefundFailed, RefundPending, RefundRequested, RefundSucceeded
from boxoffice.core.payments import PAYMENT_MOVES, REFUND_MOVES, DisputeState, PaymentStatus, RefundStatus
from boxoffice.core.rows import DisputeRow, PaymentRow, Projections, RefundRow
from boxoffice.core.tenders import Back, TenderKind, tender_of


def payment_becomes(status: PaymentStatus) -> Rule:
    def rule(
        before: Projections, _fact: Fact, p: PaymentStarted | PaymentCaptured | PaymentFailed | PaymentUnknown
    ) -> Iterator[Effect]:
        if p.order_id not in before.orders:
            raise ValueError(f"there is no order {p.order_id}")
        known = before.payments.get(p.tender_id)
        if known is not None and status not in PAYMENT_MOVES[known.status]:
            if status is PaymentStatus.UNKNOWN:  # a till that lost sight of it contradicts nobody who knows its end
                return
            raise ValueError(f"tender {p.tender_id} was {known.status.value} before")
        reference = p.provider_reference or (known.provider_reference if known else None)
        row = PaymentRow(p.tender_id, p.order_id, TenderKind(p.tender), reference, p.amount, p.currency, status)
        if isinstance(p, PaymentCaptured) and p.rounded_to:
            row = replace(row, rounding=p.rounding, rounded_to=p.rounded_to)
        if isinstance(p, PaymentCaptured) and p.card_id is not None:
            row = replace(row, card_id=p.card_id)
        yield row

    return rule


def refund_asked(before: Projections, fact: Fact, p: RefundRequested) -> Iterator[Effect]:
    if p.refund_id in before.refunds:
        raise ValueError(f"refund {p.refund_id} was asked for before")
    payment = _taken(before, p.tender_id, p.tender, p.order_id)
    if p.amount > payment.amount - before.refunded(payment.id):
        raise ValueError(f"refund {p.refund_id} is more than what is left of payment {payment.id}")
    if twice := before.given_back(p.order_id).intersection(p.parts):
        if not _may_cross(before, p, twice):
            raise ValueError(f"part {min(twice)} of order {p.order_id} was given back before")
        yield findings.of_things_given_back_twice(before, p)
    if not p.is_made and p.amount > before.refundable(p.order_id) - stored_value.owed_on_cards(before, p.order_id):
        raise ValueError(f"refund {p.refund_id} gives back what is on the gift cards of order {p.order_id}")
    if not tender_of(p.tender).is_money and p.order_id in before.issued:
        raise ValueError(f"{p.tender} is no money that could be given back")
    yield p
    yield RefundRow(p.refund_id, p.tender_id, p.amount, RefundStatus.REQUESTED)
    yield from units_back(fact, p)
    if not p.is_made and p.into is None and tender_of(p.tender).back is Back.PROVIDER:
        yield Job(Task.SEND_REFUND, p.refund_id)


def _may_cross(before: Projections, p: RefundRequested, twice: Collection[PartKey]) -> bool:
    """Returns whether two could give the same things back, neither knowing of the other: a till, in cash, and the hub.

    The money has left then, whatever anybody says, and none of it is more than what its payment had brought.
    """
    others = [each for each in before.asked.get(p.order_id, ()) if not set(twice).isdisjoint(each.parts)]
    return any(tender_of(each.tender).back is Back.DRAWER for each in (p, *others))


def _taken(before: Projections, tender_id: str, tender: str, order_id: str) -> PaymentRow:
    """Returns the payment that something takes money from."""
    payment = before.payments.get(tender_id)
    if payment is None or payment.status is not PaymentStatus.CAPTURED:
        raise ValueError(f"payment {tender_id} has not brought any money")
    if (payment.tender.value, payment.order_id) != (tender, order_id):
        raise ValueError(f"payment {tender_id} is {payment.tender.value} of order {payment.order_id}")
    return payment


def refund_pending(before: Projections, _fact: Fact, p: RefundPending) -> Iterator[Effect]:
    known = before.refunds[p.refund_id]
    if RefundStatus.PENDING in REFUND_MOVES[known.status]:  # a till may hear of it after it has ended
        yield replace(known, status=RefundStatus.PENDING)


def refund_ends(status: RefundStatus) -> Rule:
    def rule(before: Projections, _fact: Fact, p: RefundSucceeded | RefundFailed) -> Iterator[Effect]:
        row = RefundRow(p.refund_id, p.tender_id, p.amount, status)
        rounding = p.rounding if isinstance(p, RefundSucceeded) else 0
        if rounding:
            _check_rounding(before, p, rounding)
        yield replace(row, rounding=rounding) if rounding else row
        if isinstance(p, RefundSucceeded) and p.tender_id in before.payments:
            yield from stored_value.refunded(before, _fact, p)

    return rule


def payment_captured(before: Projections, fact: Fact, p: PaymentCaptured) -> Iterator[Effect]:
    yield from payment_becomes(PaymentStatus.CAPTURED)(before, fact, p)
    yield from stored_value.paid(before, fact, p)


def _check_rounding(before: Projections, p: RefundSucceeded | RefundFailed, rounding: int) -> None:
    """Does nothing if a refund in cash follows what its payment was rounded by."""
    paid = before.cash_paid(p.tender_id)
    asked = before.refunds.get(p.refund_id)
    others = paid.cash_left + (asked.amount + asked.rounding if asked is not None and asked.is_alive else 0)
    if not paid.step or not 0 <= p.amount + rounding <= others:
        raise ValueError(f"refund {p.refund_id} gives back more cash than payment {p.tender_id} took")


def dispute_changed(before: Projections, _fact: Fact, p: DisputeChanged) -> Iterator[Effect]:
    payment = _taken(before, p.tender_id, p.tender, p.order_id)
    status = DisputeState(p.status)
    known = before.disputes.get(p.dispute_id) or DisputeRow(p.dispute_id, payment.id, 0, p.currency, status, 0, 0)
    if known.payment_id != payment.id:
        raise ValueError(f"dispute {p.dispute_id} is about payment {known.payment_id}")
    withdrawn, lost = known.withdrawn + p.withdrawn, known.lost + p.lost
    yield replace(known, amount=p.amount, status=status, withdrawn=withdrawn, lost=lost)


def found_in_payment(before: Projections, fact: Fact, p: PaymentCaptured) -> Iterator[Effect]:
    yield from findings.of_money(before, fact, p)
    if p.card_id is not None:
        yield from stored_value.of_overspent(before, fact, p)

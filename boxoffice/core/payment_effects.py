"""What the facts of payments, refunds and disputes do: the rows of money, and what is not taken twice."""

from collections.abc import Iterator
from dataclasses import replace

from boxoffice.core import crossing, findings, stored_value
from boxoffice.core.effect_kinds import Effect, Job, Rule, Task
from boxoffice.core.facts import Fact
from boxoffice.core.order_effects import units_back
from boxoffice.core.payloads.disputes import DisputeChanged
from boxoffice.core.payloads.offers import OfferSettled
from boxoffice.core.payloads.payments import PaymentCaptured, PaymentFailed, PaymentStarted, PaymentUnknown
from boxoffice.core.payloads.refunds import RefundFailed, RefundPending, RefundRequested, RefundSucceeded
from boxoffice.core.payments import PAYMENT_MOVES, REFUND_MOVES, DisputeState, PaymentStatus, RefundStatus
from boxoffice.core.rows import Asked, DisputeRow, PaymentRow, Projections, RefundRow
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
    yield from crossing.check(before, fact, p)
    if not tender_of(p.tender).is_money and p.order_id in before.issued:
        raise ValueError(f"{p.tender} is no money that could be given back")
    yield Asked(p, fact.device_id)
    yield RefundRow(p.refund_id, p.tender_id, p.amount, RefundStatus.REQUESTED)
    yield from units_back(fact, p)
    if not p.is_made and p.into is None and tender_of(p.tender).back is Back.PROVIDER:
        yield Job(Task.SEND_REFUND, p.refund_id)


def refund_pending(before: Projections, _fact: Fact, p: RefundPending) -> Iterator[Effect]:
    known = before.refunds[p.refund_id]
    if RefundStatus.PENDING in REFUND_MOVES[known.status]:  # a till may hear of it after it has ended
        yield replace(known, status=RefundStatus.PENDING)


def refund_ends(status: RefundStatus) -> Rule:
    def rule(before: Projections, fact: Fact, p: RefundSucceeded | RefundFailed) -> Iterator[Effect]:
        row = RefundRow(p.refund_id, p.tender_id, p.amount, status)
        if isinstance(p, RefundSucceeded) and p.rounding:
            crossing.check_rounding(before, fact, p)
            row = replace(row, rounding=p.rounding)
        yield row
        if isinstance(p, RefundSucceeded) and p.tender_id in before.payments:
            yield from stored_value.refunded(before, fact, p)

    return rule


def payment_captured(before: Projections, fact: Fact, p: PaymentCaptured) -> Iterator[Effect]:
    yield from payment_becomes(PaymentStatus.CAPTURED)(before, fact, p)
    yield from stored_value.paid(before, fact, p)


def offer_settled(before: Projections, _fact: Fact, p: OfferSettled) -> Iterator[Effect]:
    """A payment whose code was typed gets the provider's name of it."""
    known = before.payments.get(p.tender_id)
    if known is not None and known.status is PaymentStatus.CAPTURED and known.provider_reference is None:
        yield replace(known, provider_reference=p.provider_reference)


def dispute_changed(before: Projections, _fact: Fact, p: DisputeChanged) -> Iterator[Effect]:
    payment = crossing.payment_of(before, p.tender_id, p.tender, p.order_id)
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


def found_in_failure(before: Projections, fact: Fact, p: RefundFailed) -> Iterator[Effect]:
    yield from findings.of_failure(before, fact, p)
    yield from crossing.over_with(before, p)

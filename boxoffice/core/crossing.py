"""Refunds that cross: a till gives back in cash what the hub gives back meanwhile, and neither knows of the other.

The money has left then, whatever anybody says. So a refund is held to what its own writer had said before, which all
sides hear in one order: each of them takes it, or none does, whichever of the two they had heard of first. What went
back beyond what was paid, or for one thing twice, is put before a person.
"""

from collections.abc import Iterator, Sequence

from boxoffice.core.facts import Fact
from boxoffice.core.findings import GIVEN_TWICE, Finding, Over, Remedy
from boxoffice.core.money import Currency, Money
from boxoffice.core.payloads.refunds import RefundFailed, RefundRequested, RefundSucceeded
from boxoffice.core.payments import PaymentStatus, RefundStatus
from boxoffice.core.rows import PaymentRow, Projections, RefundRow
from boxoffice.core.stored_value import owed_on_cards
from boxoffice.core.tenders import Back, tender_of


def payment_of(before: Projections, tender_id: str, tender: str, order_id: str) -> PaymentRow:
    """Returns the payment that something takes money from.

    Raises:
        ValueError: if it has brought none, or is another.
    """
    payment = before.payments.get(tender_id)
    if payment is None or payment.status is not PaymentStatus.CAPTURED:
        raise ValueError(f"payment {tender_id} has not brought any money")
    if (payment.tender.value, payment.order_id) != (tender, order_id):
        raise ValueError(f"payment {tender_id} is {payment.tender.value} of order {payment.order_id}")
    return payment


def check(before: Projections, fact: Fact, p: RefundRequested) -> Iterator[Finding]:
    """Yields what a person must look at, if others have given the same back.

    Raises:
        ValueError: if it contradicts what its own writer said before.
    """
    payment = payment_of(before, p.tender_id, p.tender, p.order_id)
    mine = _mine(before, fact, p.order_id)
    if p.amount > payment.amount - sum(each.amount for each in mine if each.payment_id == payment.id):
        raise ValueError(f"refund {p.refund_id} is more than what is left of payment {payment.id}")
    own = {each.id for each in mine}
    twice = before.given_back(p.order_id).intersection(p.parts)
    others = [each for each in before.asked.get(p.order_id, ()) if not twice.isdisjoint(each.parts)]
    is_cash = any(tender_of(each.tender).is_cash for each in (p, *others))
    own_twice = twice.intersection(key for each in others if each.refund_id in own for key in each.parts)
    if own_twice and not is_cash:
        raise ValueError(f"part {min(own_twice)} of order {p.order_id} was given back before")
    owed = owed_on_cards(before, p.order_id)
    if not p.is_made and p.amount > _paid(before, p.order_id) - sum(each.amount for each in mine) - owed:
        raise ValueError(f"refund {p.refund_id} gives back what is on the gift cards of order {p.order_id}")
    left = payment.amount - before.refunded(payment.id)
    if not p.is_made:
        left = min(left, before.refundable(p.order_id) - owed)
    beyond = min(p.amount, max(0, p.amount - left))
    if beyond or twice:
        yield _told(before, p, len(twice), beyond)


def check_rounding(before: Projections, fact: Fact, p: RefundSucceeded) -> None:
    """Does nothing if a refund in cash follows what its payment was rounded by.

    Raises:
        ValueError: if its writer gives back more cash than was taken.
    """
    payment = before.payments[p.tender_id]
    mine = [
        each for each in _mine(before, fact, p.order_id) if each.payment_id == payment.id and each.id != p.refund_id
    ]
    left = payment.amount + payment.rounding - sum(each.amount + each.rounding for each in mine)
    if not payment.rounded_to or not 0 <= p.amount + p.rounding <= left:
        raise ValueError(f"refund {p.refund_id} gives back more cash than payment {p.tender_id} took")


def over_with(before: Projections, p: RefundFailed) -> Iterator[Over]:
    """Yields that nothing of an order was given back twice any more, if that is so without this refund."""
    asked = before.asked.get(p.order_id, ())
    alive = [each for each in asked if before.refunds[each.refund_id].is_alive and each.refund_id != p.refund_id]
    parts = [key for each in alive for key in each.parts]
    back = sum(each.amount for each in alive)
    payments = {each.tender_id for each in alive}
    is_within = all(
        sum(each.amount for each in alive if each.tender_id == key) <= before.payments[key].amount for key in payments
    )
    if len(parts) == len(set(parts)) and is_within and back <= _paid(before, p.order_id):
        yield from (Over((GIVEN_TWICE,), each.refund_id) for each in asked)


def _mine(before: Projections, fact: Fact, order_id: str) -> Sequence[RefundRow]:
    """Returns what the writer of a fact has given back of an order, or asked for."""
    asked = [each.refund_id for each in before.asked.get(order_id, ())]
    mine = [before.refunds[each] for each in asked if before.asked_by[each] == fact.device_id]
    return [each for each in mine if each.is_alive]


def _paid(before: Projections, order_id: str) -> int:
    mine = (each for each in before.payments.values() if each.order_id == order_id)
    return sum(each.amount for each in mine if each.status is PaymentStatus.CAPTURED)


def _told(before: Projections, p: RefundRequested, things: int, beyond: int) -> Finding:
    """Says what was given back twice, and to whom; a refund that may not have been sent yet can be called off."""
    number, currency = before.orders[p.order_id].order_number, Currency(p.currency)
    words = f"{Money(p.amount, currency)} of order {number} was given back"
    if things:
        what = f"{things} {'thing' if things == 1 else 'things'}"
        words += f" for {what} that had been given back already."
    else:
        words += ", and had been given back already."
    if beyond:
        words += f" Whoever bought it has {Money(beyond, currency)} more than they are due."
    unsent = _unsent(before, p)
    remedies: tuple[Remedy, ...] = ("seen",) if unsent is None else ("call_off_refund", "seen")
    return Finding(GIVEN_TWICE, words, p.order_id, unsent or p.refund_id, remedies)


def _unsent(before: Projections, p: RefundRequested) -> str | None:
    """Returns the refund that a provider may not have made yet, for the same thing or of the same payment."""
    for each in before.asked.get(p.order_id, ()):
        is_same = each.tender_id == p.tender_id or not set(each.parts).isdisjoint(p.parts)
        is_sent_by_hub = tender_of(each.tender).back is Back.PROVIDER and each.into is None and not each.is_made
        if is_same and is_sent_by_hub and before.refunds[each.refund_id].status is RefundStatus.REQUESTED:
            return each.refund_id
    return None

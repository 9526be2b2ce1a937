"""What a person must look at because of a fact: which kind of it, in which words, and what can be done about it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final, Literal, assert_never

from boxoffice.core.charging import Provider
from boxoffice.core.facts import Fact
from boxoffice.core.inventory import Lack, PoolMove
from boxoffice.core.money import Currency, Money
from boxoffice.core.orders import PAID_FOR, OrderState
from boxoffice.core.payloads.disputes import DisputeChanged
from boxoffice.core.payloads.payments import PaymentCaptured
from boxoffice.core.payloads.refunds import RefundFailed, RefundRequested, RefundSucceeded
from boxoffice.core.payments import DisputeState, PaymentStatus, RefundStatus
from boxoffice.core.rows import Projections
from boxoffice.core.tenders import Taken, tender_of

FindingKind = Literal[
    "paid_late",
    "paid_nothing_left",
    "paid_twice",
    "paid_too_much",
    "wrong_amount",
    "paid_for_a_closed_order",
    "refunded_outside",
    "refund_failed",
    "refund_not_sent",
    "refund_waits",
    "given_back_twice",
    "collected_twice",
    "double_entry",
    "admitted_though_void",
    "dispute_inquiry",
    "dispute_opened",
    "dispute_won",
    "dispute_lost",
    "over_capacity",
    "sold_without_lease",
    "fact_does_not_fit",
    "lease_does_not_fit",
    "broken_fact",
    "bad_signature",
    "not_allowed",
    "cloned_device",
    "till_lost_facts",
    "staff_in_doubt",
    "gift_card_overspent",
]
Remedy = Literal[
    "issue_if_capacity_allows",
    "refund",
    "refund_again",
    "send_refund_again",
    "void_tickets",
    "void_this_ticket",
    "leave_them_valid",
    "work_on_it_again",
    "call_off_refund",
    "end_order",
    "write_off",
    "give_offer_back",
    "seen",
]
"""What a person may decide."""


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that a person must look at. `subject_id` is what it is about besides its order: a payment, a pool.

    One that `stands_alone` is not told again as long as the same about the same is open.
    """

    kind: FindingKind
    detail: str
    order_id: str | None = None
    subject_id: str | None = None
    remedies: tuple[Remedy, ...] = ()
    stands_alone: bool = False


@dataclass(frozen=True, slots=True)
class Over:
    """What of these kinds is open about a subject is over by itself: nobody has to decide it any more."""

    kinds: tuple[FindingKind, ...]
    subject_id: str


DISPUTES: Final[Mapping[DisputeState, tuple[FindingKind | None, tuple[FindingKind, ...]]]] = {
    DisputeState.INQUIRY: ("dispute_inquiry", ()),
    DisputeState.INQUIRY_CLOSED: (None, ("dispute_inquiry",)),
    DisputeState.OPEN: ("dispute_opened", ("dispute_inquiry",)),
    DisputeState.WON: ("dispute_won", ("dispute_inquiry", "dispute_opened", "dispute_lost")),
    DisputeState.LOST: ("dispute_lost", ("dispute_inquiry", "dispute_opened", "dispute_won")),
    DisputeState.PREVENTED: (None, ("dispute_inquiry", "dispute_opened")),
}
"""What is put before a person when a dispute comes to stand so, and what is over by that."""
OVER_WITH_SUCCESS: Final[tuple[FindingKind, ...]] = ("refund_not_sent", "refund_waits", "refund_failed")
OVER_WITH_FAILURE: Final[tuple[FindingKind, ...]] = ("refund_not_sent", "refund_waits", "refunded_outside")
"""What is over when a refund has ended."""
GIVEN_TWICE: Final[FindingKind] = "given_back_twice"
CALLED_OFF: Final = "called_off"
"""Why a refund is not made that a person has called off: they know, and nothing is left to be decided."""
NOT_SENT: Final = "not_sent"
"""Why a refund that a till asked for is not made: nothing was wrong with it that a person has not been told."""
BOOKED_ANEW: Final = "is_a_dispute"
"""Why a refund is taken out of the books that was never one: an earlier version of the hub took a dispute for it."""
_KNOWN_ENDS: Final = frozenset({BOOKED_ANEW, CALLED_OFF, NOT_SENT})
_DECIDED: Final = frozenset({DisputeState.WON, DisputeState.LOST})
_QUIET: Final = frozenset({DisputeState.WON, DisputeState.INQUIRY})


def of_money(before: Projections, _fact: Fact, p: PaymentCaptured) -> Iterator[Finding]:
    """Money that nobody waits for any more, or more of it than was due: it is in the books, and has bought nothing."""
    kind = _why_it_bought_nothing(before, p)
    if kind is None:
        yield from _too_much(before, p)
    else:
        words = f"{_amount(p)} arrived at {_place(p.tender)} ({p.provider_reference})"
        yield Finding(kind, words, p.order_id, p.tender_id, ("issue_if_capacity_allows", "refund"))


def _too_much(before: Projections, p: PaymentCaptured) -> Iterator[Finding]:
    """No till takes more than is due: one that says so is wrong, or not what it seems, and its drawer with it."""
    known = before.payments.get(p.tender_id)
    is_counted = known is not None and known.status is PaymentStatus.CAPTURED
    due = max(0, before.due(p.order_id)) + (known.amount if known is not None and is_counted else 0)
    if p.amount > due:
        order, left = before.orders[p.order_id], Money(due, Currency(p.currency))
        words = f"{_amount(p)} was taken for order {order.order_number}, of which {left} was due."
        yield Finding("paid_too_much", words, p.order_id, p.tender_id, ("seen",))


def _why_it_bought_nothing(before: Projections, p: PaymentCaptured) -> FindingKind | None:
    status = before.orders[p.order_id].status
    asked = before.payments.get(p.instead_of or "")
    if asked is not None:
        if (p.amount, p.currency) != (asked.amount, asked.currency):
            return "wrong_amount"
        if status in PAID_FOR:
            return "paid_twice"
        return "paid_nothing_left" if p.is_without_places else "paid_late"
    is_at_page = tender_of(p.tender).taken is Taken.PAGE
    return "paid_for_a_closed_order" if is_at_page and status is not OrderState.PROCESSING else None


def of_refund(before: Projections, _fact: Fact, p: RefundRequested) -> Iterator[Finding]:
    """A refund that somebody made at the provider itself."""
    if p.is_made:
        words = (
            f"{_amount(p)} of order {before.orders[p.order_id].order_number} was given back at {_place(p.tender)}, or "
            "is on its way; its tickets are still valid."
        )
        yield Finding("refunded_outside", words, p.order_id, p.refund_id, ("void_tickets", "leave_them_valid"))


def of_money_given_back_twice(fact: Fact, order_number: str, till: str) -> Finding:
    """A till has given money back, in cash or by a swap, and all of that payment had gone back elsewhere meanwhile."""
    p = RefundSucceeded.model_validate(fact.payload)
    amount = Money(p.given, Currency(p.currency))
    words = f"{amount} of order {order_number} was given back at {till}, and had been given back already."
    return Finding(GIVEN_TWICE, words, p.order_id, p.refund_id, ("seen",))


def of_success(_before: Projections, _fact: Fact, p: RefundSucceeded) -> Iterator[Over]:
    """The refund has arrived: whatever was odd about it is over."""
    yield Over(OVER_WITH_SUCCESS, p.refund_id)


def of_failure(before: Projections, _fact: Fact, p: RefundFailed) -> Iterator[Finding | Over]:
    """A refund that has come to nothing, whatever was odd about it before."""
    yield Over(OVER_WITH_FAILURE, p.refund_id)
    if p.code not in _KNOWN_ENDS:
        words = f"The refund of {_amount(p)} for order {before.orders[p.order_id].order_number} failed. {p.message}"
        yield Finding("refund_failed", words, p.order_id, p.refund_id, ("refund_again", "seen"))


def of_dispute(before: Projections, _fact: Fact, p: DisputeChanged) -> Iterator[Finding | Over]:
    """How a dispute stands, if otherwise than before.

    One that is decided when it is first heard of was opened all the same: its history says so.
    """
    known, status = before.disputes.get(p.dispute_id), DisputeState(p.status)
    if known is not None and known.status is status:
        return
    if known is None and status in _DECIDED:
        yield _disputed(before, p, DisputeState.OPEN, "dispute_opened", stands_alone=False)
    kind, ends = DISPUTES[status]
    if ends:
        yield Over(ends, p.dispute_id)
    if kind is not None:
        yield _disputed(before, p, status, kind, stands_alone=True)


def of_lack(lack: Lack, after: Projections) -> Finding:
    """What had happened without units for it."""
    move = lack.move
    if move.move is PoolMove.RETURN:
        return Finding("lease_does_not_fit", f"{move.units} of {move.pool_id} came back that were not on lease")
    order = after.orders[move.order_id or ""]
    words = f"Order {order.order_number} sold {move.units} of {move.pool_id} without a lease"
    return Finding("sold_without_lease" if lack.has_room else "over_capacity", words, order.id, move.pool_id)


def _amount(p: PaymentCaptured | RefundRequested | RefundFailed | DisputeChanged) -> Money:
    return Money(p.amount, Currency(p.currency))


def _place(tender: str) -> str:
    provider = tender_of(tender).provider
    return "the till" if provider is None else provider.value


def _disputed(
    before: Projections, p: DisputeChanged, status: DisputeState, kind: FindingKind, *, stands_alone: bool
) -> Finding:
    provider, currency = tender_of(p.tender).provider, Currency(p.currency)
    back = [each for each in before.refunds.values() if each.payment_id == p.tender_id and each.is_alive]
    refunded = sum(each.amount for each in back if each.status is RefundStatus.SUCCEEDED)
    waits = sum(each.amount for each in back) - refunded
    words = f"{_amount(p)} of order {before.orders[p.order_id].order_number} {_how_it_stands(status, p)}."
    if refunded:
        words += f" {_twice(status, Money(refunded, currency), provider)}"
    if waits:
        words += f" {_on_its_way(status, Money(waits, currency), provider)}"
    remedies: tuple[Remedy, ...] = ("seen",) if status in _QUIET else ("void_tickets", "leave_them_valid")
    return Finding(kind, words, p.order_id, p.dispute_id, remedies, stands_alone)


def _how_it_stands(status: DisputeState, p: DisputeChanged) -> str:
    # What Stripe takes of an answer, the hub sends it from a page of its own.
    where = "under Disputes" if tender_of(p.tender).provider is Provider.STRIPE else f"at {_place(p.tender)}"
    why = p.why or "no reason given"
    match status:
        case DisputeState.INQUIRY:
            return f"is asked about ({why}); answer it {where}, so that it becomes no dispute"
        case DisputeState.OPEN:
            return f"is disputed ({why}); answer it {where} in time"
        case DisputeState.WON:
            return "is yours again: the dispute was won"
        case DisputeState.LOST | DisputeState.PREVENTED | DisputeState.INQUIRY_CLOSED:
            return "is lost: the dispute went to the customer"
        case _:
            assert_never(status)


def _twice(status: DisputeState, refunded: Money, provider: Provider | None) -> str:
    match status:
        case DisputeState.LOST:
            return f"{refunded} of it had been refunded as well: that money is gone twice."
        case DisputeState.WON:
            return f"{refunded} of it was refunded, and stays so."
        case DisputeState.INQUIRY | DisputeState.OPEN | DisputeState.PREVENTED | DisputeState.INQUIRY_CLOSED:
            told = "with the day and the number of the refund"
            return f"{refunded} was refunded already: say so to {_judge(provider)}, {told}."
        case _:
            assert_never(status)


def _on_its_way(status: DisputeState, waits: Money, provider: Provider | None) -> str:
    """Returns what to know of a refund that has not ended, and may still come to nothing."""
    match status:
        case DisputeState.LOST:
            return f"A refund of {waits} is on its way as well: should it arrive, that money is gone twice."
        case DisputeState.WON:
            return f"A refund of {waits} is on its way, and goes on."
        case DisputeState.INQUIRY | DisputeState.OPEN | DisputeState.PREVENTED | DisputeState.INQUIRY_CLOSED:
            return f"A refund of {waits} is on its way, and has not arrived yet: say so to {_judge(provider)}."
        case _:
            assert_never(status)


def _judge(provider: Provider | None) -> str:
    return "PayPal" if provider is Provider.PAYPAL else "the bank"

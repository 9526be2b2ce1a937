"""What an event of a provider's can come to, whichever provider it is: a closed set, and what is done for each of it.

Readers (in `sync.providers`) make these of documents. Done again, late, or in another order, each comes to the same:
nearly all of them only say where to look, and the provider is asked how it stands now.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol, assert_never

from sqlalchemy import select

from boxoffice.core.errors import TryAgainLater
from boxoffice.core.payments import PaymentStatus
from boxoffice.core.tenders import Taken, tender_of
from sync.ledger.hub import Hub
from sync.orders.analytics import AnalyticsEvent, note
from sync.payments.checkouts import Checkouts
from sync.payments.declined import note_decline
from sync.payments.dispute_reports import DisputeChanged, DisputeReader, PaymentReversed
from sync.payments.disputes import take_dispute, take_reversal
from sync.payments.fees import Fees
from sync.payments.ours import (
    Mark,
    OurPayment,
    Reference,
    checkout_of_tender,
    payment_by,
    payment_of_tender,
    refund_by,
)
from sync.payments.outside_refunds import OutsideRefunds
from sync.payments.payouts import Payouts
from sync.payments.refunds import Refunds
from sync.payments.strays import Strays
from sync.ports import MadeRefund, ProviderEvent
from sync.provider_states import Provider
from sync.store import feed
from sync.store import tables as t
from sync.store.checkouts import Checkout
from sync.store.payment_events import Document, EventsAbout, PaymentEvent


@dataclass(frozen=True, slots=True)
class CheckoutChanged:
    """A payment on a provider's page stands otherwise: named by its page, or else by the tender that it was made for.

    `is_refused` says that money which was awaited did not come.
    """

    session: Reference | None
    tender: Mark | None = None
    is_refused: bool = False


@dataclass(frozen=True, slots=True)
class Decline:
    """A try to pay that was refused. `attempt` is its own name, by which it counts once."""

    attempt: Reference
    code: str


@dataclass(frozen=True, slots=True)
class PaymentChanged:
    """A payment stands otherwise, whether a till's reader or a page began it; it may be tried again after a decline."""

    payment: Reference
    tender: Mark | None
    decline: Decline | None = None


@dataclass(frozen=True, slots=True)
class FeeKnown:
    """What the provider keeps of a payment may be known now."""

    payment: Reference


@dataclass(frozen=True, slots=True)
class RefundChanged:
    """A refund stands otherwise: `ours` if it carries our id, or made at the provider itself.

    `made` is the refund as it is told; without it, all refunds of the payment are asked about. `tender` is told where
    the refund may be heard of before its payment.
    """

    payment: Reference
    ours: Mark | None = None
    tender: Mark | None = None
    made: MadeRefund | None = None


@dataclass(frozen=True, slots=True)
class PaymentTaken:
    """A payment was taken, by a `reader` if it names one; `is_marked` says whether it carries our marks."""

    payment: Reference
    reader: str
    is_marked: bool


@dataclass(frozen=True, slots=True)
class PayoutChanged:
    """A payout stands otherwise."""

    payout: Reference


Change = (
    CheckoutChanged
    | PaymentChanged
    | PaymentTaken
    | FeeKnown
    | RefundChanged
    | PaymentReversed
    | DisputeChanged
    | PayoutChanged
)


class EventReader(DisputeReader, Protocol):
    """Reads the events of one provider."""

    @property
    def handled(self) -> frozenset[str]:
        """Returns the types of events that come to something; all others are kept and ignored."""

    @property
    def early(self) -> EventsAbout:
        """Returns what may be told of a payment before the books know it, and how it names the payment."""

    @property
    def payouts(self) -> EventsAbout:
        """Returns what is told of payouts, and how it names the payout."""

    def event(self, document: Document) -> ProviderEvent:
        """Returns an event as it came, however odd it is.

        Raises:
            NotKept: if it has no id or no type to be kept by.
        """

    def changes(self, event: PaymentEvent) -> Sequence[Change]:
        """Returns what an event comes to: nothing, if it names nothing that could be ours.

        Raises:
            NoSubject: if it does not say what it is about.
            UnreadableEvent: if that is not as the provider documents it.
        """


Readers = Mapping[Provider, EventReader]


@dataclass(frozen=True, slots=True)
class EventWork:
    """What events are worked on with."""

    hub: Hub
    checkouts: Checkouts
    refunds: Refunds
    fees: Fees
    readers: Readers


def work_on(work: EventWork, reader: EventReader, change: Change) -> str | None:
    """Does what a change asks for; returns the order that it was about, None if it was nothing of ours.

    Raises:
        TryAgainLater: if the provider can't be reached, or tells of a refund before its payment.
    """
    provider = reader.provider
    match change:
        case CheckoutChanged():
            order = _settle(work, provider, change)
        case PaymentChanged():
            order = _follow(work, provider, change)
        case PaymentTaken():
            Strays(work.hub, work.fees.treasuries, work.refunds.providers).see(
                provider, change.payment, change.reader, is_marked=change.is_marked
            )
            order = None
        case FeeKnown():
            order = _take_fee(work, provider, change)
        case RefundChanged():
            order = _take_refund(work, provider, change)
        case PaymentReversed():
            order = _take_reversal(work, reader, change)
        case DisputeChanged():
            order = take_dispute(work.hub, reader, change)
        case PayoutChanged():
            Payouts(work.hub, work.fees.treasuries).take(provider, change.payout)  # it is of many orders, or of none
            order = None
        case _:
            assert_never(change)
    return order


def _settle(work: EventWork, provider: Provider, change: CheckoutChanged) -> str | None:
    found: Checkout | None = None
    if change.session is not None:
        found = work.checkouts.settle_session(change.session, is_refused=change.is_refused, at=provider)
        if found is None and provider == "stripe":
            offer = work.checkouts.offers.settle_session(change.session)
            return None if offer is None else offer.order_id
    elif change.tender is not None:
        with work.hub.database.reading() as connection:
            found = checkout_of_tender(connection, provider, change.tender)
        if found is not None:
            work.checkouts.settle_checkout(found, is_refused=change.is_refused)
    return None if found is None else found.order_id


def _follow(work: EventWork, provider: Provider, change: PaymentChanged) -> str | None:
    """Wakes the till that waits for this payment; a payment on a page is settled by its session."""
    o = t.orders.c
    with work.hub.database.transaction() as connection:
        found = payment_by(connection, provider, change.payment)
        if found is None and change.tender is not None:
            found = payment_of_tender(connection, provider, change.tender)
            if found is not None and found.reference not in (None, change.payment):
                # A reader's: the till has begun another payment for this tender.
                found = None if tender_of(found.tender).taken is Taken.READER else found
        if found is None:
            return None
        checkout = checkout_of_tender(connection, provider, Mark(found.id))
        if checkout is None:
            placed_by = connection.execute(select(o.placed_by).where(o.id == found.order_id)).scalar_one()
            feed.wake(connection, "checkout", found.event_id, placed_by, found.id)
        if change.decline is not None:
            code, attempt = change.decline.code, change.decline.attempt
            note(work.hub, connection, AnalyticsEvent.PAYMENT_ERROR, found.order_id, attempt, error_code=code)
            note_decline(connection, found.id, attempt, code)
    if checkout is not None:
        work.checkouts.settle_checkout(checkout)
    return found.order_id


def _take_fee(work: EventWork, provider: Provider, change: FeeKnown) -> str | None:
    """Takes the fee of a payment of ours, as soon as it is known; the look every few minutes finds the others."""
    with work.hub.database.transaction() as connection:
        payment = payment_by(connection, provider, change.payment)
    if payment is None:
        return None
    work.fees.take(provider, payment)
    return payment.order_id


def _take_refund(work: EventWork, provider: Provider, change: RefundChanged) -> str | None:
    """Asks how a refund of ours stands, and takes what was made at the provider into the books."""
    if change.ours is not None:
        with work.hub.database.transaction() as connection:
            ours = refund_by(connection, provider, change.ours, change.payment)
        if ours is not None:
            work.refunds.look_again(change.ours)
            if change.made is not None:  # it tells of nothing else
                return ours.order_id
    payment = _paid(work, provider, change.payment, change.tender)
    if payment is None:
        return None
    outside = OutsideRefunds(work.refunds)
    if change.made is None:
        outside.look(payment)
    else:
        outside.take_told(payment, change.made)
    return payment.order_id


def _take_reversal(work: EventWork, reader: EventReader, change: PaymentReversed) -> str | None:
    payment = _paid(work, reader.provider, change.payment, change.tender)
    if payment is None:
        return None
    take_reversal(work.hub, reader, payment, change)
    return payment.order_id


def _paid(work: EventWork, provider: Provider, reference: Reference, tender: Mark | None) -> OurPayment | None:
    """Returns the payment that something is told of; what is told before its payment has the payment looked for.

    Raises:
        TryAgainLater: if it is of a payment that ours waits for.
    """
    if tender is not None:
        work.checkouts.settle_tender(tender)
    with work.hub.database.transaction() as connection:
        payment = payment_by(connection, provider, reference)
        awaited = None if payment is not None or tender is None else payment_of_tender(connection, provider, tender)
    if awaited is not None and awaited.status in (PaymentStatus.STARTED, PaymentStatus.UNKNOWN):
        raise TryAgainLater(
            "What went back of a payment came before it.", "Nothing was changed.", "It will be tried again."
        )
    return payment

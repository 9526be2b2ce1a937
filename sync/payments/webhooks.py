"""Stripe's webhooks: stored first and answered, then worked on as jobs. Late, twice or in any order: one result."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert

from boxoffice.core.errors import TryAgainLater
from boxoffice.core.payments import PaymentStatus
from boxoffice.core.stripe_amounts import in_minor_units
from boxoffice.core.tenders import Taken, tender_of
from sync.ledger.hub import Hub
from sync.orders.analytics import AnalyticsEvent, note
from sync.payments import disputes, paypal_events
from sync.payments.checkouts import Checkouts
from sync.payments.declined import note_decline
from sync.payments.fees import Fees
from sync.payments.ours import (
    OurPayment,
    Reference,
    checkout_of_tender,
    id_in,
    payment_by,
    payment_of_tender,
    refund_by,
)
from sync.payments.outside_refunds import OutsideRefunds
from sync.payments.refunds import Refunds
from sync.payments.signed_events import NoSubject, subject_of
from sync.ports import ProviderEvent
from sync.provider_states import Provider
from sync.store import feed, payment_events
from sync.store import tables as t
from sync.store.payment_events import EventStatus
from sync.store.queue import defer_all

PROVIDER: Final = "stripe"
MAX_ATTEMPTS: Final = 8
_SESSIONS: Final = frozenset(
    {
        "checkout.session.completed",
        "checkout.session.expired",
        "checkout.session.async_payment_succeeded",
        "checkout.session.async_payment_failed",
    }
)
_PAYMENTS: Final = frozenset(
    f"payment_intent.{what}" for what in ("succeeded", "payment_failed", "processing", "canceled")
)
_REFUNDS: Final = frozenset({"refund.created", "refund.updated", "refund.failed"})
_CHARGES: Final = frozenset({"charge.succeeded", "charge.captured", "charge.updated"})
_PAYOUTS: Final = frozenset(
    f"payout.{what}" for what in ("created", "updated", "paid", "failed", "canceled", "reconciliation_completed")
)
_e: Final = t.payment_events.c


@dataclass(frozen=True, slots=True)
class EventWork:
    """What events are worked on with."""

    hub: Hub
    checkouts: Checkouts
    refunds: Refunds
    fees: Fees


def store_events(hub: Hub, events: Sequence[ProviderEvent], provider: str = PROVIDER) -> None:
    """Stores events and their jobs in one transaction; those that were there before change nothing."""
    rows = [
        {
            "provider": provider,
            "event_id": event.id,
            "event_type": event.type,
            "payload": event.body,
            "status": "received" if event.type in _HANDLED_BY[provider] else "ignored",
        }
        for event in sorted(events, key=lambda event: event.id)
    ]
    with hub.database.transaction() as connection:
        new = insert(t.payment_events).values(rows).on_conflict_do_nothing().returning(_e.id, _e.status)
        jobs = [{"row_id": row.id} for row in connection.execute(new) if row.status == "received"]
        defer_all(connection, "work_on_event", jobs)


def work_on_event(work: EventWork, row_id: int) -> None:
    """Does what an event asks for; doing it again changes nothing.

    Raises:
        TryAgainLater: if the provider can't be reached.
    """
    hub = work.hub
    with hub.database.transaction() as connection:
        row = payment_events.count_try(connection, row_id)
    if row.status in (EventStatus.PROCESSED, EventStatus.IGNORED):
        return
    try:
        subject = subject_of(row.provider, row.payload)
    except NoSubject as error:
        note_failure(hub, row_id, error, is_last=True)
        return
    if row.provider == paypal_events.PROVIDER:
        order = paypal_events.work_on_paypal(hub, work.checkouts, work.refunds, row.event_type, subject)
        if order is not None and row.event_type == paypal_events.COMPLETED:
            _take_fee(work, paypal_events.PROVIDER, id_in(subject, "id"))
    else:
        order = _work_on_stripe(work, row.event_type, in_minor_units(subject))
    with hub.database.transaction() as connection:
        payment_events.end(connection, row_id, order)


def _work_on_stripe(work: EventWork, kind: str, thing: Mapping[str, Any]) -> str | None:
    handle = _WORK.get(kind)
    return None if handle is None else handle(work, kind, thing)


def note_failure(hub: Hub, row_id: int, error: Exception, *, is_last: bool) -> None:
    """Keeps why an event could not be worked on; the last time puts it on the dead-letter list, before a person."""
    values: dict[str, Any] = {"last_error": f"{type(error).__name__}: {error}"[:1000]}
    with hub.database.transaction() as connection:
        if is_last:
            values["status"] = "dead"
            detail = f"An event of a provider could not be worked on: {values['last_error']}"
            hub.raise_exception(
                connection, "dead_event", detail, subject_id=str(row_id), remedies=("work_on_it_again", "seen")
            )
        connection.execute(update(t.payment_events).where(_e.id == row_id).values(values))


def _session(work: EventWork, kind: str, session: Mapping[str, Any]) -> str | None:
    session_id = id_in(session, "id")
    failure = "card_declined" if kind.endswith("async_payment_failed") else None
    found = None if session_id is None else work.checkouts.settle_session(session_id, failure, at=PROVIDER)
    return None if found is None else found.order_id


def _our_refund(work: EventWork, _kind: str, refund: Mapping[str, Any]) -> str | None:
    """Asks how a refund of ours stands; or how all of a payment of ours do, if someone made it at Stripe."""
    refund_id, reference = id_in(refund, "metadata", "refund_id"), id_in(refund, "payment_intent")
    if reference is None:
        return None
    with work.hub.database.transaction() as connection:
        ours = None if refund_id is None else refund_by(connection, PROVIDER, refund_id, reference)
        payment = payment_by(connection, PROVIDER, reference)
    if payment is None:
        return None
    if refund_id is not None and ours is not None:
        work.refunds.look_again(refund_id)
    OutsideRefunds(work.refunds).look(payment)
    return payment.order_id


def _refunded(work: EventWork, _kind: str, charge: Mapping[str, Any]) -> str | None:
    """Writes down a refund made at Stripe; one that comes before its payment waits for it."""
    hub, reference = work.hub, id_in(charge, "payment_intent")
    if id_in(charge, "id") is None or reference is None:
        return None
    tender = id_in(charge, "metadata", "tender_id")
    if tender is not None:
        work.checkouts.settle_tender(tender)

    with hub.database.transaction() as connection:
        payment = payment_by(connection, PROVIDER, reference)
    if payment is not None:
        OutsideRefunds(work.refunds).look(payment)
        return payment.order_id
    if tender is not None and _is_awaited(hub, tender):
        raise TryAgainLater("A refund came before its payment.", "Nothing was changed.", "It will be tried again.")
    return None


def _is_awaited(hub: Hub, tender: Reference) -> bool:
    """Returns whether the tender is one of ours that is not known to be paid yet."""
    with hub.database.transaction() as connection:
        payment = payment_of_tender(connection, PROVIDER, tender)
    return payment is not None and payment.status in (PaymentStatus.STARTED, PaymentStatus.UNKNOWN)


def _relay(work: EventWork, kind: str, payment: Mapping[str, Any]) -> str | None:
    """Wakes the till that waits for this payment; a payment by phone is settled by its session."""
    reference, tender = id_in(payment, "id"), id_in(payment, "metadata", "tender_id")
    if reference is None:
        return None
    o = t.orders.c
    with work.hub.database.transaction() as connection:
        found = payment_by(connection, PROVIDER, reference)
        if found is None and tender is not None:
            found = payment_of_tender(connection, PROVIDER, tender)
            if found is not None and found.reference not in (None, reference):
                # A reader's: the till has begun another payment for this tender.
                found = None if tender_of(found.tender).taken is Taken.READER else found
        if found is None:
            return None
        checkout = checkout_of_tender(connection, PROVIDER, Reference(found.id))
        if checkout is None:
            placed_by = connection.execute(select(o.placed_by).where(o.id == found.order_id)).scalar_one()
            feed.wake(connection, "checkout", found.event_id, placed_by, found.id)
    if kind == "payment_intent.payment_failed":
        _note_decline(work.hub, found, payment)
    if checkout is not None:
        work.checkouts.settle_checkout(checkout)
    return found.order_id


def _note_decline(hub: Hub, ours: OurPayment, payment: Mapping[str, Any]) -> None:
    """Counts a card that was refused, each try of a payment on its own; the customer may still pay."""
    error = payment.get("last_payment_error") or {}
    attempt = id_in(error, "charge") or id_in(payment, "latest_charge") or id_in(payment, "id")
    code = error.get("decline_code") or error.get("code") or "unknown"
    with hub.database.transaction() as connection:
        note(hub, connection, AnalyticsEvent.PAYMENT_ERROR, ours.order_id, str(attempt), error_code=str(code))
        note_decline(connection, ours.id, str(attempt), str(code))


def _disputed(work: EventWork, _kind: str, dispute: Mapping[str, Any]) -> str | None:
    return disputes.take_dispute(work.hub, dispute)


def _charged(work: EventWork, _kind: str, charge: Mapping[str, Any]) -> str | None:
    """Takes the fee of a payment of ours, as soon as it is known; the look every few minutes finds the others."""
    return _take_fee(work, PROVIDER, id_in(charge, "payment_intent"))


def _take_fee(work: EventWork, provider: Provider, reference: Reference | None) -> str | None:
    with work.hub.database.transaction() as connection:
        payment = None if reference is None else payment_by(connection, provider, reference)
    if payment is None:
        return None
    work.fees.take(provider, payment)
    return payment.order_id


def _paid_out(work: EventWork, _kind: str, payout: Mapping[str, Any]) -> str | None:
    payout_id = id_in(payout, "id")
    if payout_id is not None:
        work.fees.take_payout(PROVIDER, payout_id)
    return None


_WORK: Final[Mapping[str, Callable[[EventWork, str, Mapping[str, Any]], str | None]]] = {
    **dict.fromkeys(_SESSIONS, _session),
    **dict.fromkeys(_PAYMENTS, _relay),
    **dict.fromkeys(_REFUNDS, _our_refund),
    **dict.fromkeys(disputes.HANDLED, _disputed),
    **dict.fromkeys(_CHARGES, _charged),
    **dict.fromkeys(_PAYOUTS, _paid_out),
    "charge.refunded": _refunded,
}
HANDLED: Final = frozenset(_WORK)
MAY_COME_EARLY: Final = _REFUNDS | _PAYOUTS | disputes.HANDLED | disputes.PAYPAL_HANDLED | {"charge.refunded"}
"""What may be told of a payment that is not in the books yet: it is worked on again once it is."""
_HANDLED_BY: Final = {PROVIDER: HANDLED, paypal_events.PROVIDER: paypal_events.HANDLED}

"""Stripe's events: what each type comes to, in the hub's own words. A new type is a row of `_READ`."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

import stripe

from boxoffice.core.money import Money
from sync.payments.dispute_reports import Age, DisputeChanged
from sync.payments.provider_events import (
    Change,
    CheckoutChanged,
    Decline,
    FeeKnown,
    PaymentChanged,
    PaymentTaken,
    PayoutChanged,
    RefundChanged,
)
from sync.ports import ProviderEvent
from sync.provider_states import Provider, stripe_dispute_state
from sync.providers.documents import id_in, mark_in, money_of, name_in, objects_in, reading, subject_in, value_in
from sync.providers.stripe_amounts import in_minor_units
from sync.store.payment_events import Document, EventsAbout, PaymentEvent

Thing = Mapping[str, Any]
"""What an event is about, with its amounts in minor units."""
_CLOSED: Final = "charge.dispute.closed"
_TOLERANCE_S: Final = 300


def _session(session: Thing) -> Sequence[Change]:
    found = id_in(session, "id")
    return () if found is None else (CheckoutChanged(found),)


def _session_failed(session: Thing) -> Sequence[Change]:
    found = id_in(session, "id")
    return () if found is None else (CheckoutChanged(found, is_refused=True),)


def _payment(payment: Thing) -> Sequence[Change]:
    found = id_in(payment, "id")
    return () if found is None else (PaymentChanged(found, mark_in(payment, "metadata", "tender_id")),)


def _declined(payment: Thing) -> Sequence[Change]:
    found, error = id_in(payment, "id"), value_in(payment, "last_payment_error")
    if found is None:
        return ()
    attempt = id_in(error, "charge") or id_in(payment, "latest_charge") or found
    code = value_in(error, "decline_code") or value_in(error, "code") or "unknown"
    return (PaymentChanged(found, mark_in(payment, "metadata", "tender_id"), Decline(attempt, str(code))),)


def _charge(charge: Thing) -> Sequence[Change]:
    payment = id_in(charge, "payment_intent")
    return () if payment is None else (FeeKnown(payment),)


def _charge_taken(charge: Thing) -> Sequence[Change]:
    payment = id_in(charge, "payment_intent")
    if payment is None:
        return ()
    reader = id_in(charge, "payment_method_details", "card_present", "reader")
    marks = (mark_in(charge, "metadata", "order_id"), mark_in(charge, "metadata", "tender_id"))
    return (FeeKnown(payment), PaymentTaken(payment, reader or "", is_marked=None not in marks))


def _charge_refunded(charge: Thing) -> Sequence[Change]:
    payment = id_in(charge, "payment_intent")
    if payment is None or id_in(charge, "id") is None:
        return ()
    return (RefundChanged(payment, tender=mark_in(charge, "metadata", "tender_id")),)


def _refund(refund: Thing) -> Sequence[Change]:
    payment = id_in(refund, "payment_intent")
    return () if payment is None else (RefundChanged(payment, ours=mark_in(refund, "metadata", "refund_id")),)


def _payout(payout: Thing) -> Sequence[Change]:
    found = id_in(payout, "id")
    return () if found is None else (PayoutChanged(found),)


_REFUNDS: Final = frozenset(f"refund.{what}" for what in ("created", "updated", "failed"))
_DISPUTES: Final = frozenset(
    f"charge.dispute.{what}" for what in ("created", "updated", "closed", "funds_withdrawn", "funds_reinstated")
)
_PAYOUTS: Final = frozenset(
    f"payout.{what}" for what in ("created", "updated", "paid", "failed", "canceled", "reconciliation_completed")
)
_READ: Final[Mapping[str, Callable[[Thing], Sequence[Change]]]] = {
    "checkout.session.completed": _session,
    "checkout.session.expired": _session,
    "checkout.session.async_payment_succeeded": _session,
    "checkout.session.async_payment_failed": _session_failed,
    "payment_intent.succeeded": _payment,
    "payment_intent.processing": _payment,
    "payment_intent.canceled": _payment,
    "payment_intent.payment_failed": _declined,
    "charge.succeeded": _charge_taken,
    "charge.captured": _charge_taken,
    "charge.updated": _charge,
    "charge.refunded": _charge_refunded,
    **dict.fromkeys(_REFUNDS, _refund),
    **dict.fromkeys(_PAYOUTS, _payout),
}
"""By type; disputes are read with when they were told."""


class StripeEvents:
    """Reads what Stripe tells (API 2026-10-28.endive)."""

    provider: Final[Provider] = "stripe"
    handled: Final = frozenset(_READ) | _DISPUTES
    payouts: Final = EventsAbout("stripe", _PAYOUTS, "$.data.object.id")
    early: Final = EventsAbout("stripe", _REFUNDS | _DISPUTES | {"charge.refunded"}, "$.data.object.payment_intent")
    disputes: Final = EventsAbout("stripe", _DISPUTES, "$.data.object.id")
    reversals: Final = EventsAbout("stripe")

    def event(self, document: Document) -> ProviderEvent:
        return ProviderEvent(name_in(document, "id"), name_in(document, "type"), document)

    def changes(self, event: PaymentEvent) -> Sequence[Change]:
        if event.event_type in _DISPUTES:
            found = self.dispute(event)
            return () if found is None else (found,)
        read = _READ.get(event.event_type)
        if read is None:
            return ()
        with reading(self.provider, event.event_type):
            return read(_in_minor_units(event.payload))

    def dispute(self, event: PaymentEvent) -> DisputeChanged | None:
        with reading(self.provider, event.event_type):
            created = value_in(event.payload, "created")
            told_at = float(created) if isinstance(created, int) else -1.0
            return _dispute(_in_minor_units(event.payload), told_at, event)

    def reversed_at(self, event: PaymentEvent) -> datetime | None:  # noqa: ARG002  # Stripe takes nothing back undisputed
        return None


class StripeWebhook:
    """Tells Stripe's webhooks from forged ones by the endpoint's secret, `whsec_…`."""

    def __init__(self, secret: str) -> None:
        self._secret = secret

    def is_genuine(self, header: str | None, body: bytes, now: float) -> bool:
        """Returns whether Stripe signed this body within the last five minutes."""
        try:
            stripe.WebhookSignature.verify_header(body, header, self._secret)
            # The SDK looks only for times that are too old; one from the future is as wrong. It takes the first of two.
            (signed_at,) = (int(part[2:]) for part in (header or "").split(",") if part.startswith("t="))
        except (stripe.SignatureVerificationError, ValueError, TypeError):
            return False
        return abs(now - signed_at) <= _TOLERANCE_S


def _in_minor_units(document: Document) -> Thing:
    return in_minor_units(subject_in(document, "data", "object"))


def _dispute(dispute: Thing, told_at: float, event: PaymentEvent) -> DisputeChanged | None:
    found, payment = id_in(dispute, "id"), id_in(dispute, "payment_intent")
    code = str(dispute["currency"]).upper()
    about = money_of(int(dispute["amount"]), code)
    if found is None or about is None:
        return None
    moved = objects_in(dispute, "balance_transactions")
    own = [each for each in moved if each.get("currency") in (None, dispute["currency"])]
    taken = -sum(int(each.get("amount", 0)) for each in moved)
    # Settled in another currency, what was taken is what the dispute is about.
    withdrawn = taken if len(own) == len(moved) else about.minor if taken > 0 else 0
    return DisputeChanged(
        dispute=found,
        payments=() if payment is None else (payment,),
        state=stripe_dispute_state(dispute.get("status")),
        about=about,
        withdrawn=Money(withdrawn, about.currency),
        fee=Money(sum(int(each.get("fee", 0)) for each in own), about.currency),
        reason=str(dispute.get("reason") or ""),
        age=Age(len(moved), told_at, event.event_type == _CLOSED, event.id),
    )

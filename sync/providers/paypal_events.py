"""PayPal's events: what each type comes to, in the hub's own words. A new type is a row of `_READ`."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from boxoffice.core.charging import from_paypal
from boxoffice.core.money import Money
from boxoffice.core.payments import DisputeState
from sync.payments.dispute_reports import Age, DisputeChanged, PaymentReversed
from sync.payments.ours import Reference, reference_of
from sync.payments.provider_events import Change, CheckoutChanged, FeeKnown, RefundChanged
from sync.ports import MadeRefund, ProviderEvent, RefundResult
from sync.provider_states import Provider, paypal_dispute_state, refund_state
from sync.providers.documents import (
    id_in,
    instant_in,
    mark_in,
    money_of,
    name_in,
    objects_in,
    reading,
    subject_in,
    value_in,
)
from sync.store.payment_events import Document, EventsAbout, PaymentEvent

Resource = Mapping[str, Any]
"""What an event is about."""
_RESOLVED: Final = "CUSTOMER.DISPUTE.RESOLVED"
_REVERSED: Final = "PAYMENT.CAPTURE.REVERSED"


def _approved(order: Resource) -> Sequence[Change]:
    found = id_in(order, "id")
    return () if found is None else (CheckoutChanged(found),)


def _capture(capture: Resource, *, is_refused: bool = False) -> Sequence[Change]:
    """Reads a capture; it names its order, or else what the hub gave it along."""
    session = id_in(capture, "supplementary_data", "related_ids", "order_id")
    return (CheckoutChanged(session, mark_in(capture, "custom_id"), is_refused=is_refused),)


def _refused(capture: Resource) -> Sequence[Change]:
    return _capture(capture, is_refused=True)


def _completed(capture: Resource) -> Sequence[Change]:
    found = id_in(capture, "id")
    return (*_capture(capture), *(() if found is None else (FeeKnown(found),)))


def _refund(refund: Resource) -> Sequence[Change]:
    found, capture = id_in(refund, "id"), _capture_above(refund)
    amount = _money(refund["amount"])
    if found is None or capture is None or amount is None:
        return ()
    made = MadeRefund(RefundResult(found, refund_state("paypal", refund.get("status"))), amount.minor)
    return (RefundChanged(capture, mark_in(refund, "invoice_id"), mark_in(refund, "custom_id"), made),)


def _reversal(refund: Resource) -> Sequence[Change]:
    """Reads what PayPal took back; it may tell of it by the capture itself."""
    found, amount = id_in(refund, "id"), _money(refund["amount"])
    capture = _capture_above(refund) if "/captures/" in _above(refund) else found
    if found is None or capture is None or amount is None:
        return ()
    at = instant_in(refund, "create_time")
    return (PaymentReversed(capture, found, mark_in(refund, "custom_id"), amount, at),)


_DISPUTES: Final = frozenset({_RESOLVED, "CUSTOMER.DISPUTE.CREATED", "CUSTOMER.DISPUTE.UPDATED"})
_READ: Final[Mapping[str, Callable[[Resource], Sequence[Change]]]] = {
    "CHECKOUT.ORDER.APPROVED": _approved,
    "PAYMENT.CAPTURE.PENDING": _capture,
    "PAYMENT.CAPTURE.COMPLETED": _completed,
    "PAYMENT.CAPTURE.DENIED": _refused,
    "PAYMENT.CAPTURE.DECLINED": _refused,
    "PAYMENT.CAPTURE.REFUNDED": _refund,
    "PAYMENT.REFUND.PENDING": _refund,
    "PAYMENT.REFUND.FAILED": _refund,
    _REVERSED: _reversal,
}
"""By type; disputes are read with when they were told."""


class PayPalEvents:
    """Reads what PayPal tells (notifications_webhooks_v1)."""

    provider: Final[Provider] = "paypal"
    handled: Final = frozenset(_READ) | _DISPUTES
    payouts: Final = frozenset[str]()
    early: Final = EventsAbout("paypal", _DISPUTES, "$.resource.disputed_transactions[*].seller_transaction_id")
    disputes: Final = EventsAbout("paypal", _DISPUTES, "$.resource.dispute_id")
    reversals: Final = EventsAbout("paypal", frozenset({_REVERSED}), "$.resource.id")

    def event(self, document: Document) -> ProviderEvent:
        return ProviderEvent(name_in(document, "id"), name_in(document, "event_type"), document)

    def changes(self, event: PaymentEvent) -> Sequence[Change]:
        if event.event_type in _DISPUTES:
            found = self.dispute(event)
            return () if found is None else (found,)
        read = _READ.get(event.event_type)
        if read is None:
            return ()
        with reading(self.provider, event.event_type):
            return read(_resource(event.payload))

    def dispute(self, event: PaymentEvent) -> DisputeChanged | None:
        with reading(self.provider, event.event_type):
            return _dispute(_resource(event.payload), event)

    def reversed_at(self, event: PaymentEvent) -> datetime | None:
        return instant_in(event.payload, "resource", "create_time")


def _resource(document: Document) -> Resource:
    return subject_in(document, "resource")


def _dispute(dispute: Resource, event: PaymentEvent) -> DisputeChanged | None:
    found = id_in(dispute, "dispute_id")
    about = _money(dispute["dispute_amount"])
    if found is None or about is None:
        return None
    named = [id_in(each, "seller_transaction_id") for each in objects_in(dispute, "disputed_transactions")]
    outcome = value_in(dispute, "dispute_outcome", "outcome_code")
    state = paypal_dispute_state(dispute.get("status"), outcome if isinstance(outcome, str) else None)
    told_at = instant_in(dispute, "update_time")
    is_end = event.event_type == _RESOLVED
    return DisputeChanged(
        dispute=found,
        payments=tuple(dict.fromkeys(each for each in named if each is not None)),
        state=state,
        about=about,
        withdrawn=Money(0, about.currency) if state is DisputeState.WON else None,
        fee=Money(0, about.currency),
        reason=str(dispute.get("reason") or ""),
        age=Age(0, -1.0 if told_at is None else told_at.timestamp(), is_end, event.id),
        opened_at=instant_in(dispute, "create_time"),
        is_claim=True,
    )


def _above(refund: Resource) -> str:
    """Returns the link to what a refund is of."""
    return next((str(link.get("href")) for link in objects_in(refund, "links") if link.get("rel") == "up"), "")


def _capture_above(refund: Resource) -> Reference | None:
    return reference_of(_above(refund).rsplit("/", 1)[-1])


def _money(amount: Mapping[str, Any]) -> Money | None:
    code = str(amount["currency_code"])
    return money_of(from_paypal(str(amount["value"]), code), code)

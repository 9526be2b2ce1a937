"""PayPal's webhooks, worked on as jobs: an approval is taken, a capture settles, a refund is in the books."""

from collections.abc import Mapping
from typing import Any, Final

from sqlalchemy import select

from boxoffice.core.charging import from_paypal
from sync.ledger.hub import Hub
from sync.payments import disputes
from sync.payments.checkouts import Checkouts
from sync.payments.ours import OurPayment, Reference, checkout_of_tender, id_in, payment_by, reference_of, refund_by
from sync.payments.outside_refunds import OutsideRefunds
from sync.payments.refunds import Refunds
from sync.ports import MadeRefund, RefundResult
from sync.provider_states import RefundState
from sync.store import tables as t
from sync.store.checkouts import Checkout

PROVIDER: Final = "paypal"
_DENIED: Final = frozenset({"PAYMENT.CAPTURE.DENIED", "PAYMENT.CAPTURE.DECLINED"})
COMPLETED: Final = "PAYMENT.CAPTURE.COMPLETED"
_CAPTURES: Final = _DENIED | {COMPLETED, "PAYMENT.CAPTURE.PENDING"}
_REVERSED: Final = "PAYMENT.CAPTURE.REVERSED"
_REFUNDS: Final = frozenset({"PAYMENT.CAPTURE.REFUNDED", "PAYMENT.REFUND.PENDING", "PAYMENT.REFUND.FAILED", _REVERSED})
_APPROVED: Final = "CHECKOUT.ORDER.APPROVED"
HANDLED: Final = _CAPTURES | _REFUNDS | disputes.PAYPAL_HANDLED | {_APPROVED}


def work_on_paypal(
    hub: Hub, checkouts: Checkouts, refunds: Refunds, kind: str, resource: Mapping[str, Any]
) -> str | None:
    """Does what an event asks for and returns the order that it was about; doing it again changes nothing.

    Raises:
        TryAgainLater: if PayPal can't be reached.
    """
    if kind in _REFUNDS:
        return _refunded(hub, checkouts, refunds, kind, resource)
    if kind in disputes.PAYPAL_HANDLED:
        return disputes.take_paypal_dispute(hub, resource)
    failure, found = "card_declined" if kind in _DENIED else None, _session_of(kind, resource)
    if found is not None:
        settled = checkouts.settle_session(found, failure, at=PROVIDER)
    else:
        settled = None if kind == _APPROVED else _settle_capture(hub, checkouts, resource, failure)
    return None if settled is None else settled.order_id


def _session_of(kind: str, resource: Mapping[str, Any]) -> Reference | None:
    """Returns PayPal's order that an event is about: itself, or that of a capture, if it names it."""
    if kind == _APPROVED:
        return id_in(resource, "id")
    return id_in(resource, "supplementary_data", "related_ids", "order_id")


def _settle_capture(hub: Hub, checkouts: Checkouts, capture: Mapping[str, Any], failure: str | None) -> Checkout | None:
    """Settles the payment of a capture by the tender that the hub gave it."""
    tender = id_in(capture, "custom_id")
    with hub.database.reading() as connection:
        found = None if tender is None else checkout_of_tender(connection, PROVIDER, tender)
    if found is not None:
        checkouts.settle_checkout(found, failure)
    return found


def _refunded(hub: Hub, checkouts: Checkouts, refunds: Refunds, kind: str, refund: Mapping[str, Any]) -> str | None:
    """Asks how a refund of ours stands; takes what someone did at PayPal, or PayPal itself, into the books."""
    capture, ours, tender = _capture_of(kind, refund), id_in(refund, "invoice_id"), id_in(refund, "custom_id")
    refund_id = id_in(refund, "id")
    if capture is None or refund_id is None:
        return None
    with hub.database.transaction() as connection:
        found = None if ours is None else refund_by(connection, PROVIDER, ours, capture)
    if found is not None and ours is not None:
        refunds.look_again(ours)
        return found.order_id
    if tender is not None:
        checkouts.settle_tender(tender)  # a refund may be told before its payment
    with hub.database.transaction() as connection:
        payment = payment_by(connection, PROVIDER, capture)
    if payment is None:
        return None
    if kind == _REVERSED:
        amount = _minor(refund["amount"])
        hub.database.run(lambda connection: disputes.take_reversal(hub, connection, payment, refund_id, amount))
    elif refund.get("status") == "COMPLETED" and not _is_known(hub, payment, refund_id):
        done = RefundResult(refund_id, RefundState.SUCCEEDED)
        OutsideRefunds(refunds).take(payment, [MadeRefund(done, _minor(refund["amount"]))])
    return payment.order_id


def _capture_of(kind: str, refund: Mapping[str, Any]) -> Reference | None:
    """Returns the capture of a refund: it names it by a link; a reversal may be told by the capture itself."""
    links = [link for link in refund.get("links") or () if isinstance(link, Mapping)]
    up = next((str(link.get("href")) for link in links if link.get("rel") == "up"), "")
    is_itself = kind == _REVERSED and "/captures/" not in up
    return id_in(refund, "id") if is_itself else reference_of(up.rsplit("/", 1)[-1])


def _is_known(hub: Hub, payment: OurPayment, refund_id: Reference) -> bool:
    """Returns whether a refund is in the books as it was booked by an earlier hub too."""
    f = t.facts.c
    mine = (f.payload["order_id"].astext == payment.order_id, f.kind == "refund_succeeded")
    same = f.payload["provider_reference"].astext == refund_id
    with hub.database.transaction() as connection:
        return connection.execute(select(f.id).where(*mine, same)).first() is not None


def _minor(amount: Mapping[str, Any]) -> int:
    return from_paypal(amount["value"], amount["currency_code"])

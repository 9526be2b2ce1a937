"""Refunds at Stripe, of card payments at the door and on the web alike."""

from typing import Any, Final

import stripe

from sync.providers.stripe_calls import ask, sent, stripe_client
from sync.services.ports import NewRefund, RefundResult

_STATUSES: Final = {"succeeded": "succeeded", "failed": "failed", "canceled": "failed"}


class StripeRefunds:
    """Stripe's refunds (API 2026-10-28.endive)."""

    def __init__(self, key: str, base_url: str) -> None:
        self._refunds = stripe_client(key, base_url).v1.refunds

    def refund(self, new: NewRefund) -> RefundResult:
        """Returns the refund, made now or before. Raises as `ask`."""
        amount = sent(new.amount, new.currency)
        params: Any = {"payment_intent": new.payment, "amount": amount, "metadata": dict(new.metadata)}
        return ask(lambda: _read(self._refunds.create(params, {"idempotency_key": new.key})))

    def look(self, refund: str) -> RefundResult:
        return ask(lambda: _read(self._refunds.retrieve(refund)))


def _read(refund: stripe.Refund) -> RefundResult:
    status = _STATUSES.get(refund.status or "", "pending")
    return RefundResult(refund.id, status, getattr(refund, "failure_reason", None))

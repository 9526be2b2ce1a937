"""Refunds at Stripe, of card payments at the door and on the web alike."""

from typing import Any

import stripe

from sync.providers.stripe_calls import ask, sent, stripe_client
from sync.services.ports import NewRefund, RefundResult
from sync.services.provider_states import refund_state


class StripeRefunds:
    """Stripe's refunds (API 2026-10-28.endive)."""

    def __init__(self, key: str, base_url: str) -> None:
        self._refunds = stripe_client(key, base_url).v1.refunds

    def refund(self, new: NewRefund) -> RefundResult:
        """Returns the refund, made now or before. Raises as `ask`."""
        amount = sent(new.amount, new.currency)
        params: Any = {"payment_intent": new.payment, "amount": amount, "metadata": dict(new.metadata)}
        return ask(lambda: _read(self._refunds.create(params, {"idempotency_key": new.key})))

    def find(self, payment: str, refund_id: str) -> RefundResult | None:
        """Returns the refund of a payment that carries our id, whatever key it was asked with. Raises as `ask`."""
        params: Any = {"payment_intent": payment, "limit": 100}
        found = ask(lambda: list(self._refunds.list(params).auto_paging_iter()))
        mine = [each for each in found if (each.to_dict().get("metadata") or {}).get("refund_id") == refund_id]
        return _read(mine[0]) if mine else None

    def look(self, refund: str) -> RefundResult:
        return ask(lambda: _read(self._refunds.retrieve(refund)))


def _read(refund: stripe.Refund) -> RefundResult:
    return RefundResult(
        refund.id,
        refund_state("stripe", refund.status).value,
        getattr(refund, "failure_reason", None),
        is_out=refund.balance_transaction is not None,
        asks=refund.status == "requires_action",
    )

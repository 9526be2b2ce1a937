"""Refunds at Stripe, of card payments at the door and on the web alike."""

from typing import Any

import stripe

from boxoffice.core.charging import from_stripe
from sync.ports import MadeRefund, NewRefund, RefundResult
from sync.provider_states import refund_state
from sync.providers.documents import id_in
from sync.providers.stripe_calls import ask, sent, stripe_client


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
        return next((each.result for each in self.made(payment) if each.our_id == refund_id), None)

    def made(self, payment: str) -> list[MadeRefund]:
        """Returns all refunds of a payment, the oldest first. Raises as `ask`."""
        params: Any = {"payment_intent": payment, "limit": 100}
        found = ask(lambda: list(self._refunds.list(params).auto_paging_iter()))
        return [_made(each) for each in reversed(found)]

    def look(self, refund: str) -> RefundResult:
        return ask(lambda: _read(self._refunds.retrieve(refund)))


def _made(refund: stripe.Refund) -> MadeRefund:
    amount = from_stripe(refund.amount, refund.currency)
    return MadeRefund(_read(refund), amount, id_in(refund.to_dict(), "metadata", "refund_id"))


def _read(refund: stripe.Refund) -> RefundResult:
    return RefundResult(
        refund.id,
        refund_state("stripe", refund.status),
        getattr(refund, "failure_reason", None),
        is_out=refund.balance_transaction is not None,
        asks=refund.status == "requires_action",
    )

"""PaymentIntents at Stripe, for a payment form of one's own (Stripe Elements, with 3-D Secure)."""

from typing import Any

import stripe

from boxoffice.core.charging import from_stripe
from sync.ports import NewSession, Refused, Session
from sync.provider_states import PaymentState, intent_state
from sync.providers.checkout_sessions import card_of
from sync.providers.stripe_calls import ask, sent, stripe_client


class PaymentIntents:
    """A PaymentIntent as a session: it is paid in the customer's own page, and canceled when its time is over."""

    def __init__(self, key: str, base_url: str) -> None:
        self._intents = stripe_client(key, base_url).v1.payment_intents

    def create(self, new: NewSession) -> Session:
        """Returns the payment, with the secret that the form needs. Raises as `ask`."""
        params: Any = {
            "amount": sent(sum(line.amount for line in new.lines), new.currency),
            "currency": new.currency.lower(),
            "allowed_payment_method_types": ["card"],
            "metadata": dict(new.metadata),
        }
        return ask(lambda: _read(self._intents.create(params, {"idempotency_key": new.key})))

    def retrieve(self, session_id: str) -> Session:
        expanded: Any = {"expand": ["latest_charge"]}
        return ask(lambda: _read(self._intents.retrieve(session_id, expanded)))

    def expire(self, session_id: str) -> Session:
        """Returns the payment after it was canceled, or as it had ended before."""
        try:
            return ask(lambda: _read(self._intents.cancel(session_id)))
        except Refused:
            return self.retrieve(session_id)

    def take(self, session_id: str) -> Session:
        """Returns the payment: Stripe takes the money by itself."""
        return self.retrieve(session_id)


def _read(payment: stripe.PaymentIntent) -> Session:
    amount = payment.amount_received if payment.status == "succeeded" else payment.amount
    state = intent_state(payment.status)
    return Session(
        id=payment.id,
        url=None,
        state=state,
        amount=from_stripe(amount, payment.currency),
        currency=payment.currency.upper(),
        payment=payment.id,
        card=card_of(payment),
        client_secret=payment.client_secret,
        held_reason=payment.status if state is PaymentState.HELD else None,
    )

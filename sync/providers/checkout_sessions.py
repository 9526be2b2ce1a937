"""Checkout Sessions at Stripe: hosted pages on which a customer pays."""

from typing import Any, Final

import stripe

from boxoffice.core.charging import from_stripe
from boxoffice.core.payments import CardDetails
from sync.ports import NewSession, Refused, Session, SessionLine
from sync.provider_states import PaymentState, session_state
from sync.providers import stripe_cards
from sync.providers.stripe_calls import ask, sent, stripe_client

_REFUSED: Final = ("requires_payment_method", "canceled")
"""How the payment of a complete session stands whose money was awaited and did not come: no page asks for another."""


class CheckoutSessions:
    """Stripe's Checkout Sessions (API 2026-10-28.endive)."""

    def __init__(self, key: str, base_url: str) -> None:
        self._sessions = stripe_client(key, base_url).v1.checkout.sessions

    def create(self, new: NewSession) -> Session:
        """Returns the session that a customer can pay.

        Raises:
            TryAgainLater: if Stripe could not be reached, or was busy.
            Refused: if Stripe said no.
        """
        params: Any = {
            "mode": "payment",
            "ui_mode": "hosted_page",
            "client_reference_id": new.order_id,
            "metadata": dict(new.metadata),
            "payment_intent_data": {"metadata": dict(new.metadata)},
            # Cards only (wallets ride on them): a sale at the door can't wait days for a bank debit.
            "allowed_payment_method_types": ["card"],
            "line_items": [_line(line, new.currency) for line in new.lines],
            "success_url": new.success_url,
            "cancel_url": new.cancel_url,
            "expires_at": new.expires_at,
            # Said each time: what the account's own setting says may change under us.
            "adaptive_pricing": {"enabled": new.may_convert},
        }
        if new.hint is not None:
            params["custom_text"] = {"submit": {"message": new.hint}}
        if new.language is not None:
            params["locale"] = new.language
        if new.email is not None:
            params["customer_email"] = new.email
        return ask(lambda: _read(self._create(params, new.key)))

    def _create(self, params: Any, key: str) -> stripe.checkout.Session:
        try:
            return self._sessions.create(params, {"idempotency_key": key})
        except stripe.InvalidRequestError as error:
            if error.param != "customer_email":
                raise
            # Stripe is stricter with addresses than we are; its page asks for another. Refused, the key has no session.
            del params["customer_email"]
            return self._sessions.create(params, {"idempotency_key": f"{key}-no-email"})

    def retrieve(self, session_id: str) -> Session:
        """Returns the session as it is now. Raises as `create`."""
        expanded: Any = {"expand": ["payment_intent.latest_charge"]}
        return ask(lambda: _read(self._sessions.retrieve(session_id, expanded)))

    def expire(self, session_id: str) -> Session:
        """Returns the session after it was ended, or as it had ended before, such as paid. Raises as `create`."""
        try:
            return ask(lambda: _read(self._sessions.expire(session_id)))
        except Refused:
            return self.retrieve(session_id)

    def take(self, session_id: str) -> Session:
        """Returns the session: Stripe takes the money by itself."""
        return self.retrieve(session_id)


def _line(line: SessionLine, currency: str) -> dict[str, Any]:
    amount = sent(line.amount, currency)
    price = {"currency": currency.lower(), "unit_amount": amount, "product_data": {"name": line.name}}
    return {"quantity": 1, "price_data": price}


def _read(session: stripe.checkout.Session) -> Session:
    payment, state = session.payment_intent, session_state(session.status, session.payment_status)
    if state is PaymentState.HELD and not isinstance(payment, str | None) and payment.status in _REFUSED:
        state = PaymentState.REFUSED
    return Session(
        id=session.id,
        url=session.url,
        state=state,
        amount=from_stripe(session.amount_total or 0, session.currency or ""),
        currency=(session.currency or "").upper(),
        payment=payment if payment is None or isinstance(payment, str) else payment.id,
        card=None if payment is None or isinstance(payment, str) else card_of(payment),
        held_reason="processing" if state is PaymentState.HELD else None,
        payer_email=session.customer_details.email if session.customer_details else None,
    )


def card_of(payment: stripe.PaymentIntent) -> CardDetails | None:
    """Returns the card that paid, if it is known and was asked for with the payment."""
    charge = payment.latest_charge
    return None if charge is None or isinstance(charge, str) else stripe_cards.card_of(charge)

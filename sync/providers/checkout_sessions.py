"""Checkout Sessions at Stripe: the only place of the hub that knows Stripe's SDK and its errors."""

from collections.abc import Callable
from typing import Any, Final, TypeVar

import stripe

from boxoffice.core.errors import TryAgainLater
from boxoffice.core.payments import CardDetails
from sync.services.ports import NewSession, Refused, Session, SessionLine

T = TypeVar("T")

_TIMEOUT_S: Final = 15
_SAFE: Final = "Nothing was charged by this step."


class CheckoutSessions:
    """Stripe's Checkout Sessions (API 2026-10-28.endive)."""

    def __init__(self, key: str, base_url: str) -> None:
        self._sessions = stripe.StripeClient(
            key,
            base_addresses={"api": base_url.rstrip("/")},
            max_network_retries=2,
            http_client=stripe.RequestsClient(timeout=_TIMEOUT_S),
        ).v1.checkout.sessions

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
        }
        return _ask(lambda: _read(self._sessions.create(params, {"idempotency_key": new.key})))

    def retrieve(self, session_id: str) -> Session:
        """Returns the session as it is now. Raises as `create`."""
        expanded: Any = {"expand": ["payment_intent.latest_charge"]}
        return _ask(lambda: _read(self._sessions.retrieve(session_id, expanded)))

    def expire(self, session_id: str) -> Session:
        """Returns the session after it was ended, or as it had ended before, such as paid. Raises as `create`."""
        try:
            return _ask(lambda: _read(self._sessions.expire(session_id)))
        except Refused:
            return self.retrieve(session_id)


def _line(line: SessionLine, currency: str) -> dict[str, Any]:
    price = {"currency": currency.lower(), "unit_amount": line.amount, "product_data": {"name": line.name}}
    return {"quantity": 1, "price_data": price}


def _read(session: stripe.checkout.Session) -> Session:
    payment = session.payment_intent
    return Session(
        id=session.id,
        url=session.url,
        status=session.status or "open",
        is_paid=session.payment_status in ("paid", "no_payment_required"),
        amount=session.amount_total or 0,
        currency=(session.currency or "").upper(),
        payment=payment if payment is None or isinstance(payment, str) else payment.id,
        card=None if payment is None or isinstance(payment, str) else _card(payment),
    )


def _card(payment: stripe.PaymentIntent) -> CardDetails | None:
    charge = payment.latest_charge
    if charge is None or isinstance(charge, str) or charge.payment_method_details is None:
        return None
    card = charge.payment_method_details.card
    return None if card is None else CardDetails(card.brand or "card", card.last4 or "")


def _ask(call: Callable[[], T]) -> T:
    try:
        return call()
    except (stripe.APIConnectionError, stripe.RateLimitError) as error:
        raise TryAgainLater("Stripe can't be reached.", _SAFE, "Try again in a moment.") from error
    except stripe.AuthenticationError as error:
        raise Refused("Stripe does not accept the hub's key.", _SAFE, "Check STRIPE_SECRET_KEY.") from error
    except stripe.StripeError as error:
        if error.http_status is not None and (error.http_status >= 500 or error.http_status in (409, 429)):
            raise TryAgainLater("Stripe is having trouble.", _SAFE, "Try again in a moment.") from error
        raise Refused(f"Stripe refused: {error.user_message}", _SAFE, "Use another tender.") from error

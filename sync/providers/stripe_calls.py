"""Calls of Stripe's SDK: one client, and its errors translated once."""

from collections.abc import Callable
from typing import Final, TypeVar

import stripe

from boxoffice.core.errors import TryAgainLater
from sync.services.ports import Refused

T = TypeVar("T")

_TIMEOUT_S: Final = 15
_SAFE: Final = "Nothing was charged by this step."


def stripe_client(key: str, base_url: str) -> stripe.StripeClient:
    return stripe.StripeClient(
        key,
        base_addresses={"api": base_url.rstrip("/")},
        max_network_retries=2,
        http_client=stripe.RequestsClient(timeout=_TIMEOUT_S),
    )


def ask(call: Callable[[], T]) -> T:
    """Returns what the call returns.

    Raises:
        TryAgainLater: if Stripe could not be reached, or was busy.
        Refused: if Stripe said no.
    """
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

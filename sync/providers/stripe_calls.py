"""Calls of Stripe's SDK: one client, its errors translated once, and amounts as Stripe wants them."""

from collections.abc import Callable
from http import HTTPStatus
from typing import Final, TypeVar

import stripe

from boxoffice.core.charging import CantBeCharged, to_stripe
from boxoffice.core.errors import OperationFailed, TryAgainLater
from boxoffice.core.money import Currency, Money
from boxoffice.core.refusals import Verdict, verdict_of
from sync.ports import NotThere, Refused, ShutOut

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
        TryAgainLater: if Stripe could not be reached, or was busy; ShutOut among it, if it does not let the hub in.
        Refused: if Stripe said no, for good; NotThere among it, for an id that this account does not have.
    """
    try:
        return call()
    except stripe.StripeError as error:
        raise _translated(error) from error


def sent(minor: int, currency: str) -> int:
    """Returns an amount as Stripe is sent it.

    Raises:
        Refused: if Stripe has no such amount.
    """
    try:
        return to_stripe(Money(minor, Currency(currency)))
    except CantBeCharged as error:
        raise Refused(f"Stripe would refuse: {error}.", _SAFE, "Use another tender.") from error


def _translated(error: stripe.StripeError) -> OperationFailed:
    match verdict_of(error.http_status, error.code):
        case Verdict.OUTAGE:
            words = "Stripe can't be reached." if error.http_status is None else "Stripe is having trouble."
            return TryAgainLater(words, _SAFE, "Try again in a moment.")
        case Verdict.SHUT_OUT:
            return ShutOut("Stripe does not accept the hub's key.", _SAFE, "Check STRIPE_SECRET_KEY.")
        case Verdict.FINAL:
            said_no = NotThere if error.http_status == HTTPStatus.NOT_FOUND else Refused
            return said_no(f"Stripe refused: {error.user_message}", _SAFE, "Use another tender.")

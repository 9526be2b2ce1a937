"""What Stripe remembers: its events of the last 30 days, and every payment with what went back of it."""

from collections.abc import Sequence
from typing import Any, Final

import stripe

from boxoffice.core.charging import from_stripe
from sync.providers.stripe_calls import ask, stripe_client
from sync.services.ports import ProviderEvent, ProviderList, ProviderPayment

_PAGE: Final = 100
_TYPES: Final = 20
"""Stripe takes at most so many types in one question."""


class StripeRecords:
    """Stripe's lists, read to their end."""

    def __init__(self, key: str, base_url: str) -> None:
        client = stripe_client(key, base_url).v1
        self._events, self._charges = client.events, client.charges

    def since(self, at: int, types: Sequence[str]) -> list[ProviderEvent]:
        """Returns the events of these types since then, in epoch seconds. Raises as `ask`."""
        found: list[ProviderEvent] = []
        for start in range(0, len(types), _TYPES):
            params: Any = {"limit": _PAGE, "types": list(types[start : start + _TYPES]), "created": {"gte": at}}
            found += ask(lambda params=params: [_event(e) for e in self._events.list(params).auto_paging_iter()])  # type: ignore[misc]  # bound in the loop on purpose
        return found

    def payments(self, at: int) -> ProviderList:
        """Returns what was paid since then. Raises as `ask`."""
        params: Any = {"limit": _PAGE, "created": {"gte": at}}
        charges = ask(lambda: list(self._charges.list(params).auto_paging_iter()))
        return ProviderList([_payment(charge) for charge in charges if charge.paid and charge.captured])


def _event(event: stripe.Event) -> ProviderEvent:
    body: dict[str, Any] = event.to_dict()
    return ProviderEvent(event.id, event.type, body)


def _payment(charge: stripe.Charge) -> ProviderPayment:
    intent = charge.payment_intent
    reference = intent if isinstance(intent, str) else intent.id if intent is not None else charge.id
    paid, refunded = (from_stripe(amount, charge.currency) for amount in (charge.amount, charge.amount_refunded))
    return ProviderPayment(reference, paid, refunded, charge.currency.upper())

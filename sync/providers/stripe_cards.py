"""The card that paid a charge at Stripe, whether it was typed into a page or held to a reader."""

from typing import Any, Final

import stripe

from boxoffice.core.payments import CardDetails

_CARDS: Final = ("card", "card_present", "interac_present")


def card_of(charge: stripe.Charge) -> CardDetails | None:
    """Returns the card, or nothing where it was paid with something else: only what paid has a part of its own."""
    details = charge.payment_method_details
    if details is None or details.type not in _CARDS:
        return None
    card: Any = getattr(details, details.type, None)
    return None if card is None else CardDetails(card.brand or "card", card.last4 or "")

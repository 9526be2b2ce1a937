"""How people speak of a payment: what it is called, how it was paid, and where a refund of it goes."""

from dataclasses import dataclass

from sync.web.views import TENDER_NAMES


@dataclass(frozen=True, slots=True)
class Way:
    """Such as `Card •••• 4242`, paid `by card •••• 4242`, and given back to `the card •••• 4242`."""

    name: str
    by: str
    to: str


def way_of(channel: str, tender: str, last4: str | None = None) -> Way:
    """Returns the words for a tender of an order that was placed on this channel."""
    digits = f" •••• {last4}" if last4 else ""
    match tender:
        case "cash":
            return Way("Cash", "in cash", "the customer, in cash")
        case "paypal":
            return Way("PayPal", "by PayPal", "the customer's PayPal account")
        case "checkout" if channel == "door":
            return Way(f"Phone{digits}", f"by phone{digits and f', card{digits}'}", f"the card{digits}")
        case "checkout" | "terminal":
            return Way(f"Card{digits}", f"by card{digits}", f"the card{digits}")
        case _:
            name = TENDER_NAMES.get(tender, tender)
            return Way(name, name.lower(), "nobody")

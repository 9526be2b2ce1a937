"""How people speak of a payment: what it is called, how it was paid, and where a refund of it goes."""

from dataclasses import dataclass

from boxoffice.documents.languages import Language
from sync.web.views import TENDER_NAMES


@dataclass(frozen=True, slots=True)
class Way:
    """Such as `Card •••• 4242`, paid `by card •••• 4242`, and given back to `the card •••• 4242`."""

    name: str
    by: str
    to: str


def way_of(speaks: Language, channel: str, tender: str, last4: str | None = None) -> Way:
    """Returns the words for a tender of an order that was placed on this channel."""
    say, digits = speaks.say, f" •••• {last4}" if last4 else ""
    match tender:
        case "cash":
            return Way(say("Cash"), say("in cash"), say("the customer, in cash"))
        case "paypal":
            return Way("PayPal", say("by PayPal"), say("the customer's PayPal account"))
        case "checkout" if channel == "door":
            by = say("by phone, card{digits}") if digits else say("by phone")
            return Way(say("Phone") + digits, by.format(digits=digits), say("the card") + digits)
        case "checkout" | "terminal":
            return Way(say("Card") + digits, say("by card") + digits, say("the card") + digits)
        case _:
            name = say(TENDER_NAMES.get(tender, tender))
            return Way(name, name.lower(), say("nobody"))

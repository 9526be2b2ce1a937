"""How people speak of a payment: what it is called, how it was paid, and where a refund of it goes."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, select

from boxoffice.documents.languages import Language
from sync.store import tables as t
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


def last_digits(connection: Connection, order_ids: Sequence[str]) -> dict[str, str]:
    """Returns the last four digits of the cards that paid these orders, by tender."""
    f = t.facts.c
    card = f.payload["card"]["last4"].astext
    query = select(f.payload["tender_id"].astext.label("tender"), card.label("last4")).where(
        f.payload["order_id"].astext.in_(order_ids), f.kind == "payment_captured", card.is_not(None)
    )
    return {row.tender: row.last4 for row in connection.execute(query)}

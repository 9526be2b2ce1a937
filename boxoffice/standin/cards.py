"""Test cards and test amounts, and how a payment with them ends (Stripe, “Test Stripe Terminal” and “Testing”)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Card:
    """`code` and `decline_code` are empty for a card that is approved."""

    number: str
    brand: str = "visa"
    code: str = ""
    decline_code: str = ""
    verification: str | None = None

    @property
    def is_approved(self) -> bool:
        return not self.code

    @property
    def last4(self) -> str:
        return self.number[-4:]


MESSAGES: Final[Mapping[str, str]] = {
    "insufficient_funds": "Your card has insufficient funds.",
    "expired_card": "Your card has expired.",
    "processing_error": "An error occurred while processing your card. Try again in a little bit.",
    "incorrect_cvc": "Your card's security code is incorrect.",
    "incorrect_pin": "Your card's PIN is incorrect.",
}
_CARDS: Final = (
    Card("4242424242424242"),
    Card("4000056655665556"),
    Card("5555555555554444", "mastercard"),
    Card("378282246310005", "amex"),
    Card("6011111111111117", "discover"),
    Card("4506445006931933", "interac"),
    Card("4001007020000002", verification="offline_pin"),
    Card("4001000360000005", verification="online_pin"),
    Card("4000000000000002", code="card_declined", decline_code="generic_decline"),
    Card("4000000000009995", code="card_declined", decline_code="insufficient_funds"),
    Card("4000000000009987", code="card_declined", decline_code="lost_card"),
    Card("4000000000009979", code="card_declined", decline_code="stolen_card"),
    Card("4000000000000069", code="expired_card", decline_code="expired_card"),
    Card("4000000000000127", code="incorrect_cvc", decline_code="incorrect_cvc"),
    Card("4000000000000119", code="processing_error", decline_code="processing_error"),
    Card("4000000000005126"),
)
BY_NUMBER: Final[Mapping[str, Card]] = {card.number: card for card in _CARDS}

AMOUNT_ENDINGS: Final[Mapping[int, str]] = {
    1: "call_issuer",
    2: "offline_pin_required",
    3: "online_or_offline_pin_required",
    5: "generic_decline",
    55: "incorrect_pin",
    65: "withdrawal_count_limit_exceeded",
    75: "pin_try_exceeded",
}
"""On a simulated reader, what an amount ends in decides too."""

REFUND_FAILS: Final = "4000000000005126"


def card_of(number: str) -> Card | None:
    """Returns the test card of a number as it was typed."""
    return BY_NUMBER.get("".join(letter for letter in number if letter.isdigit()))


def at_reader(card: Card, amount: int) -> Card:
    """Returns the card as a simulated reader takes it for this amount."""
    decline = AMOUNT_ENDINGS.get(amount % 100)
    if decline is None or not card.is_approved:
        return card
    return Card(card.number, card.brand, "card_declined", decline, card.verification)


def message_of(card: Card) -> str:
    return MESSAGES.get(card.decline_code) or MESSAGES.get(card.code) or "Your card was declined."

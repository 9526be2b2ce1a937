"""Stripe's test cards and test amounts, and what each of them brings about."""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Decline:
    """Why a card was refused."""

    code: str
    decline_code: str | None
    message: str
    advice: str = "try_again_later"


@dataclass(frozen=True, slots=True)
class Card:
    """A test card; its outcome, if it is not approved; what it asks of the customer; and what its refund does."""

    number: str
    brand: str
    funding: str = "credit"
    decline: Decline | None = None
    verification: str | None = None
    asks_3ds: bool = False
    refund_fails: bool = False
    refund_pends: bool = False
    country: str = "US"

    @property
    def last4(self) -> str:
        return self.number[-4:]


_DECLINED: Final = "Your card was declined."
DECLINES: Final = {
    decline.decline_code or decline.code: decline
    for decline in (
        Decline("card_declined", "generic_decline", _DECLINED),
        Decline("card_declined", "insufficient_funds", "Your card has insufficient funds."),
        Decline("card_declined", "lost_card", _DECLINED, "do_not_try_again"),
        Decline("card_declined", "stolen_card", _DECLINED, "do_not_try_again"),
        Decline("card_declined", "call_issuer", _DECLINED),
        Decline("card_declined", "fraudulent", _DECLINED, "do_not_try_again"),
        Decline("card_declined", "incorrect_pin", "Your card's PIN is incorrect.", "confirm_card_data"),
        Decline("card_declined", "pin_try_exceeded", _DECLINED),
        Decline("card_declined", "withdrawal_count_limit_exceeded", "Your card's limit was exceeded."),
        Decline(
            "card_declined",
            "card_velocity_exceeded",
            "Your card was declined for making repeated attempts too frequently or exceeding its amount limit.",
        ),
        Decline("expired_card", "expired_card", "Your card has expired.", "do_not_try_again"),
        Decline("incorrect_cvc", "incorrect_cvc", "Your card's security code is incorrect.", "confirm_card_data"),
        Decline(
            "processing_error",
            "processing_error",
            "An error occurred while processing your card. Try again in a little bit.",
        ),
        Decline("incorrect_number", None, "Your card number is incorrect.", "confirm_card_data"),
        Decline("authentication_required", "authentication_required", "Your card requires authentication."),
    )
}

_VISA: Final = "4242424242424242"
CARDS: Final = {
    card.number: card
    for card in (
        Card(_VISA, "visa"),
        Card("4000056655665556", "visa", "debit"),
        Card("5555555555554444", "mastercard"),
        Card("5200828282828210", "mastercard", "debit"),
        Card("378282246310005", "amex"),
        Card("6011111111111117", "discover"),
        Card("3056930009020004", "diners"),
        Card("3566002020360505", "jcb"),
        Card("4506445006931933", "interac", "debit", country="CA"),
        Card("4001007020000002", "visa", verification="offline_pin"),
        Card("4001000360000005", "visa", verification="online_pin"),
        Card("4000000000000002", "visa", decline=DECLINES["generic_decline"]),
        Card("4000000000009995", "visa", decline=DECLINES["insufficient_funds"]),
        Card("4000000000009987", "visa", decline=DECLINES["lost_card"]),
        Card("4000000000009979", "visa", decline=DECLINES["stolen_card"]),
        Card("4000000000006975", "visa", decline=DECLINES["card_velocity_exceeded"]),
        Card("4100000000000019", "visa", decline=DECLINES["fraudulent"]),
        Card("4000000000000069", "visa", decline=DECLINES["expired_card"]),
        Card("4000000000000127", "visa", decline=DECLINES["incorrect_cvc"]),
        Card("4000000000000119", "visa", decline=DECLINES["processing_error"]),
        Card("4242424242424241", "visa", decline=DECLINES["incorrect_number"]),
        Card("4000000000005126", "visa", refund_fails=True),
        Card("4000000000007726", "visa", refund_pends=True),
        Card("4000002500003155", "visa", asks_3ds=True),
        Card("4000000000003220", "visa", asks_3ds=True),
        Card("4000008400001629", "visa", decline=DECLINES["generic_decline"], asks_3ds=True),
    )
}

# Payment methods that Stripe's own test pages name, for confirming without a page.
TEST_METHODS: Final = {
    "pm_card_visa": _VISA,
    "pm_card_visa_debit": "4000056655665556",
    "pm_card_mastercard": "5555555555554444",
    "pm_card_amex": "378282246310005",
    "pm_card_discover": "6011111111111117",
    "pm_card_chargeDeclined": "4000000000000002",
    "pm_card_visa_chargeDeclined": "4000000000000002",
    "pm_card_chargeDeclinedInsufficientFunds": "4000000000009995",
    "pm_card_visa_chargeDeclinedInsufficientFunds": "4000000000009995",
    "pm_card_chargeDeclinedLostCard": "4000000000009987",
    "pm_card_chargeDeclinedStolenCard": "4000000000009979",
    "pm_card_chargeDeclinedExpiredCard": "4000000000000069",
    "pm_card_chargeDeclinedIncorrectCvc": "4000000000000127",
    "pm_card_chargeDeclinedProcessingError": "4000000000000119",
    "pm_card_chargeDeclinedFraudulent": "4100000000000019",
    "pm_card_threeDSecure2Required": "4000000000003220",
    "pm_card_authenticationRequired": "4000002500003155",
    "pm_card_refundFail": "4000000000005126",
    "pm_card_pendingRefund": "4000000000007726",
}

# The last two digits of the amount act on a simulated reader (docs.stripe.com, "Test Stripe Terminal").
_ENDINGS: Final = {
    1: "call_issuer",
    5: "generic_decline",
    55: "incorrect_pin",
    65: "withdrawal_count_limit_exceeded",
    75: "pin_try_exceeded",
}
_PIN_ENDINGS: Final = {2: "offline_pin", 3: "online_pin"}


def decline_of_amount(amount: int) -> Decline | None:
    """Returns how a simulated reader refuses this amount, if it does."""
    reason = _ENDINGS.get(amount % 100)
    return None if reason is None else DECLINES[reason]


def verification_of_amount(amount: int) -> str | None:
    """Returns which PIN a simulated reader asks for at this amount."""
    return _PIN_ENDINGS.get(amount % 100)


def passes_luhn(number: str) -> bool:
    """Returns whether the check digit is right."""
    digits = [int(digit) for digit in reversed(number)]
    doubled = [digit * 2 - 9 * (digit > 4) for digit in digits[1::2]]
    return (sum(digits[::2]) + sum(doubled)) % 10 == 0

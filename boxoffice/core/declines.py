"""Why a payment was refused, as a closed set; what is shown and offered next goes by it, never by words."""

from collections.abc import Mapping
from enum import Enum
from typing import Final


class Refusal(Enum):
    """Nothing was charged, for sure, because of this."""

    CARD = "card"
    """The bank said no, or the card can't pay."""
    PROVIDER = "provider"
    """Whom the customer pays through, such as PayPal, did not take the payment, whatever card is behind it."""
    CANCELLED = "cancelled"
    """The customer or the seller ended it."""
    EXPIRED = "expired"
    """Nobody paid in time."""
    AMOUNT = "amount"
    """No card pays such an amount."""
    READER = "reader"
    """The reader could not do it."""
    UNREACHABLE = "unreachable"
    """The provider could not be asked."""
    KEY = "key"
    """The provider does not accept this till."""
    OTHER = "other"


# fmt: off
_CARD: Final = frozenset(
    {
        "approve_with_id", "authentication_required", "call_issuer", "card_declined", "card_not_supported",
        "card_velocity_exceeded", "currency_not_supported", "do_not_honor", "do_not_try_again",
        "duplicate_transaction", "expired_card", "fraudulent", "generic_decline", "incorrect_address",
        "incorrect_cvc", "incorrect_number", "incorrect_pin", "incorrect_zip", "insufficient_funds",
        "invalid_account", "invalid_amount", "invalid_cvc", "invalid_expiry_month", "invalid_expiry_year",
        "invalid_number", "invalid_pin", "issuer_not_available", "lost_card", "merchant_blacklist",
        "mobile_device_authentication_required", "new_account_information_available", "no_action_taken",
        "not_permitted", "offline_pin_required", "online_or_offline_pin_required", "pickup_card",
        "pin_try_exceeded", "processing_error", "reenter_transaction", "restricted_card",
        "revocation_of_all_authorizations", "revocation_of_authorization", "security_violation",
        "service_not_allowed", "stolen_card", "stop_payment_order", "testmode_decline",
        "transaction_not_allowed", "try_again_later", "withdrawal_count_limit_exceeded",
    }
)
# fmt: on
"""Stripe's codes of a card that was declined (Stripe, “Decline codes”)."""

_BY_CODE: Final[Mapping[str, Refusal]] = {
    **dict.fromkeys(_CARD, Refusal.CARD),
    "paypal_denied": Refusal.PROVIDER,
    "canceled": Refusal.CANCELLED,
    "customer_canceled": Refusal.CANCELLED,
    "expired": Refusal.EXPIRED,
    "amount_too_small": Refusal.AMOUNT,
    "amount_too_large": Refusal.AMOUNT,
    "terminal_reader_busy": Refusal.READER,
    "terminal_reader_offline": Refusal.READER,
    "terminal_reader_hardware_fault": Refusal.READER,
    "terminal_reader_timeout": Refusal.READER,
    "connection_error": Refusal.READER,
    "reader_did_not_start": Refusal.READER,
    "network": Refusal.UNREACHABLE,
    "shut_out": Refusal.KEY,
}


def refusal_of(code: str) -> Refusal:
    """Returns why a payment was refused, by the code that its fact holds."""
    return _BY_CODE.get(code, Refusal.OTHER)

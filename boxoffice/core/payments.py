"""Payments: the three ways in which an attempt can end, and its refunds. Unknown is never treated as declined."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Final

from boxoffice.core.languages import later
from boxoffice.core.money import Money


class PaymentStatus(Enum):
    STARTED = "started"
    CAPTURED = "captured"
    FAILED = "failed"
    UNKNOWN = "unknown"


PAYMENT_MOVES: Final[Mapping[PaymentStatus, frozenset[PaymentStatus]]] = {
    PaymentStatus.STARTED: frozenset(PaymentStatus),
    PaymentStatus.UNKNOWN: frozenset(PaymentStatus),
    PaymentStatus.CAPTURED: frozenset(),
    PaymentStatus.FAILED: frozenset(),
}
"""What may be told of an attempt after what was told before: it goes on until it has ended, and it ends once."""
LIVE: Final = frozenset(status for status, after in PAYMENT_MOVES.items() if after)
"""How an attempt stands whose money may still come, or not."""


class RefundStatus(Enum):
    REQUESTED = "requested"
    PENDING = "pending"
    SUCCEEDED = "succeeded"
    FAILED = "failed"


REFUND_MOVES: Final[Mapping[RefundStatus, frozenset[RefundStatus]]] = {
    RefundStatus.REQUESTED: frozenset({RefundStatus.PENDING, RefundStatus.SUCCEEDED, RefundStatus.FAILED}),
    RefundStatus.PENDING: frozenset({RefundStatus.SUCCEEDED, RefundStatus.FAILED}),
    RefundStatus.SUCCEEDED: frozenset({RefundStatus.FAILED}),  # a bank may bring it back days later
    RefundStatus.FAILED: frozenset({RefundStatus.SUCCEEDED}),  # or had been made, and nobody had heard of it
}


ON_THE_WAY: Final = frozenset({RefundStatus.REQUESTED, RefundStatus.PENDING})
"""How a refund stands that has not ended."""
ENDED: Final = frozenset(RefundStatus) - ON_THE_WAY
OUT: Final = frozenset({RefundStatus.PENDING, RefundStatus.SUCCEEDED})
"""How one stands whose money has left."""


class DisputeState(Enum):
    """How a dispute stands, whoever opened it."""

    INQUIRY = "inquiry"
    INQUIRY_CLOSED = "inquiry_closed"
    OPEN = "open"
    WON = "won"
    LOST = "lost"
    PREVENTED = "prevented"


UNDECIDED: Final = frozenset({DisputeState.OPEN, DisputeState.INQUIRY})
"""The disputes that can still be answered."""


@dataclass(frozen=True, slots=True)
class CardDetails:
    """What a card receipt must and may show (Stripe, “Receipts”); never more of the number than four digits."""

    brand: str
    last4: str
    read_method: str = ""
    application_name: str = ""
    aid: str = ""
    account_type: str = ""
    authorization_code: str = ""
    cryptogram: str = ""


@dataclass(frozen=True, slots=True)
class Approved:
    """`paid_code` is the hub's word for it, where a till takes nobody else's; a typed one names no `reference`."""

    reference: str | None
    amount: Money
    card: CardDetails | None = None
    paid_code: str | None = None


@dataclass(frozen=True, slots=True)
class Declined:
    """Nothing was charged. `code` is the provider's, `message` is for the person at the door."""

    code: str
    message: str


@dataclass(frozen=True, slots=True)
class Unknown:
    """It may have been charged or not; only the provider can say."""

    reference: str
    reason: str


Outcome = Approved | Declined | Unknown

DECLINE_WORDS: Final[Mapping[str, str]] = {
    "insufficient_funds": later("The card has insufficient funds."),
    "lost_card": later("The bank declined this card."),
    "stolen_card": later("The bank declined this card."),
    "expired_card": later("The card has expired."),
    "incorrect_pin": later("The PIN was wrong."),
    "offline_pin_required": later("The card needs its PIN. Insert it and enter the PIN."),
    "online_or_offline_pin_required": later("The card needs its PIN. Insert it and enter the PIN."),
    "pin_try_exceeded": later("The PIN was wrong too often."),
    "withdrawal_count_limit_exceeded": later("The card is over its limit."),
    "call_issuer": later("The bank wants the customer to call it."),
    "processing_error": later("The bank could not process the card."),
    "generic_decline": later("The bank declined this card."),
    "card_declined": later("The bank declined this card."),
    "customer_canceled": later("The customer cancelled on the reader."),
    "canceled": later("The payment was cancelled."),
    "expired": later("The code ended before anyone paid."),
    "paypal_denied": later("PayPal did not take the payment."),
    "payment_refused": later("The payment was held first, and then it was refused."),
    "payment_lost": later("The payment was held first, and then the payment service did not know it any more."),
    "terminal_reader_busy": later("The reader is busy with something else. Wait a moment, then try again."),
    "terminal_reader_offline": later("The reader is offline. Check its power and network."),
    "terminal_reader_hardware_fault": later("The reader has a fault. Restart it or use another one."),
    "terminal_reader_timeout": later("The reader did not answer in time."),
    "connection_error": later("The reader could not reach Stripe."),
    "reader_did_not_start": later("The reader did not start."),
    "network": later("Stripe can't be reached."),
    "refused": later("The payment service refused this payment."),
    "amount_too_small": later("The amount is too small for a card."),
    "amount_too_large": later("The amount is too large for a card."),
    "shut_out": later("Stripe does not accept this till's key. Tell an organizer; cash still works."),
}


def plain_words(code: str) -> str:
    """Returns the sentence for a provider's code; never the raw code itself."""
    return DECLINE_WORDS.get(code, later("The payment was declined."))

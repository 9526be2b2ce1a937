"""A card payment on a Stripe Terminal reader, as a decision: what was read goes in, what it means comes out.

Source of the rules: Stripe, “Collect card payments” (server-driven). The PaymentIntent is the truth about money, the
reader's action only about the device, and an action is ours only if it names our PaymentIntent.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Final, assert_never

from boxoffice.core.money import Money
from boxoffice.core.payments import Approved, CardDetails, Declined, plain_words


class IntentStatus(Enum):
    REQUIRES_PAYMENT_METHOD = "requires_payment_method"
    REQUIRES_CONFIRMATION = "requires_confirmation"
    REQUIRES_ACTION = "requires_action"
    PROCESSING = "processing"
    REQUIRES_CAPTURE = "requires_capture"
    SUCCEEDED = "succeeded"
    CANCELED = "canceled"


@dataclass(frozen=True, slots=True)
class Intent:
    """A PaymentIntent as it was read. `decline_code` is of its last attempt."""

    id: str
    status: IntentStatus
    amount: Money
    decline_code: str = ""
    card: CardDetails | None = None


class ActionStatus(Enum):
    IN_PROGRESS = "in_progress"
    SUCCEEDED = "succeeded"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class ReaderAction:
    """What a reader is doing, or did last. `intent_id` is empty for anything but a payment."""

    status: ActionStatus
    intent_id: str = ""
    failure_code: str = ""


@dataclass(frozen=True, slots=True)
class TerminalReader:
    """A reader as it was read."""

    id: str
    label: str
    is_online: bool
    action: ReaderAction | None = None


@dataclass(frozen=True, slots=True)
class Waiting:
    """Nothing is decided. `is_presented` says that a card was read."""

    is_presented: bool


@dataclass(frozen=True, slots=True)
class Stopped:
    """The reader has let go, but that alone does not say that nothing was charged: end the intent to know."""

    code: str


Decision = Waiting | Stopped | Approved | Declined

_CARD_FAILURES: Final = frozenset({"card_declined", "expired_card", "incorrect_pin", "customer_canceled"})
"""Failures of a reader's action after which Stripe has let go of the card for sure."""

_BY_STATUS: Final[Mapping[IntentStatus, Decision | None]] = {
    IntentStatus.REQUIRES_PAYMENT_METHOD: None,
    IntentStatus.REQUIRES_CONFIRMATION: Waiting(is_presented=True),
    IntentStatus.REQUIRES_ACTION: Waiting(is_presented=True),
    IntentStatus.PROCESSING: Waiting(is_presented=True),
    IntentStatus.REQUIRES_CAPTURE: Waiting(is_presented=True),
    IntentStatus.SUCCEEDED: None,
    IntentStatus.CANCELED: Declined("canceled", plain_words("canceled")),
}


def decide(intent: Intent, action: ReaderAction | None) -> Decision:
    """Returns what an intent means, read after the reader's action was."""
    if intent.status is IntentStatus.SUCCEEDED:
        return Approved(intent.id, intent.amount, intent.card)
    known = _BY_STATUS[intent.status]
    if known is not None:
        return known
    if action is None or action.intent_id != intent.id:
        return Stopped("reader_did_not_start")
    match action.status:
        case ActionStatus.IN_PROGRESS:
            return Waiting(is_presented=False)
        case ActionStatus.SUCCEEDED:
            return Waiting(is_presented=True)
        case ActionStatus.FAILED if action.failure_code in _CARD_FAILURES:
            code = action.failure_code if action.failure_code == "customer_canceled" else intent.decline_code
            code = code or action.failure_code
            return Declined(code, plain_words(code))
        case ActionStatus.FAILED:
            return Stopped(action.failure_code or "reader_did_not_start")
        case _:
            assert_never(action.status)


def decide_ended(intent: Intent, code: str) -> Decision:
    """Returns what an intent means after it was asked to end because of `code`."""
    if intent.status is IntentStatus.CANCELED:
        return Declined(code, plain_words(code))
    if intent.status is IntentStatus.SUCCEEDED:
        return Approved(intent.id, intent.amount, intent.card)
    return Waiting(is_presented=True)

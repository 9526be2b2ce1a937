"""A card payment on a Stripe Terminal reader, as a decision: what was read goes in, what it means comes out.

Source of the rules: Stripe, “Collect card payments” (server-driven). The PaymentIntent is the truth about money, the
reader's action only about the device, and an action is ours only if it names our PaymentIntent.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
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
    is_cart: bool = False
    """Whether it only shows a cart, which goes on for ever."""

    @property
    def is_busy(self) -> bool:
        """Whether it does something that a cart would end."""
        return self.status is ActionStatus.IN_PROGRESS and not self.is_cart


@dataclass(frozen=True, slots=True)
class TerminalReader:
    """A reader as it was read. Stripe tells when it last heard of it and its software, and not its charge."""

    id: str
    label: str
    is_online: bool
    action: ReaderAction | None = None
    seen_at: datetime | None = field(default=None, compare=False)
    software: str = ""


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

_BY_STATUS: Final[Mapping[IntentStatus, Decision]] = {
    IntentStatus.REQUIRES_CONFIRMATION: Waiting(is_presented=True),
    IntentStatus.REQUIRES_ACTION: Waiting(is_presented=True),
    IntentStatus.PROCESSING: Waiting(is_presented=True),
    IntentStatus.REQUIRES_CAPTURE: Waiting(is_presented=True),
    IntentStatus.CANCELED: Declined("canceled", plain_words("canceled")),
}
"""What a status says whatever the reader does; the two that are not here need a closer look."""


def decide(intent: Intent, action: ReaderAction | None) -> Decision:
    """Returns what an intent means, read after the reader's action was."""
    if intent.status is IntentStatus.SUCCEEDED:
        return Approved(intent.id, intent.amount, intent.card)
    return _BY_STATUS.get(intent.status) or _by_action(intent, action)


def _by_action(intent: Intent, action: ReaderAction | None) -> Decision:
    if action is None or action.intent_id != intent.id:
        return Stopped("reader_did_not_start")
    if action.status is not ActionStatus.FAILED:
        return Waiting(is_presented=action.status is ActionStatus.SUCCEEDED)
    if action.failure_code not in _CARD_FAILURES:
        return Stopped(action.failure_code or "reader_did_not_start")
    decline = "" if action.failure_code == "customer_canceled" else intent.decline_code
    code = decline or action.failure_code
    return Declined(code, plain_words(code))


def decide_ended(intent: Intent, code: str) -> Decision:
    """Returns what an intent means after it was asked to end because of `code`."""
    match intent.status:
        case IntentStatus.CANCELED:
            return Declined(code, plain_words(code))
        case IntentStatus.SUCCEEDED:
            return Approved(intent.id, intent.amount, intent.card)
        case (
            IntentStatus.REQUIRES_PAYMENT_METHOD
            | IntentStatus.REQUIRES_CONFIRMATION
            | IntentStatus.REQUIRES_ACTION
            | IntentStatus.PROCESSING
            | IntentStatus.REQUIRES_CAPTURE
        ):
            return Waiting(is_presented=True)
        case _:
            assert_never(intent.status)

"""How a payment goes on, and what came of it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from boxoffice.core.declines import Refusal
from boxoffice.core.ids import TenderId
from boxoffice.core.money import Money
from boxoffice.core.tenders import TenderKind
from boxoffice.till.usecases.gateway.orders import Order


@dataclass(frozen=True, slots=True)
class UnknownPayment:
    """A payment that may have been taken or not; it is asked about until that is known."""

    id: TenderId
    order: Order
    kind: TenderKind
    amount: Money
    since: datetime
    reason: str
    checks: int = 0
    checked_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class TenderPaid:
    """The money is taken and saved. The order is complete when nothing is due any more."""

    order: Order
    card: str = ""


@dataclass(frozen=True, slots=True)
class TenderRefused:
    """Nothing was charged, for sure. The order stays open and its units held."""

    order: Order
    message: str = ""
    why: Refusal = Refusal.OTHER

    @property
    def is_cancelled(self) -> bool:
        return self.why is Refusal.CANCELLED


@dataclass(frozen=True, slots=True)
class TenderUnknown:
    """Nobody knows yet."""

    payment: UnknownPayment


TenderOutcome = TenderPaid | TenderRefused | TenderUnknown


class Stage(Enum):
    """How far a reader or phone payment has come. Stages only go forward."""

    SENT = "sent"
    """The reader has the amount, or the code is on the screen."""
    OPENED = "opened"
    """Phone only: the customer has opened the payment page."""
    PRESENTED = "presented"
    """The card was read, or the customer is paying."""
    CANCELLING = "cancelling"


@dataclass(frozen=True, slots=True)
class Progress:
    """A step of a payment under way. A phone payment's has its `link`, and the `seconds_left` that the hub gives."""

    stage: Stage
    at: datetime
    link: str = ""
    seconds_left: float | None = None
    is_offer: bool = False
    """The till has no network: it hears of the payment by the code that the customer's phone shows."""


OnProgress = Callable[[Progress], None]
"""Called on whatever thread the payment runs."""

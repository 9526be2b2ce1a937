"""Rows of gift cards: what each holds, and what of it one till may spend by itself."""

from dataclasses import dataclass
from enum import Enum


class CardStatus(Enum):
    ACTIVE = "active"
    BLOCKED = "blocked"


@dataclass(frozen=True, slots=True)
class StoredValueRow:
    """A gift card, in minor units: what is neither `spent` nor `leased` is free.

    `spent` counts what was paid with it, paid out, and (`taken_back`) what its price was given back for. `over` was
    spent of what it did not hold any more, by a till whose lease had been taken from it: it is nobody's to spend.
    """

    id: str
    order_id: str
    event_id: str
    currency: str
    status: CardStatus
    code_hash: str
    last4: str
    issued: int
    spent: int = 0
    leased: int = 0
    taken_back: int = 0
    over: int = 0

    @property
    def free(self) -> int:
        """Returns what any till may have."""
        return self.issued - self.spent - self.leased

    @property
    def balance(self) -> int:
        """Returns what is left to be spent, wherever it is."""
        return self.issued - self.spent


@dataclass(frozen=True, slots=True)
class ValueLeaseRow:
    """What one till may spend of a card, network or none. `is_recalled` as soon as the hub wants the rest back."""

    id: str
    card_id: str
    device_id: str
    currency: str
    code_hash: str
    last4: str
    amount: int
    spent: int = 0
    returned: int = 0
    is_recalled: bool = False

    @property
    def left(self) -> int:
        return self.amount - self.spent - self.returned

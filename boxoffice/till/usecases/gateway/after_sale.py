"""What screens know of an order after its sale: what can go back of it, and how far that has come."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

from boxoffice.core.ids import OrderId, TenderId
from boxoffice.core.money import Money, total_of
from boxoffice.core.payloads.payload import PartKey
from boxoffice.core.tenders import TENDERS, TenderKind


@dataclass(frozen=True, slots=True)
class Thing:
    """One thing of an order, what was paid for it, and whether it can still go back."""

    key: PartKey
    name: str
    detail: str
    worth: Money
    is_there: bool
    ticket_id: str | None = None


@dataclass(frozen=True, slots=True)
class Payback:
    """A payment, and how much of it can go back. `words` say which card it was."""

    payment_id: TenderId
    kind: TenderKind
    left: Money
    words: str = ""

    @property
    def is_cash(self) -> bool:
        return TENDERS[self.kind].is_cash


@dataclass(frozen=True, slots=True)
class RefundChoice:
    """What can be given back of an order, cash first: as it goes back."""

    order_id: OrderId
    number: str
    things: tuple[Thing, ...]
    ways: tuple[Payback, ...]
    is_own: bool
    given_back: int = 0
    """What has gone back of it before, in minor units: a seller's limit is for all of an order."""
    can_void: bool = False
    """Whether tickets of it can end with no refund: something of it was given for nothing."""

    @property
    def is_for_nothing(self) -> bool:
        """Whether there is nothing to give back of what still works."""
        return self.can_void and not self.ways

    @property
    def left(self) -> Money | None:
        """What can go back in all; None if nothing has been paid that could."""
        return total_of((way.left for way in self.ways), self.ways[0].left.currency) if self.ways else None

    def over(self, amount: Money) -> tuple[Payback, ...]:
        """Returns what of an amount goes back to which payment."""
        shares, rest = [], amount.minor
        for way in self.ways:
            mine = min(way.left.minor, rest)
            if mine > 0:
                shares.append(Payback(way.payment_id, way.kind, Money(mine, amount.currency), way.words))
            rest -= mine
        return tuple(shares)

    def worth(self, chosen: Sequence[PartKey]) -> Money | None:
        """Returns what goes back for these things: what was paid for them, and no more than is left."""
        if self.left is None:
            return None
        worth = sum(thing.worth.minor for thing in self.things if thing.key in chosen)
        return Money(min(worth, self.left.minor), self.left.currency)


@dataclass(frozen=True, slots=True)
class RefundWish:
    """What somebody has seen and pressed: these things, or an `amount`; `total` and `cash` of it, in minor units.

    So much has gone back of the order `before`.
    """

    things: tuple[PartKey, ...]
    amount: int | None
    total: int
    cash: int = 0
    why: str = ""
    before: int = 0


class RefundStep(Enum):
    """How far giving back has come: `GIVEN` in cash here; `ASKED`: the hub has it; `QUEUED`: the hub is asked later."""

    GIVEN = "given"
    ASKED = "asked"
    QUEUED = "queued"


class Seen(Enum):
    """What showed at the door that an order was theirs to collect."""

    PHOTO_ID = "photo_id"
    CODE = "code"
    CARD = "card"
    SOMEONE_ELSE = "someone_else"

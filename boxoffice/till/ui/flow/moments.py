"""What a page lets the customer know: the kind of moment, and sums. No text of the seller's passes here."""

from dataclasses import dataclass
from enum import Enum

from boxoffice.core.money import Money


class MomentKind(Enum):
    CART = "cart"
    CASH = "cash"
    CARD = "card"
    PHONE = "phone"
    PAID = "paid"


@dataclass(frozen=True, slots=True)
class Moment:
    """`amount` is what is to be paid now, or was; `link` what their phone opens to pay it."""

    kind: MomentKind = MomentKind.CART
    amount: Money | None = None
    link: str = ""
    given: Money | None = None
    change: Money | None = None
    tickets: int = 0


AT_THE_CART = Moment()

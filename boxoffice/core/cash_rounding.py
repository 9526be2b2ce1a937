"""Cash without small coins: what is put on or taken off a cash payment so that coins can pay it, and how it goes back.

Only cash is rounded, once for each payment. What is sold and its tax stay exact; the difference stands in an account of
its own. What goes back follows what was stored with the payment, whatever the rule of the event has become.
"""

from dataclasses import dataclass
from enum import Enum
from typing import Final

from boxoffice.core.money import Money

STEPS: Final = (5, 10, 50, 100)
"""What a rule may round to, in minor units of its event's currency."""


class RoundingWay(Enum):
    """To which side an amount is rounded."""

    NEAREST = "nearest"
    """To the nearer one; from the very middle in the customer's favour."""
    CUSTOMER = "customer"
    """Always in the customer's favour: down."""


@dataclass(frozen=True, slots=True)
class CashRounding:
    """An event's rule: the smallest amount (`step`, in minor units) that coins pay, and the way to it."""

    step: int
    way: RoundingWay = RoundingWay.NEAREST

    def on(self, amount: Money) -> Money:
        """Returns what is put on an amount that cash pays; negative for what is taken off."""
        return Money(_rounded(amount.minor, self.step, self.way) - amount.minor, amount.currency)


@dataclass(frozen=True, slots=True)
class CashPaid:
    """A cash payment as it was stored, and what of it is back.

    `amount` is what it paid of its order, `rounding` what was put on that in the drawer, `step` what it was rounded to
    (0 for not at all); `back` and `rounding_back` are the sums of its refunds so far. All in minor units.
    """

    amount: int
    rounding: int = 0
    step: int = 0
    back: int = 0
    rounding_back: int = 0

    @property
    def left(self) -> int:
        """Returns what of the order's money can still go back."""
        return self.amount - self.back

    @property
    def cash_left(self) -> int:
        """Returns what of the cash that was taken has not gone back."""
        return self.amount + self.rounding - self.back - self.rounding_back

    def rounding_of_refund(self, amount: int) -> int:
        """Returns what is put on a refund of `amount` in cash.

        All of the payment gives back exactly the cash that was taken. A part is given in coins of the step that was
        stored, and never more than what is left of that cash.
        """
        if amount >= self.left:
            return self.cash_left - self.left
        if not self.step:
            return 0
        return min(_rounded(amount, self.step, RoundingWay.NEAREST), self.cash_left) - amount


def _rounded(minor: int, step: int, way: RoundingWay) -> int:
    whole, rest = divmod(minor, step)
    is_up = way is RoundingWay.NEAREST and rest * 2 > step
    return (whole + is_up) * step

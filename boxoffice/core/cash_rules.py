"""What an event says about cash at its doors: how it is rounded, and what a drawer begins with."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from boxoffice.core.cash_rounding import CashRounding
from boxoffice.core.money import Money


@dataclass(frozen=True, slots=True)
class FloatTemplate:
    """What a drawer of a kind begins with, such as that of a door; told apart by bills and coins where it is known."""

    name: str
    amount: Money
    pieces: Mapping[int, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class CashRules:
    """`rounding` is None where cash is paid to the minor unit."""

    rounding: CashRounding | None = None
    floats: tuple[FloatTemplate, ...] = ()

    def rounding_on(self, amount: Money) -> Money:
        """Returns what is put on an amount that cash pays."""
        return Money(0, amount.currency) if self.rounding is None else self.rounding.on(amount)

    @property
    def step(self) -> int:
        """Returns what cash is rounded to, in minor units; 0 for nothing."""
        return 0 if self.rounding is None else self.rounding.step


NO_RULES: Final = CashRules()

"""How many tickets may be given away at an event: in all, and by one person; above it, somebody must approve each."""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class CompBudget:
    """Tickets, in all and by each person who gives them; None where nobody has set a limit."""

    per_event: int | None = None
    per_person: int | None = None

    @property
    def is_set(self) -> bool:
        return self.per_event is not None or self.per_person is not None


@dataclass(frozen=True, slots=True)
class CompsGiven:
    """How many tickets were given away at an event, as far as somebody knows: in all, and by one person (`mine`)."""

    total: int = 0
    mine: int = 0

    def over(self, budget: CompBudget, more: int) -> int:
        """Returns how many of so many more are above a budget; 0 if all are within it."""
        limits = ((self.total, budget.per_event), (self.mine, budget.per_person))
        return max((given + more - limit for given, limit in limits if limit is not None), default=0)

    def tightest(self, budget: CompBudget) -> tuple[int, int] | None:
        """Returns so many given of so many, of whichever limit leaves less; None without one."""
        limits = ((self.total, budget.per_event), (self.mine, budget.per_person))
        known = [(given, limit) for given, limit in limits if limit is not None]
        return min(known, key=lambda each: each[1] - each[0], default=None)


NO_BUDGET: Final = CompBudget()

"""Which fault strikes when: one place that is asked before anything that can go wrong, and that counts what did."""

from collections import Counter
from dataclasses import dataclass, field

from tests.simulation.options import Fault, Options
from tests.simulation.scheduler import Scheduler


@dataclass
class Chaos:
    """`is_over` once the world heals: then nothing goes wrong any more."""

    options: Options
    scheduler: Scheduler
    counts: Counter[str] = field(default_factory=Counter)
    is_over: bool = False
    pace: float = 1.0
    """How many times more seldom things look by themselves: more than once while nothing happens any more."""

    def strikes(self, fault: Fault, who: str, weight: float = 1.0) -> bool:
        """Returns whether this goes wrong now."""
        if fault not in self.options.faults or self.is_over:
            return False
        if not self.scheduler.draws.of(f"{fault.value} {who}").chance(self.options.rate * weight):
            return False
        self.counts[fault.value] += 1
        self.scheduler.note(who, f"! {fault.value}")
        return True

    def delay_s(self, who: str) -> float:
        """Returns how long a message is under way."""
        own = self.scheduler.draws.of(f"delay {who}")
        return own.between(2, 40) if self.strikes(Fault.SLOW, who) else own.between(0.01, 0.3)

"""When a part that runs beside the work is started again, and from when its silence is a fault.

All times are those of a clock that only goes forward: a wall clock that is set must not look like silence.
"""

from dataclasses import dataclass
from typing import Final

FIRST_PAUSE_S: Final = 0.5
LONGEST_PAUSE_S: Final = 8.0


def pause_s(failures: int, chance: float = 1.0) -> float:
    """Returns how long to wait before the next start, after so many failures in a row.

    Args:
        failures: one or more.
        chance: from 0 to 1; it spreads the starts of those who failed together, over half of the pause.
    """
    whole = min(LONGEST_PAUSE_S, FIRST_PAUSE_S * 2.0 ** min(failures - 1, 16))
    return whole * (0.5 + chance / 2)


@dataclass(slots=True)
class Pulse:
    """The signs of life of one part. Whoever runs it says `beat` when it has really done something."""

    part: str
    patience_s: float
    heard_at: float
    failures: int = 0
    """How often it ended since it was last heard of."""

    def beat(self, now: float) -> None:
        self.heard_at = now
        self.failures = 0

    def silent_s(self, now: float) -> float:
        """Returns for how long nothing was heard of it."""
        return max(0.0, now - self.heard_at)

    def is_silent(self, now: float) -> bool:
        return self.silent_s(now) > self.patience_s

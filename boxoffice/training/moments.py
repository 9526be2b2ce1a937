"""Where a training stands: the drill under way, or the one that is over."""

from dataclasses import dataclass, field

from boxoffice.core.money import Currency
from boxoffice.training.course import DrillPlan
from boxoffice.training.goals import Progress, Score


@dataclass
class Running:
    """The drill under way. The threads of the till tell it what happened; the screen reads it."""

    number: int
    plan: DrillPlan
    who: str
    position: tuple[int, int]
    began_s: float
    tried: int = 1
    presses: int = 0
    progress: Progress = field(default_factory=Progress)
    off_minor: int = 0
    at_goal_since_s: float = 0.0
    hinted: bool = False
    ended_s: float | None = None

    @property
    def is_done(self) -> bool:
        return self.progress.done >= len(self.plan.steps)


@dataclass(frozen=True, slots=True)
class Finished:
    """A drill that is over, and its score."""

    number: int
    plan: DrillPlan
    who: str
    score: Score
    currency: Currency

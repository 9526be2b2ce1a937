"""What a deliberate bug is, and whether runs catch it."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any

import pytest

from tests.simulation.options import Options
from tests.simulation.runs import Player, Tier, Verdict, drawn

Break = Callable[[pytest.MonkeyPatch], None]


@dataclass(frozen=True)
class Mutation:
    """`breaks` says what a person would see go wrong; it must be caught within `seeds` runs of `steps` steps."""

    name: str
    breaks: str
    put_in: Break
    tier: Tier = Tier.FAST
    seeds: int = 60
    steps: int = 60
    focus: Mapping[str, Any] = field(default_factory=dict)
    """Which rules and faults its runs play, where that is not left to each seed."""

    def options(self, seed: int) -> Options:
        return replace(drawn(seed, self.steps), **self.focus)

    @contextmanager
    def on(self) -> Iterator[None]:
        with pytest.MonkeyPatch.context() as patch:
            self.put_in(patch)
            yield


def caught(mutation: Mutation, player: Player) -> Verdict | None:
    """Returns the first run that catches the bug; None if none of its seeds does. A world that can't begin has not."""
    for seed in range(1, mutation.seeds + 1):
        verdict = player.play(mutation.options(seed), broken_by=mutation.on())
        if verdict.problem is not None and verdict.step >= 0:
            return verdict
    return None

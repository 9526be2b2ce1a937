"""One run from its seed to its verdict, and a failure made smaller until nothing of it can be left out."""

import hashlib
import tempfile
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, replace
from enum import Enum
from pathlib import Path
from typing import Any, Final

import structlog

from tests.simulation import fast_oracle
from tests.simulation.draws import Draws, Tape
from tests.simulation.fast_world import FastWorld
from tests.simulation.options import Options
from tests.simulation.oracle import Oracle
from tests.simulation.scheduler import Scheduler
from tests.simulation.seams import seams
from tests.simulation.stage import Image, copied
from tests.simulation.told import Broken
from tests.simulation.world import world_of

MOST_TRIES: Final = 60


class Tier(Enum):
    """What a run plays: the executors in memory, or the whole till and the whole hub."""

    FAST = "fast"
    FULL = "full"


Frame = tuple[float, list[tuple[str, int, int, int, int]]]
"""A moment, and of each pool what is free, on lease, held and sold then."""


@dataclass(frozen=True)
class Verdict:
    """How a run went: `problem` is what broke at `step`, None if nothing did. `trace` is what everybody did when."""

    options: Options
    problem: str | None
    step: int
    trace: Sequence[tuple[float, str, str]]
    counts: Counter[str]
    tape: Tape
    digest: str
    virtual_s: float
    frames: Sequence[Frame] = ()
    """Where the places of each pool were, from time to time."""

    @property
    def kind(self) -> str:
        """Returns the property that broke, by its first word."""
        return (self.problem or "").partition(":")[0]


def drawn(seed: int, steps: int) -> Options:
    """Returns what the seed's run plays."""
    return Options.drawn(seed, steps, Draws(seed))


class Player:
    """Plays runs, one after the other. The full tier needs a Postgres with a database `staged` (see `stage`)."""

    def __init__(self, tier: Tier, postgres_url: str = "", database: str = "sim-run") -> None:
        self.tier = tier
        self._postgres_url = postgres_url
        self._database = database
        # A run has a trace of its own. Not remembered by any logger: other suites look at what the hub logs.
        silent = structlog.make_filtering_bound_logger(50)
        structlog.configure(wrapper_class=silent, cache_logger_on_first_use=False)

    def play(
        self, options: Options, tape: Tape | None = None, broken_by: AbstractContextManager[Any] | None = None
    ) -> Verdict:
        """Plays a run to its end, or to the first thing that breaks. `broken_by` is a deliberate bug for it."""
        draws = Draws(options.seed, tape)
        scheduler = Scheduler(draws)
        end = _End()
        play = self._fast if self.tier is Tier.FAST else self._full
        with broken_by or nullcontext():
            try:
                play(options, scheduler, end)
            except Broken as broken:
                cause = broken.__cause__
                end.problem = str(broken) + (f" ({type(cause).__name__}: {cause})" if cause else "")
            except Exception as error:  # noqa: BLE001  # whatever the product raises where it may not is a finding
                end.problem = f"error: {type(error).__name__}: {error}"
        whole = repr((scheduler.trace, end.facts, end.problem))
        digest = hashlib.sha256(whole.encode()).hexdigest()
        return Verdict(
            options,
            end.problem,
            end.step,
            scheduler.trace,
            end.counts,
            draws.tape(),
            digest,
            scheduler.now,
            end.frames,
        )

    def _fast(self, options: Options, scheduler: Scheduler, end: "_End") -> None:
        world = FastWorld(options, scheduler)
        end.counts = world.chaos.counts
        end.of(world.facts.kinds, world.facts.seen)
        for end.step in range(options.steps):
            world.step(end.step)
            fast_oracle.look(world)
        world.heal()
        end.step = options.steps
        fast_oracle.look_at_the_end(world)

    def _full(self, options: Options, scheduler: Scheduler, end: "_End") -> None:
        with tempfile.TemporaryDirectory(prefix="boxoffice-sim-") as folder, seams(scheduler) as patch:
            copied(self._postgres_url, self._database)
            image = Image(self._postgres_url, self._database)
            with world_of(options, scheduler, patch, image, Path(folder)) as world:
                oracle = Oracle(world)
                end.counts = world.chaos.counts
                end.of(oracle.facts.kinds, oracle.facts.seen)
                end.frames = oracle.frames
                for end.step in range(options.steps):
                    world.step(end.step)
                    oracle.look()
                world.heal()
                end.step = options.steps
                oracle.look_at_the_end()


class _End:
    """What a run leaves."""

    problem: str | None = None
    step = -1
    frames: Sequence[Frame] = ()

    def __init__(self) -> None:
        self._counts: Counter[str] = Counter()
        self._kinds: Counter[str] = Counter()
        self._seen: dict[str, str] = {}

    def of(self, kinds: Counter[str], seen: dict[str, str]) -> None:
        self._kinds, self._seen = kinds, seen

    @property
    def counts(self) -> Counter[str]:
        return self._counts + self._kinds

    @counts.setter
    def counts(self, counts: Counter[str]) -> None:
        self._counts = counts

    @property
    def facts(self) -> list[str]:
        return sorted(self._seen)


def shrunk(verdict: Verdict, again: Callable[[Options], Verdict], tries: int = MOST_TRIES) -> Verdict:
    """Returns the smallest run that still breaks the same property: fewer faults first, then fewer steps."""
    smallest = verdict

    def attempt(options: Options) -> None:
        nonlocal smallest, tries
        if tries > 0:
            tries -= 1
            found = again(options)
            if found.problem is not None and found.kind == verdict.kind:
                smallest = found

    if verdict.step < verdict.options.steps:
        attempt(replace(smallest.options, steps=verdict.step + 1))
    for fault in sorted(smallest.options.faults, key=lambda each: each.value):
        attempt(replace(smallest.options, faults=smallest.options.faults - {fault}))
    size = max(1, smallest.options.steps // 2)
    while size >= 1:
        for start in range(0, smallest.options.steps, size):
            part = frozenset(range(start, min(start + size, smallest.options.steps)))
            if not part <= smallest.options.skipped:
                attempt(replace(smallest.options, skipped=smallest.options.skipped | part))
        size //= 2
    return smallest


def command(options: Options, tier: Tier) -> str:
    """Returns what plays a run again."""
    parts = [f"make sim SEED={options.seed} STEPS={options.steps} TIER={tier.value}"]
    if left_out := drawn(options.seed, options.steps).faults - options.faults:
        parts.append(f"WITHOUT={','.join(sorted(fault.value for fault in left_out))}")
    if options.skipped:
        parts.append(f"SKIP={','.join(map(str, sorted(options.skipped)))}")
    return " ".join(parts)

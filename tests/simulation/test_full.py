"""The full tier: the real till and the real hub, a fixed set of seeds and a fresh one."""

import secrets
from collections import Counter

import pytest

from tests.simulation.options import Fault
from tests.simulation.runs import Player, command, drawn

STEPS = 40
FIXED = (3, 9, 16)
FRESH = 1


@pytest.mark.slow
def test_nothing_is_oversold_lost_or_doubled(full: Player) -> None:
    first, counts = secrets.randbelow(10**9), Counter[str]()

    for seed in (*FIXED, *range(first, first + FRESH)):
        verdict = full.play(drawn(seed, STEPS))
        assert verdict.problem is None, f"{verdict.options}\n{verdict.problem}\n{command(verdict.options, full.tier)}"
        counts += verdict.counts

    assert counts["sold at a till"]
    assert counts["sold on the web"]
    assert sum(counts[fault.value] for fault in Fault) > 100


def test_a_seed_plays_the_same_twice(full: Player) -> None:
    options = drawn(8, 15)

    digests = {full.play(options).digest for _ in range(2)}

    assert len(digests) == 1

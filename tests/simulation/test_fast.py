"""The fast tier: a fixed set of seeds, a fresh one, and what must have happened in them."""

import os
import secrets
import subprocess
import sys
from collections import Counter

from boxoffice.core.payments import PaymentStatus
from tests.simulation.options import FULL_FAULTS, FULL_RULES, Fault, Rule
from tests.simulation.runs import Player, command, drawn

STEPS = 60
FIXED = range(1, 121)
FRESH = 30
NOT_HERE = {Fault.PROVIDER_REFUSES, Fault.CLOCK_JUMPS, Fault.CLOCK_DRIFTS, *FULL_FAULTS}
"""What has no place in the fast tier: it has no clocks and files of tills, no mails, and no provider that says why."""
HAPPENS = {
    "order: pending to processing",
    "order: processing to completed",
    "order: processing to failed",
    *(f"payment_{status.value}" for status in PaymentStatus),
    "refund_requested",
    "refund_pending",
    "refund_succeeded",
    "refund_failed",
    "ticket_voided",
    "lease_granted",
    "lease_returned",
    "lease_reclaimed",
    "no: NotEnoughLeft",
    "given back",
}


def test_nothing_breaks_whatever_goes_wrong_and_all_of_it_does_go_wrong(fast: Player) -> None:
    counts: Counter[str] = Counter()

    for seed in FIXED:
        verdict = fast.play(drawn(seed, STEPS))
        assert verdict.problem is None, f"{verdict.options}\n{verdict.problem}\n{command(verdict.options, fast.tier)}"
        counts += verdict.counts

    assert [fault for fault in Fault if fault not in NOT_HERE and not counts[fault.value]] == []
    assert [rule for rule in Rule if rule not in FULL_RULES and not counts[f"tried: {rule.value}"]] == []
    assert [what for what in HAPPENS if not counts[what]] == []


def test_seeds_that_nobody_has_seen_break_nothing(fast: Player) -> None:
    first = secrets.randbelow(10**9)

    for seed in range(first, first + FRESH):
        verdict = fast.play(drawn(seed, STEPS))
        assert verdict.problem is None, f"{verdict.options}\n{verdict.problem}\n{command(verdict.options, fast.tier)}"


def test_a_seed_plays_the_same_in_another_process() -> None:
    code = "from tests.simulation.runs import Player, Tier, drawn\nprint(Player(Tier.FAST).play(drawn(7, 40)).digest)"
    seeds = ("0", "1", "random")

    digests = {
        subprocess.run(
            [sys.executable, "-c", code],
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in seeds
    }

    assert len(digests) == 1


def test_one_seed_in_a_hundred_plays_the_same_twice(fast: Player) -> None:
    digests = {fast.play(drawn(100, STEPS)).digest for _ in range(2)}

    assert len(digests) == 1


def test_a_tape_plays_the_same_without_its_seed(fast: Player) -> None:
    options = drawn(3, STEPS)
    verdict = fast.play(options)

    again = fast.play(options, tape=verdict.tape)

    assert again.digest == verdict.digest

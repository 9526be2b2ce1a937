"""The full tier: the real till and the real hub, a fixed set of seeds and a fresh one."""

import secrets
from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from tests.simulation.options import ALWAYS, FULL_FAULTS, FULL_RULES, Fault, Rule
from tests.simulation.runs import Player, command, drawn

STEPS = 40
FIXED = (3,)
FRESH = 1
RARE = {Fault.CARD_DECLINED, Fault.REFUND_PENDS, Fault.REFUND_FAILS, Fault.WEBHOOK_LATE}
"""What strikes too seldom for so few runs; the fast tier must have it."""
OLD_FILES: Mapping[str, Any] = {
    "rules": ALWAYS | {*FULL_RULES, Rule.CARD, Rule.REFUND, Rule.CLOSE},
    "faults": {*FULL_FAULTS, Fault.TILL_DIES, Fault.PROVIDER_DOWN, Fault.PROVIDER_ANSWER_LOST, Fault.REFUND_PENDS},
    "rate": 0.2,
    "tills": 2,
    "capacity": 14,
}


@pytest.mark.slow
def test_nothing_is_oversold_lost_or_doubled(full: Player) -> None:
    first, counts = secrets.randbelow(10**9), Counter[str]()

    for seed in (*FIXED, *range(first, first + FRESH)):
        verdict = full.play(drawn(seed, STEPS))
        assert verdict.problem is None, f"{verdict.options}\n{verdict.problem}\n{command(verdict.options, full.tier)}"
        counts += verdict.counts

    assert counts["sold at a till"]
    assert counts["sold on the web"]


@pytest.mark.slow
def test_nothing_is_when_tills_have_older_files_and_banks_take_money_back(full: Player) -> None:
    verdict = full.play(replace(drawn(2, 30), **OLD_FILES))

    assert verdict.problem is None, verdict.problem
    faults = [fault.value for fault in FULL_FAULTS if fault is not Fault.MAIL_ANSWER_LOST]
    happens = [*faults, "disputed", "dispute lost", "mailed", "refunded at the provider"]
    assert [what for what in happens if not verdict.counts[what]] == []
    assert [rule for rule in FULL_RULES if not verdict.counts[f"tried: {rule.value}"]] == []


@pytest.mark.slow
def test_nothing_is_when_all_of_it_goes_wrong_at_once(full: Player) -> None:
    everything: dict[str, Any] = {
        "rules": frozenset(Rule),
        "faults": frozenset(Fault),
        "rate": 0.2,
        "tills": 2,
        "capacity": 12,
    }

    verdict = full.play(replace(drawn(3, 60), **everything))

    assert verdict.problem is None, verdict.problem
    assert [fault for fault in Fault if fault not in {*RARE, *FULL_FAULTS} and not verdict.counts[fault.value]] == []
    assert [rule for rule in Rule if not verdict.counts[f"tried: {rule.value}"]] == []


def test_a_seed_plays_the_same_twice(full: Player) -> None:
    options = drawn(8, 15)

    digests = {full.play(options).digest for _ in range(2)}

    assert len(digests) == 1

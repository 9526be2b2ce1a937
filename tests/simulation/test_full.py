"""The full tier: the real till and the real hub, a fixed set of seeds and a fresh one."""

import secrets
from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from tests.simulation.options import (
    ALWAYS,
    COUNTER_RULES,
    DOOR_RULES,
    LOSSES,
    OFFICE_FAULTS,
    OFFICE_RULES,
    SPOILT_BY,
    VISITOR_RULES,
    Fault,
    Rule,
)
from tests.simulation.runs import Player, command, drawn

STEPS = 40
FIXED: tuple[int, ...] = (1, 2)
FRESH = 1
RARE = {Fault.CARD_DECLINED, Fault.REFUND_PENDS, Fault.REFUND_FAILS, Fault.WEBHOOK_LATE}
"""What strikes too seldom for so few runs; the fast tier must have it."""
OLD_FILES: Mapping[str, Any] = {
    "rules": ALWAYS | {*OFFICE_RULES, Rule.CARD, Rule.REFUND, Rule.CLOSE},
    "faults": {*OFFICE_FAULTS, Fault.TILL_DIES, Fault.PROVIDER_DOWN, Fault.PROVIDER_ANSWER_LOST, Fault.REFUND_PENDS},
    "rate": 0.2,
    "tills": 2,
    "capacity": 14,
}


DOOR: Mapping[str, Any] = {
    "faults": frozenset({Fault.TILL_DIES, Fault.REPLY_LOST, Fault.CLOCK_JUMPS}),
    "tills": 2,
    "capacity": 60,
    "rate": 0.1,
}
AT_THE_DOOR = (
    "taken on",
    "signed in by PIN",
    "signed in by badge",
    "approved",
    "shift opened",
    "cash moved",
    "handed over",
    "shift closed",
    "swapped",
    "given back at the door: given",
    "given back at the door: asked",
    "collected",
)
COUNTER: Mapping[str, Any] = {
    "rules": ALWAYS | {*COUNTER_RULES, Rule.REFUND_AT_DOOR},
    "faults": frozenset({Fault.TILL_DIES, Fault.REPLY_LOST, Fault.PARTITION}),
    "tills": 2,
    "capacity": 60,
    "rate": 0.1,
}
AT_A_COUNTER = ("card sold", "card spent", "code used at a till", "cart parked", "cart taken", "cart of another taken")
_TILLS = ALWAYS | {Rule.CLOSE, Rule.PARK, Rule.RECALL, Rule.SHIFT}
LOST: Mapping[Fault, tuple[int, frozenset[Rule], tuple[str, ...]]] = {
    Fault.HUB_RESTORED: (1, frozenset(Rule) - {Rule.SEAT} - SPOILT_BY[Fault.HUB_RESTORED], ("reclaimed",)),
    Fault.FACTS_LOST: (3, _TILLS, ("went on without",)),
    Fault.CLONED: (3, _TILLS, ("exception: cloned_device",)),
}
"""By fault the seed of its run, its rules, and what else must come of it."""


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
    faults = [fault.value for fault in OFFICE_FAULTS if fault is not Fault.MAIL_ANSWER_LOST]
    happens = [*faults, "disputed", "dispute lost", "mailed", "refunded at the provider"]
    assert [what for what in happens if not verdict.counts[what]] == []
    assert [rule for rule in OFFICE_RULES if not verdict.counts[f"tried: {rule.value}"]] == []


@pytest.mark.slow
def test_nothing_is_when_all_of_it_goes_wrong_at_once(full: Player) -> None:
    everything: dict[str, Any] = {
        "rules": frozenset(Rule) - {*DOOR_RULES, *COUNTER_RULES, *VISITOR_RULES},
        "faults": frozenset(Fault) - {*LOSSES},
        "rate": 0.2,
        "tills": 2,
        "capacity": 12,
    }

    verdict = full.play(replace(drawn(3, 60), **everything))

    assert verdict.problem is None, verdict.problem
    assert [
        fault for fault in Fault if fault not in {*RARE, *OFFICE_FAULTS, *LOSSES} and not verdict.counts[fault.value]
    ] == []
    assert [rule for rule in everything["rules"] if not verdict.counts[f"tried: {rule.value}"]] == []


@pytest.mark.slow
def test_nothing_is_when_people_come_and_go_at_the_door(full: Player) -> None:
    counts = Counter[str]()

    for seed in (1, 2):
        options = replace(drawn(seed, 60), rules=ALWAYS | {*DOOR_RULES} - {Rule.SEAT}, **DOOR)
        verdict = full.play(options)
        assert verdict.problem is None, verdict.problem
        counts += verdict.counts

    assert [what for what in AT_THE_DOOR if not counts[what]] == []


@pytest.mark.slow
def test_nothing_is_when_visitors_get_less_dear_things_together_and_hand_them_on(full: Player) -> None:
    verdict = full.play(replace(drawn(4, 60), rules=ALWAYS | {*VISITOR_RULES}))

    assert verdict.problem is None, verdict.problem
    assert [rule for rule in VISITOR_RULES if not verdict.counts[f"tried: {rule.value}"]] == []


@pytest.mark.slow
def test_nothing_is_when_people_pay_with_cards_know_codes_and_let_carts_wait(full: Player) -> None:
    counts = Counter[str]()

    for seed in (3, 4):
        verdict = full.play(replace(drawn(seed, 40), **COUNTER))
        assert verdict.problem is None, verdict.problem
        counts += verdict.counts

    assert [what for what in AT_A_COUNTER if not counts[what]] == []


@pytest.mark.slow
@pytest.mark.parametrize("fault", LOSSES, ids=lambda each: each.value)
def test_nothing_else_is_when_something_is_lost_or_there_twice(full: Player, fault: Fault) -> None:
    seed, rules, happens = LOST[fault]
    faults = frozenset({fault, Fault.TILL_DIES, Fault.PARTITION})

    verdict = full.play(replace(drawn(seed, 30), rules=rules, faults=faults, tills=2, capacity=20, rate=0.2))

    assert verdict.problem is None, verdict.problem
    assert [what for what in (fault.value, *happens) if not verdict.counts[what]] == []


def test_a_seed_plays_the_same_twice(full: Player) -> None:
    options = drawn(8, 15)

    digests = {full.play(options).digest for _ in range(2)}

    assert len(digests) == 1

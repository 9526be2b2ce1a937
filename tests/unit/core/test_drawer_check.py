"""Drawers as `verify` counts them: what a count has seen is not counted again when the shift is closed."""

from datetime import UTC, datetime
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from boxoffice.core.drawer_check import drawer_problems
from boxoffice.core.fact_kinds import FactKind
from boxoffice.core.facts import Draft, Fact, Head, head_after, seal
from boxoffice.core.ids import DeviceId, EventId, FactId

KEY = Ed25519PrivateKey.from_private_bytes(bytes(32))
SHIFT = {"shift_id": "s", "drawer": "till-1", "currency": "USD"}


def chain(device: str, *said: tuple[FactKind, dict[str, Any]]) -> list[Fact]:
    facts, head = [], Head(DeviceId(device))
    for number, (kind, payload) in enumerate(said):
        at = datetime(2026, 5, 15, 21, tzinfo=UTC)
        facts.append(seal(Draft(FactId(f"{device}-{number}"), kind, at, None, EventId("fest"), payload), head, KEY))
        head = head_after(facts[-1])
    return facts


def refund(minor: int) -> tuple[FactKind, dict[str, Any]]:
    return FactKind.REFUND_SUCCEEDED, {"drawer": "till-1", "currency": "USD", "tender": "cash", "amount": minor}


@pytest.mark.parametrize(("expected", "is_right"), [(7_000, True), (5_000, False), (8_000, False)])
def test_a_refund_of_the_hubs_before_a_counted_hand_over_counts_once(expected: int, is_right: bool) -> None:
    """Of a float of 100, the hub gave 20 back before the hand-over, and 10 after it."""
    told = chain("hub", refund(2_000), refund(1_000))
    own = chain(
        "till",
        (FactKind.SHIFT_OPENED, {**SHIFT, "float_amount": 10_000, "left": 0}),
        (FactKind.SHIFT_HANDED_OVER, {**SHIFT, "to": "luis", "counted": 8_000, "expected": 8_000}),
        (FactKind.SHIFT_CLOSED, {**SHIFT, "z_number": 1, "expected": expected, "heard": [each.id for each in told]}),
    )
    by_id = {each.id: each for each in told}

    problems = list(drawer_problems(own, lambda key: by_id.get(FactId(key))))

    assert (problems == []) is is_right

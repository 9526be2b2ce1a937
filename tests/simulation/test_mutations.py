"""The net itself is tested: each deliberate bug must be caught."""

import pytest

from tests.simulation.counter_mutations import AT_COUNTER
from tests.simulation.door_mutations import AT_THE_DOOR
from tests.simulation.mutation import Mutation, caught
from tests.simulation.mutations import FAST
from tests.simulation.office_mutations import OFFICE
from tests.simulation.product_mutations import FULL
from tests.simulation.runs import Player, Tier, shrunk

IN_EVERY_RUN = {"hub: leases without a look", "till: sells what it lacks", "till: recall skipped"}
"""The full tier takes its time: the others are for `--every-mutation`."""


@pytest.mark.parametrize("mutation", FAST, ids=lambda each: each.name)
def test_a_deliberate_bug_is_caught(fast: Player, mutation: Mutation) -> None:
    assert caught(mutation, fast) is not None


@pytest.mark.slow
@pytest.mark.parametrize("mutation", [*FULL, *OFFICE, *AT_THE_DOOR, *AT_COUNTER], ids=lambda each: each.name)
def test_a_deliberate_bug_in_till_or_hub_is_caught(
    request: pytest.FixtureRequest, mutation: Mutation, staged: str
) -> None:
    if mutation.name not in IN_EVERY_RUN and not request.config.getoption("--every-mutation"):
        pytest.skip("only with --every-mutation")

    assert caught(mutation, Player(Tier.FULL, staged)) is not None


def test_a_failure_is_made_smaller_and_still_fails(fast: Player) -> None:
    mutation = next(each for each in FAST if each.name == "unknown_is_declined")
    verdict = caught(mutation, fast)
    assert verdict is not None

    small = shrunk(verdict, lambda options: fast.play(options, broken_by=mutation.on()))

    assert small.kind == verdict.kind
    assert len(small.options.faults) < len(verdict.options.faults)
    assert small.options.steps - len(small.options.skipped) < verdict.options.steps // 2

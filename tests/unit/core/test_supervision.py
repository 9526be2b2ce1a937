"""When a part is started again, and from when its silence is a fault."""

from hypothesis import given
from hypothesis import strategies as st

from boxoffice.core.supervision import LONGEST_PAUSE_S, Pulse, pause_s

SECONDS = st.floats(0, 1e9)


@given(st.integers(1, 10_000), st.floats(0, 1))
def test_the_next_start_is_never_far_away_and_never_at_once(failures: int, chance: float) -> None:
    assert 0.2 < pause_s(failures, chance) <= LONGEST_PAUSE_S


def test_who_fails_again_and_again_waits_longer_each_time() -> None:
    assert [pause_s(failures) for failures in (1, 2, 3, 4, 5, 6)] == [0.5, 1, 2, 4, 8, 8]


@given(SECONDS, SECONDS, st.floats(0.1, 1e6))
def test_a_part_is_silent_once_its_patience_is_over_and_no_longer_when_it_is_heard(
    began: float, later: float, patience: float
) -> None:
    pulse = Pulse("jobs", patience, began, failures=3)

    was_silent = pulse.is_silent(began + later)
    pulse.beat(began + later)

    assert was_silent == (began + later - began > patience)
    assert not pulse.is_silent(began + later)
    assert pulse.failures == 0

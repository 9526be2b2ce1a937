"""Jobs that failed come back later each time, spread out, and not for ever."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from procrastinate.jobs import Job
from procrastinate.utils import utcnow

from sync.operations.retries import Backoff


def waits_s(attempts: int, backoff: Backoff) -> float | None:
    job = Job(id=1, status="doing", queue="q", lock=None, queueing_lock=None, task_name="t", attempts=attempts)
    now = utcnow()
    decision = backoff.get_retry_decision(exception=OSError(), job=job)
    if decision is None:
        return None
    assert decision.retry_at is not None
    return (decision.retry_at - now) / timedelta(seconds=1)


@given(st.integers(0, 30))
def test_a_job_waits_about_three_to_the_power_of_its_try_and_an_hour_and_a_half_at_most(attempts: int) -> None:
    waited = waits_s(attempts, Backoff(max_attempts=31))

    middle = min(3600, 3 ** (attempts + 1))
    assert waited is not None
    assert middle * 0.5 - 1 <= waited <= middle * 1.5 + 2


def test_jobs_that_failed_together_come_back_apart() -> None:
    assert len({round(waits_s(5, Backoff(max_attempts=10)) or 0) for _ in range(50)}) > 10


@pytest.mark.parametrize("attempts", [7, 8])
def test_after_the_last_try_a_job_is_left(attempts: int) -> None:
    assert waits_s(attempts, Backoff(max_attempts=7)) is None

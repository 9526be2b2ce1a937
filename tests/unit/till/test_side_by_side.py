"""Checks run beside each other: what hangs or breaks holds up nobody, and is told as failed."""

import threading

import pytest

from boxoffice.core.errors import OperationFailed
from boxoffice.core.preflight import BROKE, NO_ANSWER, Answer, Check, Outcome
from boxoffice.till.usecases.side_by_side import Job, side_by_side


def well(check: Check) -> Job:
    return lambda: Answer(check, Outcome.PASS, "well")


def test_what_hangs_has_failed_after_its_own_time_and_the_others_are_told_before() -> None:
    hung, told = threading.Event(), list[Answer]()

    def hang() -> Answer:
        hung.wait(60)
        return Answer(Check.HUB, Outcome.PASS, "too late")

    jobs = {Check.HUB: hang, **{check: well(check) for check in (Check.DISK, Check.CLOCK, Check.PRINTER)}}
    side_by_side(jobs, told.append, lambda check: 0.3 if check is Check.HUB else 30)
    hung.set()

    assert {each.check for each in told[:3]} == set(jobs) - {Check.HUB}
    assert (told[3].check, told[3].words, told[3].outcome) == (Check.HUB, NO_ANSWER, Outcome.FAIL)
    assert len(told) == 4


def test_none_waits_for_another() -> None:
    meet, told = threading.Barrier(3, timeout=30), list[Answer]()

    def met(check: Check) -> Job:
        def job() -> Answer:
            meet.wait()
            return Answer(check, Outcome.PASS, "well")

        return job

    side_by_side({check: met(check) for check in (Check.HUB, Check.DISK, Check.CLOCK)}, told.append)

    assert {each.outcome for each in told} == {Outcome.PASS}


@pytest.mark.parametrize(
    ("error", "words", "fix"),
    [
        (OperationFailed("The drawer is stuck.", "", "Pull it."), "The drawer is stuck.", "Pull it."),
        (RuntimeError("a secret is in here"), BROKE, None),
    ],
)
def test_a_check_that_fails_or_breaks_is_told_and_says_no_secret(error: Exception, words: str, fix: str | None) -> None:
    told = list[Answer]()

    def job() -> Answer:
        raise error

    side_by_side({Check.DRAWER: job}, told.append)

    (answer,) = told
    assert (answer.outcome, answer.words) == (Outcome.FAIL, words)
    assert fix is None or answer.fix == fix
    assert "secret" not in answer.told(answer.words, str, str)

"""Checks beside each other, each with a time limit of its own: what hangs holds up nobody, and has failed."""

import logging
import threading
from collections.abc import Callable, Mapping
from queue import Empty, SimpleQueue
from time import monotonic
from typing import Final

from boxoffice.core.errors import BoxofficeError, OperationFailed
from boxoffice.core.preflight import BROKE, BROKE_FIX, CHECKS, Answer, Check, Outcome, no_answer

Job = Callable[[], Answer]
Tell = Callable[[Answer], None]
_log: Final = logging.getLogger(__name__)


def side_by_side(jobs: Mapping[Check, Job], tell: Tell, limit_s: Callable[[Check], float] | None = None) -> None:
    """Tells each answer as it comes, and returns when all are told; one that comes too late is told no more.

    Args:
        jobs: what to run for each check.
        tell: called on this thread.
        limit_s: how long a check may take, if not as long as its row says.
    """
    limit_s = limit_s or _limit_s
    answers = SimpleQueue[Answer]()
    ends = {check: monotonic() + limit_s(check) for check in jobs}
    for check, job in jobs.items():
        thread = threading.Thread(
            target=_answer, args=(check, job, answers), name=f"till-check-{check.value}", daemon=True
        )
        thread.start()
    while ends:
        for answer in _next(answers, ends):
            del ends[answer.check]
            tell(answer)


def _limit_s(check: Check) -> float:
    return CHECKS[check].limit_s


def _next(answers: SimpleQueue[Answer], ends: Mapping[Check, float]) -> list[Answer]:
    """Returns the answer that comes next, or those that are overdue."""
    try:
        answer = answers.get(timeout=max(0.0, min(ends.values()) - monotonic()))
    except Empty:
        return [no_answer(check) for check, at in ends.items() if at <= monotonic()]
    return [answer] if answer.check in ends else []


def _answer(check: Check, job: Job, answers: SimpleQueue[Answer]) -> None:
    try:
        answers.put(job())
    except OperationFailed as error:
        answers.put(Answer(check, Outcome.FAIL, error.what_happened, error.what_to_do))
    except BoxofficeError as error:
        answers.put(Answer(check, Outcome.FAIL, str(error)))
    except Exception as error:  # noqa: BLE001  # the outermost loop of a thread: it logs, and the page tells
        _log.error("The check %s broke: %s", check.value, type(error).__name__)  # its words may hold a secret
        answers.put(Answer(check, Outcome.FAIL, BROKE, BROKE_FIX, {"kind": type(error).__name__}))

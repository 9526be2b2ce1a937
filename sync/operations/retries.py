"""How long a job waits before it is tried again: longer each time, and never all jobs at the same moment."""

from dataclasses import dataclass
from random import SystemRandom

from procrastinate import BaseRetryStrategy, RetryDecision
from procrastinate.jobs import Job

_random = SystemRandom()


@dataclass(frozen=True, slots=True, kw_only=True)
class Backoff(BaseRetryStrategy):
    """Waits `base` to the power of the try, half as much more or less, and `longest_s` at most.

    After an outage the jobs that failed together come back spread out, and don't make the next one.
    """

    max_attempts: int
    base: int = 3
    longest_s: int = 3600

    def get_retry_decision(self, *, exception: BaseException, job: Job) -> RetryDecision | None:  # noqa: ARG002  # as it is asked
        if job.attempts >= self.max_attempts:
            return None
        wait_s = min(self.longest_s, self.base ** (job.attempts + 1))
        return RetryDecision(retry_in={"seconds": max(1, round(wait_s * _random.uniform(0.5, 1.5)))})

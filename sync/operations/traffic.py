"""What this process answered, and how fast: of the last minutes for the others, and since the start for Prometheus.

Where several processes serve behind one socket, what Prometheus reads is the sum over them, whichever of them answers.
"""

import os
import threading
from bisect import bisect_left
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import pairwise
from time import monotonic
from typing import Final

from prometheus_client import CollectorRegistry, Counter, Histogram
from prometheus_client.multiprocess import MultiProcessCollector

BUCKETS: Final = (0.005, 0.01, 0.025, 0.05, 0.1, 0.2, 0.5, 1.0, 2.5, 5.0)
"""Seconds. The targets and alerts stand among them, so that what is said of those is exact."""
_SLOT_S: Final = 10
_SLOTS: Final = 30


@dataclass(frozen=True, slots=True)
class Answers:
    """Answers of five minutes: how many there were in each of `BUCKETS`, and slower than all; and how many failed."""

    by_time: tuple[int, ...] = (0,) * (len(BUCKETS) + 1)
    errors: int = 0

    def __add__(self, other: "Answers") -> "Answers":
        by_time = tuple(mine + its for mine, its in zip(self.by_time, other.by_time, strict=True))
        return Answers(by_time, self.errors + other.errors)

    @property
    def count(self) -> int:
        return sum(self.by_time)

    @property
    def error_rate(self) -> float:
        return self.errors / self.count if self.count else 0.0

    @property
    def p95_s(self) -> float:
        """The time within which nineteen of twenty answers came."""
        return self.quantile_s(0.95)

    def quantile_s(self, share: float) -> float:
        """Returns the time within which that share of the answers came.

        As Prometheus' `histogram_quantile` has it: even within a bucket, and never more than the last bound.
        """
        rank = share * self.count
        below = 0
        for (start, end), many in zip(pairwise((0.0, *BUCKETS)), self.by_time, strict=False):
            if many and below + many >= rank:
                return start + (end - start) * (rank - below) / many
            below += many
        return BUCKETS[-1] if self.count else 0.0


@dataclass(slots=True)
class _Slot:
    """Ten seconds."""

    number: int
    by_time: list[int] = field(default_factory=lambda: [0] * (len(BUCKETS) + 1))
    errors: int = 0


class Traffic:
    """The answers of one process. Safe to be used from many threads."""

    def __init__(self, clock: Callable[[], float] = monotonic) -> None:
        self.registry = CollectorRegistry()
        mine: CollectorRegistry | None = self.registry
        if "PROMETHEUS_MULTIPROC_DIR" in os.environ:  # `serve_workers` has set it: all count into files there
            MultiProcessCollector(self.registry)  # type: ignore[no-untyped-call]
            mine = None
        self._latency = Histogram(
            "boxoffice_api_latency_seconds",
            "Time to answer",
            ("route", "method"),
            buckets=BUCKETS,
            registry=mine,
        )
        self._answers = Counter("boxoffice_answers", "Answers", ("route", "status"), registry=mine)
        self._clock = clock
        self._slots: deque[_Slot] = deque(maxlen=_SLOTS)
        self._lock = threading.Lock()

    def took(self, route: str, method: str, status: int, seconds: float) -> None:
        """Counts one answer."""
        self._latency.labels(route, method).observe(seconds)
        self._answers.labels(route, f"{status // 100}xx").inc()
        with self._lock:
            number = self._number()
            if not self._slots or self._slots[-1].number != number:
                self._slots.append(_Slot(number))
            self._slots[-1].by_time[bisect_left(BUCKETS, seconds)] += 1
            self._slots[-1].errors += status >= 500  # HTTP's server errors

    def lately(self) -> Answers:
        """Returns the answers of the last five minutes."""
        with self._lock:
            since = self._number() - _SLOTS
            return sum(
                (Answers(tuple(slot.by_time), slot.errors) for slot in self._slots if slot.number > since), Answers()
            )

    def _number(self) -> int:
        return int(self._clock() // _SLOT_S)

"""What this process answered lately, and how fast: for the dashboard, the alerts and Prometheus."""

import threading
from collections import deque
from time import monotonic
from typing import Final

from prometheus_client import CollectorRegistry, Counter, Histogram

_KEPT_S: Final = 300.0
_MOST: Final = 20_000
_BUCKETS: Final = (0.005, 0.01, 0.025, 0.05, 0.1, 0.2, 0.5, 1.0, 2.5, 5.0)


class Traffic:
    """The answers of the last five minutes. Safe to be used from many threads."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self._latency = Histogram(
            "boxoffice_api_latency_seconds",
            "Time to answer",
            ("route", "method"),
            buckets=_BUCKETS,
            registry=self.registry,
        )
        self._answers = Counter("boxoffice_answers", "Answers", ("route", "status"), registry=self.registry)
        self._recent: deque[tuple[float, float, bool]] = deque(maxlen=_MOST)
        self._lock = threading.Lock()

    def took(self, route: str, method: str, status: int, seconds: float) -> None:
        """Counts one answer."""
        self._latency.labels(route, method).observe(seconds)
        self._answers.labels(route, f"{status // 100}xx").inc()
        with self._lock:
            self._recent.append((monotonic(), seconds, status >= 500))  # HTTP's server errors

    @property
    def count(self) -> int:
        return len(self._lately())

    @property
    def p95_s(self) -> float:
        """The time within which nineteen of twenty answers came."""
        times = sorted(seconds for seconds, _ in self._lately())
        return times[int(len(times) * 0.95)] if times else 0.0

    @property
    def error_rate(self) -> float:
        lately = self._lately()
        return sum(is_error for _, is_error in lately) / len(lately) if lately else 0.0

    def _lately(self) -> list[tuple[float, bool]]:
        since = monotonic() - _KEPT_S
        with self._lock:
            return [(seconds, is_error) for at, seconds, is_error in self._recent if at >= since]

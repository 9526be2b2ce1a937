"""A bell between the threads of one process: whoever waits looks again as soon as it rings, or after a while."""

import threading


class Bell:
    """Rings for all who wait."""

    def __init__(self) -> None:
        self._rung = threading.Condition()
        self._rings = 0

    def ring(self) -> None:
        with self._rung:
            self._rings += 1
            self._rung.notify_all()

    @property
    def rings(self) -> int:
        """How often it rang: to be read before looking, so that no ring is missed."""
        return self._rings

    def wait(self, seen: int, timeout_s: float) -> None:
        """Waits until it has rung more often than was `seen`, or the time is over."""
        with self._rung:
            self._rung.wait_for(lambda: self._rings != seen, timeout_s)

"""The bell that rings when the hub says that a payment moved."""

import threading


class Wakeups:
    """Rings when the hub says that a payment moved; whoever waits then looks at once."""

    def __init__(self) -> None:
        self._bell = threading.Condition()
        self._rings = 0

    def ring(self) -> None:
        with self._bell:
            self._rings += 1
            self._bell.notify_all()

    def wait(self, seen: int, timeout_s: float) -> int:
        """Waits until it rang since `seen`, or the time is over; returns what is seen now."""
        with self._bell:
            self._bell.wait_for(lambda: self._rings != seen, timeout_s)
            return self._rings

"""Whose turn it is: heavy work of one process, a few at a time, in the order in which it came."""

import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager

from boxoffice.core.errors import TryAgainLater


class Busy(TryAgainLater):
    """Others are before it; nothing was done. `retry_after_s` is when to ask again."""

    def __init__(self, retry_after_s: int) -> None:
        self.retry_after_s = retry_after_s
        super().__init__("The hub is busy with what other tills send.", "Nothing was lost.", "It is sent again.")


class Turns:
    """Lets `at_once` work; the others wait in line for `patience_s`, and are asked to come again after that."""

    def __init__(self, at_once: int, patience_s: float) -> None:
        self._free, self._patience_s = at_once, patience_s
        self._lock = threading.Lock()
        self._line: deque[threading.Event] = deque()

    @contextmanager
    def taken(self) -> Iterator[None]:
        """Has the turn within the block.

        Raises:
            Busy: if it did not come in time.
        """
        self._wait()
        try:
            yield
        finally:
            self._hand_on()

    def _wait(self) -> None:
        with self._lock:
            if self._free:
                self._free -= 1
                return
            turn = threading.Event()
            self._line.append(turn)
        if turn.wait(self._patience_s):
            return
        with self._lock:
            if turn not in self._line:  # it came in this very moment
                return
            self._line.remove(turn)
            before = len(self._line)
        raise Busy(1 + before // 4)

    def _hand_on(self) -> None:
        with self._lock:
            if self._line:
                self._line.popleft().set()
            else:
                self._free += 1

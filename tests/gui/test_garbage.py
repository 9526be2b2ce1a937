"""No thread but the screen's may free what the screens are made of."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from tests.gui.conftest import ENTER, ESC, Door


class _Litter:
    """Holds on to itself, so that only a look for garbage finds it; tells which thread did."""

    def __init__(self, freed_by: set[int]) -> None:
        self._itself, self._freed_by = self, freed_by

    def __del__(self) -> None:
        self._freed_by.add(threading.get_ident())


@contextmanager
def _littering() -> Iterator[set[int]]:
    """Yields the threads that freed what another thread throws away all the while."""
    freed_by: set[int] = set()
    is_over = threading.Event()

    def litter() -> None:
        while not is_over.wait(0.0005):
            for _ in range(500):
                _Litter(freed_by)

    thread = threading.Thread(target=litter, daemon=True)
    thread.start()
    try:
        yield freed_by
    finally:
        is_over.set()
        thread.join()


def test_garbage_of_any_thread_is_freed_on_the_screens_thread(door: Door) -> None:
    with _littering() as freed_by:
        door.qtbot.waitUntil(lambda: bool(freed_by), timeout=150_000)
        door.press("q", ENTER, ESC)

    assert freed_by == {threading.get_ident()}

"""What all benchmarks of a window need: to wait for it, and to have all of it drawn."""

import time
from collections.abc import Callable
from typing import Final

from PySide6.QtCore import QEvent, QEventLoop
from PySide6.QtWidgets import QApplication

_PATIENCE_S: Final = 20.0
_TURNS: Final = 3
_AS_THEY_COME: Final = QEventLoop.ProcessEventsFlag.AllEvents | QEventLoop.ProcessEventsFlag.WaitForMoreEvents


def until(app: QApplication, is_so: Callable[[], bool]) -> None:
    """Lets the window work until something is so.

    Raises:
        TimeoutError: if it does not come so far.
    """
    ends = time.perf_counter() + _PATIENCE_S
    while not is_so():
        if time.perf_counter() > ends:
            raise TimeoutError("the window did not come so far")
        app.processEvents(_AS_THEY_COME)  # who spins takes the processor from what it waits for


def drawn(app: QApplication) -> None:
    """Lets the window lay out and paint all that is to be: each turn of the event loop settles one level more."""
    for _ in range(_TURNS):
        app.processEvents()
    app.sendPostedEvents(None, QEvent.Type.DeferredDelete)  # as a running event loop does by itself

"""Garbage is collected on the screen's thread alone.

Python collects on whichever thread asks for memory, and a widget that another thread frees takes the program down: the
sync, the reader and the wake-ups all ask for memory while screens come and go.
"""

import gc
from typing import Final

from PySide6.QtCore import QObject, QTimer, Slot

_LOOK_MS: Final = 500


class ScreenCollector(QTimer):
    """Switches Python's own collecting off for the whole program, and does it by the same thresholds here."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        gc.disable()
        self.timeout.connect(self._look)
        self.start(_LOOK_MS)

    @Slot()
    def _look(self) -> None:
        counts = gc.get_count()
        due = [each for each, most in enumerate(gc.get_threshold()) if counts[each] > most]
        if due:
            gc.collect(max(due))

"""When the window is drawn anew: once for all that one press changes."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager


class Drawing:
    """Draws when it is asked to; within `gathered`, once at its end."""

    def __init__(self, draw: Callable[[], None]) -> None:
        self._draw = draw
        self._gathers = self._is_due = False

    def ask(self) -> None:
        """Something may look different."""
        if self._gathers:
            self._is_due = True
        else:
            self._draw()

    @contextmanager
    def gathered(self) -> Iterator[None]:
        """Holds back what is asked for meanwhile."""
        was_gathering, self._gathers = self._gathers, True
        try:
            yield
        finally:
            self._gathers = was_gathering
            if self._is_due and not was_gathering:
                self._is_due = False
                self._draw()

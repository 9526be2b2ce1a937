"""Lists of widgets that grow and shrink with what they show."""

from collections.abc import Callable
from typing import TypeVar

from PySide6.QtWidgets import QBoxLayout, QWidget

W = TypeVar("W", bound=QWidget)


def keep_count(shown: list[W], wanted: int, layout: QBoxLayout, make: Callable[[], W]) -> None:
    """Makes a layout hold as many widgets as wanted: new ones come at the end, surplus ones go."""
    while len(shown) > wanted:
        gone = shown.pop()
        layout.removeWidget(gone)
        gone.hide()
        gone.deleteLater()
    while len(shown) < wanted:
        shown.append(make())
        layout.insertWidget(len(shown) - 1, shown[-1])

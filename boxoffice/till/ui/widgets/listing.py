"""Lists of widgets that grow and shrink with what they show."""

from collections.abc import Callable
from typing import Final, TypeVar, cast

from PySide6.QtWidgets import QBoxLayout, QWidget

W = TypeVar("W", bound=QWidget)

_SPARE: Final = "is_spare"
"""The property of a widget that waits behind the shown ones until one more is wanted."""


def keep_count(shown: list[W], wanted: int, layout: QBoxLayout, make: Callable[[], W]) -> None:
    """Makes a layout show as many widgets as wanted, before all else in it.

    Surplus ones wait in it, hidden: to make a widget, and to have it forgotten, costs more than to fill one anew.
    """
    while len(shown) > wanted:
        put_by(shown, len(shown) - 1, layout)
    while len(shown) < wanted:
        shown.append(_spare(layout, len(shown)) or make())
        if layout.indexOf(shown[-1]) < 0:
            layout.insertWidget(len(shown) - 1, shown[-1])


def put_by(shown: list[W], index: int, layout: QBoxLayout) -> None:
    """Hides one of the widgets that `keep_count` has shown; those after it move up as they are."""
    gone = shown.pop(index)
    gone.hide()
    gone.setProperty(_SPARE, True)
    if index < len(shown):
        layout.removeWidget(gone)
        layout.insertWidget(len(shown), gone)


def _spare(layout: QBoxLayout, index: int) -> W | None:
    item = layout.itemAt(index)
    widget = None if item is None else item.widget()
    if widget is None or not widget.property(_SPARE):
        return None
    widget.setProperty(_SPARE, False)
    widget.show()
    return cast("W", widget)

"""What the pages may ask of the window's own hardware; without a window there is none."""

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(slots=True)
class Hardware:
    """`screens` is how many are plugged in, if anybody knows; `cameras` are the names of those that are."""

    screens: Callable[[], int | None] = lambda: None
    cameras: Callable[[], tuple[str, ...]] = tuple

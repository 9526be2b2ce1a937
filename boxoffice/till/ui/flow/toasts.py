"""What the till says in passing: a few things at a time, each for some seconds or until it is closed."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from boxoffice.core.ids import OrderId
from boxoffice.till.ui.flow.destinations import Next
from boxoffice.till.ui.views.shell import ToastView

TOAST_S: Final = 6.0
_MOST: Final = 2


@dataclass(frozen=True, slots=True)
class Toast:
    """`press` is what its button does. It is of the sale at hand, or of orders that are `waiting`, or of neither."""

    view: ToastView
    ends_s: float
    press: Callable[[], Next] | None
    is_of_sale: bool
    waiting: frozenset[OrderId]
    call_id: str = ""
    """The call for help that it tells of, if it does."""


class Toasts:
    """What is said at this moment, the newest last."""

    def __init__(self) -> None:
        self._shown: list[Toast] = []
        self._next_id = 1

    @property
    def views(self) -> tuple[ToastView, ...]:
        return tuple(each.view for each in self._shown)

    def next_id(self) -> int:
        self._next_id += 1
        return self._next_id - 1

    def put(self, toast: Toast) -> None:
        """Says one more thing; of too many, the oldest goes."""
        self._shown = [*self._shown, toast][-_MOST:]

    def take(self, toast_id: int) -> Toast | None:
        """Takes one away, and returns it; None if it has gone."""
        found = next((each for each in self._shown if each.view.id == toast_id), None)
        self.keep(lambda each: each is not found)
        return found

    def keep(self, stays: Callable[[Toast], bool]) -> bool:
        """Takes away all but those that stay; returns whether any has gone."""
        before, self._shown = self._shown, [each for each in self._shown if stays(each)]
        return len(self._shown) < len(before)

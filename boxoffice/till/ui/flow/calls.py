"""Questions to the till in the background, and where their answers lead."""

from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import TypeVar

from boxoffice.core.errors import BoxofficeError, TillStopped
from boxoffice.till.ui.flow.destinations import Next, Stopped
from boxoffice.till.ui.flow.work import Broken, Lane, Work

T = TypeVar("T")


class Calls(ABC):
    """Asks, and goes on when there is an answer; keys wait for those that the next key depends on."""

    def __init__(self, work: Work) -> None:
        self.work = work
        self._waiting = 0

    @abstractmethod
    def go(self, to: Next) -> None:
        """Goes where something led; None stays on the page that is up."""

    @abstractmethod
    def changed(self) -> None:
        """Draws what may look different."""

    @abstractmethod
    def say_failed(self, error: BoxofficeError) -> None:
        """Says what failed."""

    @abstractmethod
    def fall_silent(self) -> None:
        """Takes away all that was said."""

    @property
    def is_busy(self) -> bool:
        """While an answer is waited for that the next key depends on."""
        return self._waiting > 0

    def call(
        self,
        job: Callable[[], T],
        done: Callable[[T], Next],
        *,
        failed: Callable[[BoxofficeError], Next] | None = None,
        broken: Callable[[Broken], Next] | None = None,
        lane: Lane = Lane.SALE,
        keys_wait: bool = False,
    ) -> None:
        """Runs a question to the till in the background, and goes where the answer leads.

        With `keys_wait`, keys are kept until the page that the answer leads to is up. A job that ended by a bug goes to
        `broken`, where what `failed` says of an error would not be sure.
        """
        if keys_wait:
            self._waiting += 1

        def finish(after: Callable[[], Next]) -> None:
            try:
                to = after()
            finally:
                if keys_wait:
                    self._waiting -= 1
            self.go(to)

        def on_failed(error: BoxofficeError) -> Next:
            if isinstance(error, TillStopped):
                self.fall_silent()
                return Stopped(error)
            if isinstance(error, Broken) and broken is not None:
                return broken(error)
            if failed is not None:
                return failed(error)
            self.say_failed(error)
            return None

        self.work.run(
            lane,
            job,
            lambda value: finish(lambda: done(value)),
            lambda error: finish(lambda: on_failed(error)),
        )
        if keys_wait:
            self.changed()

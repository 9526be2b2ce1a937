"""The port for background work: jobs run on lanes, each lane in order, and answers come back on the screen's thread."""

from collections.abc import Callable
from enum import Enum
from typing import Protocol, TypeVar

from boxoffice.core.errors import BoxofficeError, OperationFailed
from boxoffice.till.ui.speech import say

T = TypeVar("T")


class Lane(Enum):
    """Jobs of one lane wait for each other; a cancel must not wait for the payment that it ends."""

    SALE = "sale"
    PAYMENT = "payment"
    CONTROL = "control"
    CHECK = "check"
    LOOK = "look"
    PAPER = "paper"
    GATE = "gate"
    PREFLIGHT = "preflight"


class Broken(OperationFailed):
    """A job that ended by a bug of ours: what it was to do may be done or not."""

    def __init__(self, kind: str) -> None:
        super().__init__(
            say("Something in this till went wrong ({kind}).", kind=kind),
            say("What is saved stays saved. It may be done, or not."),
            say("Look under Orders before you take money for this again. If it comes back, start the till again."),
        )


class Work(Protocol):
    def run(
        self, lane: Lane, job: Callable[[], T], done: Callable[[T], None], failed: Callable[[BoxofficeError], None]
    ) -> None:
        """Runs the job in the background, then `done` or `failed` on the screen's thread; a bug fails as `Broken`."""

    def post(self, call: Callable[[], None]) -> None:
        """Runs the call on the screen's thread, soon; from any thread."""

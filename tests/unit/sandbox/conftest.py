"""An account with no server: its timers run when a test says so."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest

from boxoffice.sandbox.account import Account
from boxoffice.sandbox.errors import Document


@dataclass
class Timers:
    """What waits, in the order in which it is due."""

    waiting: list[tuple[float, Callable[[], None]]] = field(default_factory=list)

    def later(self, seconds: float, work: Callable[[], None]) -> None:
        self.waiting.append((seconds, work))

    def run(self) -> None:
        due, self.waiting = sorted(self.waiting, key=lambda each: each[0]), []
        for _, work in due:
            work()


@dataclass
class Bench:
    """An account, its timers and the events that it told of."""

    account: Account
    timers: Timers
    events: list[Document] = field(default_factory=list)

    def types(self) -> list[str]:
        return [event["type"] for event in self.events]


@pytest.fixture
def bench() -> Bench:
    timers = Timers()
    found = Bench(Account("http://sandbox.test", timers.later), timers)
    found.account.publish = found.events.append
    return found


def intent_params(**more: Any) -> dict[str, Any]:
    return {"amount": 2500, "currency": "usd", "capture_method": "automatic", **more}

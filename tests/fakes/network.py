"""The ways out of a till that reach what a test has in memory, or nothing; and backups that are only said to be."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from boxoffice.core.wire.pairing import PairAnswer, PairRequest
from boxoffice.till.store.backups import Backup, Backups
from boxoffice.till.usecases.ports import Hub, Terminal, Unreachable
from tests.fakes.terminal import FakeStripe, FakeTerminal

TILL_KEY = "rk_test_till_1"


@dataclass
class FakeNetwork:
    """Implements `till.usecases.ports.Connections`; who is `cut_off` can't be reached."""

    stripe: FakeStripe
    cut_off: set[str] = field(default_factory=set)

    def reach(self, url: str) -> float:
        if url in self.cut_off:
            raise Unreachable(f"“{url}” can't be reached.", "Nothing was changed.", "Check this computer's network.")
        return 0.012

    def pair(self, hub_url: str, request: PairRequest) -> PairAnswer:
        raise NotImplementedError("a staged till is paired")

    def hub(self, hub_url: str, token: str) -> Hub:
        raise NotImplementedError("a staged till has its hub")

    def terminal(self, stripe_base: str, key: str) -> Terminal:  # the port has it
        return FakeTerminal(self.stripe, key)


class FakeBackups(Backups):
    """Makes a backup of nothing: a till in memory has no file."""

    def __init__(self, folder: Path, now: Callable[[], datetime]) -> None:
        super().__init__(folder, "00" * 32)
        folder.mkdir(parents=True, exist_ok=True)
        self._now = now

    def make_if_new(self, source: Path, at: datetime) -> Backup | None:  # the till has it
        return None

    def all(self) -> list[Backup]:
        return [Backup(self.folder, self._now())]

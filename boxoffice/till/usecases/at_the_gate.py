"""What the screens ask at a gate, handed to those who do it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from boxoffice.core.ids import OrderId
from boxoffice.core.scans import Seen
from boxoffice.till.usecases.check_in import CheckIn
from boxoffice.till.usecases.door_list import DoorLists
from boxoffice.till.usecases.gateway.gate import GateNow, How, ListEntered, Post, Verdict


def _nobody() -> None:
    """Nobody is told."""


@dataclass(frozen=True, slots=True)
class AtTheGate:
    """Implements `gateway.gate.GatePort`. `changed` is told of what is to be sent."""

    check_in: CheckIn
    lists: DoorLists
    changed: Callable[[], None] = _nobody

    def now(self) -> GateNow:
        return self.check_in.reader.now()

    def stand(self, post: Post) -> GateNow:
        return self.check_in.stand(post)

    def scan(self, readings: Sequence[str]) -> Verdict:
        return self._told(self.check_in.scan(readings))

    def open(self, order_id: OrderId) -> Verdict:
        return self.check_in.open(order_id)

    def let_in(self, ticket_ids: Sequence[str], how: How, seen: Sequence[Seen] = ()) -> Verdict:
        return self._told(self.check_in.let_in(ticket_ids, how, seen))

    def turn_away(self, ticket_id: str) -> None:
        self.check_in.turn_away(ticket_id)
        self.changed()

    def undo(self, scan_ids: Sequence[str], why: str) -> GateNow:
        now = self.check_in.undo(scan_ids, why)
        self.changed()
        return now

    def let_order_in(self, order_id: OrderId) -> Verdict:
        return self._told(self.check_in.let_order_in(order_id))

    def door_list(self, language: str) -> Path:
        return self.lists.save(language)

    def enter_list(self, text: str) -> ListEntered:
        entered = self.lists.enter(text)
        self.changed()
        return entered

    def _told(self, verdict: Verdict) -> Verdict:
        if verdict.scan_ids:
            self.changed()
        return verdict

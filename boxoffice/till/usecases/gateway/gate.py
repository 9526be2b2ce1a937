"""What the screens ask at a gate, and what they are told."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import Enum
from pathlib import Path
from typing import Protocol

from boxoffice.core.doors import Zone
from boxoffice.core.ids import OrderId
from boxoffice.core.scans import Direction, Outcome, Seen


@dataclass(frozen=True, slots=True)
class Post:
    """Where this machine stands."""

    zone: str
    gate: str
    direction: Direction = Direction.IN


class How(Enum):
    """How a ticket is known to whoever stands at the gate."""

    CODE = "code"
    NAME = "name"
    LIST = "list"
    SALE = "sale"


@dataclass(frozen=True, slots=True)
class Guest:
    """One ticket of a party. `name` is the buyer's for the first one, else empty; `number` counts from 1.

    `outcome` is what would be said if it were scanned now, and `look` what is to be looked at.
    """

    ticket_id: str
    number: int
    name: str
    product: str
    outcome: Outcome
    look: str = ""
    has_the_code: bool = False

    @property
    def can_enter(self) -> bool:
        return self.outcome in (Outcome.ADMITTED, Outcome.LOOK_ID)


@dataclass(frozen=True, slots=True)
class CameIn:
    """How a ticket came in before; `where` is the machine, if it is known."""

    at: datetime
    gate: str
    where: str = ""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What is said at the gate. Nothing was written yet of one that `waits` for a press; all others are on disk.

    `scan_ids` are what can be undone of it. `name` is the buyer's, and `guest` says which ticket of theirs it is, where
    that is not the first. `days` are those on which the ticket is good, none for any.
    """

    outcome: Outcome
    direction: Direction
    at: datetime
    product: str = ""
    name: str = ""
    guest: int = 1
    order_id: OrderId | None = None
    order_number: str = ""
    scan_ids: tuple[str, ...] = ()
    ticket_ids: tuple[str, ...] = ()
    is_listed: bool = True
    before: CameIn | None = None
    look: str = ""
    may_return: bool = False
    is_first: bool = True
    is_refunded: bool = False
    """Whether money of its order went back: a void ticket is then told as a refunded one."""
    is_training: bool = False
    """Whether a code of another event is one that somebody practised with."""
    days: tuple[date, ...] = ()
    party: tuple[Guest, ...] = ()
    how: How = How.CODE
    count: int = 1
    """How many it let in, or out."""

    @property
    def waits(self) -> bool:
        """Whether it is decided by a press: somebody is to be looked at, or a party is at the gate."""
        return self.outcome is Outcome.LOOK_ID or bool(self.party)


@dataclass(frozen=True, slots=True)
class AtGate:
    """How many have come in and gone out by one gate today."""

    gate: str
    ins: int
    outs: int


@dataclass(frozen=True, slots=True)
class JustNow:
    """One of the last scans here."""

    scan_id: str
    outcome: Outcome
    direction: Direction
    at: datetime
    name: str
    product: str
    is_undone: bool = False


@dataclass(frozen=True, slots=True)
class GateNow:
    """Where this machine stands, and who is inside: as of the last word from the other gates."""

    post: Post
    zones: tuple[Zone, ...]
    day: date
    at_gates: tuple[AtGate, ...]
    to_arrive: int
    listed: int
    last: tuple[JustNow, ...] = ()

    @property
    def zone(self) -> Zone:
        return next((zone for zone in self.zones if zone.id == self.post.zone), self.zones[0])

    @property
    def ins(self) -> int:
        return sum(each.ins for each in self.at_gates)

    @property
    def outs(self) -> int:
        return sum(each.outs for each in self.at_gates)

    @property
    def inside(self) -> int:
        return max(0, self.ins - self.outs)


@dataclass(frozen=True, slots=True)
class Entered:
    """One line of a list that was entered, and what became of it."""

    text: str
    name: str = ""
    let_in: int = 0
    why_not: str = ""


@dataclass(frozen=True, slots=True)
class ListEntered:
    """What became of the ticks of a printed list, line by line; what did not fit says why."""

    lines: tuple[Entered, ...]

    @property
    def let_in(self) -> int:
        return sum(each.let_in for each in self.lines)


class GatePort(Protocol):
    """The gate at this machine. Every answer is its own: nothing waits for a network."""

    def now(self) -> GateNow: ...

    def stand(self, post: Post) -> GateNow:
        """Stands at another gate from now on, or lets people out instead of in."""

    def scan(self, readings: Sequence[str]) -> Verdict:
        """Returns what is said of what was scanned or typed, by what it may say; it is written down."""

    def open(self, order_id: OrderId) -> Verdict:
        """Returns the party of an order that was found by its buyer's name: it waits for a press."""

    def let_in(self, ticket_ids: Sequence[str], how: How, seen: Sequence[Seen] = ()) -> Verdict:
        """Lets tickets in, all or none, with what was looked at; what has come in meanwhile is left out."""

    def turn_away(self, ticket_id: str) -> None:
        """Writes down that somebody had nothing to show for their price."""

    def undo(self, scan_ids: Sequence[str], why: str) -> GateNow:
        """Takes scans of this machine back, for a reason."""

    def let_order_in(self, order_id: OrderId) -> Verdict:
        """Lets in what of an order that was just sold opens this gate now."""

    def door_list(self, language: str) -> Path:
        """Writes the list of all who may come here today into the person's documents folder, as PDF."""

    def enter_list(self, text: str) -> ListEntered:
        """Lets in what was ticked on a printed list, line by line: codes or their last four letters, `x3` for three."""

"""Scans at gates as they are kept, and which of them let a ticket in that was inside already."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from itertools import pairwise


class Direction(Enum):
    IN = "in"
    OUT = "out"


class Outcome(Enum):
    """What became of a scan. Only who is `ADMITTED` passes the gate, in or out."""

    ADMITTED = "admitted"
    LOOK_ID = "look_id"
    """Something is to be looked at first, and was not: nobody has passed."""
    ALREADY_IN = "already_in"
    WRONG_DAY = "wrong_day"
    WRONG_ZONE = "wrong_zone"
    WRONG_EVENT = "wrong_event"
    VOID = "void"
    NOT_A_TICKET = "not_a_ticket"


class Seen(Enum):
    """What whoever stands at the gate looked at before they let somebody in."""

    ID = "id"
    STAMP = "stamp"
    """A wrist stamp, of somebody who was inside before."""


@dataclass(frozen=True, slots=True)
class ScanRow:
    """One look at a ticket at a gate; `ticket_id` is None where what was scanned is no ticket of the event.

    `day` is the day of the event, and `clock` the time on a clock there, as the gate showed it.
    """

    id: str
    event_id: str
    ticket_id: str | None
    device_id: str
    gate: str
    zone: str
    direction: Direction
    outcome: Outcome
    day: str
    clock: str
    seen: Seen | None
    is_undone: bool
    scanned_at: datetime

    @property
    def has_passed(self) -> bool:
        return self.outcome is Outcome.ADMITTED and not self.is_undone

    @property
    def has_entered(self) -> bool:
        return self.has_passed and self.direction is Direction.IN


def double_entries(scans: Iterable[ScanRow]) -> dict[str, ScanRow]:
    """Returns the scans that let in a ticket which was inside, by id, with the one that had let it in before.

    In whatever order they are heard of, the same ones are. Whoever comes back by a stamp that was seen is no double.
    """
    passed = sorted((each for each in scans if each.has_passed), key=lambda each: (each.scanned_at, each.id))
    apart: dict[tuple[str | None, str, str], list[ScanRow]] = {}
    for each in passed:
        apart.setdefault((each.ticket_id, each.zone, each.day), []).append(each)
    return {
        later.id: earlier
        for mine in apart.values()
        for earlier, later in pairwise(mine)
        if earlier.direction is later.direction is Direction.IN and later.seen is not Seen.STAMP
    }

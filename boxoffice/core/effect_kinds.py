"""What can follow from a fact: rows, moves of units, entries of the feed, jobs, and what a person must look at."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import Enum
from typing import Any

from boxoffice.core.facts import Fact
from boxoffice.core.findings import Finding, Over
from boxoffice.core.inventory import UnitMove
from boxoffice.core.rows import Projections, Row


class FeedKind(Enum):
    """What tills hear of: a fact that one of them must take, that pools stand otherwise, or that an event does."""

    FACT = "fact"
    POOLS = "pools"
    EVENT = "event"


@dataclass(frozen=True, slots=True)
class Announcement:
    """An entry of the feed; no `device_id` means that it is for all."""

    kind: FeedKind
    event_id: str | None
    device_id: str | None = None
    fact_id: str | None = None


class Task(Enum):
    """What is done after a fact, durably and not in its own transaction."""

    SEND_REFUND = "send_refund"
    MAIL_TICKETS = "mail_tickets"


@dataclass(frozen=True, slots=True)
class Job:
    """`subject_id` is the refund or the order that it is about."""

    task: Task
    subject_id: str


@dataclass(frozen=True, slots=True)
class Capacity:
    """How many units a pool has from now on: a new one, or one that takes no less than what of it is taken."""

    event_id: str
    pool_id: str
    name: str
    units: int


@dataclass(frozen=True, slots=True)
class Forget:
    """Whoever an order is for is forgotten, with all that is kept of them beside the facts."""

    order_id: str


Beside = UnitMove | Capacity | Announcement | Job | Finding | Over | Forget
"""What is done beside the rows."""


Effect = Row | Beside


Rule = Callable[[Projections, Fact, Any], Iterator[Effect]]

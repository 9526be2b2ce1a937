"""Who writes facts, and what is a writer's own whatever a fact says: its orders, its drawer, its event's currency."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import Enum
from typing import Any, Final

from boxoffice.core.facts import Fact
from boxoffice.core.known import Known


class Role(Enum):
    """What a device is."""

    TILL = "till"
    HUB = "hub"


@dataclass(frozen=True, slots=True)
class Writer:
    """A device that signs facts. A till's `name` is also its drawer's, its `code` opens its order numbers."""

    id: str
    role: Role
    name: str = ""
    code: str = ""


Rule = Callable[[Writer, Fact, Any, Known], Iterator[str]]
"""Yields why a fact is not its writer's to say; nothing if it is."""


_LONGEST: Final = 200
"""Letters of an id or a provider's reference; an order number has far fewer."""


def of_an_event(_writer: Writer, fact: Fact, _payload: Any, known: Known) -> Iterator[str]:
    if fact.event_id not in known.events:
        yield "there is no such event"


def own_order(writer: Writer, fact: Fact, p: Any, known: Known) -> Iterator[str]:
    """An order that is not known at all is for the books to miss."""
    order = known.orders.get(p.order_id)
    if order is None:
        return
    if order.placed_by != writer.id:
        yield "the order is another device's"
    if fact.event_id != order.event_id:
        yield "the order is another event's"
    if getattr(p, "currency", order.currency) != order.currency:
        yield f"the order is in {order.currency}"


def own_drawer(writer: Writer, _fact: Fact, p: Any, _known: Known) -> Iterator[str]:
    if p.drawer != writer.name:
        yield "the drawer is another till's"


def in_its_currency(fact: Fact, p: Any, known: Known) -> Iterator[str]:
    event = known.events.get(fact.event_id or "")
    if event is None:
        yield "there is no such event"
    elif p.currency != event.currency:
        yield f"the event sells in {event.currency}"


def names_too_long(*ids: str) -> Iterator[str]:
    if any(len(each.encode()) > _LONGEST for each in ids):
        yield "its names are too long"

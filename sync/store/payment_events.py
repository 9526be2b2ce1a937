"""What providers have told by webhook, kept whole until it is worked on."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any, Final

from sqlalchemy import Connection, func, update

from sync.store import tables as t
from sync.store.rows import value_of

_e: Final = t.payment_events.c


class EventStatus(Enum):
    """`IGNORED` is about nothing of ours; `DEAD` could not be worked on, and a person was told."""

    RECEIVED = "received"
    PROCESSED = "processed"
    IGNORED = "ignored"
    DEAD = "dead"


@dataclass(frozen=True, slots=True)
class PaymentEvent:
    """An event as it came; its payload is the provider's own document."""

    id: int
    provider: str
    event_type: str
    payload: Mapping[str, Any]
    status: EventStatus


def count_try(connection: Connection, row_id: int) -> PaymentEvent:
    """Counts that an event is about to be worked on, and returns it."""
    counted = update(t.payment_events).where(_e.id == row_id).values(attempts=_e.attempts + 1).returning(*_e)
    return value_of(PaymentEvent, connection.execute(counted).one())


def end(connection: Connection, row_id: int, order: str | None) -> None:
    """Notes that an event was worked on, and which order it was about; None if it was nothing of ours."""
    status = EventStatus.IGNORED if order is None else EventStatus.PROCESSED
    values = {"status": status.value, "order_id": order, "processed_at": func.now(), "last_error": None}
    connection.execute(update(t.payment_events).where(_e.id == row_id).values(values))

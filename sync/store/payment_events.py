"""What providers have told by webhook, kept whole until it is worked on, and found again by the ids in it."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Final, NewType

from sqlalchemy import ARRAY, Connection, Text, bindparam, func, text, update

from sync.store import tables as t
from sync.store.rows import value_of

Document = NewType("Document", object)
"""What a provider sent, as it came. It has no fields to a type checker: only `sync.providers` looks into it."""

_e: Final = t.payment_events.c
_TOLD_OF: Final = text("""
    SELECT e.* FROM payment_events e
    WHERE e.provider = :provider AND e.event_type = ANY(:types) AND EXISTS (
        SELECT FROM jsonb_path_query(e.payload, CAST(:id_at AS jsonpath)) named WHERE named #>> '{}' = :id
    )
    ORDER BY e.id
""").bindparams(bindparam("types", type_=ARRAY(Text)))
_NOWHERE: Final = text("""
    SELECT DISTINCT named #>> '{}' FROM payment_events e
    CROSS JOIN LATERAL jsonb_path_query(e.payload, CAST(:id_at AS jsonpath)) named
    WHERE e.provider = :provider AND e.event_type = ANY(:types) AND e.status = 'ignored'
      AND e.received_at >= to_timestamp(:since)
      AND NOT EXISTS (SELECT FROM payouts o WHERE o.provider = e.provider AND o.reference = named #>> '{}')
    ORDER BY 1
""").bindparams(bindparam("types", type_=ARRAY(Text)))


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
    payload: Document
    status: EventStatus


@dataclass(frozen=True, slots=True)
class EventsAbout:
    """Stored events of one subject: whose and of which types, and where its id stands in them, as an SQL/JSON path."""

    provider: str
    types: frozenset[str] = frozenset()
    id_at: str = "$"

    @property
    def values(self) -> dict[str, object]:
        """Returns what a query is bound with."""
        return {"provider": self.provider, "types": sorted(self.types), "id_at": self.id_at}


def told_of(connection: Connection, about: EventsAbout, id_: str) -> Sequence[PaymentEvent]:
    """Returns all events that name this id, the oldest first, whatever became of them."""
    if not about.types:
        return ()
    return [value_of(PaymentEvent, row) for row in connection.execute(_TOLD_OF, {**about.values, "id": id_})]


def payouts_of_nobody(connection: Connection, about: EventsAbout, since: float) -> Sequence[str]:
    """Returns the payouts that were told of since then, in epoch seconds, and that their account does not have."""
    return connection.scalars(_NOWHERE, {**about.values, "since": since}).all()


def count_try(connection: Connection, row_id: int) -> PaymentEvent:
    """Counts that an event is about to be worked on, and returns it."""
    counted = update(t.payment_events).where(_e.id == row_id).values(attempts=_e.attempts + 1).returning(*_e)
    return value_of(PaymentEvent, connection.execute(counted).one())


def end(connection: Connection, row_id: int, order: str | None) -> None:
    """Notes that an event was worked on, and which order it was about; None if it was nothing of ours."""
    status = EventStatus.IGNORED if order is None else EventStatus.PROCESSED
    values = {"status": status.value, "order_id": order, "processed_at": func.now(), "last_error": None}
    connection.execute(update(t.payment_events).where(_e.id == row_id).values(values))
